import type { Metric } from '../metric.ts';
import type { Rule } from '../rule.ts';

/**
 * What a number is that may be a device's way of saying "no value". `fault`: no measurement. `perhaps`: also a value that
 * the quantity has in service: doubted, and judged; it may raise an alarm and ends none.
 */
export type Suspicion = 'fault' | 'perhaps' | null;

/** Below it an integer is a value like any other, and no full scale. */
const FULL_SCALE_FROM = 4_095;
/** Registers are sent as they are, or with one to three decimals; some gateways multiply instead. */
const SCALES = [10, 100, 1_000] as const;

/**
 * The fault values of one metric. Those that its pack names are faults wherever they stand. The full-scale codes
 * among them (65535, 32767, −32768, 9999) come from devices in every scale a channel can have: one of those is a fault
 * where it lies outside the physical range, or farther out than twice the farthest limit of the pack, for there a true
 * value that hits a code to its last digit is rarer than a broken device; nearer by it is `perhaps` one.
 */
export class FaultCodes {
  readonly #named: ReadonlySet<number>;
  readonly #scaled: ReadonlySet<number>;
  readonly #low: number;
  readonly #high: number;
  /** Most values are nearer to 0 than any code. */
  readonly #least: number;

  constructor(metric: Metric, rules: readonly Rule[]) {
    this.#named = new Set(metric.sentinels);
    this.#scaled = metric.kind === 'flag' ? NONE : scaledOf(metric.sentinels);
    [this.#low, this.#high] = inService(metric, rules);
    this.#least = Math.min(...Array.from([...this.#named, ...this.#scaled], Math.abs));
  }

  /**
   * @param raw as the device or the file has it, before any conversion
   * @param value the same in the metric's unit
   */
  of(raw: number, value = raw): Suspicion {
    if (raw < this.#least && raw > -this.#least) return null;
    if (this.#named.has(raw)) return 'fault';
    if (!this.#scaled.has(raw)) return null;
    return value >= this.#low && value <= this.#high ? 'perhaps' : 'fault';
  }
}

export type Codes = Pick<FaultCodes, 'of'>;

/** By the pack's rules, too: in them lies where a true value may stand. */
const known = new WeakMap<readonly Rule[], WeakMap<Metric, FaultCodes>>();

/** @param rules those of the pack, whatever a city has set since: what its numbers are does not depend on that */
export function faultCodesOf(metric: Metric, rules: readonly Rule[]): FaultCodes {
  const ofPack = known.get(rules) ?? new WeakMap<Metric, FaultCodes>();
  known.set(rules, ofPack);
  const before = ofPack.get(metric);
  if (before !== undefined) return before;
  const made = new FaultCodes(metric, rules);
  ofPack.set(metric, made);
  return made;
}

const NONE: ReadonlySet<number> = new Set();
/** Most metrics have the same codes. */
const scaled = new Map<string, ReadonlySet<number>>();

function scaledOf(codes: readonly number[]): ReadonlySet<number> {
  const key = codes.join();
  const before = scaled.get(key);
  if (before !== undefined) return before;
  const made = new Set(codes.flatMap((code) => [...inEveryScale(code)]));
  scaled.set(key, made);
  return made;
}

function* inEveryScale(code: number): Iterable<number> {
  if (!Number.isInteger(code) || Math.abs(code) < FULL_SCALE_FROM) return;
  for (const scale of SCALES) {
    // As written, as single precision has it, and as a gateway multiplies.
    for (const x of [code / scale, code * (1 / scale)]) yield* [x, Math.fround(x)];
    yield code * scale;
  }
}

/** From where to where a true value may well stand. */
function inService(metric: Metric, rules: readonly Rule[]): readonly [low: number, high: number] {
  const { min, max } = metric.range ?? { min: -Infinity, max: Infinity };
  const highs: number[] = [];
  const lows: number[] = [];
  for (const { metric: of, signal, steps } of rules) {
    if (of !== metric.key || signal.of !== 'value') continue;
    for (const { limit } of steps) {
      if (limit.is === 'outside') {
        lows.push(limit.low);
        highs.push(limit.high);
      } else if (limit.is === 'above') {
        highs.push(limit.limit);
        if (signal.magnitude === true) lows.push(-limit.limit);
      } else lows.push(limit.limit);
    }
  }
  const farthest = Math.max(...highs);
  const lowest = Math.min(...lows);
  return [
    lowest < 0 && Number.isFinite(lowest) ? Math.max(min, 2 * lowest) : min,
    farthest > 0 && Number.isFinite(farthest) ? Math.min(max, 2 * farthest) : max,
  ];
}

/** For a value that was converted: what it was before is what a code is known by. */
export const NO_CODES: Codes = { of: () => null };
