import type { Duration, Millis } from '../../../domain/time.ts';
import { fromHex, toHex } from '../bytes.ts';
import { wallOf, wallTime } from '../local-time.ts';
import { type FrameGrammar, type FrameHead, Framer } from '../stream.ts';
import { byteSum } from '../sums.ts';

/** Commands: what a frame of GB/T 26875.3 wants. */
export const GB_CONTROL = 1;
export const GB_SEND = 2;
export const GB_CONFIRM = 3;
export const GB_ANSWER = 5;
export const GB_DENY = 6;

export type Gb26875Frame = {
  readonly serial: number;
  /** Main, user. */
  readonly version: readonly [number, number];
  /** What the sender's clock on the wall says, as if it were UTC; `null`: none. */
  readonly at: Millis | null;
  /** Twelve hex digits, the highest byte first. */
  readonly source: string;
  readonly destination: string;
  readonly command: number;
  readonly data: Uint8Array;
};

/** Start to command. */
const HEAD = 27;
const DATA_AT_MOST = 1_024;
const TAIL = 3;
const MORE = { is: 'more' } as const;
const not = (why: Extract<FrameHead<never>, { is: 'not' }>['why']) => ({ is: 'not', why }) as const;

const GRAMMAR: FrameGrammar<Gb26875Frame> = {
  longest: HEAD + DATA_AT_MOST + TAIL,
  mayBegin: (first, second) => first === 0x40 && (second === undefined || second === 0x40),
  isFilling: () => false,
  read,
};

export const gb26875Framer = (): Framer<Gb26875Frame> => new Framer(GRAMMAR);

/** Marks may stand inside: the length alone says where a frame ends. */
function read(bytes: Uint8Array): FrameHead<Gb26875Frame> {
  if (bytes.length < HEAD) return MORE;
  const length = (bytes[24] as number) | ((bytes[25] as number) << 8);
  if (length > DATA_AT_MOST) return not('bad-length');
  const command = bytes[26] as number;
  if (command < GB_CONTROL || command > GB_DENY) return not('bad-grammar');
  const all = HEAD + length + TAIL;
  if (bytes.length < all) return MORE;
  if (bytes[all - 1] !== 0x23 || bytes[all - 2] !== 0x23) return not('bad-length');
  if (byteSum(bytes, 2, HEAD + length) !== bytes[all - 3]) return not('bad-sum');
  return {
    is: 'frame',
    length: all,
    frame: {
      serial: (bytes[2] as number) | ((bytes[3] as number) << 8),
      version: [bytes[4] as number, bytes[5] as number],
      at: gbTime(bytes.subarray(6, 12)),
      source: toHex(bytes.slice(12, 18).reverse()),
      destination: toHex(bytes.slice(18, 24).reverse()),
      command,
      data: bytes.slice(HEAD, HEAD + length),
    },
  };
}

/** Second, minute, hour, day, month, year since 2000; zeros are no time. */
export function gbTime(six: Uint8Array): Millis | null {
  const [second, minute, hour, day, month, year] = six as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return wallTime([2000 + year, month, day, hour, minute, second]);
}

/** @param now `null`: our clock is doubted, and sets nobody's */
export function gbTimeBytes(now: Millis | null, offset: Duration): Uint8Array {
  if (now === null) return new Uint8Array(6);
  const [year, month, day, hour, minute, second] = wallOf(now, offset);
  return Uint8Array.of(second, minute, hour, day, month, year - 2000);
}

export function gb26875Bytes(given: {
  readonly serial: number;
  readonly version: readonly [number, number];
  readonly time: Uint8Array;
  readonly source: string;
  readonly destination: string;
  readonly command: number;
  readonly data: Uint8Array;
}): Uint8Array {
  const { serial, version, time, source, destination, command, data } = given;
  const address = (text: string) => (fromHex(text) ?? new Uint8Array(6)).slice().reverse();
  const body = Uint8Array.of(
    serial & 0xff,
    serial >> 8,
    ...version,
    ...time,
    ...address(source),
    ...address(destination),
    data.length & 0xff,
    data.length >> 8,
    command,
    ...data,
  );
  return Uint8Array.of(0x40, 0x40, ...body, byteSum(body), 0x23, 0x23);
}
