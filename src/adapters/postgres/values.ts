import { PostgresFailure } from './failure.ts';

/** What a statement may be given. Arrays are for `unnest($1::text[])` and `= ANY($1)`. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly Scalar[];
type Scalar = string | number | boolean | null | Uint8Array;

export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * A value as it goes over the wire: a text, bytes, or null. By ourselves and before anything is sent, because a value that `pg`
 * cannot serialise drops its own statement alone, and COMMIT stores the rest.
 *
 * @throws `bad-value`: what no text of PostgreSQL can hold, see `storable`
 */
export function onTheWire(value: SqlValue): string | Buffer | null {
  if (value === null) return null;
  if (Array.isArray(value)) return arrayText(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return scalarText(value as string | number | bigint | boolean);
}

function scalarText(value: string | number | bigint | boolean): string {
  switch (typeof value) {
    case 'string':
      return wellFormed(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw new PostgresFailure('bad-value', `a ${typeof value} cannot be given to PostgreSQL`);
  }
}

/** PostgreSQL refuses NUL in a text, and a lone surrogate would become U+FFFD without a word. */
function wellFormed(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw new PostgresFailure(
    'bad-value',
    `a text with NUL or half a character cannot be given to PostgreSQL as it is: ${JSON.stringify(text.slice(0, 80))}`,
  );
}

function arrayText(values: readonly Scalar[]): string {
  let text = '{';
  for (const [i, value] of values.entries()) {
    if (i > 0) text += ',';
    if (value === null) text += 'NULL';
    else if (value instanceof Uint8Array)
      text += `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`;
    else if (typeof value === 'string') text += quoted(wellFormed(value));
    else text += scalarText(value);
  }
  return `${text}}`;
}

const SPECIAL = /["\\]/;
const quoted = (text: string): string =>
  SPECIAL.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;

/** A column of type bigint. @throws `unsafe-number` beyond what a number holds exactly */
export function safeInteger(text: string): number {
  const n = Number(text);
  if (Number.isSafeInteger(n)) return n;
  throw new PostgresFailure('unsafe-number', `${text} is more than a number holds exactly`);
}

const UNSTORABLE = /[\0\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A text of others (a code, a key) so that PostgreSQL can hold it and gives it back whole, see `asStored`: NUL and half characters
 * are written out, as is the backslash that marks them. Everything else stays as it is and sorts as it did.
 * JSON texts need nothing of it: `JSON.stringify` writes both out by itself.
 */
export const storable = (text: string): string =>
  text.includes('\\') || text.includes('\0') || !text.isWellFormed()
    ? text.replace(UNSTORABLE, (c) =>
        c === '\\' ? '\\\\' : `\\${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : text;

export const asStored = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:\\|([0-9a-f]{4}))/g, (_, hex: string | undefined) =>
        hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
