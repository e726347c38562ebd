import { type Millis, seconds } from '../../domain/time.ts';
import type { Flaw } from '../../flow/ports/broker.ts';
import type { Framer } from '../../wire/protocols/stream.ts';
import type { Heard, HeardFrame, Talk } from './talk.ts';

export const NOT_READ: Flaw = {
  code: 'frame-not-read',
  detail: 'The frame is whole, and its text is not of the standard’s grammar; the bytes are kept.',
};
export const ASIDE: Flaw = {
  code: 'frame-aside',
  detail: 'A frame that carries no measurements, such as a picture or a manual text; the bytes are kept.',
};
/** Frames one by one through a framer, each told by what the protocol makes of it. */
export function talking<F>(
  framer: Framer<F>,
  hear: (frame: F, bytes: Uint8Array, now: Millis) => Omit<HeardFrame, 'is' | 'bytes'> | null,
): Talk {
  return {
    hear(chunk, now) {
      const heard: Heard[] = [];
      for (const piece of framer.push(chunk)) {
        const said = 'frame' in piece ? hear(piece.frame, piece.bytes, now) : null;
        if ('flaw' in piece) heard.push({ is: 'flaw', flaw: piece.flaw, bytes: piece.bytes });
        else if (said === null) heard.push({ is: 'flaw', flaw: 'bad-sum', bytes: piece.bytes });
        else heard.push({ is: 'frame', bytes: piece.bytes, ...said });
      }
      return heard;
    },
  };
}

export const UNHEARD = 'it has not spoken on this line yet';
/** HJ 212 has 10 s and three repeats, SL 651 leaves it to the channel: nobody who is there takes longer. */
export const ANSWER_WITHIN = seconds(30);

/** What is remembered of each station of one line; lines carry few. */
export class Memories<M> {
  readonly #first: M;
  readonly #of = new Map<string, M>();

  constructor(first: M) {
    this.#first = first;
  }

  of(station: string): M {
    return this.#of.get(station) ?? this.#first;
  }

  keep(station: string, memory: M): void {
    if (this.#of.size > 128 && !this.#of.has(station)) this.#of.clear();
    this.#of.set(station, memory);
  }
}
