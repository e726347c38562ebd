import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

// Faults put in by hand: each is put into the sources, seeds are played until one finds it, and it is taken out again.
// node test/months/mutations.ts [--only name] [--seeds 40]

type Mutation = {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Which of the rare things are played, too. */
  readonly with?:
    | '--our-clock'
    | '--notices'
    | '--approvals'
    | '--waveforms'
    | '--responses'
    | '--responses --our-clock';
};

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acknowledged before the commit',
    file: 'flow/turn.ts',
    from: 'written = this.#journal.commit(record).then(() => {',
    to: 'this.#journal.commit(record).catch((why) => this.#fail(why, items));\n        written = Promise.resolve().then(() => {',
  },
  {
    name: 'acknowledged though there is no room for it',
    file: 'flow/storage/held-packets.ts',
    from: '    item.isHeld = true;',
    to: '    if (frames.length === 0) return item;\n    item.isHeld = true;',
  },
  {
    name: 'a return closes what nobody has acknowledged',
    file: 'domain/alarm/decide.ts',
    from: 'if (alarm.latching || isUnacked(alarm)) return becomes(returned);',
    to: 'if (alarm.latching) return becomes(returned);',
  },
  {
    name: 'lost data ends an alarm',
    file: 'domain/alarm/decide.ts',
    from: "return alarm.dataInterrupted ? NOTHING : becomes({ kind: 'interrupted' });",
    to: "return isActive(alarm) ? becomes({ kind: 'returned', worst: alarm.worst }) : NOTHING;",
  },
  {
    name: 'a condition that comes back rings no more',
    file: 'domain/alarm/decide.ts',
    from: "if (!isActive(alarm)) return becomes(...shown, { kind: 'recurred', breach: found });",
    to: 'if (!isActive(alarm)) return NOTHING;',
  },
  {
    name: 'what becomes graver says nothing',
    file: 'domain/alarm/decide.ts',
    from: "if (rises) return becomes(...shown, { kind: 'escalated', breach: found });",
    to: 'if (rises) return NOTHING;',
  },
  {
    name: 'a shelf never ends',
    file: 'flow/core/alarm-desk.ts',
    from: "if (alarm.overlay.is === 'shelved' || isHiddenByOne",
    to: 'if (isHiddenByOne',
  },
  {
    name: 'works hide for ever',
    file: 'flow/core/alarm-desk.ts',
    from: 'if (this.#register.worksAt(alarm.pointCode).length > 0) this.#settle(alarm.id, draft);',
    to: '',
  },
  {
    name: 'a point back in service stays hidden',
    file: 'flow/core/alarm-desk.ts',
    from: "? { do: 'returnToService' }",
    to: "? { do: 'resume' }",
  },
  {
    name: 'no on-delay',
    file: 'domain/judge/watcher.ts',
    from: '(on ? step.offDelay : step.onDelay)',
    to: '(on ? step.offDelay : 0)',
  },
  {
    name: 'no deadband',
    file: 'domain/judge/watcher.ts',
    from: 'on ? step.deadband : 0, signal',
    to: '0, signal',
  },
  {
    name: 'what waits rings',
    file: 'domain/judge/evaluate.ts',
    from: 'step !== null && (signal === null || !passes(step.limit, step.deadband, signal));',
    to: 'step !== null && passes(step.limit, 0, signal ?? 0) && false;',
  },
  {
    name: 'a repetition by its instant alone',
    file: 'domain/judge/arrival.ts',
    from: 'if (said[i] === sentAt && isSame(said[i + 1] as number, content)) return true;',
    to: 'if (said[i] === sentAt || isSame(Number.NEGATIVE_INFINITY, content)) return true;',
  },
  {
    name: 'repetitions are not known',
    file: 'domain/judge/arrival.ts',
    from: 'if (said[i] === sentAt && isSame(said[i + 1] as number, content)) return true;',
    to: 'if (said[i] === sentAt && isSame(Number.NEGATIVE_INFINITY, content)) return true;',
  },
  {
    name: 'readings of one instant overwrite each other',
    file: 'domain/judge/arrival.ts',
    from: 'if (instantAt(known, i) === free && valueAt(known, i) !== value) free++;',
    to: 'if (instantAt(known, i) === free && valueAt(known, i) !== value && free < at) free++;',
  },
  {
    name: 'what was told is forgotten',
    file: 'domain/judge/told.ts',
    from: 'if (told === undefined) return false;',
    to: 'if (told === undefined || told.length > 0) return false;',
  },
  {
    name: 'a late reading ends an alarm',
    file: 'flow/judging/judge-point.ts',
    from: "if (stands === 'live' && mayEnd(r.quality)",
    to: 'if (mayEnd(r.quality)',
  },
  {
    name: 'backfill is not judged',
    file: 'flow/judging/judge-point.ts',
    from: "  if (stands === 'backfill') {\n    judgeBacklog(point, plan, reading, tell);",
    to: "  if (stands === 'backfill') {",
  },
  {
    name: 'a clock that is behind is never found',
    file: 'domain/judge/clock.ts',
    from: 'if (!isInDoubt(p, lag)) return null;',
    to: 'if (lag < Infinity) return null;',
  },
  {
    name: 'a clock that stands is never found',
    file: 'domain/judge/clock.ts',
    from: 'if (c.same >= 2 && (lag',
    to: 'if (c.same >= 2_000 && (lag',
  },
  {
    name: 'a replay is taken for a clock',
    file: 'domain/judge/clock.ts',
    from: 'if (c.run >= enough && (!p.repeats || isMissed(p)))',
    to: 'if (c.run >= enough)',
  },
  {
    name: 'delays are wound up at a start',
    file: 'flow/core/points.ts',
    from: 'to.set(rule.id, shared(m));',
    to: 'to.set(rule.id, { ...m, watchers: m.watchers.map((w) => ({ on: w.on, disagreeingSince: null })) });',
  },
  {
    name: 'turns are not replayed at a start',
    file: 'flow/core/rebuild.ts',
    from: 'for (const turn of turns) replay.turn(turn);',
    to: '',
  },
  {
    name: 'turns are let go before their memories are kept',
    file: 'flow/core/core.ts',
    from: 'memoriesKeptUpTo: oldest === null ? draft.turn : as.turn(oldest - 1)',
    to: 'memoriesKeptUpTo: oldest === null ? draft.turn : draft.turn',
  },
  {
    name: 'combinations forget at a start what came late',
    file: 'flow/core/replay.ts',
    from: "const arrival = judged === undefined ? (reading.backfill ? 'backfill' : 'live') : judged;",
    to: "const arrival = reading.backfill ? 'backfill' : judged === null ? null : 'live';",
  },
  {
    name: 'a command is carried out twice',
    file: 'flow/core/core.ts',
    from: 'if (given !== undefined) {',
    to: 'if (given !== undefined && given.revision < 0) {',
  },
  {
    name: 'a hole in the numbers of events',
    file: 'flow/core/core.ts',
    from: 'this.#lastSeq = draft.lastSeq;',
    to: 'this.#lastSeq = draft.lastSeq;\n    if (draft.turn % 997 === 0) this.#lastSeq = as.seq(draft.lastSeq + 1);',
  },
  {
    name: 'the history is not asked to keep every batch',
    file: 'flow/storage/drain.ts',
    from: 'await this.#history.keep(turns);',
    to: 'if (last.turn % 13 !== 0) await this.#history.keep(turns);',
  },
  {
    name: 'a torn batch counts as stored',
    file: 'flow/storage/drain.ts',
    from: 'await this.#history.keep(turns);',
    to: 'await this.#history.keep(turns).catch(() => undefined);',
  },
  {
    name: 'the rise is taken from the wrong sample',
    file: 'domain/judge/signals/rate.ts',
    from: 'value - (of(before) as RateMemory).samples.at(i + 1);',
    to: 'value - (of(before) as RateMemory).samples.at(1);',
  },
  {
    name: 'a new number makes a rule forget',
    file: 'flow/judging/replan.ts',
    from: 'point.plan = plan;',
    to: 'point.plan = plan;\n  point.memory.rules.clear();',
  },
  {
    name: 'our clock was set: shelves stay where they were',
    file: 'flow/core/core.ts',
    from: '    this.desk.clockMoved(by);\n',
    to: '',
    with: '--our-clock',
  },
  {
    name: 'what comes late in order is not known to the backlog',
    file: 'flow/judging/judge-point.ts',
    from: "  if (stands === 'late') judgeLate(point, plan, reading, tell);\n",
    to: '',
  },
  {
    name: 'what is owed is not in the turn of its event',
    file: 'flow/notices/notice-desk.ts',
    from: '    draft.told.push(revised);',
    to: "    if (revised.is !== 'notice') draft.told.push(revised);",
    with: '--notices',
  },
  {
    name: 'what was in flight at a kill is not marked',
    file: 'domain/notice/notice.ts',
    from: "const again = (n: Notice): Notice => ({ ...n, state: 'queued', text: inDoubt(n) });",
    to: "const again = (n: Notice): Notice => ({ ...n, state: 'queued' });",
    with: '--notices',
  },
  {
    name: 'what was in flight at a kill is forgotten',
    file: 'flow/outbox/outbox.ts',
    from: '      await this.#turn.tell((draft) => this.#core.notices.resume(draft));',
    to: '      await this.#turn.tell(() => undefined);',
    with: '--notices',
  },
  {
    name: 'an end is told to whoever was to be told',
    file: 'flow/notices/notice-desk.ts',
    from: 'n.call !== null && wasReached(n)',
    to: 'n.call !== null',
    with: '--notices',
  },
  {
    name: 'an acknowledgement stops no calls',
    file: 'domain/notice/ladder.ts',
    from: "      case 'acknowledge':\n      case 'accept':\n      case 'hide':",
    to: "      case 'acknowledge':\n        break;\n      case 'accept':\n      case 'hide':",
    with: '--notices',
  },
  {
    name: 'the author approves',
    file: 'flow/core/rule-desk.ts',
    from: "        if (isAuthor) return refuse('rule-draft-own');\n",
    to: '',
    with: '--approvals',
  },
  {
    name: 'where nobody is on duty the next rung is waited for',
    file: 'flow/notices/notice-desk.ts',
    from: 'if (last === undefined || !this.#reachedNobody(of, callKey(last))) return;',
    to: 'if (last === undefined || this.#reachedNobody(of, callKey(last))) return;',
    with: '--notices',
  },
  {
    name: 'a waveform is known by its instant alone',
    file: 'flow/judging/frame-times.ts',
    from: '    isKnown(series, undefined, sentAt, signatureOf(samples))',
    to: '    (isKnown(series, undefined, sentAt, signatureOf(samples)) || samples.length > 0)',
    with: '--waveforms',
  },
  {
    name: 'waveforms that were held for want of room are let go',
    file: 'flow/core/core.ts',
    from: '? { owed: { readings: draft.owedReadings, frames: draft.owedFrames } }',
    to: '? { owed: { readings: draft.owedReadings, frames: [] } }',
    with: '--waveforms',
  },
  {
    name: 'whoever did the work verifies it',
    file: 'domain/order/decide.ts',
    from: 'account === null || o.doers.includes(account) || o.dispatchers.includes(account)',
    to: 'account === null || o.dispatchers.includes(account)',
    with: '--responses',
  },
  {
    name: 'a warning in force ends with its time',
    file: 'domain/warning/decide.ts',
    from: "if (w.state === 'pending') return becomes({ kind: 'lapsed' });",
    to: "if (w.state !== 'draft') return becomes({ kind: 'lapsed' });",
    with: '--responses',
  },
  {
    name: 'nothing is said of a warning whose time is over',
    file: 'flow/response/warning-desk.ts',
    from: "this.#due.set(w.id, w.state === 'draft' || w.overdue ? null : w.expires);",
    to: "this.#due.set(w.id, w.state !== 'pending' || w.overdue ? null : w.expires);",
    with: '--responses',
  },
  {
    name: 'who drafted a red warning issues it',
    file: 'domain/warning/decide.ts',
    from: 'if (needsAnother(w.level) && accountOf(c.by) === accountOf(w.drafter))',
    to: 'if (needsAnother(w.level) && accountOf(c.by) === null)',
    with: '--responses',
  },
  {
    name: 'an adjusted warning counts as confirmed',
    file: 'domain/warning/evolve.ts',
    from: '        recipients: unconfirmed(w.recipients.map((r) => r.unit)),\n        overdue: false,',
    to: '        overdue: false,',
    with: '--responses',
  },
  {
    name: 'identifiers of messages are given twice after a start',
    file: 'flow/response/warning-desk.ts',
    from: 'if (sent > this.#newest[0]) this.#newest = [sent, 9];',
    to: '',
    with: '--responses',
  },
  {
    name: 'a clock of an order is told again and again',
    file: 'domain/order/evolve.ts',
    from: 'return { told: { ...o.told, [change.clock]: { from: change.from, is: change.kind } } };',
    to: 'return {};',
    with: '--responses',
  },
  {
    name: 'clocks of orders are not wound at a start',
    file: 'flow/response/order-desk.ts',
    from: '  restore(order: Order): void {\n    this.#seat(order);',
    to: '  restore(order: Order): void {\n    this.open.set(order.id, order);',
    with: '--responses',
  },
  {
    name: 'a pause stops no clock',
    file: 'domain/order/clocks.ts',
    from: '    if (end <= at) continue;',
    to: '    if (end >= 0) continue;',
    with: '--responses',
  },
  {
    name: 'a pause never ends by itself',
    file: 'domain/order/clocks.ts',
    from: "const ends = o.state === 'paused' ? [lastPause(o)?.until ?? 0] : [];",
    to: "const ends = o.state === 'paused' ? [Number.MAX_SAFE_INTEGER] : [];",
    with: '--responses',
  },
  {
    name: 'orders are numbered from 1 after a start',
    file: 'flow/response/order-desk.ts',
    from: "this.#lastNo = no ?? '';",
    to: "this.#lastNo = no === null ? '' : '';",
    with: '--responses',
  },
  {
    name: 'a paused order is forgotten at a start',
    file: 'flow/core/core.ts',
    from: "if (thing.of === 'order') this.orders.restore(thing.after);",
    to: "if (thing.of === 'order') {\n        if (thing.after.state !== 'paused') this.orders.restore(thing.after);\n      }",
    with: '--responses',
  },
  {
    name: "a crew acts on another unit's order",
    file: 'flow/outbox/response-office.ts',
    from: 'if (who.unit === null || order.unit === who.unit) return null;',
    to: 'if (who.unit !== undefined) return null;',
    with: '--responses',
  },
  {
    name: 'an act on what went to other hands is carried out',
    file: 'domain/order/decide.ts',
    from: "return seenRevision < o.handsRevision ? refused('order-changed') : null;",
    to: 'return null;',
    with: '--responses',
  },
  {
    name: 'whoever gave an order away and got no answer is refused',
    file: 'flow/outbox/response-office.ts',
    from: 'return before === null ? done : ok(before);',
    to: 'return before === null ? done : done;',
    with: '--responses',
  },
  {
    name: 'answers to people are forgotten at a start',
    file: 'flow/core/core.ts',
    from: 'for (const answer of from.answers) this.#answers.set(answer.commandId, answer);',
    to: '',
    with: '--responses',
  },
  {
    name: 'people are answered before it is on the disk',
    file: 'flow/turn.ts',
    from: '        return item.tell(draft);',
    to: '        item.tell(draft)();\n        return () => undefined;',
    with: '--responses',
  },
  {
    name: 'the machine puts back what a person took out of an incident',
    file: 'domain/incident/decide.ts',
    from: '(m) => !i.released.includes(m.alarm) && !i.members',
    to: '(m) => !i.members',
    with: '--responses',
  },
  {
    name: 'an alarm goes to another incident and stays in its own',
    file: 'flow/outbox/incident-office.ts',
    from: 'if (incident !== null && incident.id !== to)',
    to: 'if (incident !== null && incident.id === to)',
    with: '--responses',
  },
  {
    name: 'one person alone takes an order from a site',
    file: 'domain/order/decide.ts',
    from: "return isSecond(o, 'forward', by(c))",
    to: "return isSecond(o, 'forward', by(c)) || c.reason !== ''",
    with: '--responses',
  },
  {
    name: 'anybody finds a unit for what was sent back twice',
    file: 'domain/order/decide.ts',
    from: 'if (o.withCoordinator && !c.coordinates)',
    to: 'if (o.withCoordinator && c.unit === null)',
    with: '--responses',
  },
  {
    name: 'our clock was set: clocks of orders stay where they were',
    file: 'flow/core/core.ts',
    from: '    this.orders.clockMoved(by);\n',
    to: '',
    with: '--responses --our-clock',
  },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '40' },
    minutes: { type: 'string', default: '3' },
  },
});

