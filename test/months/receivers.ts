import { setImmediate as nextRound } from 'node:timers/promises';
import { type Chance, chance } from '../../simulators/random.ts';
import { as } from '../../src/domain/ids.ts';
import { paceOf } from '../../src/domain/notice/channel.ts';
import type { NoticeEntry } from '../../src/domain/notice/entry.ts';
import { isPending, type Notice, type SendOutcome } from '../../src/domain/notice/notice.ts';
import { type Duration, type Millis, minutes, seconds } from '../../src/domain/time.ts';
import { Outbox } from '../../src/flow/outbox/outbox.ts';
import type { JournaledEvent } from '../../src/flow/ports/journal.ts';
import type { OutgoingMessage } from '../../src/flow/ports/notice-channel.ts';
import { aChannel, aContact, aPolicy, aRung, aUnit } from '../domain/notice/a-city.ts';
import type { FlowHarness } from '../flow/flow-harness.ts';
import type { MemoryDisk } from '../memory/journal.ts';
import { must } from './failure.ts';
import type { Fate } from './fate.ts';

const duty = { unit: { code: as.unit('gas-co') }, post: 'duty' } as const;
const leader = { unit: { code: as.unit('gas-co') }, post: 'leader' } as const;
const HOOK = aChannel('hook', 'webhook', { perMinute: 12 });
const MAIL = aChannel('mail', 'smtp');
const ON_DUTY = aContact('wang', 'gas-co', 'duty', { account: 'wang' });

/** Who is told, and how: the one on duty at once by the robot, then the leader, then both by all that there is. */
const OFFICE: readonly NoticeEntry[] = [
  { is: 'unit', unit: aUnit('gas-co', 'owner') },
  { is: 'contact', contact: ON_DUTY },
  { is: 'contact', contact: aContact('zhao', 'gas-co', 'leader', { account: 'li' }) },
  ...[HOOK, MAIL].map((setup): NoticeEntry => ({ is: 'channel', id: setup.id, setup })),
  {
    is: 'policy',
    policy: aPolicy('gas', {
      match: { subjects: ['alarm'], levels: [], lifelines: [as.lifeline('gas')], areas: [] },
      rungs: [
        aRung(0, { to: [duty], channels: [HOOK.id] }),
        aRung(300, { to: [leader] }),
        aRung(900, { to: [leader, duty] }),
      ],
    }),
  },
];

/** The outbox is asked each second while something waits; what is due by the clock of the flow may take as long besides. */
const SECOND = seconds(1);
const GRACE: Duration = minutes(3);
/** Share of the messages at which the service is killed while they are on their way: before the answer is on the disk. */
const KILLED_ON_THE_WAY = 0.004;

type Surroundings = {
  readonly fates: readonly Fate[];
  readonly disk: MemoryDisk;
  readonly now: () => Millis;
  readonly at: (when: Millis, act: () => void) => void;
  readonly tell: (what: string) => void;
  readonly broke: (why: unknown) => void;
  /** The service is killed before its next commit. */
  readonly kill: () => void;
  readonly seed: number;
};

/** Those whom the service tells, by an outbox of each of its lives; and what they may be told. */
export class Receivers {
  readonly #by: Surroundings;
  readonly #troubles: readonly (Fate & { readonly channel: string })[];
  readonly #chance: Chance;
  #outbox: Outbox | null = null;
  #flow: FlowHarness | null = null;
  #kick: (() => void) | null = null;
  #isWaiting = false;
  /** How often each message has arrived. */
  readonly #arrived = new Map<string, number>();
  /** By alarm: the ways by which something of it was sent. */
  readonly #ways = new Map<string, Set<string>>();
  /** By alarm, in real time: since when somebody has seen to it. */
  readonly #seenTo = new Map<string, Millis>();
  /** Of one life, in real time. */
  readonly #sentAt = new Map<string, Millis[]>();
  sent = 0;
  again = 0;

  constructor(by: Surroundings) {
    this.#by = by;
    this.#chance = chance(by.seed, 'receivers');
    this.#troubles = by.fates.filter((f) => 'channel' in f);
  }

