import { Rows } from '../../domain/judge/rows.ts';

/**
 * JSON that gives back exactly what it was given, for rule memories: Maps stay Maps (in their order), Rows stay
 * Rows, and the numbers that JSON turns into `null` or loses the sign of stay themselves. An infinite sum of squares
 * that came back as `null` would be a different memory after a restart.
 *
 * A value that JSON has no word for becomes `{"~map": [[key, value], …]}`, `{"~rows": [number, …]}` or
 * `{"~number": "Infinity"}`.
 */
export function toExactJson(value: unknown): string {
  return JSON.stringify(pack(value));
}

export function fromExactJson(text: string): unknown {
  return unpack(JSON.parse(text));
}

/** A copy of what it was given, in the words that JSON has: `JSON.stringify` of it is `toExactJson`. */
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
  const packed: Record<string, unknown> = {};
  for (const key of Object.keys(value)) packed[key] = pack((value as Record<string, unknown>)[key]);
  return packed;
}

/** Most of what is kept is long lists of numbers. */
function packList(list: readonly unknown[]): unknown[] {
  const packed: unknown[] = [];
  for (const it of list) packed.push(typeof it === 'number' && it - it === 0 && it !== 0 ? it : pack(it));
  return packed;
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(unpack);
  const held = value as Record<string, unknown>;
  const entries = held['~map'];
  if (entries !== undefined) {
    return new Map((entries as [unknown, unknown][]).map(([k, v]) => [k, unpack(v)]));
  }
  const rows = held['~rows'];
  if (rows !== undefined) return Rows.of((rows as unknown[]).map(unpack) as number[]);
  if (typeof held['~number'] === 'string') return Number(held['~number']);
  for (const key of Object.keys(held)) held[key] = unpack(held[key]);
  return held;
}
