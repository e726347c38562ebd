/** @param of at least one number @throws of none: it has no middle */
export function median(of: readonly number[]): number {
  if (of.length === 0) throw new Error('the median of nothing');
  const sorted = Float64Array.from(of).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