  /** Another life begins. */
  async begins(flow: FlowHarness): Promise<void> {
    this.#flow = flow;
    this.#sentAt.clear();
    const { core, turn, journal, meters, log, clock } = flow;
    if (core.notices.book.channels().length === 0)
      await turn.tell((draft) => {
        for (const e of OFFICE) core.notices.keep(e, draft);
      });
    const outbox = new Outbox({
      ...{ core, turn, journal, meters, log },
      clock: {
        now: () => clock.now(),
        after: (delay, tell) => clock.after(delay, tell),
        every: (_, tell) => {
          this.#kick = tell;
          return () => undefined;
        },
      },
      open: (settings) => ({ send: (m) => this.#sends(settings.kind === 'webhook' ? 'hook' : 'mail', m) }),
    });
    this.#outbox = outbox;
    await outbox.start();
  }

  ends(): void {
    this.#outbox?.stop();
    this.#outbox = null;
    this.#flow = null;
    this.#kick = null;
  }

  /** After every instant, as the service does after a turn that owes, and each second. */
  look(owes: boolean): void {
    if (owes) this.#kick?.();
    if (this.#isWaiting || this.#flow === null || this.#flow.core.notices.book.pending().length === 0) return;
    this.#isWaiting = true;
    this.#by.at(this.#by.now() + SECOND, () => {
      this.#isWaiting = false;
      this.#kick?.();
    });
  }

  event({ event: { change }, after }: JournaledEvent): void {
    if (change.kind === 'acknowledged') this.#seenTo.set(after.id, this.#by.now());
    if (change.kind === 'recurred' || change.kind === 'escalated' || change.kind === 'realarmed')
      this.#seenTo.delete(after.id);
    if (change.kind !== 'raised' || after.late || change.hidden !== undefined) return;
    const owed = this.#noticesOf(after.id).some((n) => n.contact === ON_DUTY.id && n.about === 'raised');
    must(owed, () => `${after.id} is durable, and that ${ON_DUTY.name} is to be told of it is not`);
  }

  /** Now and then: nothing waits longer than it is worth. */
  tick(): void {
    const flow = this.#flow;
    if (flow === null) return;
    const now = flow.clock.now();
    for (const n of flow.core.notices.book.pending())
      must(
        n.state === 'sending' || now <= n.usefulUntil + GRACE,
        () => `notice ${n.id} is ${n.state} still, ${(now - n.usefulUntil) / 1_000} s after it was of use`,
      );
  }

  /** When all is over: what is said to have arrived has, and what has not had a reason. */
  over(): void {
    for (const n of this.#noticesOf('')) {
      if (isPending(n)) continue;
      const isDigest = this.#ways.get(n.subject.id)?.has(wayOf(n.contact, n.channel)) === true;
      if (n.state === 'sent' || n.state === 'acted')
        must(
          this.#arrived.has(n.id) || isDigest,
          () => `notice ${n.id} is ${n.state}, and its receiver has nothing of it`,
        );
    }
  }

  async #sends(channel: string, m: OutgoingMessage): Promise<SendOutcome> {
    const { now, tell } = this.#by;
    tell(`→ ${channel} to ${m.to?.name}: ${m.about} ${m.id} ${m.text.marks.join()}`);
    try {
      this.#mayBeSent(channel, m);
    } catch (why) {
      this.#by.broke(why);
    }
    this.sent++;
    if (this.#chance.next() < KILLED_ON_THE_WAY) this.#by.kill();
    const trouble = this.#troubles.find((f) => f.channel === channel && f.from <= now() && now() < endOf(f));
    if (trouble?.kind === 'receiver away') return { is: 'failed', said: 'away' };
    if (trouble?.kind === 'receiver refuses') return { is: 'refused', said: 'no such robot' };
    if (trouble?.kind === 'receiver slow')
      await new Promise<void>((done) => this.#by.at(now() + trouble.by, done));
    else await nextRound();
    const n = (this.#arrived.get(m.id) ?? 0) + 1;
    this.#arrived.set(m.id, n);
    if (n > 1) this.again++;
    try {
      must(
        n === 1 || m.text.marks.includes('again'),
        () => `${m.id} arrived ${n} times, and does not say that it is told again`,
      );
    } catch (why) {
      this.#by.broke(why);
    }
    return trouble?.kind === 'receiver loses answers'
      ? { is: 'failed', said: 'no answer in time', inDoubt: true }
      : { is: 'accepted', said: 'ok' };
  }

  #mayBeSent(channel: string, m: OutgoingMessage): void {
    const { disk, now } = this.#by;
    const kept = disk.state.told.get(`notice/${m.id}`);
    must(
      kept?.is === 'notice' && kept.notice.state === 'sending',
      () =>
        `${m.id} is sent, and the disk has it as ${kept?.is === 'notice' ? kept.notice.state : 'nothing'}`,
    );
    const way = wayOf(m.to?.name ?? null, channel);
    for (const { alarm } of m.facts) {
      must(
        disk.state.alarms.has(alarm as never),
        () => `${m.id} tells of ${alarm}, which is not on the disk`,
      );
      const ways = this.#ways.get(alarm) ?? new Set();
      this.#ways.set(alarm, ways);
      if (m.about === 'recovered' || m.about === 'closed')
        must(ways.has(way), () => `${m.id} tells the end of ${alarm} to ${way}, who was not told of it`);
      if (m.about === 'raised' || m.about === 'again' || m.about === 'risen') ways.add(way);
      if (m.about === 'digest') ways.add(way);
      const seen = this.#seenTo.get(alarm);
      if (m.about === 'again')
        must(
          seen === undefined || now() - seen <= GRACE,
          () =>
            `${m.id} calls for ${alarm}, which somebody acknowledged ${(now() - (seen ?? 0)) / 1_000} s ago`,
        );
    }
    const recent = (this.#sentAt.get(channel) ?? []).filter((t) => t > now() - minutes(1));
    recent.push(now());
    this.#sentAt.set(channel, recent);
    const most = paceOf(channel === 'hook' ? HOOK : MAIL);
    must(recent.length <= most, () => `${channel} was asked ${recent.length} times in a minute, of ${most}`);
  }

  /** As they lie on the disk; of all alarms for `''`. */
  #noticesOf(alarm: string): Notice[] {
    const found: Notice[] = [];
    for (const [key, e] of this.#by.disk.state.told)
      if (e.is === 'notice' && key.startsWith(alarm === '' ? 'notice/' : `notice/${alarm}.`))
        found.push(e.notice);
    return found;
  }
}

const endOf = (f: Fate): Millis => ('to' in f ? f.to : f.from);
const wayOf = (contact: string | null, channel: string): string => `${contact ?? '-'} by ${channel}`;
