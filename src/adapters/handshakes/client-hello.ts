const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** A hello with post-quantum key shares has two kilobytes; OpenSSL takes none beyond this either. */
const MOST = 128 * 1024;

/**
 * How a TLS connection begins (RFC 8446 §4 and §5.1): a ClientHello, in one record or in several.
 *
 * @returns whether all of it is there; `none` when this can become no ClientHello
 */
export function clientHello(bytes: Uint8Array): 'whole' | 'part' | 'none' {
  const head: number[] = [];
  let has = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE) return 'none';
    if (at + RECORD_HEADER > bytes.length) return 'part';
    const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number);
    if (length === 0) return 'none';
    const start = at + RECORD_HEADER;
    at = start + length;
    const end = Math.min(at, bytes.length);
    for (let i = start; i < end && head.length < MESSAGE_HEADER; i++) head.push(bytes[i] as number);
    has += end - start;
    if (head[0] !== undefined && head[0] !== CLIENT_HELLO) return 'none';
    if (head.length < MESSAGE_HEADER) continue;
    const wants =
      MESSAGE_HEADER + (((head[1] as number) << 16) | ((head[2] as number) << 8) | (head[3] as number));
    if (wants > MOST) return 'none';
    if (has >= wants) return 'whole';
  }
  return 'part';
}
