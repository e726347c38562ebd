import { CLOCK_NAMES, type ClockLimits, type ClockName } from '../../../src/domain/order/clock-policy.ts';
import type { OrderChange, OrderEvent } from '../../../src/domain/order/events.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import { accountOf } from '../../../src/domain/response/event.ts';
import { type Duration, hours, type Millis, minutes } from '../../../src/domain/time.ts';
import { Broken, must } from '../failure.ts';
import { UNIT_OF } from '../people/asks.ts';

/** The clock of the flow ticks every minute at least, and a slow disk takes its time. */
const GRACE: Duration = minutes(3);
/** docs/orders.md: amber at 80 %, red at 100 %. */
const SHARE = { amber: 0.8, overdue: 1 } as const;
/** Who finds a unit for what was sent back twice. */
const LEADER = 'sun';

/** After these it is in other hands than before. */
const HANDS: ReadonlySet<OrderChange['kind']> = new Set(['dispatched', 'forwarded', 'returned', 'rework']);

type Told = keyof typeof SHARE;
/** One run of a clock, until it is met. */
type Run = { from: Millis; readonly told: Set<Told> };
type Span = { from: Millis; until: Millis; to: Millis | null };

/** What is known of an order by its events and docs/orders.md alone. */
type Seen = {
  state: 'new' | 'with a unit' | 'on site' | 'returned' | 'done' | 'over';
  /** A crew has it. */
  isAccepted: boolean;
  unit: string | null;
  limits: ClockLimits;
  /** Those that have begun and are not met. */
  readonly runs: Map<ClockName, Run>;
  readonly pauses: Span[];
  /** Granted: control ends then, and what was paused after it was granted comes to it. */
  extended: { at: Millis; until: Millis } | null;
  asked: { readonly by: string | null; readonly until: Millis } | null;
  wanted: { readonly do: string; readonly by: string | null } | null;
  /** Neither of them verifies. */
  readonly hands: Set<string>;
  refusals: number;
  /** Our clock was set by so much, and nobody has told it. */
  owed: Duration;
  /** Revision in which it last went to other hands. */
  handedIn: number;
  /** When it last became another one, but for what the clock said. */
  changedAt: Millis;
};

/** Orders: each clock told once at its time, nobody verifies their own work, nobody acts for another's unit, by two where two are needed. */
export class OrdersKept {
  readonly #seen = new Map<string, Seen>();
  readonly #lastNo = new Map<string, number>();
  readonly #ourClockIsSet: boolean;
  /** Since when the service has listened, on our clock. */
  #upSince: Millis = 0;
  /** In whose hands an order was, by the revision in which it came there, when a command was carried out. */
  readonly handsAt = new Map<string, number>();
  clocks = 0;
  verified = 0;

  constructor(ourClockIsSet: boolean) {
    this.#ourClockIsSet = ourClockIsSet;
  }

  begins(now: Millis, movedBy: Duration): void {
    this.#upSince = now;
    for (const o of this.#seen.values()) if (o.state !== 'over') o.owed += movedBy;
  }

  event({ id, at, by, change, commandId, revision }: OrderEvent, after: Order): void {
    const account = accountOf(by);
    if (change.kind === 'created') {
      this.#numbered(after.no, at);
      this.#seen.set(id, begun(change.birth.limits, at));
      return;
    }
    const o = this.#seen.get(id);
    if (o === undefined) throw new Broken((() => `${id} is ${change.kind}, and was never made`)());
    if (change.kind === 'amber' || change.kind === 'overdue') {
      this.#told(id, o, change, at);
      return;
    }
    const say = (what: string) => () => `${id} was ${change.kind} by ${account}, ${what}`;
    const unit = account === null ? undefined : UNIT_OF[account];
    must(unit === undefined || unit === o.unit, say(`of ${unit}, and is with ${o.unit}`));
    this.#mayBe(o, change, account, say);
    if (change.kind !== 'clock-moved') o.changedAt = at;
    if (commandId !== null && !this.handsAt.has(commandId)) this.handsAt.set(commandId, o.handedIn);
    if (HANDS.has(change.kind)) o.handedIn = revision;
    follow(o, change, { at, account });
  }

  #numbered(no: string, at: Millis): void {
    const [day = '', n] = [no.slice(0, -5), Number(no.slice(-4))];
    const last = this.#lastNo.get(day) ?? 0;
    this.#lastNo.set(day, n);
    const today = new Date(at + hours(8)).toISOString().slice(0, 10).replaceAll('-', '');
    must(
      this.#ourClockIsSet || (n === last + 1 && day === `GD${today}`),
      () => `an order of ${today} is numbered ${no}, after ${last} of ${day}`,
    );
  }

