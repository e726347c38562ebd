/**
 * Arrays as PostgreSQL takes them in binary (`array_recv`): a turn's texts are JSON full of quotation marks, and in an array's
 * text each would be escaped here and unescaped there. A parameter that takes one says so: `$1::text[]`.
 */
const OID = { text: 25, bytea: 17, bigint: 20, float8: 701 } as const;
const HEAD = 20;
const NULL_LENGTH = -1;

export const textArray = (list: readonly (string | null)[]): Buffer =>
  written(
    OID.text,
    list.map((t) => (t === null ? null : Buffer.byteLength(t))),
    (to, at, i) => to.write(list[i] ?? '', at),
  );

export const byteaArray = (list: readonly Uint8Array[]): Buffer =>
  written(
    OID.bytea,
    list.map((b) => b.byteLength),
    (to, at, i) => to.set(list[i] ?? [], at),
  );

/** @param list of whole numbers that a number holds exactly */
export const bigintArray = (list: readonly number[]): Buffer =>
  written(
    OID.bigint,
    list.map(() => 8),
    (to, at, i) => to.writeBigInt64BE(BigInt(list[i] ?? 0), at),
  );

/** Whatever a number can be: −0, NaN and the infinite among them. */
export const float8Array = (list: readonly (number | null)[]): Buffer =>
  written(
    OID.float8,
    list.map((n) => (n === null ? null : 8)),
    (to, at, i) => to.writeDoubleBE(list[i] ?? 0, at),
  );

function written(
  oid: number,
  sizes: readonly (number | null)[],
  write: (to: Buffer, at: number, i: number) => void,
): Buffer {
  const bytes = sizes.reduce<number>((n, size) => n + 4 + (size ?? 0), HEAD);
  const to = Buffer.allocUnsafe(bytes);
  // One dimension, whether something is null, of what, how many, and the first has the number 1.
  const head = [1, sizes.includes(null) ? 1 : 0, oid, sizes.length, 1];
  for (const [i, n] of head.entries()) to.writeInt32BE(n, i * 4);
  let at = HEAD;
  for (const [i, size] of sizes.entries()) {
    to.writeInt32BE(size ?? NULL_LENGTH, at);
    at += 4;
    if (size === null) continue;
    write(to, at, i);
    at += size;
  }
  return to;
}
