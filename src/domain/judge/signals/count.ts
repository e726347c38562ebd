import { isGraver, type Level, type LevelInForce } from '../../level.ts';
import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import { passes } from '../limit.ts';
import type { CountMemory, SignalMemory } from '../memory.ts';
import { rowsMoved } from '../moved.ts';
import { NO_ROWS } from '../rows.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

type Count = SignalOf<'count'>;

/** Beginnings remembered at most: more than any rule may ask for. */
const BEGUN_AT_MOST = 64;

/**
 * @param counted the level in force of the counted rule, this reading included
 * @returns `before` itself while nothing begins or ends
 */
export function rememberCount(
  signal: Count,
  before: SignalMemory,
  value: number,
  at: Millis,
  counted: LevelInForce,
): CountMemory {
  const known = before?.of === 'count' ? before : null;
  const was = known?.on === true;
  const on =
    signal.occurrence.by === 'limit'
      ? passes(signal.occurrence.limit, was ? signal.occurrence.deadband : 0, value)
      : isAtLeast(counted, signal.occurrence.level);
  if (known !== null && on === was) return known;
  const begun = known?.begun ?? NO_ROWS;
  return {
    of: 'count',
    on,
    begun: on ? begun.followedBy([at], begun.length < BEGUN_AT_MOST ? 0 : 1) : begun,
  };
}

/** How many began within the window that ends at `at`. */
export function countOf(signal: Count, known: CountMemory, at: Millis): number {
  const from = at - signal.window;
  let i = known.begun.length;
  while (i > 0 && known.begun.at(i - 1) > from) i--;
  return known.begun.length - i;
}

export function isAtLeast(inForce: LevelInForce, level: Level): boolean {
  return inForce === level || isGraver(inForce, level);
}

export const COUNT: SignalKind<Count> = {
  lookBack: ({ window }) => window,
  answersToNoise: [],
  unit: () => undefined,
  bounds: () => NOT_NEGATIVE,
  moved: (known, by) => ({ ...known, begun: rowsMoved(known.begun, 1, 1, by) }),
};