function plays(m: Mutation): Promise<string> {
  const args = ['--from', '1', '--seeds', values.seeds, '--days', '1', '--points', '4', '--until-found'];
  const rare = m.with?.split(' ') ?? [];
  const main = new URL('main.ts', import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args, '--minutes', values.minutes, ...rare],
      { maxBuffer: 1e8 },
      (_, stdout, stderr) => resolve(`${stdout}${stderr}`),
    );
  });
}

for (const m of MUTATIONS) {
  if (values.only !== undefined && !m.name.includes(values.only)) continue;
  const file = new URL(`../../src/${m.file}`, import.meta.url);
  const sound = await readFile(file, 'utf8');
  if (sound.split(m.from).length !== 2) {
    process.stdout.write(`| ${m.name} | its place is not found once in ${m.file} |\n`);
    process.exitCode = 1;
    continue;
  }
  await writeFile(
    file,
    sound.replace(m.from, () => m.to),
  );
  try {
    const said = await plays(m);
    const [, seed, what] = /found with seed (\d+): (.*)/.exec(said) ?? [];
    const played = /(\d+) histories/.exec(said)?.[1];
    const crashed = seed === undefined && played === undefined;
    process.stdout.write(
      `| ${m.name} | ${seed ?? (crashed ? `does not run: ${said.slice(0, 200)}` : `not in ${played}`)} | ${what ?? ''} |\n`,
    );
  } finally {
    await writeFile(file, sound);
  }
}
