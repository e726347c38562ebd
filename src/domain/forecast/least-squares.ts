/** Sums for a linear least-squares fit: what was seen is added and forgotten, so that a fit over a year needs no year in memory. */
export type Normal = {
  readonly width: number;
  /** XᵀX by rows, Xᵀy, and how much was added. */
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  /** yᵀy. */
  yy: number;
  n: number;
};

export const newNormal = (width: number): Normal => ({
  width,
  xx: new Float64Array(width * width),
  xy: new Float64Array(width),
  yy: 0,
  n: 0,
});

/** One more row; in place. */
export function addRow(into: Normal, x: readonly number[], y: number): void {
  const { width, xx, xy } = into;
  for (let i = 0; i < width; i++) {
    const xi = x[i] as number;
    // Of the rain most are: it rains less often than it does not.
    if (xi === 0) continue;
    xy[i] = (xy[i] as number) + xi * y;
    for (let j = 0; j < width; j++) xx[i * width + j] = (xx[i * width + j] as number) + xi * (x[j] as number);
  }
  into.yy += y * y;
  into.n++;
}

/** What was seen by both; in place. */
export function addSums(into: Normal, more: Normal): void {
  for (let i = 0; i < into.xx.length; i++) into.xx[i] = (into.xx[i] as number) + (more.xx[i] as number);
  for (let i = 0; i < into.xy.length; i++) into.xy[i] = (into.xy[i] as number) + (more.xy[i] as number);
  into.yy += more.yy;
  into.n += more.n;
}

export const copyOf = (n: Normal): Normal => ({ ...n, xx: n.xx.slice(), xy: n.xy.slice() });

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

/** Sum of the squared errors that these weights leave. */
export function leftBy({ width, xx, xy, yy }: Normal, weights: readonly number[]): number {
  let sum = yy;
  for (let i = 0; i < width; i++) {
    const w = weights[i] as number;
    sum -= 2 * w * (xy[i] as number);
    for (let j = 0; j < width; j++) sum += w * (weights[j] as number) * (xx[i * width + j] as number);
  }
  return sum;
}

/**
 * The same fit where the weights from `from` on may not be below nought (non-negative least squares, Lawson and Hanson's active set):
 * what would be is held at nought, and let go where the fit asks for it.
 */
export function solvedNonNegative(normal: Normal, from: number): readonly number[] | null {
  const held = new Set<number>();
  let best: { weights: readonly number[]; left: number } | null = null;
  // Each round holds or lets go of one; a fit that goes round in circles ends with the best that it has seen.
  for (let round = 0; round < 4 * normal.width; round++) {
    const weights = solvedWithout(normal, held);
    if (weights === null) return null;
    const below = lowest(weights, from);
    if (below >= 0) {
      held.add(below);
      continue;
    }
    const left = leftBy(normal, weights);
    if (best !== null && left >= best.left) break;
    best = { weights, left };
    const wanted = mostWanted(normal, weights, held);
    if (wanted < 0) break;
    held.delete(wanted);
  }
  return best?.weights ?? null;
}

const lowest = (weights: readonly number[], from: number): number => {
  let at = -1;
  for (let i = from; i < weights.length; i++)
    if ((weights[i] as number) < 0 && (at < 0 || (weights[i] as number) < (weights[at] as number))) at = i;
  return at;
};

/** Which of those held at nought would make the fit better above it; −1: none. */
function mostWanted(
  { width, xx, xy }: Normal,
  weights: readonly number[],
  held: ReadonlySet<number>,
): number {
  let at = -1;
  let most = 0;
  for (const i of held) {
    let gain = xy[i] as number;
    for (let j = 0; j < width; j++) gain -= (xx[i * width + j] as number) * (weights[j] as number);
    if (gain > Math.max(most, 1e-9 * Math.abs(xy[i] as number))) [at, most] = [i, gain];
  }
  return at;
}

function solvedWithout(normal: Normal, held: ReadonlySet<number>): readonly number[] | null {
  const free = Array.from({ length: normal.width }, (_, i) => i).filter((i) => !held.has(i));
  const width = free.length;
  const small: Normal = { ...newNormal(width), yy: normal.yy, n: normal.n };
  for (const [a, i] of free.entries()) {
    small.xy[a] = normal.xy[i] as number;
    for (const [b, j] of free.entries()) small.xx[a * width + b] = normal.xx[i * normal.width + j] as number;
  }
  const found = solved(small);
  if (found === null) return null;
  const weights = new Array<number>(normal.width).fill(0);
  for (const [a, i] of free.entries()) weights[i] = found[a] as number;
  return weights;
}
