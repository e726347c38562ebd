import { expect } from 'vitest';
import { type Framer, isFrame, type Piece } from '../../../src/wire/protocols/stream.ts';

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
export const hexOf = (bytes: Uint8Array | null | undefined): string =>
  bytes === null || bytes === undefined ? '' : Buffer.from(bytes).toString('hex').toUpperCase();
export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** The frames among what a framer found. */
export const framesOf = <F>(pieces: readonly Piece<F>[]): F[] => pieces.filter(isFrame).map((p) => p.frame);

/** Bytes without an order, always the same. */
export function noise(n: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(n);
  let x = seed;
  for (let i = 0; i < n; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

/**
 * What every framer must bear: any cut, two frames in one segment, each byte flipped in each bit, a MiB of noise.
 *
 * @param given.marks bytes that begin a frame, to make the noise mean
 * @param given.longest bytes that may wait at most
 * @returns of how many flips a frame came that says something else
 */
export function proveFramer<F>(given: {
  framer: () => Framer<F>;
  good: Uint8Array;
  other: Uint8Array;
  longest: number;
  /** What a frame says, for comparison. */
  says: (frame: F) => unknown;
  marks: Uint8Array;
  /** Also every other value of each byte: of sums that are weak. */
  everyValue?: boolean;
}): { flips: number; wrong: number } {
  const { framer, good, other, says } = given;
  const alone = (bytes: Uint8Array) => framesOf(framer().push(bytes)).map(says);
  const [said] = alone(good);
  const [saidOther] = alone(other);
  expect(said).toBeDefined();
  expect(saidOther).toBeDefined();

  for (let cut = 1; cut < good.length; cut++) {
    const f = framer();
    const first = f.push(good.subarray(0, cut));
    expect(framesOf(first)).toEqual([]);
    expect(framesOf(f.push(good.subarray(cut))).map(says), `cut at ${cut}`).toEqual([said]);
  }
  const byByte = framer();
  expect(
    Array.from(good)
      .flatMap((b) => framesOf(byByte.push(Uint8Array.of(b))))
      .map(says),
  ).toEqual([said]);

  expect(framesOf(framer().push(joined(good, other))).map(says)).toEqual([said, saidOther]);
  expect(framesOf(framer().push(joined(good, good, other, good))).map(says)).toEqual([
    said,
    said,
    saidOther,
    said,
  ]);

  let flips = 0;
  let wrong = 0;
  for (let at = 0; at < good.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = good.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      flips++;
      const f = framer();
      const came = framesOf(f.push(flipped)).map(says);
      for (const frame of came) if (JSON.stringify(frame) !== JSON.stringify(said)) wrong++;
      // The next good one is understood, at the latest when it is sent again.
      const next = [...framesOf(f.push(other)), ...framesOf(f.push(other))].map(says);
      expect(next, `after bit ${bit} of byte ${at}`).toContainEqual(saidOther);
    }
  }

  for (let at = 0; given.everyValue === true && at < good.length; at++) {
    for (let by = 1; by < 256; by++) {
      const changed = good.slice();
      changed[at] = (changed[at] as number) ^ by;
      flips++;
      for (const frame of alone(changed)) if (JSON.stringify(frame) !== JSON.stringify(said)) wrong++;
    }
  }

  const f = framer();
  const started = noise(1024 * 1024);
  for (let i = 0; i + 512 < started.length; i += 512) started.set(given.marks, i);
  for (let i = 0; i < started.length; i += 4_096) {
    f.push(started.subarray(i, i + 4_096));
    expect(f.waiting).toBeLessThanOrEqual(given.longest);
  }
  const after = [...framesOf(f.push(good)), ...framesOf(f.push(other))].map(says);
  expect(after).toContainEqual(saidOther);
  return { flips, wrong };
}
