import type { Actor, Alarm } from '../../domain/alarm/alarm.ts';
import { clockMoved as alarmMoved } from '../../domain/alarm/clock-moved.ts';
import type { DeskLimits, OperatorCommand } from '../../domain/alarm/commands.ts';
import { evolve } from '../../domain/alarm/evolve.ts';
import { isDrilledResponse, type JournaledDrilled } from '../../domain/drill/drilled.ts';
import {
  type AlarmId,
  as,
  type CommandId,
  type DeviceCode,
  type DrillId,
  type EventSeq,
  type PointCode,
  type TurnNumber,
} from '../../domain/ids.ts';
import type { Correlation } from '../../domain/incident/correlation.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Decided } from '../../domain/register/commands.ts';
import type { Lifelines, Surroundings } from '../../domain/register/flaws.ts';
import type { Point } from '../../domain/register/register.ts';
import { evolved, type ResponseStep, type ResponseThing } from '../../domain/response/journaled.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { RuleCommand, RuleDraft } from '../../domain/rules/change.ts';
import type { Bilingual } from '../../domain/text.ts';
import { type Duration, type Millis, seconds } from '../../domain/time.ts';
import { CORRELATIONS } from '../../packs/correlations.ts';
import { ForeignThings } from '../exchange/foreign-things.ts';
import { UpstreamDesk } from '../exchange/upstream-desk.ts';
import { Combinations, type Judging } from '../judging/combinations.ts';
import { NO_LISTENER } from '../judging/findings.ts';
import type { PointState } from '../judging/point-state.ts';
import { NoticeDesk } from '../notices/notice-desk.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { Ids } from '../ports/ids.ts';
import type { ClockMove, CommandAnswer, DeviceStatus, Recovered, TurnRecord } from '../ports/journal.ts';
import type { Meters } from '../ports/meters.ts';
import { CitizenDesk } from '../response/citizen-desk.ts';
import { CommandDesk } from '../response/command-desk.ts';
import { DeskBook } from '../response/desk-book.ts';
import { HandoverDesk } from '../response/handover-desk.ts';
import { IncidentDesk } from '../response/incident-desk.ts';
import { OrderDesk } from '../response/order-desk.ts';
import { ReportDesk } from '../response/report-desk.ts';
import { ResourceBook } from '../response/resource-book.ts';
import { RiskBook } from '../response/risk-book.ts';
import { WarningDesk } from '../response/warning-desk.ts';
import { RuleBook } from '../rules/rule-book.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { Draft } from './draft.ts';
import { DrillDesk } from './drill-desk.ts';
import { Points } from './points.ts';
import { QualityBook } from './quality-book.ts';
import { RegisterMap } from './register-map.ts';
import { type RuleApproval, RuleDesk } from './rule-desk.ts';
import { scopesOf } from './rule-scopes.ts';
import { SilenceWatch } from './silence-watch.ts';
import { type PacketParts, takePacket } from './take-packet.ts';
import { Topics } from './topics.ts';

/** So much of the time in which we listened a kill may cost. */
const LISTENED_RESTS = seconds(5);

/** A command of a person, and what it is for as that now is. */
export type GivenCommand<T> = {
  readonly of: string;
  readonly now: T | null;
  readonly command: { readonly by: Actor; readonly do: string; readonly commandId: CommandId };
  /** What it says: see `contentOf`. */
  readonly content: string;
};

export type CoreOptions = {
  readonly packs: readonly Pack[];
  /** Which alarms belong together; left out: as shipped. */
  readonly correlations?: readonly Correlation[];
  readonly ids: Ids;
  readonly meters: Meters;
  readonly limits: DeskLimits;
  readonly autoRegister: boolean;
  /** Whether a second person must approve a change of a rule. Left out: one is enough. */
  readonly ruleApproval?: RuleApproval;
};

/**
 * The single-writer state machine behind the turn: takes packets, commands and the clock in order, and
 * writes everything that follows from them into a draft. It does no input or output, so that what it
 * decides depends on nothing but what it was given.
 */
