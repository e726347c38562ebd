import type { FrameFlaw } from '../stream.ts';
import { modbusCrc } from '../sums.ts';
import type { ModbusAsk } from './plan.ts';

const LONGEST = 3 + 250 + 2;

/** What came over a bus line: the answer that was waited for, the line's own heartbeat, or neither. */
export type BusPiece =
  | { readonly is: 'answer'; readonly data: Uint8Array; readonly bytes: Uint8Array }
  | { readonly is: 'exception'; readonly code: number; readonly bytes: Uint8Array }
  | { readonly is: 'heartbeat' }
  | { readonly flaw: FrameFlaw; readonly bytes: Uint8Array };

/** What one answer must be like. */
export type Expected = { readonly slave: number; readonly fn: number; readonly dataBytes: number };

export const expectedOf = ({ slave, fn, count }: ModbusAsk): Expected => ({
  slave,
  fn,
  dataBytes: fn < 3 ? Math.ceil(count / 8) : 2 * count,
});

/**
 * Takes the answer to the one question that is open out of what a DTU sends, whose own heartbeat may stand before, after
 * and in the middle of it. Without an open question nothing is an answer.
 */
export class BusFramer {
  readonly #heartbeat: Uint8Array | null;
  #rest = new Uint8Array(0);

  /** @param heartbeat what the DTU sends to keep its line, byte for byte; `null`: none */
  constructor(heartbeat: Uint8Array | null) {
    this.#heartbeat = heartbeat !== null && heartbeat.length > 0 ? heartbeat : null;
  }

  get waiting(): number {
    return this.#rest.length;
  }

  /** What is left of the last answer is none of the next. */
  forget(): void {
    this.#rest = new Uint8Array(0);
  }

  push(chunk: Uint8Array, expected: Expected | null): BusPiece[] {
    const all = new Uint8Array(this.#rest.length + chunk.length);
    all.set(this.#rest);
    all.set(chunk, this.#rest.length);
    const pieces: BusPiece[] = [];
    let bytes = this.#withoutHeartbeats(all, pieces);
    let open = expected;
    let bad = 0;
    const tellBad = (to: number) => {
      if (to > bad) pieces.push({ flaw: 'noise', bytes: bytes.slice(bad, to) });
    };
    let at = 0;
    while (at < bytes.length) {
      const read: BusPiece | 'more' | 'not' = open === null ? 'not' : answerAt(bytes.subarray(at), open);
      if (read === 'more' && bytes.length - at <= LONGEST) break;
      // The beginning of a heartbeat whose rest is still to come.
      if (read === 'not' && this.#mayBeginHeartbeat(bytes.subarray(at))) break;
      if (read === 'more' || read === 'not') {
        at++;
        continue;
      }
      tellBad(at);
      pieces.push(read);
      at += 'bytes' in read ? read.bytes.length : 0;
      bad = at;
      open = null;
    }
    tellBad(at);
    bytes = bytes.slice(at);
    this.#rest = bytes.length > LONGEST ? bytes.slice(-LONGEST) : bytes;
    return pieces;
  }

  #withoutHeartbeats(bytes: Uint8Array<ArrayBuffer>, pieces: BusPiece[]): Uint8Array<ArrayBuffer> {
    const beat = this.#heartbeat;
    if (beat === null) return bytes;
    let left = bytes;
    for (let at = indexOf(left, beat); at >= 0; at = indexOf(left, beat)) {
      const cut = new Uint8Array(left.length - beat.length);
      cut.set(left.subarray(0, at));
      cut.set(left.subarray(at + beat.length), at);
      left = cut;
      pieces.push({ is: 'heartbeat' });
    }
    return left;
  }

  #mayBeginHeartbeat(tail: Uint8Array): boolean {
    const beat = this.#heartbeat;
    return beat !== null && tail.length < beat.length && tail.every((b, i) => b === beat[i]);
  }
}

function answerAt(bytes: Uint8Array, { slave, fn, dataBytes }: Expected): BusPiece | 'more' | 'not' {
  if (bytes[0] !== slave) return 'not';
  if (bytes.length < 2) return 'more';
  const isException = bytes[1] === (fn | 0x80);
  if (bytes[1] !== fn && !isException) return 'not';
  const isWrite = fn === 5 || fn === 6 || fn === 16;
  const all = isException ? 5 : isWrite ? 8 : 3 + dataBytes + 2;
  if (!isException && !isWrite && bytes.length > 2 && bytes[2] !== dataBytes) return 'not';
  if (bytes.length < all) return 'more';
  if (modbusCrc(bytes, 0, all - 2) !== ((bytes[all - 2] as number) | ((bytes[all - 1] as number) << 8)))
    return 'not';
  const own = bytes.slice(0, all);
  if (isException) return { is: 'exception', code: bytes[2] as number, bytes: own };
  return { is: 'answer', data: own.subarray(isWrite ? 2 : 3, all - 2), bytes: own };
}

function indexOf(bytes: Uint8Array, what: Uint8Array): number {
  for (let at = bytes.indexOf(what[0] as number); at >= 0; at = bytes.indexOf(what[0] as number, at + 1))
    if (at + what.length <= bytes.length && what.every((b, i) => bytes[at + i] === b)) return at;
  return -1;
}

/** `slave fn addr count crc`, low byte of the sum first. */
export function askBytes({
  slave,
  fn,
  addr,
  count,
}: Pick<ModbusAsk, 'slave' | 'addr' | 'count'> & { fn: number }): Uint8Array {
  return withCrc(Uint8Array.of(slave, fn, addr >> 8, addr & 0xff, count >> 8, count & 0xff));
}

export function withCrc(body: Uint8Array): Uint8Array {
  const crc = modbusCrc(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}
