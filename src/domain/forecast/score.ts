/** What was said against what came, each minute a sample; of those where the limit was not passed yet. */
export type ScoreTally = {
  hits: number;
  misses: number;
  falseAlarms: number;
  /** Neither said nor so. */
  quiet: number;
  /** Sum of |P50 − what came|, and of |now − what came|, over `n` samples. */
  error: number;
  persistenceError: number;
  n: number;
};

export const newTally = (): ScoreTally => ({
  hits: 0,
  misses: 0,
  falseAlarms: 0,
  quiet: 0,
  error: 0,
  persistenceError: 0,
  n: 0,
});

export function count(t: ScoreTally, said: boolean, was: boolean): void {
  if (said && was) t.hits++;
  else if (was) t.misses++;
  else if (said) t.falseAlarms++;
  else t.quiet++;
}

export function add(into: ScoreTally, t: ScoreTally): void {
  into.hits += t.hits;
  into.misses += t.misses;
  into.falseAlarms += t.falseAlarms;
  into.quiet += t.quiet;
  into.error += t.error;
  into.persistenceError += t.persistenceError;
  into.n += t.n;
}

export type Skill = {
  /** Probability of detection h/(h+m), false alarm ratio f/(h+f), critical success index h/(h+m+f); `null`: nothing to divide by. */
  readonly pod: number | null;
  readonly far: number | null;
  readonly csi: number | null;
  /** (h+f)/(h+m). */
  readonly bias: number | null;
  /** Who says that it stays as it is never says that a limit will be passed: 0 wherever anything was. */
  readonly persistenceCsi: number | null;
  /** Of "every minute it will be passed". */
  readonly alwaysCsi: number | null;
  /** Mean |error|, in the metric's unit, and of persistence. */
  readonly error: number | null;
  readonly persistenceError: number | null;
  /** Samples. */
  readonly n: number;
};

const share = (a: number, b: number): number | null => (b === 0 ? null : a / b);

export function skillOf(t: ScoreTally): Skill {
  const was = t.hits + t.misses;
  const all = was + t.falseAlarms + t.quiet;
  return {
    pod: share(t.hits, was),
    far: share(t.falseAlarms, t.hits + t.falseAlarms),
    csi: share(t.hits, was + t.falseAlarms),
    bias: share(t.hits + t.falseAlarms, was),
    persistenceCsi: share(0, was),
    alwaysCsi: share(was, all),
    error: share(t.error, t.n),
    persistenceError: share(t.persistenceError, t.n),
    n: all,
  };
}

/** A forecast that is worse than saying nothing changes is none. */
export const isWorthSaying = ({ error, persistenceError }: Skill): boolean =>
  error !== null && persistenceError !== null && error < persistenceError;
