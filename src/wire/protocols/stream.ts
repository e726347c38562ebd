/** Why bytes were no frame: stable, for counting. */
export type FrameFlaw =
  | 'noise'
  | 'bad-sum'
  | 'bad-length'
  | 'bad-grammar'
  | 'cut-short'
  | 'wrong-direction'
  | 'too-long';

/** What the bytes at the head of a stream are. */
export type FrameHead<F> =
  | { readonly is: 'frame'; readonly frame: F; readonly length: number }
  | { readonly is: 'not'; readonly why: FrameFlaw }
  | { readonly is: 'more' };

/** The grammar of one protocol, without memory. */
export type FrameGrammar<F> = {
  /** Bytes of its longest frame: no more is ever kept. */
  readonly longest: number;
  /** Whether a frame may begin with this byte, and perhaps the next. */
  mayBegin(first: number, second: number | undefined): boolean;
  /** Bytes that may stand between two frames and mean nothing. */
  isFilling(byte: number): boolean;
  /** @param bytes begin where a frame may begin */
  read(bytes: Uint8Array): FrameHead<F>;
};

/** A piece of the stream: a frame with its bytes, or bytes that were none. */
export type Piece<F> =
  | { readonly frame: F; readonly bytes: Uint8Array }
  | { readonly flaw: FrameFlaw; readonly bytes: Uint8Array };

export const isFrame = <F>(piece: Piece<F>): piece is Extract<Piece<F>, { frame: F }> => 'frame' in piece;

const NOTHING = new Uint8Array(0);

/**
 * Cuts a stream into frames: finds the next start mark after whatever was wrong, and keeps at most one frame's
 * length. What begins like a frame and never ends does not hide the good one behind it: that is looked for while
 * the first is waited for.
 */
export class Framer<F> {
  readonly #grammar: FrameGrammar<F>;
  #rest: Uint8Array = NOTHING;

  constructor(grammar: FrameGrammar<F>) {
    this.#grammar = grammar;
  }

  /** Bytes that are kept until more comes. */
  get waiting(): number {
    return this.#rest.length;
  }

  push(chunk: Uint8Array): Piece<F>[] {
    const bytes = this.#rest.length === 0 ? plain(chunk) : joined(this.#rest, chunk);
    const pieces: Piece<F>[] = [];
    /** Where what is no frame began; `why`: the first thing that was wrong with it beside mere noise. */
    let bad = -1;
    let why: FrameFlaw = 'noise';
    const tellBad = (until: number) => {
      if (bad >= 0) pieces.push({ flaw: why, bytes: bytes.slice(bad, until) });
      bad = -1;
      why = 'noise';
    };
    let at = 0;
    while (at < bytes.length) {
      const first = bytes[at] as number;
      if (!this.#grammar.mayBegin(first, bytes[at + 1])) {
        if (bad < 0 && !this.#grammar.isFilling(first)) bad = at;
        at++;
        continue;
      }
      const tail = bytes.subarray(at);
      let head = this.#grammar.read(tail);
      if (head.is === 'more') {
        const next = this.#frameWithin(tail);
        if (next === null && tail.length <= this.#grammar.longest) break;
        head = { is: 'not', why: next === null ? 'too-long' : 'cut-short' };
      }
      if (head.is === 'not') {
        if (bad < 0) bad = at;
        if (why === 'noise') why = head.why;
        at++;
        continue;
      }
      tellBad(at);
      pieces.push({ frame: head.frame, bytes: tail.slice(0, head.length) });
      at += head.length;
    }
    tellBad(at);
    this.#rest = at < bytes.length ? bytes.slice(at) : NOTHING;
    return pieces;
  }

  /** Where a whole frame lies behind the beginning of one that is not whole. */
  #frameWithin(tail: Uint8Array): number | null {
    for (let i = 1; i < tail.length; i++) {
      if (!this.#grammar.mayBegin(tail[i] as number, tail[i + 1])) continue;
      if (this.#grammar.read(tail.subarray(i)).is === 'frame') return i;
    }
    return null;
  }
}

/** Of what a socket brings `slice` is no copy: it would be written over, and what is turned round in it would be turned. */
const plain = (chunk: Uint8Array): Uint8Array =>
  new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
