import { LATENESS } from '../../../src/domain/judge/placing/event-time.ts';

/** Readings after something was done to a clock until that is seen. */
const UNSEEN_AT_MOST = 2;

/** What a device sends: one reading, and when it says that it was. */
export type Message = { readonly ts: number; readonly x: number };

export type Measured = Message & { /** When it really was. */ readonly wasAt: number };
/** … and when it was by the device's word, where that can be: else when it came (promises C14). */
export type Heard = Measured & { readonly saysAt: number };

/**
 * Sees what arrives in the order in which it arrives, when each reading really was, whatever the device says, and whether
 * an alarm is on. It knows nothing of clocks, windows or memories: a high reading calls for an alarm, unless it
 * was sent before or one was on at its time.
 */
export class PerfectObserver {
  readonly #limit: number;
  readonly #seen: Heard[] = [];
  /** High readings with which an alarm came on, or was on. */
  readonly #told = new Set<Heard>();
  /** When an alarm was on: as it was, and as the device said. */
  readonly #on: { readonly wasAt: Stretch; readonly saysAt: Stretch; isMisled: boolean }[] = [];
  #isOn = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  hasSeen = ({ ts, x }: Message): boolean => this.#seen.some((s) => s.ts === ts && s.x === x);

  /**
   * @param isOn whether an alarm is on once it has come
   * @param isRaised whether one has just come on with it
   * @param isMisleading it came from a clock that was wrong, and too soon for anybody to see that
   */
  sees(m: Heard, isOn: boolean, isRaised: boolean, isMisleading: boolean): void {
    this.#seen.push(m);
    if (m.x > this.#limit && (isOn || isRaised)) this.#told.add(m);
    if (!this.#isOn && (isOn || isRaised)) {
      const [wasAt, saysAt] = [this.#from(m, 'wasAt'), this.#from(m, 'saysAt')];
      this.#on.push({ wasAt, saysAt, isMisled: isMisleading });
    } else if (this.#isOn) {
      const last = this.#on.at(-1);
      if (last === undefined) return;
      for (const by of ORDERS) if (m[by] > last[by].to) last[by].to = m[by];
      last.isMisled ||= isMisleading;
    }
    this.#isOn = isOn;
  }

  /** From a reading to the one that comes next in an order, by which it went off where it is off again at once. */
  #from(m: Heard, by: Order): Stretch {
    const next = this.#seen.map((s) => s[by]).filter((t) => t > m[by]);
    return { from: m[by], to: next.length === 0 ? m[by] : Math.min(...next) };
  }

  /** Whether an alarm is on as it comes, was on at its time, or came on so soon after it that one may have overtaken the other on the way. */
  wasOn = (m: Measured): boolean => this.#isOn || this.#on.some((s) => isIn(s.wasAt, m.wasAt));

  /**
   * Whether it is of an excursion that was told of: high readings with which an alarm was on lie before it and after it, and no low one
   * between; or, where it is on time, right after it.
   */
  isOfOneTold(m: Measured, isOnTime: boolean): boolean {
    let before: Heard | undefined;
    let after: Heard | undefined;
    for (const s of this.#seen) {
      if (s.wasAt <= m.wasAt && (before === undefined || s.wasAt >= before.wasAt)) before = s;
      if (s.wasAt > m.wasAt && (after === undefined || s.wasAt < after.wasAt)) after = s;
    }
    const isTold = (s: Heard | undefined) => s !== undefined && this.#told.has(s);
    return isTold(after) && (isOnTime || isTold(before));
  }

  /** Whether an alarm was on at the time that the device says, where nobody can know that this is wrong. */
  seemedOn(m: Heard, isMisleading: boolean): boolean {
    return this.#on.some((s) => (s.isMisled || isMisleading) && isIn(s.saysAt, m.saysAt));
  }
}

const isIn = (s: Stretch, t: number): boolean => t >= s.from - LATENESS && t <= s.to;

const ORDERS = ['wasAt', 'saysAt'] as const;
type Order = (typeof ORDERS)[number];
type Stretch = { readonly from: number; to: number };

/** A device with a clock that may be set wrong or stand still, and a memory of what it sent. */
export class Device {
  readonly sent: Measured[] = [];
  /** Since something was done to its clock: when that was, and how many readings came as they were made. */
  #setAt = Number.NEGATIVE_INFINITY;
  #sinceSet = Number.POSITIVE_INFINITY;
  #error = 0;
  #stoodAt: number | null = null;

  step(by: number, now: number): void {
    this.#error += by;
    this.#stoodAt = null;
    this.#set(now);
  }

  putRight(now: number): void {
    this.step(-this.#error, now);
  }

  freeze(now: number): void {
    this.#stoodAt = now + this.#error;
    this.#set(now);
  }

  #set(now: number): void {
    this.#setAt = now;
    this.#sinceSet = 0;
  }

  /** Nobody can see yet that something was done to its clock: too little has come, or it may have been overtaken on the way. */
  isMisleading(now: number): boolean {
    return this.#sinceSet <= UNSEEN_AT_MOST || now - this.#setAt <= LATENESS;
  }

  /** No two readings are alike: a measured quantity trembles. */
  measures(x: number, wasAt: number, isNow: boolean): Measured {
    const made = {
      ts: Math.max(1, this.#stoodAt ?? wasAt + this.#error),
      x: x + this.sent.length / 1_000,
      wasAt,
    };
    this.sent.push(made);
    if (isNow) this.#sinceSet++;
    return made;
  }

  /** Nothing was ever done to its clock. */
  get isUntouched(): boolean {
    return this.#setAt === Number.NEGATIVE_INFINITY;
  }

  get isRight(): boolean {
    return this.#error === 0 && this.#stoodAt === null;
  }
}
