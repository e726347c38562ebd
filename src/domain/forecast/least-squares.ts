/** Sums for a linear least-squares fit: what was seen is added and forgotten, so that a fit over a year needs no year in memory. */
export type Normal = {
  readonly width: number;
  /** XᵀX by rows, Xᵀy, and how much was added. */
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  n: number;
};

export const newNormal = (width: number): Normal => ({
  width,
  xx: new Float64Array(width * width),
  xy: new Float64Array(width),
  n: 0,
});

/** One more row; in place. */
export function addRow(into: Normal, x: readonly number[], y: number): void {
  const { width, xx, xy } = into;
  for (let i = 0; i < width; i++) {
    const xi = x[i] as number;
    xy[i] = (xy[i] as number) + xi * y;
    for (let j = 0; j < width; j++) xx[i * width + j] = (xx[i * width + j] as number) + xi * (x[j] as number);
  }
  into.n++;
}

/** Holds a direction that the data do not determine near nought; of each diagonal. */
const RIDGE = 1e-6;

/** @returns the weights; `null` where there is nothing to fit */
export function solved({ width, xx, xy, n }: Normal): readonly number[] | null {
  if (n < width) return null;
  const rows: Float64Array[] = Array.from({ length: width }, (_, i) =>
    Float64Array.from({ length: width + 1 }, (__, j) => {
      if (j === width) return xy[i] as number;
      const x = xx[i * width + j] as number;
      return i === j ? x * (1 + RIDGE) + RIDGE : x;
    }),
  );
  for (let i = 0; i < width; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, r, k) => (magnitude(r, i) > magnitude(rows[best] as Float64Array, i) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot] as Float64Array, rows[i] as Float64Array];
    const own = rows[i] as Float64Array;
    for (const [k, row] of rows.entries()) {
      if (k === i) continue;
      const factor = (row[i] as number) / (own[i] as number);
      for (let j = i; j <= width; j++) row[j] = (row[j] as number) - factor * (own[j] as number);
    }
  }
  const weights = rows.map((r, i) => (r[width] as number) / (r[i] as number));
  return weights.every(Number.isFinite) ? weights : null;
}

const magnitude = (row: Float64Array, at: number): number => Math.abs(row[at] as number);

/**
 * The same with no weight below nought (Lawson and Hanson's active set): rain never takes water off a road.
 *
 * @returns the weights; all are 0 where nothing explains anything
 */
export function solvedNonNegative(normal: Normal): readonly number[] {
  const { width, xx, xy } = normal;
  let weights = new Array<number>(width).fill(0);
  const free = new Set<number>();
  // Each turn frees one at most; a cycle would be a matter of rounding.
  for (let turn = 0; turn < 3 * width; turn++) {
    let best = -1;
    let steepest = 1e-9;
    for (let i = 0; i < width; i++) {
      if (free.has(i)) continue;
      const slope =
        (xy[i] as number) - weights.reduce((sum, w, j) => sum + (xx[i * width + j] as number) * w, 0);
      if (slope > steepest * Math.max(1, Math.abs(xy[i] as number))) [best, steepest] = [i, slope];
    }
    if (best < 0) return weights;
    free.add(best);
    for (;;) {
      const kept = [...free].sort((a, b) => a - b);
      const part = solved(subset(normal, kept));
      if (part === null) return weights;
      const tried = new Array<number>(width).fill(0);
      for (const [k, i] of kept.entries()) tried[i] = part[k] as number;
      if (kept.every((i) => (tried[i] as number) > 0)) {
        weights = tried;
        break;
      }
      const step = Math.min(
        ...kept
          .filter((i) => (tried[i] as number) <= 0)
          .map(
            (i) => (weights[i] as number) / Math.max((weights[i] as number) - (tried[i] as number), 1e-300),
          ),
      );
      weights = weights.map((w, i) => w + step * ((tried[i] as number) - w));
      for (const i of kept) if ((weights[i] as number) <= 1e-12) free.delete(i);
      if (free.size === 0) return new Array<number>(width).fill(0);
    }
  }
  return weights;
}

function subset({ width, xx, xy, n }: Normal, kept: readonly number[]): Normal {
  return {
    width: kept.length,
    xx: Float64Array.from(kept.flatMap((i) => kept.map((j) => xx[i * width + j] as number))),
    xy: Float64Array.from(kept.map((i) => xy[i] as number)),
    n: Math.max(n, kept.length),
  };
}
