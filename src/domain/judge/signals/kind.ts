import type { Signal } from '../../rule.ts';
import type { Duration } from '../../time.ts';
import type { SignalMemory } from '../memory.ts';

/** What else must be known of a kind of signal, beside what it makes of a reading. */
export type SignalKind<S extends Signal> = {
  /**
   * How much of the past it must see to know what it would know had it always been there.
   *
   * @param farthest the greatest limit of its rule
   */
  lookBack(signal: S, farthest: number): Duration;
  /**
   * Why it cannot be told, as of the last reading that it was shown. Left out: it always can.
   *
   * @param stored the point's stored baseline of the rule's metric
   */
  unjudged?(signal: S, known: SignalMemory, stored: number | null): Unjudged | null;
  /** Which of its rule's numbers answer to noise of the reading. */
  readonly answersToNoise: readonly ('deadband' | 'onDelay')[];
  /** The unit that it is in; `undefined` where people may choose the word (per hour, ×). */
  unit(signal: S, metric: string | undefined): string | undefined;
  /** What it can be at all, where its metric can be what `range` says. */
  bounds(signal: S, range: Bounds): Bounds;
} & ([MemoryOf<S>] extends [never] ? unknown : MemoryKind<MemoryOf<S>>);

/** … and of its memory, where it has one of its own. */
export type MemoryKind<M> = {
  /** As if our clock had always stood where it was moved to: see `clockMoved`. */
  moved(known: M, by: Duration): M;
};

type MemoryOf<S extends Signal> = Extract<SignalMemory, { readonly of: S['of'] }>;

export type Bounds = { readonly min: number; readonly max: number };

export const FREE: Bounds = { min: -Infinity, max: Infinity };
export const NOT_NEGATIVE: Bounds = { min: 0, max: Infinity };

/** Why a rule says nothing of a point that is heard: it was judged by nothing, and that is not "normal". */
export type Unjudged =
  /** The samples come further apart than the rule can look. */
  | { readonly why: 'too-sparse'; readonly every: Duration; readonly window: Duration }
  /** The window has just begun: after a start, or after a gap. */
  | { readonly why: 'too-little-yet'; readonly window: Duration }
  /** What is usual here is still being learnt. */
  | { readonly why: 'learning' }
  /** It compares with a number that the register does not have for this point. */
  | { readonly why: 'no-baseline' }
  /** It takes out what another metric adds, and none of that was heard at this point. */
  | { readonly why: 'no-environment' };

export const ofWindow = (every: Duration, window: Duration): Unjudged =>
  every > window / 2 ? { why: 'too-sparse', every, window } : { why: 'too-little-yet', window };
