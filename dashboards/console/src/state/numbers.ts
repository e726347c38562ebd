/** A measured value as people read it: at most four digits that say something, no false precision, no exponent within reason. */
export function numberOf(value: number): string {
  if (!Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return String(Number(value.toFixed(decimals)));
}

/** With its unit; `%` clings to the number as it does in print. */
export function quantityOf(value: number, unit: string): string {
  const n = numberOf(value);
  if (unit === '') return n;
  return unit === '%' ? `${n}%` : `${n} ${unit}`;
}