  /** Whether this account may do so, by what was done before. */
  #mayBe(o: Seen, change: OrderChange, account: string | null, say: (what: string) => () => string): void {
    must(o.state !== 'over', say('and was over'));
    switch (change.kind) {
      case 'verified':
      case 'rework':
        this.verified++;
        must(account !== null && !o.hands.has(account), say('whose own work it is'));
        break;
      case 'extension-answered':
        must(o.asked !== null && o.asked.by !== account, say('who had asked for it'));
        break;
      case 'dispatched':
        must(
          o.refusals < 2 || account === LEADER || o.state === 'with a unit',
          say('and was sent back twice'),
        );
        break;
      case 'forwarded':
        must(
          o.state !== 'on site' || isSecond(o, 'forward', account),
          say('and nobody else had asked for it'),
        );
        break;
      case 'voided':
        must(!o.isAccepted || isSecond(o, 'void', account), say('and nobody else had asked for it'));
        break;
      default:
    }
  }

  #told(id: string, o: Seen, { kind, clock, dueAt }: Extract<OrderChange, { kind: Told }>, at: Millis): void {
    this.clocks++;
    const run = o.runs.get(clock);
    const say = (what: string) => () => `${id} was told ${kind} of ${clock}, ${what}`;
    if (run === undefined) throw new Broken(say('which does not run')());
    must(!run.told.has(kind), say('which it had been told'));
    run.told.add(kind);
    const [then, end] = [instant(o, clock, run, SHARE[kind]), instant(o, clock, run, 1)];
    must(Math.abs(dueAt - end) <= 1, say(`due ${inTime(dueAt)}, which ends ${inTime(end)}`));
    must(at >= then - 1, say(`at ${inTime(at)}, which is so at ${inTime(then)}`));
    const since = Math.max(then, o.changedAt, this.#upSince);
    must(at - since <= GRACE, say(`at ${inTime(at)}, and it was so at ${inTime(since)}`));
  }

  tick(now: Millis): void {
    for (const [id, o] of this.#seen) {
      must(o.owed === 0, () => `our clock was set by ${o.owed / 1_000} s, and ${id} lies where it lay`);
      const pause = o.pauses.at(-1);
      must(
        o.state === 'over' || pause?.to !== null || now - Math.max(pause.until, this.#upSince) <= GRACE,
        () => `${id} is paused still, and that was to end at ${inTime(pause?.until ?? 0)}`,
      );
      if (o.state === 'new' || o.state === 'returned' || o.state === 'over') continue;
      for (const [clock, run] of o.runs)
        for (const is of ['amber', 'overdue'] as const) {
          if (run.told.has(is)) continue;
          const since = Math.max(instant(o, clock, run, SHARE[is]), o.changedAt, this.#upSince);
          must(
            now - since <= GRACE,
            () => `${id} is ${is} of ${clock} since ${inTime(since)}, and nobody is told`,
          );
        }
    }
  }
}

const begun = (limits: ClockLimits, at: Millis): Seen => ({
  state: 'new',
  isAccepted: false,
  unit: null,
  limits,
  runs: new Map(),
  pauses: [],
  extended: null,
  asked: null,
  wanted: null,
  hands: new Set(),
  refusals: 0,
  handedIn: 1,
  owed: 0,
  changedAt: at,
});

const inTime = (t: Millis): string => new Date(t).toISOString();

const isSecond = ({ wanted }: Seen, what: string, account: string | null): boolean =>
  wanted !== null && wanted.do === what && wanted.by !== account;

/** When a share of a clock's time of work has gone: what was paused of it comes to it. */
function instant(o: Seen, clock: ClockName, run: Run, share: number): Millis {
  const extended = clock === 'control' ? o.extended : null;
  const from = extended?.at ?? run.from;
  // Granted when its end had come, it is over at once.
  const length = extended === null ? minutes(o.limits[clock]) : Math.max(0, extended.until - extended.at);
  let then = from + length * share;
  if (clock === 'verify') return then;
  for (;;) {
    let paused = 0;
    for (const p of o.pauses) paused += Math.max(0, Math.min(then, p.to ?? p.until) - Math.max(from, p.from));
    const later = from + length * share + paused;
    if (later === then) return then;
    then = later;
  }
}

/** What an event makes of an order. */
function follow(
  o: Seen,
  change: OrderChange,
  { at, account }: { readonly at: Millis; readonly account: string | null },
): void {
  const begins = (...clocks: ClockName[]) => {
    for (const c of clocks) o.runs.set(c, { from: at, told: new Set() });
  };
  const ends = (...clocks: ClockName[]) => {
    for (const c of clocks) o.runs.delete(c);
  };
  const hand = () => account !== null && o.hands.add(account);
  switch (change.kind) {
    case 'dispatched':
    case 'forwarded':
      hand();
      begins('accept', 'arrive', 'first-feedback');
      ends('feedback');
      if (!o.runs.has('control')) begins('control');
      Object.assign(o, {
        state: 'with a unit',
        isAccepted: false,
        unit: change.unit,
        wanted: null,
        asked: null,
      });
      break;
    case 'accepted':
      hand();
      ends('accept');
      o.isAccepted = true;
      break;
    case 'returned':
      Object.assign(o, { state: 'returned', isAccepted: false, wanted: null, asked: null });
      o.refusals++;
      break;
    case 'asked':
      o.wanted = { do: change.for.do, by: account };
      break;
    case 'arrived':
      hand();
      ends('arrive');
      o.state = 'on site';
      break;
    case 'safety-checked':
      hand();
      break;
    case 'fed-back':
      if (!o.isAccepted || o.state === 'done') break;
      ends('first-feedback');
      begins('feedback');
      break;
    case 'paused':
      o.pauses.push({ from: at, until: change.until, to: null });
      break;
    case 'resumed': {
      const last = o.pauses.at(-1);
      must(
        last?.to === null && (account !== null || at >= last.until),
        () => `a pause ended by itself at ${inTime(at)}, and was to last to ${inTime(last?.until ?? 0)}`,
      );
      if (last !== undefined) last.to = change.because === 'end' ? last.until : Math.min(at, last.until);
      break;
    }
    case 'extension-asked':
      o.asked = { by: account, until: change.until };
      break;
    case 'extension-answered':
      if (change.granted && o.asked !== null) {
        o.extended = { at, until: o.asked.until };
        o.runs.get('control')?.told.clear();
      }
      o.asked = null;
      break;
    case 'done':
      hand();
      ends('arrive', 'first-feedback', 'feedback', 'control');
      begins('verify');
      Object.assign(o, { state: 'done', wanted: null, asked: null });
      break;
    case 'verified':
      ends('verify');
      break;
    case 'rework':
      ends('verify');
      begins('control', 'feedback');
      Object.assign(o, { state: 'on site', extended: null });
      break;
    case 'rebased':
      o.limits = change.limits;
      break;
    case 'archived':
    case 'voided':
      o.state = 'over';
      break;
    case 'clock-moved':
      moves(o, change.by);
      break;
    default:
  }
}

/** Our clock was set while nothing ran: everything lies as long before and after now as it did. */
function moves(o: Seen, by: Duration): void {
  for (const name of CLOCK_NAMES) {
    const run = o.runs.get(name);
    if (run !== undefined) run.from += by;
  }
  for (const p of o.pauses) {
    p.from += by;
    p.until += by;
    if (p.to !== null) p.to += by;
  }
  o.owed -= by;
  if (o.extended !== null) o.extended = { at: o.extended.at + by, until: o.extended.until + by };
  if (o.asked !== null) o.asked = { ...o.asked, until: o.asked.until + by };
  o.changedAt += by;
}
