import type { CaseReader } from '../mapping/cases.ts';
import type { Dissected } from '../mapping/frames.ts';
import { toHex } from './bytes.ts';
import { GB26875_NEW, hearGb26875 } from './gb26875/dialogue.ts';
import { dissectGb26875 } from './gb26875/dissector.ts';
import { gb26875Framer } from './gb26875/framer.ts';
import { HJ212_NEW, hearHj212 } from './hj212/dialogue.ts';
import { dissectHj212 } from './hj212/dissector.ts';
import { hj212Framer } from './hj212/framer.ts';
import { hearSl651, SL651_NEW } from './sl651/dialogue.ts';
import { dissectSl651 } from './sl651/dissector.ts';
import { sl651Framer } from './sl651/framer.ts';
import { type Framer, isFrame } from './stream.ts';
import { dissectSzy206 } from './szy206/dissector.ts';
import { szy206Framer } from './szy206/framer.ts';

/** Standards whose frames can be tried by their bytes alone; a bus that we ask cannot. */
export type TriedProtocol = 'sl651' | 'hj212' | 'gb26875' | 'szy206';

type Read = { readonly said: readonly Dissected[] | null; readonly answer: Uint8Array | null };

function reader<F>(framer: () => Framer<F>, read: (frame: F) => Read): CaseReader {
  return (bytes) => {
    const frames: Dissected[] = [];
    const flaws: string[] = [];
    let answer: string | null = null;
    for (const piece of framer().push(bytes)) {
      if (!isFrame(piece)) {
        flaws.push(piece.flaw);
        continue;
      }
      const told = read(piece.frame);
      if (told.said === null) flaws.push('frame-not-read');
      else frames.push(...told.said);
      if (told.answer !== null) answer = toHex(told.answer).toLowerCase();
    }
    return { frames, flaws, answer };
  };
}

/** @param now our clock, by which answers are written: of a case its time of receipt */
export const caseReaders = (now: number, offset: number): Readonly<Record<TriedProtocol, CaseReader>> => ({
  sl651: reader(sl651Framer, (frame) => {
    const told = hearSl651(SL651_NEW, frame, now);
    const answer = told.answerWhenKept?.({ now, offset }) ?? null;
    return { said: told.kind === 'report' ? dissectSl651(told.whole) : [], answer };
  }),
  hj212: reader(hj212Framer, (frame) => {
    const told = hearHj212(HJ212_NEW, frame, now);
    const said = told.kind === 'report' ? dissectHj212(told.frame) : null;
    return {
      said: told.kind === 'report' ? (said === null ? null : [said]) : [],
      answer: told.answerWhenKept ?? told.answerNow,
    };
  }),
  gb26875: reader(gb26875Framer, (frame) => {
    const told = hearGb26875(GB26875_NEW, frame);
    return {
      said: told.kind === 'report' ? dissectGb26875(frame) : [],
      answer: told.answerWhenKept?.(now, offset) ?? null,
    };
  }),
  szy206: reader(szy206Framer, (frame) => {
    const said = dissectSzy206(frame, now + offset);
    return { said: said === null ? null : [said], answer: null };
  }),
});
