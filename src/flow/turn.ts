import type { Alarm } from '../domain/alarm/alarm.ts';
import type { OperatorCommand } from '../domain/alarm/commands.ts';
import type { AlarmId, TurnNumber } from '../domain/ids.ts';
import type { Reading } from '../domain/reading.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Decided } from '../domain/register/commands.ts';
import { type Result, unreachable } from '../domain/result.ts';
import type { RuleCommand, RuleDraft } from '../domain/rules/change.ts';
import type { Millis } from '../domain/time.ts';
import type { Core } from './core/core.ts';
import type { Draft } from './core/draft.ts';
import { MEMORIES_PER_TURN } from './core/points.ts';
import type { Flaw, Intake, Packet } from './ports/broker.ts';
import type { Clock } from './ports/clock.ts';
import type { Journal, TurnRecord } from './ports/journal.ts';
import type { Log } from './ports/log.ts';
import { HeldPackets, type PacketItem } from './storage/held-packets.ts';
import { spoolSize } from './storage/spool-size.ts';
import { TurnTimes } from './turn-times.ts';

/**
 * Items in one turn at most. Small enough that senders, judging and the disk work at the same time on one turn
 * each; with everything in one large turn each of them would wait for the others.
 */
const ITEMS_PER_TURN = 512;
/** Turns on their way to the disk at most: one being written, one judged meanwhile. */
const TURNS_IN_FLIGHT = 2;
/**
 * So many items are worth a turn of their own. Fewer wait for the flush that is under way and share the next one, which
 * begins no earlier in any case: a flush costs the same for one packet as for thirty.
 */
const WORTH_A_TURN = 32;
/** Packets waiting at most before QoS 0 is dropped; QoS 1 and 2 wait, bounded by their senders' windows. */
const WAITING_AT_MOST = 20_000;

const NO_FLAWS: readonly Flaw[] = [];
const NOTHING = (): void => undefined;

/** Said to whoever asks for something after the journal has failed: nothing may be promised any more. */
export class JournalFailed extends Error {
  constructor(cause: unknown) {
    super('The journal has failed: nothing is acknowledged until the service has recovered.', { cause });
    this.name = 'JournalFailed';
  }
}

/** What a person does to one alarm. */
type Act = {
  readonly id: AlarmId;
  readonly command: OperatorCommand;
  /** As it was known outside when it was asked for. */
  readonly durable: Alarm | null;
};

type Item =
  | PacketItem
  | {
      readonly kind: 'act';
      readonly act: Act;
      readonly answer: Answer<Result<Alarm, Refusal>>;
    }
  | {
      readonly kind: 'acts';
      readonly acts: readonly Act[];
      readonly answer: Answer<readonly Result<Alarm, Refusal>[]>;
    }
  | {
      readonly kind: 'rule';
      readonly command: RuleCommand;
      readonly answer: Answer<Result<RuleDraft, Refusal>>;
    }
  | {
      readonly kind: 'register';
      decide(now: Millis): { readonly changes: Decided; readonly release: () => void };
      readonly answer: Pick<Answer<never>, 'reject'>;
    }
  | {
      readonly kind: 'tell';
      /** @returns what is released with the turn */
      tell(draft: Draft): () => void;
      readonly answer: Pick<Answer<never>, 'reject'>;
    }
  | { readonly kind: 'stock'; readonly readings: readonly Reading[]; readonly answer: Answer<TurnNumber> }
  | { readonly kind: 'tick'; readonly keepMemories: 'share' | 'all'; readonly answer: Answer<void> | null }
  /** The last turn kept as many memories as one may, and more are due. */
  | { readonly kind: 'share'; readonly answer: null };

type Answer<T> = { resolve(value: T): void; reject(why: Error): void };

/** What happens once a turn is durable, in this order, before the next turn begins. */
export type Released = (record: TurnRecord) => void;

/**
 * The turn: takes everything that arrived while the last turn was being written, runs the core over it in
 * order, and hands one transaction to the journal. When that is on disk, and not before, everything is
 * released: alerts, acknowledgements, answers. The slower the disk, the larger the turn.
 *
 *     arrives     a b      c d e f                  g h
 *                  │          └───────────┐          └──────────┐
 *     judged      [a b]                  [c d e f]             [g h]
 *                    └─ commit 1           └─ commit 2           └─ commit 3
 *     disk              ├── flush ──▶│        ├─── flush ───▶│      ├── flush ──▶│
 *     released                       a b                     c d e f             g h
 *
 * A large turn may be judged while the one before it is flushed; it is written after it, and released after it. Nothing
 * of a turn whose commit fails is released, nor of any after it: a new core recovers what the disk has.
 */
