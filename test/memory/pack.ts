import { Rows } from '../../src/domain/judge/rows.ts';

/** A copy of what it was given, in the words that JSON has: what `JSON.stringify` makes of it is what `toExactJson` writes. */
export function pack(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { '~number': Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return { '~map': Array.from(value, ([k, v]) => [k, pack(v)]) };
  if (value instanceof Rows) return { '~rows': packList(value.toJSON()) };
  if (Array.isArray(value)) return packList(value);
  // By its entries: assigned, a key `__proto__` would be none of its own.
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, pack((value as Record<string, unknown>)[key])]),
  );
}

/** Most of what is kept is long lists of numbers. */
function packList(list: readonly unknown[]): unknown[] {
  const packed: unknown[] = [];
  for (const it of list) packed.push(typeof it === 'number' && it - it === 0 && it !== 0 ? it : pack(it));
  return packed;
}
