import { fromHex, fromLatin1, latin1, toHex } from '../bytes.ts';
import { type FrameGrammar, type FrameHead, Framer } from '../stream.ts';
import { modbusCrc } from '../sums.ts';

/** SL 651-2014: bytes with packed digits, or characters (every field of the head as hex text). */
export type Sl651Form = 'hex' | 'ascii';

export const STX = 0x02;
export const SYN = 0x16;
export const ETX = 0x03;
export const ETB = 0x17;
export const EOT = 0x04;
export const ENQ = 0x05;
export const ACK = 0x06;
export const NAK = 0x15;
export const ESC = 0x1b;

export type Sl651Frame = {
  readonly form: Sl651Form;
  readonly direction: 'up' | 'down';
  readonly centre: number;
  /** Ten hex digits, as they stand on the cabinet. */
  readonly station: string;
  readonly password: string;
  readonly fn: number;
  /** Of a text in several packets (M3): how many, and which, from 1. */
  readonly part: { readonly of: number; readonly number: number } | null;
  /** In ASCII: its characters. */
  readonly text: Uint8Array;
  /** ETX or ETB; of down frames EOT, ENQ, ACK, NAK, ESC. */
  readonly end: number;
};

const ENDS = { up: [ETX, ETB], down: [EOT, ENQ, ACK, NAK, ESC, ETX, ETB] } as const;
/** Start to STX or SYN. */
const HEX_HEAD = 14;
const ASCII_HEAD = 24;
/** The length field has 12 bits; part numbers, end and sum come on top. */
const LONGEST = ASCII_HEAD + 0xfff + 6 + 1 + 4;
const MORE = { is: 'more' } as const;
const not = (why: Extract<FrameHead<never>, { is: 'not' }>['why']) => ({ is: 'not', why }) as const;

/** @param direction whose frames are read: a station's, or the centre's (by simulators) */
const grammar = (direction: 'up' | 'down'): FrameGrammar<Sl651Frame> => ({
  longest: LONGEST,
  mayBegin: (first, second) =>
    first === 0x7e
      ? second === undefined || second === 0x7e
      : first === 0x01 && (second === undefined || isHexDigit(second)),
  isFilling: (byte) => byte === 0x0d || byte === 0x0a,
  read: (bytes) => (bytes[0] === 0x7e ? readHex(bytes, direction) : readAscii(bytes, direction)),
});

export const sl651Framer = (direction: 'up' | 'down' = 'up'): Framer<Sl651Frame> =>
  new Framer(grammar(direction));

function readHex(bytes: Uint8Array, direction: 'up' | 'down'): FrameHead<Sl651Frame> {
  if (bytes.length < HEX_HEAD) return MORE;
  const opens = bytes[13] as number;
  if (opens !== STX && opens !== SYN) return not('bad-grammar');
  const nibble = (bytes[11] as number) >> 4;
  if (nibble !== 0 && nibble !== 8) return not('bad-grammar');
  if ((nibble === 8) !== (direction === 'down')) return not('wrong-direction');
  const length = (((bytes[11] as number) & 15) << 8) | (bytes[12] as number);
  const body = bodyOf(bytes, {
    head: HEX_HEAD,
    partBytes: opens === SYN ? 3 : 0,
    length,
    sumBytes: 2,
    direction,
  });
  if (body.is !== 'body') return body;
  const { at, end, all } = body;
  const sum = ((bytes[all - 2] as number) << 8) | (bytes[all - 1] as number);
  if (modbusCrc(bytes, 0, all - 2) !== sum) return not('bad-sum');
  const isUp = direction === 'up';
  return {
    is: 'frame',
    length: all,
    frame: {
      form: 'hex',
      direction,
      centre: bytes[isUp ? 2 : 7] as number,
      station: toHex(bytes.subarray(isUp ? 3 : 2, isUp ? 8 : 7)),
      password: toHex(bytes.subarray(8, 10)),
      fn: bytes[10] as number,
      part: opens === SYN ? partOf(bytes.subarray(HEX_HEAD, HEX_HEAD + 3)) : null,
      text: bytes.slice(at, all - 3),
      end,
    },
  };
}

