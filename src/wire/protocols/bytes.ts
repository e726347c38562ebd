const HEX = '0123456789ABCDEF';

/** Upper case, as addresses are written on cabinets. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const b of bytes) text += `${HEX[b >> 4]}${HEX[b & 15]}`;
  return text;
}

/** @returns `null` where it is none */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** One character a byte. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const b of bytes) text += String.fromCharCode(b);
  return text;
}

export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

/** Digits packed two a byte; `null`: something in it is no digit. */
export function bcd(bytes: Uint8Array): number | null {
  let n = 0;
  for (const b of bytes) {
    if (b >> 4 > 9 || (b & 15) > 9) return null;
    n = n * 100 + (b >> 4) * 10 + (b & 15);
  }
  return n;
}
