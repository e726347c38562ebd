import { fromLatin1, latin1 } from '../bytes.ts';
import { type FrameGrammar, type FrameHead, Framer } from '../stream.ts';
import { hjCrc, modbusCrc } from '../sums.ts';

/** One packet of HJ 212, its head taken apart. */
export type Hj212Frame = {
  /** `YYYYMMDDhhmmssSSS`, the request's name; empty: it has none. */
  readonly qn: string;
  readonly st: string;
  readonly cn: string;
  readonly pw: string;
  readonly mn: string;
  /** Bit 0: wants an answer; bit 1: in several packets; from bit 2: version. */
  readonly flag: number;
  readonly part: { readonly of: number; readonly number: number } | null;
  /** Between `CP=&&` and `&&`; of a sealed packet, as it came. */
  readonly cp: string;
  /** Whether its text is SM4: its sum is over the plain text and not checked yet. */
  readonly isSealed: boolean;
  /** Which sum fitted. `modbus`: many devices take it by mistake. */
  readonly sum: 'hj' | 'modbus' | 'later';
  /** As printed. */
  readonly crc: string;
  /** From `QN=` to the last `&&`. */
  readonly data: string;
};

/** Of the data part: 0–1024, and what five characters a sealed byte make of it. */
const PLAIN_AT_MOST = 1_024;
const SEALED_AT_MOST = 8 * 1_024;
const HEAD = 6;
const MORE = { is: 'more' } as const;
const not = (why: Extract<FrameHead<never>, { is: 'not' }>['why']) => ({ is: 'not', why }) as const;

const HASH = 0x23;
const NEWLINE = 0x0a;

const GRAMMAR: FrameGrammar<Hj212Frame> = {
  longest: HEAD + SEALED_AT_MOST,
  mayBegin: (first, second) => first === HASH && (second === undefined || second === HASH),
  isFilling: (byte) => byte === 0x0d || byte === NEWLINE || byte === 0x20,
  read,
};

export const hj212Framer = (): Framer<Hj212Frame> => new Framer(GRAMMAR);

function read(bytes: Uint8Array): FrameHead<Hj212Frame> {
  let length = 0;
  for (let i = 2; i < HEAD; i++) {
    const b = bytes[i];
    if (b === undefined) return MORE;
    if (b < 0x30 || b > 0x39) return not('bad-grammar');
    length = length * 10 + b - 0x30;
  }
  if (length > PLAIN_AT_MOST) return not('bad-length');
  const byLength = HEAD + length + 4;
  // Where the length is right, nothing needs to be looked for; who sends no line end is understood, too.
  if (bytes.length >= byLength && endsData(bytes, byLength)) {
    const frame = frameOf(bytes, byLength, length);
    if (frame.is === 'frame') return frame;
  }
  const end = bytes.indexOf(NEWLINE, HEAD);
  if (end < 0) return bytes.length > HEAD + SEALED_AT_MOST ? not('too-long') : MORE;
  let last = end;
  while (last > HEAD && (bytes[last - 1] === 0x0d || bytes[last - 1] === 0x20)) last--;
  if (!endsData(bytes, last)) return not('bad-grammar');
  const frame = frameOf(bytes, last, length);
  return frame.is === 'frame' ? { ...frame, length: end + 1 } : frame;
}

/** Whether `&&` and four hex digits stand before `end`. */
function endsData(bytes: Uint8Array, end: number): boolean {
  if (end < HEAD + 6 || bytes[end - 5] !== 0x26 || bytes[end - 6] !== 0x26) return false;
  for (let i = end - 4; i < end; i++) {
    const b = bytes[i] as number;
    if (!((b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x46) || (b >= 0x61 && b <= 0x66))) return false;
  }
  return true;
}

/** @param end behind the sum @param length as the head says */
function frameOf(bytes: Uint8Array, end: number, length: number): FrameHead<Hj212Frame> {
  const data = latin1(bytes.subarray(HEAD, end - 4));
  const crc = latin1(bytes.subarray(end - 4, end));
  const isSealed = /CP=&&\{0x/i.test(data);
  const given = Number.parseInt(crc, 16);
  const sum = isSealed
    ? 'later'
    : given === hjCrc(bytes, HEAD, end - 4)
      ? 'hj'
      : given === modbusCrc(bytes, HEAD, end - 4)
        ? 'modbus'
        : null;
  if (sum === null) return not('bad-sum');
  // Some count characters and send UTF-8; the standard itself prints the plain length over a sealed text.
  if (!isSealed && length !== data.length && length !== characters(data)) return not('bad-length');
  const fields = fieldsOf(data);
  if (fields === null) return not('bad-grammar');
  return { is: 'frame', length: end, frame: { ...fields, isSealed, sum, crc, data } };
}

/** Of text whose bytes are given one by one. */
const characters = (text: string): number => {
  let n = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xc0) !== 0x80) n++;
  return n;
};

/** The grammar of the data part is the second guard: of 256 damaged packets one has a sum that fits. */
const DATA = /^((?:[A-Za-z]+\s*=[^;&=]*;)*)\s*CP=&&([^&]*)&&$/;
const NAMES = new Set(['QN', 'ST', 'CN', 'PW', 'MN', 'FLAG', 'PNUM', 'PNO']);

function fieldsOf(data: string): Omit<Hj212Frame, 'isSealed' | 'sum' | 'crc' | 'data'> | null {
  const m = DATA.exec(data);
  if (m === null) return null;
  const fields = new Map<string, string>();
  for (const field of (m[1] as string).split(';')) {
    const at = field.indexOf('=');
    if (at < 0) continue;
    const name = field.slice(0, at).trim().toUpperCase();
    if (!NAMES.has(name) || fields.has(name)) return null;
    fields.set(name, field.slice(at + 1).trim());
  }
  const text = (name: string) => fields.get(name) ?? '';
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text('MN')) || !/^\d{4}$/.test(text('CN'))) return null;
  if (!/^(\d{14,17})?$/.test(text('QN')) || !/^\d{0,3}$/.test(text('FLAG'))) return null;
  const [of, number] = [Number(text('PNUM')), Number(text('PNO'))];
  const isPart = fields.has('PNUM') && of > 1 && Number.isInteger(number) && number >= 1 && number <= of;
  return {
    qn: text('QN'),
    st: text('ST'),
    cn: text('CN'),
    pw: text('PW'),
    mn: text('MN'),
    flag: Number(text('FLAG')),
    part: isPart ? { of, number } : null,
    cp: m[2] as string,
  };
}

/** A packet of ours, or of a device played by us. */
export function hj212Bytes(given: {
  readonly qn: string;
  readonly st: string;
  readonly cn: string;
  readonly pw: string;
  readonly mn: string;
  readonly flag: number;
  readonly cp: string;
  readonly part?: { readonly of: number; readonly number: number };
}): Uint8Array {
  const { qn, st, cn, pw, mn, flag, cp, part } = given;
  const parts = part === undefined ? '' : `PNUM=${part.of};PNO=${part.number};`;
  const data = `QN=${qn};ST=${st};CN=${cn};PW=${pw};MN=${mn};Flag=${flag};${parts}CP=&&${cp}&&`;
  const crc = hjCrc(fromLatin1(data)).toString(16).toUpperCase().padStart(4, '0');
  return fromLatin1(`##${String(data.length).padStart(4, '0')}${data}${crc}\r\n`);
}