export class Core implements PacketParts {
  readonly register = new RegisterMap();
  readonly statuses = new Map<DeviceCode, DeviceStatus>();
  readonly desk: AlarmDesk;
  readonly meters: Meters;
  readonly autoRegister: boolean;
  readonly lifelines: Lifelines;
  readonly #reserved: ReadonlySet<string>;
  readonly book: RuleBook;
  readonly rules: RuleDesk;
  readonly points: Points;
  readonly topics: Topics;
  readonly silence: SilenceWatch;
  readonly combinations: Combinations;
  readonly quality: QualityBook;
  readonly notices: NoticeDesk;
  readonly orders: OrderDesk;
  readonly warnings: WarningDesk;
  readonly incidents: IncidentDesk;
  readonly handovers = new HandoverDesk();
  readonly reports = new ReportDesk();
  readonly resources = new ResourceBook();
  readonly kept = new DeskBook();
  readonly commands = new CommandDesk();
  readonly upstream: UpstreamDesk;
  /** What platforms below have told. */
  readonly foreign = new ForeignThings();
  readonly drills: DrillDesk;
  readonly risks = new RiskBook();
  readonly citizens = new CitizenDesk();
  /** Of the turn in hand. */
  judging: Judging = { ahead: false, findings: NO_LISTENER, judged: () => true };
  readonly #answers = new Map<CommandId, CommandAnswer>();
  #lastTurn = as.turn(0);
  #lastSeq = as.seq(0);
  #clockMoves: readonly ClockMove[] = [];
  #movesAreKept = true;
  #listenedKeptAt: Millis = 0;

