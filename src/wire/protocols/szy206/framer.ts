import { toHex } from '../bytes.ts';
import { type FrameGrammar, type FrameHead, Framer } from '../stream.ts';
import { e5Crc } from '../sums.ts';

/** One frame of SZY206-2016. */
export type Szy206Frame = {
  /** High nibble: direction and parts; low nibble: kind of data. */
  readonly control: number;
  /** District code in digits, and number: `530381-0D00`. */
  readonly station: string;
  /** Application function; C0: a report of its own accord. */
  readonly afn: number;
  readonly data: Uint8Array;
};

const MORE = { is: 'more' } as const;
const not = (why: Extract<FrameHead<never>, { is: 'not' }>['why']) => ({ is: 'not', why }) as const;
/** C, A and AFN. */
const HEAD = 7;

const GRAMMAR: FrameGrammar<Szy206Frame> = {
  longest: 255 + 5,
  mayBegin: (first) => first === 0x68,
  isFilling: () => false,
  read(bytes) {
    if (bytes.length < 3) return MORE;
    const length = bytes[1] as number;
    if (bytes[2] !== 0x68 || length < HEAD) return not('bad-grammar');
    const all = length + 5;
    if (bytes.length < all) return MORE;
    if (bytes[all - 1] !== 0x16) return not('bad-length');
    if (e5Crc(bytes, 3, 3 + length) !== bytes[all - 2]) return not('bad-sum');
    const address = bytes.subarray(4, 9);
    return {
      is: 'frame',
      length: all,
      frame: {
        control: bytes[3] as number,
        station: `${toHex(address.subarray(0, 3))}-${toHex(address.subarray(3, 5))}`,
        afn: bytes[9] as number,
        data: bytes.slice(10, 3 + length),
      },
    };
  },
};

export const szy206Framer = (): Framer<Szy206Frame> => new Framer(GRAMMAR);
