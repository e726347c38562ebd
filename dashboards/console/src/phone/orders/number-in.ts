/** A number as a thumb types it: a comma for a point, digits of a Chinese keyboard. `null`: it is none. */
export function numberIn(typed: string): number | null {
  const plain = typed
    .replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[，,．。]/g, '.')
    .trim();
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