export class Turn {
  readonly #core: Core;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #released: Released;
  readonly #failed: (why: Error) => void;
  #waiting: Item[] = [];
  /** Stock data has a queue of its own: see `#nextItems`. */
  readonly #stockWaiting: Item[] = [];
  #inFlight = 0;
  /** Settled when the newest turn is on disk, or will never be. */
  #newest: Promise<unknown> = Promise.resolve();
  /** A turn begins when everything has been read that came together. */
  #scheduled = false;
  /** … when what is being read has been read: there is enough of it. */
  #pressed = false;
  #whenIdle: (() => void)[] = [];
  #failure: JournalFailed | null = null;
  /** Judged, not acknowledged. */
  readonly #held: HeldPackets;
  #lastTurnAt: Millis | null = null;
  readonly #times: TurnTimes;
  readonly #soon: (run: () => void) => void;

  constructor(given: {
    core: Core;
    journal: Journal;
    clock: Clock;
    log: Log;
    released: Released;
    /** Called once, when the first commit fails. */
    failed: (why: Error) => void;
    /** Bytes that may still come into the spool. Left out: as many as there are. */
    room?: () => number;
    /** Packets are judged and no longer acknowledged, since there is no room; or are again. */
    holding?: (isHolding: boolean) => void;
    /** Milliseconds since some moment, finer than the clock's: how long turns take. Left out: the clock's. */
    passed?: () => number;
    /** Runs it when what has come in by now has been read from every connection. Left out: when its caller has ended. */
    soon?: (run: () => void) => void;
  }) {
    this.#soon = given.soon ?? queueMicrotask;
    const { holding } = given;
    this.#held = new HeldPackets({
      room: given.room ?? (() => Number.POSITIVE_INFINITY),
      holding: (isHolding) => this.#guarded(() => holding?.(isHolding)),
      meters: given.core.meters,
    });
    this.#times = new TurnTimes(given.core.meters, given.passed ?? (() => given.clock.now()));
    this.#core = given.core;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#released = given.released;
    this.#failed = given.failed;
  }

  readonly intake: Intake = (packet, release) => {
    if (this.#failure !== null) {
      release('failed', []);
      return;
    }
    if (packet.qos === 0 && this.#waiting.length >= WAITING_AT_MOST) {
      this.#core.meters.count('packets_dropped_total{qos="0"}');
      release('dropped', []);
      return;
    }
    this.#offer({ kind: 'packet', packet, release, flaws: NO_FLAWS, isHeld: false });
  };

  act(id: AlarmId, command: OperatorCommand, durable: Alarm | null): Promise<Result<Alarm, Refusal>> {
    return new Promise((resolve, reject) =>
      this.#offer({ kind: 'act', act: { id, command, durable }, answer: { resolve, reject } }),
    );
  }

  /** Several at once, all in one turn; each is answered for itself, in their order. */
  actTogether(acts: readonly Act[]): Promise<readonly Result<Alarm, Refusal>[]> {
    return new Promise((resolve, reject) => this.#offer({ kind: 'acts', acts, answer: { resolve, reject } }));
  }

  /** Decides on the register as it stands in the turn, which takes the changes over; resolves when they are durable. */
  register<T>(decide: (now: Millis) => { readonly changes: Decided; readonly answer: T }): Promise<T> {
    return new Promise((resolve, reject) =>
      this.#offer({
        kind: 'register',
        decide: (now) => {
          const { changes, answer } = decide(now);
          return { changes, release: () => resolve(answer) };
        },
        answer: { reject },
      }),
    );
  }

  rule(command: RuleCommand): Promise<Result<RuleDraft, Refusal>> {
    return new Promise((resolve, reject) =>
      this.#offer({ kind: 'rule', command, answer: { resolve, reject } }),
    );
  }

  /** Writes into the turn who is told of what; resolves with what it says when that is durable. */
  tell<T>(tell: (draft: Draft) => T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.#offer({
        kind: 'tell',
        tell: (draft) => {
          const answer = tell(draft);
          return () => resolve(answer);
        },
        answer: { reject },
      }),
    );
  }

  /** Keeps stock data 存量数据, which nobody judges. @returns the turn in which it became durable */
  stock(readings: readonly Reading[]): Promise<TurnNumber> {
    return new Promise((resolve, reject) =>
      this.#offer({ kind: 'stock', readings, answer: { resolve, reject } }),
    );
  }

  /** The clock moves on; resolves when what it caused is durable. */
  tick(keepMemories: 'share' | 'all' = 'share'): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#offer({ kind: 'tick', keepMemories, answer: { resolve, reject } }),
    );
  }

  get lastTurnAt(): Millis | null {
    return this.#lastTurnAt;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  /** Resolves when nothing is waiting and nothing is on its way to the disk. */
  async settle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #offer(item: Item): void {
    if (this.#failure !== null) {
      refuse(item, this.#failure);
      return;
    }
    if (item.kind === 'stock') this.#stockWaiting.push(item);
    else this.#waiting.push(item);
    this.#wake();
  }

  #wake(): void {
    if (!this.#mayBegin) return;
    const { length } = this.#waiting;
    if (length >= WORTH_A_TURN) {
      if (this.#pressed) return;
      this.#pressed = true;
      queueMicrotask(() => {
        this.#pressed = false;
        this.#run();
      });
    } else if (!this.#scheduled && (this.#inFlight === 0 || length === 0)) {
      this.#scheduled = true;
      this.#soon(() => {
        this.#scheduled = false;
        this.#run();
      });
    }
  }

  get #mayBegin(): boolean {
    return this.#failure === null && this.#inFlight < TURNS_IN_FLIGHT && this.#hasWork();
  }

  #run(): void {
    if (this.#mayBegin) this.#turn();
    this.#wake();
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && !this.#hasWork();
  }

  #hasWork(): boolean {
    if (this.#waiting.length > 0) return true;
    // Room comes by the drain, which does not wake us: the clock's tick does.
    if (this.#held.hasAny) return this.#held.hasRoomFor();
    return this.#hasRoomForStock();
  }

  #hasRoomForStock(): boolean {
    const [piece] = this.#stockWaiting;
    return piece?.kind === 'stock' && this.#held.hasRoomFor(spoolSize(piece.readings, []));
  }

  /** Stock data comes last: one piece a turn, and none in a turn that leaves a packet waiting for the next. */
  #nextItems(): Item[] {
    if (this.#waiting.length > ITEMS_PER_TURN) return this.#waiting.splice(0, ITEMS_PER_TURN);
    const all = this.#waiting;
    this.#waiting = [];
    if (this.#held.hasAny || !this.#hasRoomForStock()) return all;
    const piece = this.#stockWaiting.shift();
    if (piece !== undefined) all.push(piece);
    return all;
  }

  #turn(): void {
    const given = this.#nextItems();
    let items: readonly Item[] = given;
    const at = this.#clock.now();
    const releases: (PacketItem | (() => void))[] = [];
    let keep: 'none' | 'share' | 'all' = 'none';
    let written: Promise<TurnRecord | null>;
    const judged = this.#times.begin();
    try {
      const draft = this.#core.begin(at);
      const budget = this.#held.budgetFor(given);
      if (budget !== null) {
        const before = this.#held.takeBack(draft, budget);
        releases.push(...before);
        items = [...before, ...given];
      }
      for (const item of given) {
        if (item.kind === 'tick' && keep !== 'all') keep = item.keepMemories;
        if (item.kind === 'share' && keep === 'none') keep = 'share';
        if (budget === null || item.kind !== 'packet') releases.push(this.#take(item, draft));
        else {
          const release = this.#held.take(item, this.#judge, draft, budget);
          if (release !== null) releases.push(release);
        }
      }
      const asked = items.every((item) => item.kind === 'register' || item.kind === 'tell');
      if (asked && draft.isEmptyOfAnswers) {
        // Nothing came of it: no turn. What was looked at must be durable all the same before anybody is told.
        written = this.#newest.then(() => null);
      } else {
        // A memory that knows what is held would take it for known when it is sent again after a crash, and not keep it.
        const record = this.#core.finish(draft, this.#held.hasAny ? 'none' : keep);
        if (keep === 'share' && record.memories.length >= MEMORIES_PER_TURN)
          this.#waiting.push({ kind: 'share', answer: null });
        // The journal takes records in the order of the calls and answers in that order.
        const committed = judged();
        written = this.#journal.commit(record).then(() => {
          committed();
          return record;
        });
        this.#newest = written;
      }
    } catch (cause) {
      written = Promise.reject(cause);
    }
    this.#inFlight++;
    written
      .then((record) => {
        if (record !== null) {
          this.#lastTurnAt = at;
          this.#guarded(() => this.#released(record));
        }
        const now = this.#clock.now();
        if (record !== null && record.events.length > 0)
          this.#times.told(record, given.filter(isPacket), now);
        for (const release of releases) {
          if (typeof release === 'function') this.#guarded(release);
          else {
            this.#times.durable(release, now);
            this.#releasePacket(release);
          }
        }
      })
      .catch((cause) => this.#fail(cause, items))
      .finally(() => {
        this.#inFlight--;
        this.#wake();
        if (this.#isIdle()) for (const tell of this.#whenIdle.splice(0)) tell();
      });
  }

  /** @returns what is to be released once the turn is durable; of a packet, itself */
  #take(item: Item, draft: Draft): PacketItem | (() => void) {
    switch (item.kind) {
      case 'packet':
        item.flaws = this.#judge(item.packet, draft);
        return item;
      case 'act': {
        const done = this.#act(item.act, draft);
        return () => item.answer.resolve(done);
      }
      case 'acts': {
        const done = item.acts.map((act) => this.#act(act, draft));
        return () => item.answer.resolve(done);
      }
      case 'rule': {
        const done = this.#core.ruleAct(item.command, draft);
        return () => item.answer.resolve(done);
      }
      case 'register':
        return this.#decide(item, draft);
      case 'tell':
        return item.tell(draft);
      case 'stock':
        for (const reading of item.readings) draft.stock.push(reading);
        return () => item.answer.resolve(draft.turn);
      case 'tick':
        this.#core.tick(draft);
        return () => item.answer?.resolve();
      case 'share':
        return NOTHING;
      default:
        return unreachable(item);
    }
  }

  #act({ id, command, durable }: Act, draft: Draft): Result<Alarm, Refusal> {
    return this.#core.act(id, command, durable, draft);
  }

  /** A question that trips a fault of ours, while nothing has changed yet, is not answered; the others go on. */
  #decide(item: Extract<Item, { kind: 'register' }>, draft: Draft): () => void {
    let decided: ReturnType<typeof item.decide>;
    try {
      decided = item.decide(draft.at);
    } catch (cause) {
      this.#log.error('a change of the register could not be decided because of a fault in this program', {
        cause: String(cause),
      });
      return () => item.answer.reject(new Error('the change could not be decided', { cause }));
    }
    if (decided.changes.length > 0) this.#core.change(decided.changes, draft);
    return decided.release;
  }

  /** One packet that trips a fault of ours must not stop the others: it is set aside like any other bad one. */
  readonly #judge = (packet: Packet, draft: Draft): readonly Flaw[] => {
    try {
      return this.#core.take(packet, draft);
    } catch (cause) {
      this.#log.error('a packet could not be judged because of a fault in this program', {
        topic: packet.topic,
        cause: String(cause),
      });
      const detail =
        'The service could not judge this packet because of a fault of its own; the bytes are kept.';
      draft.quarantined.push({
        receivedAt: packet.receivedAt,
        topic: packet.topic,
        device: null,
        bytes: packet.payload,
        flaw: 'our-fault',
        detail,
      });
      return [{ code: 'our-fault', detail }];
    }
  };

  #releasePacket({ release, flaws }: PacketItem): void {
    try {
      release('kept', flaws);
    } catch (cause) {
      this.#tellFailed(cause);
    }
  }

  /** What is durable stays durable, whatever a listener does with the news. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (cause) {
      this.#tellFailed(cause);
    }
  }

  #tellFailed(cause: unknown): void {
    this.#log.error('telling of a durable turn failed', { cause: String(cause) });
  }

  /** Fail-stop: after the first failed turn, memory may be ahead of the disk, so nothing is promised any more. */
  #fail(cause: unknown, items: readonly Item[]): void {
    const first = this.#failure === null;
    this.#failure ??= new JournalFailed(cause);
    this.#held.refuse();
    const waiting = [...this.#waiting.splice(0), ...this.#stockWaiting.splice(0)];
    for (const item of [...items, ...waiting]) refuse(item, this.#failure);
    if (!first) return;
    this.#log.error('the journal has failed; nothing is acknowledged from here on', { cause: String(cause) });
    this.#failed(this.#failure);
  }
}

const isPacket = (item: Item): item is PacketItem => item.kind === 'packet';

function refuse(item: Item, why: JournalFailed): void {
  if (item.kind !== 'packet') item.answer?.reject(why);
  // What is held is refused with what is held.
  else if (!item.isHeld) item.release('failed', []);
}
