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