  constructor(options: CoreOptions) {
    const { register } = this;
    this.book = new RuleBook(options.packs);
    this.lifelines = new Map(options.packs.map((p) => [p.lifeline, new Set(p.metrics.map((m) => m.key))]));
    this.#reserved = new Set(options.packs.flatMap((p) => (p.reserved === true ? [p.lifeline] : [])));
    this.meters = options.meters;
    this.autoRegister = options.autoRegister;
    this.rules = new RuleDesk({
      book: this.book,
      places: scopesOf(register),
      approval: options.ruleApproval ?? 'one',
    });
    this.points = new Points({ register, book: this.book, lastTurn: () => this.#lastTurn });
    const state = (code: PointCode) => this.points.of(code);
    this.combinations = new Combinations({ rules: options.packs.flatMap((p) => p.rules), register, state });
    this.quality = new QualityBook({ register, state });
    this.topics = new Topics({ points: this.points, quality: this.quality });
    this.desk = new AlarmDesk({ ids: options.ids, limits: options.limits, register, packs: options.packs });
    this.drills = new DrillDesk({
      areas: () => register.areas(),
      book: this.book,
      rules: options.packs.flatMap((p) => p.rules),
      lifelines: this.lifelines,
      lastTurn: () => this.#lastTurn,
      desk: { ids: options.ids, limits: options.limits, packs: options.packs },
    });
    this.notices = new NoticeDesk({ register, sends: this.drills.sends });
    this.orders = new OrderDesk({ liesIn: this.notices.liesIn });
    this.upstream = new UpstreamDesk({ register });
    this.warnings = new WarningDesk();
    this.incidents = new IncidentDesk({ correlations: options.correlations ?? CORRELATIONS, register });
    this.silence = new SilenceWatch({ points: this.points, desk: this.desk });
  }

  /** What a change of the register is held against besides it. */
  get surroundings(): Surroundings {
    const { book } = this.notices;
    return {
      lifelines: this.lifelines,
      reserved: this.#reserved,
      units: { has: (code) => book.unit(code) !== undefined },
    };
  }

  get lastTurn(): TurnNumber {
    return this.#lastTurn;
  }

  get lastSeq(): EventSeq {
    return this.#lastSeq;
  }

  // ── a turn ────────────────────────────────────────────────────────────────────────────────────────

  begin(at: Millis): Draft {
    const draft = new Draft(as.turn(this.#lastTurn + 1), at, this.#lastSeq);
    const judged = (anchor: PointState) => {
      this.points.touched(anchor, draft.turn, draft.at);
      return true;
    };
    this.judging = { ahead: false, findings: this.desk.findings(draft), judged };
    return draft;
  }

  take(packet: Packet, draft: Draft): readonly Flaw[] {
    return takePacket(this, packet, draft);
  }

  act(id: AlarmId, command: OperatorCommand, durable: Alarm | null, draft: Draft): Result<Alarm, Refusal> {
    return this.once(
      {
        of: id,
        now: this.drills.alarm(id) ?? this.desk.find(id, durable),
        command,
        content: contentOf(command),
      },
      draft,
      (alarm) =>
        alarm?.from === undefined
          ? (this.drills.world(alarm?.drill)?.desk ?? this.desk).order(alarm, command, draft)
          : no({ code: 'of-a-source', detail: ofSource(alarm.from) }),
    );
  }

  /** Runs a command of a person, unless it has been given: the same again is a retry and changes nothing, another one is refused. */
  once<T extends { readonly revision: number; readonly drill?: DrillId }>(
    { of, now, command, content }: GivenCommand<T>,
    draft: Draft,
    run: (now: T | null) => Result<T, Refusal>,
  ): Result<T, Refusal> {
    const account = command.by.kind === 'operator' ? command.by.account : '';
    const given = this.#answers.get(command.commandId);
    if (given !== undefined) {
      // Answers of an older program do not say what was asked.
      const asked = given.content === undefined || given.content === content;
      const same = given.alarmId === of && given.verb === command.do && given.account === account && asked;
      return same && now !== null ? ok(now) : no({ code: 'command-reused', detail: null });
    }
    // What a drill left stands as it was.
    if (now?.drill !== undefined && !this.drills.isRunning(now.drill))
      return no({ code: 'drill-over', detail: null });
    const done = run(now);
    if (!done.ok) return done;
    this.#answer(
      {
        commandId: command.commandId,
        alarmId: of,
        verb: command.do,
        at: draft.at,
        account,
        revision: done.value.revision,
        content,
      },
      draft,
    );
    return done;
  }

  /** What an answer was given for: where that is not said in the command itself, as of what it has made. */
  answerTo(commandId: CommandId): CommandAnswer | undefined {
    return this.#answers.get(commandId);
  }

  /** Takes over what was decided. */
  change(changes: Decided, draft: Draft): void {
    const { register, points } = this;
    this.topics.forget();
    this.combinations.forget();
    for (const change of changes) {
      const before = change.kind === 'point' ? register.point(change.point.code) : undefined;
      const moved = change.kind === 'device' ? register.device(change.device.code)?.point : undefined;
      register.apply(change);
      draft.register.push(change);
      if (change.kind === 'device') {
        const { point } = change.device;
        if (point !== null && point !== moved) points.deviceCame(point, draft.turn, draft.at);
        for (const code of [moved, point]) points.devicesChanged(code);
      }
      if (change.kind === 'model')
        for (const d of register.devices()) if (d.model === change.model.code) points.devicesChanged(d.point);
      if (change.kind === 'point') this.#pointChanged(before, change.point, draft);
      const worked = change.kind === 'work' ? points.of(change.work.point) : undefined;
      if (worked !== undefined) this.desk.works(worked, draft);
    }
    // An area may have gone into another one whose rules differ.
    if (changes.some((c) => c.kind === 'area')) points.replan(this.#lastTurn);
  }

  /** A rule's draft goes on its way. What comes into force by it holds from the end of the turn. */
  ruleAct(command: RuleCommand, draft: Draft): Result<RuleDraft, Refusal> {
    return this.rules.order(command, draft);
  }

  /** The clock moves on: shelves, re-alarms, silence. */
  tick(draft: Draft): void {
    this.desk.tick(
      (alarm) => this.book.planOf(alarm.lifeline)?.rules.get(alarm.ruleId)?.reAlarmAfter ?? null,
      draft,
    );
    this.silence.tick(this.judging.findings, draft);
    this.drills.tick(draft);
    this.orders.tick(draft);
    this.warnings.tick(draft);
    this.notices.tick(draft);
    this.commands.tick(draft);
    this.upstream.tick(draft);
    draft.register.push(...this.quality.tick(draft.at));
  }

  /** Closes the draft into what the journal keeps. @param keepMemories true on turns of the clock and at a stop */
  finish(draft: Draft, keepMemories: 'none' | 'share' | 'all'): TurnRecord {
    this.drills.follow(draft.events, draft);
    const own = draft.events.filter((e) => e.after.from === undefined);
    // What is real first: nothing of a drill stands before it.
    const raised = [...own, ...draft.drilled.filter((e) => e.of === 'alarm')];
    this.warnings.follow(raised, draft);
    this.incidents.follow(raised, draft);
    this.notices.follow(draft);
    this.upstream.follow(draft);
    this.#dropDrills(draft);
    this.#lastTurn = draft.turn;
    this.#lastSeq = draft.lastSeq;
    if (draft.rules.some((r) => r.kind === 'version')) {
      this.points.replan(draft.turn);
      this.drills.replan();
    }
    this.points.rests.took(draft.readings.length);
    const memories = this.points.keep(keepMemories, draft.at);
    if (keepMemories === 'all') draft.register.push(...this.quality.keepAll(draft.at));
    const oldest = this.points.unkeptSince;
    const listens =
      keepMemories === 'all' ||
      (keepMemories === 'share' && draft.at - this.#listenedKeptAt >= LISTENED_RESTS);
    if (listens) this.#listenedKeptAt = draft.at;
    const hasMoved = !this.#movesAreKept;
    this.#movesAreKept = true;
    return {
      turn: draft.turn,
      at: draft.at,
      readings: draft.readings,
      frames: draft.frames,
      ...(draft.stock.length > 0 ? { stock: draft.stock } : {}),
      ...(draft.clocks.size > 0 ? { clocks: [...draft.clocks] } : {}),
      ...(draft.shown.length > 0 ? { shown: draft.shown } : {}),
      ...(draft.owedReadings.length + draft.owedFrames.length > 0
        ? { owed: { readings: draft.owedReadings, frames: draft.owedFrames } }
        : {}),
      quarantined: draft.quarantined,
      statuses: draft.statuses,
      deviceEvents: draft.deviceEvents,
      register: draft.register,
      rules: draft.rules,
      events: draft.events,
      ...(draft.responses.length > 0 ? { responses: draft.responses } : {}),
      ...(draft.drilled.length > 0 ? { drilled: draft.drilled } : {}),
      ...(draft.filed.length > 0 ? { filed: draft.filed } : {}),
      ...(draft.told.length > 0 ? { told: draft.told } : {}),
      ...(draft.commands.size > 0 ? { commands: [...draft.commands.values()] } : {}),
      ...(draft.citizens.size > 0 ? { citizens: [...draft.citizens.values()] } : {}),
      ...(draft.exchanged.length > 0 ? { exchanged: draft.exchanged } : {}),
      answers: draft.answers,
      ...(draft.probe.length > 0 ? { probe: draft.probe } : {}),
      memories,
      ...(listens ? { listened: this.silence.listenedUpTo(draft.at) } : {}),
      ...(hasMoved ? { clockMoves: this.#clockMoves } : {}),
      memoriesKeptUpTo: oldest === null ? draft.turn : as.turn(oldest - 1),
    };
  }

  /** Something was heard from a point that was silent. */
  heard(point: PointState, receivedAt: Millis, draft: Draft): void {
    this.silence.heard(point, receivedAt, this.judging.findings, draft);
  }

  // ── a start ───────────────────────────────────────────────────────────────────────────────────────

  /** Puts everything back as it was at the last durable turn, but for the turns still to be replayed. */
  restore(from: Recovered, now: Millis): void {
    this.silence.start(from.listened, now);
    this.#lastTurn = from.lastTurn;
    this.#lastSeq = from.lastSeq;
    for (const change of from.register) {
      if (change.kind === 'fault' || change.kind === 'quality') this.quality.take(change);
      else this.register.apply(change);
    }
    for (const registered of this.register.points()) this.points.at(registered);
    this.topics.forget();
    // Memories come back under the rules of their time, and go on to today's as the turns are replayed.
    for (const change of from.rules) this.book.take(change);
    for (const kept of from.memories) this.points.putBack(kept);
    const alarms = new Map<AlarmId, Alarm>();
    // Of moves before the first of these events nothing is left.
    const own = from.openAlarmEvents.filter((e) => e.after.from === undefined);
    for (const { after } of from.openAlarmEvents) if (after.from !== undefined) this.foreign.takeAlarm(after);
    const moves = from.clockMoves.filter((m) => m.afterSeq >= (own[0]?.seq ?? Infinity));
    this.#clockMoves = moves;
    let moved = 0;
    const moveUpTo = (seq: number) => {
      for (; (moves[moved]?.afterSeq ?? Infinity) < seq; moved++)
        for (const [id, a] of alarms) alarms.set(id, alarmMoved(a, moves[moved]?.by ?? 0));
    };
    for (const { seq, event } of own) {
      moveUpTo(seq);
      alarms.set(event.alarmId, evolve(alarms.get(event.alarmId) ?? null, event));
    }
    moveUpTo(Infinity);
    for (const alarm of alarms.values()) {
      const point = this.points.of(alarm.pointCode);
      if (point !== undefined && alarm.phase.is !== 'closed') this.desk.restore(alarm, point);
    }
    for (const filed of from.filed) {
      this.orders.take(filed);
      this.resources.take(filed);
      this.kept.take(filed);
      this.risks.take(filed);
    }
    this.drills.restore(from.openDrilled, from.filed, from.lastAt ?? now);
    const openResponses = from.openResponses.filter((step) => !this.foreign.restore(step));
    this.#restoreResponses({ ...from, openResponses });
    this.notices.restore({ ...from, openAlarmEvents: own, openResponses });
    this.upstream.restore(from);
    for (const entry of from.openCitizens) this.citizens.restore(entry);
    for (const command of from.openCommands) this.commands.restore(command, now);
    for (const answer of from.answers) this.#answers.set(answer.commandId, answer);
    for (const status of from.statuses) this.saidOfLink(status);
  }

  /** What a device says of its own link, or that it takes back what it said. */
  saidOfLink(status: DeviceStatus): void {
    if (status.online === null) this.statuses.delete(status.device);
    else this.statuses.set(status.device, status);
  }

  /** After the last replayed turn: from here on everything is judged by the rules in force now. */
  replayed(): void {
    this.points.replan(this.#lastTurn);
  }

  /**
   * When all is as it was written: our clock may have been set since, while nothing ran.
   *
   * @param by how far, where that is known; 0: not
   */
  onTodaysClock(by: Duration): void {
    if (by !== 0) this.#clockMoved(by);
    this.silence.onTodaysClock(this.#lastTurn);
  }

  /** Everything lies as long before now as it did: readings, silences, shelves, acknowledgements. */
  #clockMoved(by: Duration): void {
    this.#clockMoves = [...this.#clockMoves, { afterSeq: this.#lastSeq, by }];
    this.#movesAreKept = false;
    this.silence.clockMoved(by);
    this.points.clockMoved(by, this.silence.startedAt);
    this.quality.clockMoved(by);
    this.desk.clockMoved(by);
    this.orders.clockMoved(by);
    this.warnings.clockMoved(by);
    this.incidents.clockMoved(by);
    this.notices.clockMoved(by);
    this.drills.clockMoved(by);
  }

  /** With the end of a drill nobody is called for what it left, and no clock of it runs on. */
  #dropDrills(draft: Draft): void {
    for (const id of this.drills.takeEnded()) {
      this.notices.drop(id, draft);
      this.orders.drop(id);
      this.warnings.drop(id);
      this.incidents.drop(id);
    }
  }

  #restoreResponses(from: Recovered): void {
    const things = new Map<string, ResponseThing>();
    for (const step of [...from.openResponses, ...from.openDrilled.filter(isDrilledStep)])
      things.set(step.event.id, evolved(things.get(step.event.id) ?? null, step));
    const incidents: Incident[] = [];
    for (const thing of things.values())
      if (thing.of === 'order') this.orders.restore(thing.after);
      else if (thing.of === 'warning') this.warnings.restore(thing.after);
      else if (thing.of === 'handover') this.handovers.restore(thing.after);
      else if (thing.of === 'report') this.reports.restore(thing.after);
      else incidents.push(thing.after);
    this.incidents.restore(incidents, [...this.desk.open.values(), ...this.drills.open()]);
    for (const id of from.messageIds) this.warnings.hasUsed(id);
    this.orders.countFrom(from.lastOrderNo);
  }

  /** Turns are numbered on from here, where that is further than the journal itself has come. */
  continueAfter(turn: TurnNumber): void {
    if (turn > this.#lastTurn) this.#lastTurn = turn;
  }

  #answer(answer: CommandAnswer, draft: Draft): void {
    draft.answers.push(answer);
    this.#answers.set(answer.commandId, answer);
    if (this.#answers.size > 10_000) this.#answers.delete(this.#answers.keys().next().value as CommandId);
  }

  #pointChanged(before: Point | undefined, registered: Point, draft: Draft): void {
    const point = this.points.changed(before, registered, draft.turn, draft.at);
    if (point === undefined) return;
    if (((before?.outOfService ?? null) !== null) !== (registered.outOfService !== null))
      this.desk.service(point, registered.outOfService, draft);
  }
}

/** Decided where it is: here it is looked at. */
export const ofSource = (from: string): Bilingual => ({
  zh: `这是下级平台 ${from} 的，请在该平台处置`,
  en: `It is of ${from}, and is decided there.`,
});

const isDrilledStep = (e: JournaledDrilled): e is JournaledDrilled & ResponseStep =>
  isDrilledResponse(e) && e.of !== 'notice';

/** What a command says, whoever gave it and whatever they had seen: the same again is a retry, anything else another command. */
export function contentOf(command: object): string {
  const said = Object.entries(command).filter(([key]) => !NOT_SAID.has(key));
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const NOT_SAID: ReadonlySet<string> = new Set([
  'do',
  'by',
  'commandId',
  'seenRevision',
  'second',
  'coordinates',
  'birth',
  'limits',
  'policy',
  'duringRed',
  'readings',
]);