function readAscii(bytes: Uint8Array, direction: 'up' | 'down'): FrameHead<Sl651Frame> {
  // What cannot become a head is told at its first wrong character: 01 is a common byte.
  for (let i = 1; i < Math.min(bytes.length, ASCII_HEAD - 1); i++)
    if (!isHexDigit(bytes[i] as number)) return not('bad-grammar');
  if (bytes.length < ASCII_HEAD) return MORE;
  const opens = bytes[ASCII_HEAD - 1] as number;
  if (opens !== STX && opens !== SYN) return not('bad-grammar');
  const head = fromHex(latin1(bytes.subarray(1, ASCII_HEAD - 1))) as Uint8Array;
  const nibble = (head[9] as number) >> 4;
  if (nibble !== 0 && nibble !== 8) return not('bad-grammar');
  if ((nibble === 8) !== (direction === 'down')) return not('wrong-direction');
  const length = (((head[9] as number) & 15) << 8) | (head[10] as number);
  const body = bodyOf(bytes, {
    head: ASCII_HEAD,
    partBytes: opens === SYN ? 6 : 0,
    length,
    sumBytes: 4,
    direction,
  });
  if (body.is !== 'body') return body;
  const { at, end, all } = body;
  const sum = fromHex(latin1(bytes.subarray(all - 4, all)));
  if (sum === null) return not('bad-sum');
  if (modbusCrc(bytes, 0, all - 4) !== (((sum[0] as number) << 8) | (sum[1] as number)))
    return not('bad-sum');
  const isUp = direction === 'up';
  const part = opens === SYN ? fromHex(latin1(bytes.subarray(ASCII_HEAD, ASCII_HEAD + 6))) : null;
  if (opens === SYN && part === null) return not('bad-grammar');
  return {
    is: 'frame',
    length: all,
    frame: {
      form: 'ascii',
      direction,
      centre: head[isUp ? 0 : 5] as number,
      station: toHex(head.subarray(isUp ? 1 : 0, isUp ? 6 : 5)),
      password: toHex(head.subarray(6, 8)),
      fn: head[8] as number,
      part: part === null ? null : partOf(part),
      text: bytes.slice(at, all - 5),
      end,
    },
  };
}

type Layout = {
  readonly head: number;
  readonly partBytes: number;
  readonly length: number;
  readonly sumBytes: number;
  readonly direction: 'up' | 'down';
};

/**
 * Where the text and the end mark are. Whether the part numbers count as text is read in two ways in the field: that
 * one holds which has an end mark in its place, and its sum decides.
 */
function bodyOf(
  bytes: Uint8Array,
  { head, partBytes, length, sumBytes, direction }: Layout,
): { is: 'body'; at: number; end: number; all: number } | FrameHead<never> {
  const at = head + partBytes;
  for (const text of partBytes === 0 ? [length] : [length - partBytes, length]) {
    if (text < 0) continue;
    const end = at + text;
    if (bytes.length <= end) return MORE;
    if (!(ENDS[direction] as readonly number[]).includes(bytes[end] as number)) continue;
    const all = end + 1 + sumBytes;
    if (bytes.length < all) return MORE;
    if (text === length || sumFits(bytes, all, sumBytes))
      return { is: 'body', at, end: bytes[end] as number, all };
  }
  return not('bad-length');
}

function sumFits(bytes: Uint8Array, all: number, sumBytes: number): boolean {
  const given = bytes.subarray(all - sumBytes, all);
  const sum = sumBytes === 2 ? given : fromHex(latin1(given));
  return (
    sum !== null && modbusCrc(bytes, 0, all - sumBytes) === (((sum[0] as number) << 8) | (sum[1] as number))
  );
}

const partOf = (three: Uint8Array) => ({
  of: ((three[0] as number) << 4) | ((three[1] as number) >> 4),
  number: (((three[1] as number) & 15) << 8) | (three[2] as number),
});

const isHexDigit = (b: number): boolean =>
  (b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x46) || (b >= 0x61 && b <= 0x66);

/** The bytes of a frame, with its sum. */
export function sl651Bytes(frame: Sl651Frame): Uint8Array {
  const { form, direction, centre, station, password, fn, part, text, end } = frame;
  const address = fromHex(station) ?? new Uint8Array(5);
  const length = text.length;
  const head = Uint8Array.of(
    ...(direction === 'up' ? [centre, ...address] : [...address, centre]),
    ...(fromHex(password) ?? [0, 0]),
    fn,
    (direction === 'up' ? 0 : 0x80) | (length >> 8),
    length & 0xff,
  );
  const numbers =
    part === null
      ? new Uint8Array(0)
      : Uint8Array.of(part.of >> 4, ((part.of & 15) << 4) | (part.number >> 8), part.number & 0xff);
  const opens = part === null ? STX : SYN;
  const before =
    form === 'hex'
      ? Uint8Array.of(0x7e, 0x7e, ...head, opens, ...numbers, ...text, end)
      : Uint8Array.of(1, ...fromLatin1(toHex(head)), opens, ...fromLatin1(toHex(numbers)), ...text, end);
  const crc = modbusCrc(before);
  const sum = Uint8Array.of(crc >> 8, crc & 0xff);
  return Uint8Array.of(...before, ...(form === 'hex' ? sum : fromLatin1(toHex(sum))));
}
