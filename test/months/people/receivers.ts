import { type Chance, chance } from '../../../simulators/random.ts';
import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import { paceOf } from '../../../src/domain/notice/channel.ts';
import type { NoticeEntry } from '../../../src/domain/notice/entry.ts';
import { isPending, type Notice, type SendOutcome } from '../../../src/domain/notice/notice.ts';
import type { RosterShift } from '../../../src/domain/notice/roster.ts';
import { type Duration, days, hours, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { Outbox } from '../../../src/flow/outbox/outbox.ts';
import type { JournaledEvent } from '../../../src/flow/ports/journal.ts';
import type { OutgoingMessage } from '../../../src/flow/ports/notice-channel.ts';
import { aChannel, aContact, aPolicy, aRung, aUnit } from '../../domain/notice/a-city.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import type { MemoryDisk } from '../../memory/journal.ts';
import { must } from '../failure.ts';
import type { Fate } from '../fate.ts';
import { nextRound } from '../rounds.ts';

const duty = { unit: { code: as.unit('gas-co') }, post: 'duty' } as const;
const leader = { unit: { code: as.unit('gas-co') }, post: 'leader' } as const;
const HOOK = aChannel('hook', 'webhook', { perMinute: 12 });
const MAIL = aChannel('mail', 'smtp');
const WANG = aContact('wang', 'gas-co', 'duty', { account: 'wang' });
const CHEN = aContact('chen', 'gas-co', 'duty');
const ZHAO = aContact('zhao', 'gas-co', 'leader', { account: 'li' });

/** Who is told, and how: the one on duty by the roster at once by the robot, then the leader, then both by all that there is. */
const OFFICE: readonly NoticeEntry[] = [
  { is: 'unit', unit: aUnit('gas-co', 'owner') },
  ...[WANG, CHEN, ZHAO].map((contact): NoticeEntry => ({ is: 'contact', contact })),
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

/** 班次: one of the two, now and then both at once, now and then nobody. */
function shiftsOf(seed: number, from: Millis, lasts: Duration): readonly RosterShift[] {
  const c = chance(seed, 'roster');
  const shifts: RosterShift[] = [];
  for (let at = from; at < from + lasts + days(1); at += hours(8)) {
    const draw = c.next();
    const duty = draw < 0.4 ? [WANG.id] : draw < 0.8 ? [CHEN.id] : draw < 0.85 ? [WANG.id, CHEN.id] : [];
    // Somebody goes early.
    const to = at + hours(8) - (c.next() < 0.2 ? minutes(90) : 0);
    if (duty.length > 0) shifts.push({ from: at, to, duty, leader: [] });
  }
  return shifts;
}

/** The outbox is asked each second while something waits; what is due by the clock of the flow may take as long besides. */
const SECOND = seconds(1);
const GRACE: Duration = minutes(3);
/** Between two tries of one message, at most, with what a slow disk adds. */
const RETRIED_WITHIN: Duration = minutes(5);
/** Turns of a slow disk that pass until it is known what is to be sent, or what came of it: behind the turn in hand. In between it is on its way. */
const TURNS_UNTIL_KEPT = 3;
/** So many on one channel, and others may have had to wait for longer than they were of use. */
const CROWDED = 40;
/** Share of the messages at which the service is killed while they are on their way: before the answer is on the disk. */
const KILLED_ON_THE_WAY = 0.004;

/** A message on its way, by our clock; `to`: it came to nothing. */
type Flight = { readonly from: Millis; to: Millis; hasArrived: boolean };

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
  readonly from: Millis;
  readonly lasts: Duration;
};

/** Those whom the service tells, by an outbox of each of its lives; and what they may be told. */
export class Receivers {
  readonly #by: Surroundings;
  readonly #shifts: readonly RosterShift[];
  readonly #troubles: readonly (Fate & { readonly channel: string })[];
  readonly #chance: Chance;
  #outbox: Outbox | null = null;
  #flow: FlowHarness | null = null;
  #kick: (() => void) | null = null;
  #isWaiting = false;
  /** How often each message has arrived. */
  readonly #arrived = new Map<string, number>();
  /** By alarm and way: what was sent of it. */
  readonly #flights = new Map<string, Flight[]>();
  /** By alarm, in real time: since when somebody has seen to it. */
  readonly #seenTo = new Map<string, Millis>();
  /** By channel, in real time. */
  readonly #allSent = new Map<string, Millis[]>();
  /** Of one life, in real time. */
  readonly #sentAt = new Map<string, Millis[]>();
  /** When nothing could be sent by anybody, in real time. */
  readonly #down: { readonly from: Millis; readonly to: Millis }[] = [];
  #endedAt: Millis = 0;
  readonly #expired = new Set<string>();
  sent = 0;
  again = 0;
  /** Alarms at which nobody was on duty. */
  unmanned = 0;

  constructor(by: Surroundings) {
    this.#by = by;
    this.#chance = chance(by.seed, 'receivers');
    this.#shifts = shiftsOf(by.seed, by.from, by.lasts);
    this.#troubles = by.fates.filter((f) => 'channel' in f);
  }

  /** Another life begins. */
  async begins(flow: FlowHarness): Promise<void> {
    this.#flow = flow;
    this.#down.push({ from: this.#endedAt, to: this.#by.now() });
    this.#sentAt.clear();
    const { core, turn, journal, meters, log, clock } = flow;
    if (core.notices.book.channels().length === 0)
      await turn.tell((draft) => {
        const roster = { unit: duty.unit.code, shifts: this.#shifts };
        for (const e of [...OFFICE, { is: 'roster', roster } as const]) core.notices.keep(e, draft);
      });
    const outbox = new Outbox({
      ...{ core, turn, journal, meters, log },
      clock: {
        now: () => clock.now(),
        after: (delay, tell) => clock.after(delay, tell),
        every: (period, tell) => {
          if (period !== SECOND) return clock.every(period, tell);
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
    this.#endedAt = this.#by.now();
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

  event({ event: { change, at }, after }: JournaledEvent): void {
    if (change.kind === 'acknowledged') this.#seenTo.set(after.id, this.#by.now());
    if (change.kind === 'recurred' || change.kind === 'escalated' || change.kind === 'realarmed')
      this.#seenTo.delete(after.id);
    // Of bridges nobody is told: their policy is another one.
    if (change.kind !== 'raised' || after.late || change.hidden !== undefined || after.lifeline !== 'gas')
      return;
    const owed = this.#noticesOf(after.id);
    const onDuty = new Set(this.#shifts.flatMap((s) => (s.from <= at && at < s.to ? s.duty : [])));
    for (const id of onDuty)
      must(
        owed.some((n) => n.contact === id && n.about === 'raised'),
        () => `${after.id} is durable, and that ${id}, who is on duty, is to be told of it is not`,
      );
    // Who reaches nobody calls the next one at once.
    if (onDuty.size > 0) return;
    this.unmanned++;
    must(
      owed.some((n) => n.contact === ZHAO.id),
      () => `${after.id} is durable, nobody is on duty, and that ${ZHAO.id} is to be told of it is not`,
    );
  }

  /** Now and then: nothing waits longer than it is worth. */
  tick(): void {
    const flow = this.#flow;
    if (flow === null) return;
    const now = flow.clock.now();
    const apart = now - this.#by.now();
    for (const n of flow.core.notices.book.notices())
      if (n.state === 'expired' && !this.#expired.has(n.id)) {
        this.#expired.add(n.id);
        must(
          this.#wasTroubled(n, n.queuedAt - apart, n.usefulUntil - apart),
          () => `notice ${n.id} of ${n.queuedAt} expired, and nothing stood in its way`,
        );
      }
    for (const n of flow.core.notices.book.pending())
      must(
        n.state === 'sending' || now <= n.usefulUntil + GRACE,
        () => `notice ${n.id} is ${n.state} still, ${(now - n.usefulUntil) / 1_000} s after it was of use`,
      );
  }

  /** Whether something kept a notice from being sent in time. */
  #wasTroubled({ channel }: Notice, from: Millis, to: Millis): boolean {
    const lies = (x: { readonly from: Millis; readonly to: Millis }) => x.from <= to && x.to >= from;
    const isInWay = (f: Fate) =>
      ('channel' in f ? f.channel === channel : f.kind === 'slow disk') && 'to' in f && lies(f);
    const many = (this.#allSent.get(channel) ?? []).filter((t) => t >= from && t <= to).length;
    return this.#down.some(lies) || this.#by.fates.some(isInWay) || many > CROWDED;
  }

  /** By how much later than said the disk has it: nothing, but where it is slow now or was a moment ago. */
  #keptLateBy(): Duration {
    const now = this.#by.now();
    const by = this.#by.fates.flatMap((f) =>
      f.kind === 'slow disk' && f.from <= now && now <= f.to + TURNS_UNTIL_KEPT * f.by ? [f.by] : [],
    );
    return TURNS_UNTIL_KEPT * Math.max(0, ...by);
  }

  /** When all is over: what is said to have arrived has, and what has not had a reason. */
  over(): void {
    for (const n of this.#noticesOf('')) {
      const since = Math.max(n.queuedAt, n.tries.at(-1)?.at ?? 0);
      must(
        n.state !== 'sending' || this.#ourNow() - since < RETRIED_WITHIN,
        () => `notice ${n.id} is on its way still`,
      );
      if (isPending(n)) continue;
      const flights = this.#flights.get(`${n.subject.id} ${wayOf(n.contact, n.channel)}`);
      const isDigest = flights?.some((f) => f.hasArrived) === true;
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
    const flight: Flight = { from: this.#ourNow(), to: Number.POSITIVE_INFINITY, hasArrived: false };
    try {
      this.#mayBeSent(channel, m, flight);
    } catch (why) {
      this.#by.broke(why);
    }
    this.sent++;
    if (this.#chance.next() < KILLED_ON_THE_WAY) this.#by.kill();
    const trouble = this.#troubles.find((f) => f.channel === channel && f.from <= now() && now() < endOf(f));
    if (trouble?.kind === 'receiver away' || trouble?.kind === 'receiver refuses') {
      flight.to = this.#ourNow();
      return trouble.kind === 'receiver away'
        ? { is: 'failed', said: 'away' }
        : { is: 'refused', said: 'no such robot' };
    }
    if (trouble?.kind === 'receiver slow')
      await new Promise<void>((done) => this.#by.at(now() + trouble.by, done));
    else await nextRound();
    flight.hasArrived = true;
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

  #ourNow(): Millis {
    return this.#flow?.clock.now() ?? this.#by.now();
  }

  #mayBeSent(channel: string, m: OutgoingMessage, flight: Flight): void {
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
      const flights = this.#flights.get(`${alarm} ${way}`) ?? [];
      this.#flights.set(`${alarm} ${way}`, flights);
      if (m.about === 'recovered' || m.about === 'closed') {
        const at = kept?.is === 'notice' ? kept.notice.queuedAt : 0;
        const late = this.#keptLateBy();
        must(
          flights.some((f) => f.hasArrived || (f.from - late <= at && f.to + late >= at)),
          () => `${m.id} tells the end of ${alarm} to ${way}, whom nothing of it has reached`,
        );
      } else flights.push(flight);
      const seen = this.#seenTo.get(alarm);
      if (m.about === 'again')
        must(
          // What came back since lies on the disk before anybody is shown it.
          seen === undefined || now() - seen <= GRACE || isUnacked(disk.state.alarms.get(as.alarm(alarm))),
          () =>
            `${m.id} calls for ${alarm}, which somebody acknowledged ${(now() - (seen ?? 0)) / 1_000} s ago`,
        );
    }
    const recent = (this.#sentAt.get(channel) ?? []).filter((t) => t > now() - minutes(1));
    recent.push(now());
    this.#sentAt.set(channel, recent);
    this.#allSent.set(channel, [...(this.#allSent.get(channel) ?? []), now()]);
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

const isUnacked = (alarm: Alarm | undefined): boolean => alarm?.phase.is.endsWith('-unacked') === true;
const endOf = (f: Fate): Millis => ('to' in f ? f.to : f.from);
const wayOf = (contact: string | null, channel: string): string => `${contact ?? '-'} by ${channel}`;
