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
  return written(value) ?? 'null';
}

export function fromExactJson(text: string): unknown {
  return unpack(JSON.parse(text));
}

/** Written straight into the text: a copy in the words that JSON has, made for `JSON.stringify`, costs as much again. */
function written(value: unknown): string | undefined {
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value === 'string') return ofString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return ofList(value);
  if (value instanceof Map) {
    let text = '';
    for (const [k, v] of value)
      text += `${text === '' ? '' : ','}[${written(k) ?? null},${written(v) ?? null}]`;
    return `{"~map":[${text}]}`;
  }
  if (value instanceof Rows) return `{"~rows":${ofList(value.toJSON())}}`;
  let text = '';
  for (const key of Object.keys(value)) {
    const of = written((value as Record<string, unknown>)[key]);
    if (of !== undefined) text += `${text === '' ? '' : ','}${ofString(key)}:${of}`;
  }
  return `{${text}}`;
}

/** Most of what is kept is long lists of numbers. */
function ofList(list: readonly unknown[]): string {
  let text = '';
  for (let i = 0; i < list.length; i++) {
    const it = list[i];
    if (i > 0) text += ',';
    text += typeof it === 'number' ? ofNumber(it) : (written(it) ?? 'null');
  }
  return `[${text}]`;
}

function ofNumber(n: number): string {
  if (n - n === 0) return n === 0 && Object.is(n, -0) ? '{"~number":"-0"}' : `${n}`;
  return `{"~number":"${n}"}`;
}

/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

const ofString = (s: string): string => (PLAIN.test(s) ? `"${s}"` : JSON.stringify(s));

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
