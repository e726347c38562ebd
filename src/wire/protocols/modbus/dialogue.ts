import type { Duration, Millis } from '../../../domain/time.ts';
import type { Expected } from './framer.ts';
import { expectedOf } from './framer.ts';
import type { ModbusAsk } from './plan.ts';

/** Questions in a row that a slave may leave open before it is said to be gone. */
const MISSES = 2;

/** How a line is asked. */
export type PollPlan = {
  readonly asks: readonly ModbusAsk[];
  readonly every: Duration;
  /** Between an answer and the next question. */
  readonly gap: Duration;
  readonly timeout: Duration;
};

export type PollMemory = {
  /** Which question is next, or open. */
  readonly at: number;
  readonly openSince: Millis | null;
  /** When the next question may be asked. */
  readonly notBefore: Millis;
  readonly roundSince: Millis;
  readonly misses: ReadonlyMap<number, number>;
};
export const pollNew = (now: Millis): PollMemory => ({
  at: 0,
  openSince: null,
  notBefore: now,
  roundSince: now,
  misses: new Map(),
});

/** What is to be done now, and when to ask again what is to be done. */
export type PollStep = {
  readonly memory: PollMemory;
  readonly ask: ModbusAsk | null;
  /** A slave that has left its second question in a row open. */
  readonly gone: number | null;
  readonly again: Millis;
};

/**
 * One question at a time, around the table, then a pause until the next round is due. The same table asked in the same
 * way has the same round whatever a slave does: one that is silent costs its timeout.
 *
 * @param isKept whether what was answered before is durable: until then nothing new is asked
 */
export function stepPoll(memory: PollMemory, plan: PollPlan, now: Millis, isKept: boolean): PollStep {
  const { openSince } = memory;
  const [ask] = plan.asks.slice(memory.at, memory.at + 1);
  if (ask === undefined) return { memory, ask: null, gone: null, again: now + plan.every };
  if (openSince !== null) {
    if (now < openSince + plan.timeout)
      return { memory, ask: null, gone: null, again: openSince + plan.timeout };
    const misses = new Map(memory.misses);
    const n = (misses.get(ask.slave) ?? 0) + 1;
    misses.set(ask.slave, n);
    const next = after({ ...memory, misses }, plan, now);
    return { memory: next, ask: null, gone: n === MISSES ? ask.slave : null, again: next.notBefore };
  }
  if (!isKept || now < memory.notBefore)
    return { memory, ask: null, gone: null, again: Math.max(memory.notBefore, now + plan.gap) };
  const roundSince = memory.at === 0 ? now : memory.roundSince;
  return { memory: { ...memory, openSince: now, roundSince }, ask, gone: null, again: now + plan.timeout };
}

export const openAsk = (memory: PollMemory, plan: PollPlan): ModbusAsk | null =>
  memory.openSince === null ? null : (plan.asks[memory.at] ?? null);

export function expectedNow(memory: PollMemory, plan: PollPlan): Expected | null {
  const ask = openAsk(memory, plan);
  return ask === null ? null : expectedOf(ask);
}

/** The open question has its answer. */
export function answered(memory: PollMemory, plan: PollPlan, now: Millis): PollMemory {
  const ask = openAsk(memory, plan);
  const misses = new Map(memory.misses);
  if (ask !== null) misses.delete(ask.slave);
  return after({ ...memory, misses }, plan, now);
}

function after(memory: PollMemory, plan: PollPlan, now: Millis): PollMemory {
  const at = (memory.at + 1) % Math.max(1, plan.asks.length);
  const notBefore = at === 0 ? Math.max(now + plan.gap, memory.roundSince + plan.every) : now + plan.gap;
  return { ...memory, at, openSince: null, notBefore };
}
