export const FEW = 1_000;
/** Memories that no cache holds. */
export const MANY = 100_000;

/** What one reading costs in something, over few points and over many. */
export type CostFigure = {
  readonly kind: string;
  readonly nanosEach: number;
  readonly nanosEachOfMany: number;
  /** Many ÷ few: 1 is flat. */
  readonly ratio: number;
};

export function costFigure(kind: string, nanosEach: number, nanosEachOfMany: number): CostFigure {
  return { kind, nanosEach, nanosEachOfMany, ratio: nanosEachOfMany / nanosEach };
}

/**
 * What this process has cost so far, in CPU time of all its threads: the collector's helpers count, what else
 * the machine does meanwhile does not.
 */
export function cpuNanos(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}
