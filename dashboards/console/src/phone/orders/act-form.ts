import type { KeptPhoto, OrderVerb } from '../kept/act.ts';
import { numberIn } from './number-in.ts';

/** What somebody types for an act, whichever it is. */
export type ActForm = {
  text: string;
  cause: string;
  kind: string;
  unit: string;
  hours: string;
  permit: string;
  /** As typed, in the order of `GASES`. */
  gases: string[];
  placeText: string;
  place: { readonly lon: number; readonly lat: number; readonly accuracyM: number } | null;
  photos: readonly KeptPhoto[];
};

/** What is measured before somebody enters a chamber. */
export const GASES = [
  { what: 'CH4', unit: '%LEL' },
  { what: 'O2', unit: '%VOL' },
  { what: 'CO', unit: 'ppm' },
  { what: 'H2S', unit: 'ppm' },
] as const;

/** For so long an order is paused, or more time is asked for. */
export const HOURS = ['0.5', '1', '2', '4', '8', '24', '72'] as const;

export const emptyForm = (): ActForm => ({
  text: '',
  cause: '',
  kind: '',
  unit: '',
  hours: '2',
  permit: '',
  gases: GASES.map(() => ''),
  placeText: '',
  place: null,
  photos: [],
});

/** What is missing, or could not be read. */
export type Missing = 'text' | 'kind' | 'unit' | 'reading' | 'number' | 'place';
export type Filled = { readonly body: Record<string, unknown> } | { readonly missing: Missing };

/**
 * The body of the act, but for photographs, or what is still to be filled in.
 *
 * @param state of the order, as it will be when what waits was sent
 * @param now of the server's clock: pauses and extensions end so long after it
 */
export function filled(verb: OrderVerb, f: ActForm, state: string, now: number): Filled {
  const text = f.text.trim();
  const until = new Date(now + Number(f.hours) * 3_600_000).toISOString();
  const needed = (body: Record<string, unknown>): Filled => (text === '' ? { missing: 'text' } : { body });
  switch (verb) {
    case 'accept':
    case 'resume':
      return { body: {} };
    case 'refuse':
      return f.kind === '' ? { missing: 'kind' } : needed({ reasonKind: f.kind, reason: text });
    case 'forward':
      return f.unit === '' ? { missing: 'unit' } : needed({ unit: f.unit, reason: text });
    case 'arrive': {
      const placeText = f.placeText.trim();
      if (f.place === null && placeText === '') return { missing: 'place' };
      return {
        body: {
          ...(state === 'dispatched' ? { accept: true } : {}),
          ...(f.place ?? {}),
          ...(placeText === '' ? {} : { placeText }),
        },
      };
    }
    case 'feedback':
      return needed({ text });
    case 'check-safety': {
      const typed = GASES.flatMap((g, i) => {
        const said = (f.gases[i] ?? '').trim();
        return said === '' ? [] : [{ ...g, value: numberIn(said) }];
      });
      if (typed.length === 0) return { missing: 'reading' };
      if (typed.some((g) => g.value === null)) return { missing: 'number' };
      const permit = f.permit.trim();
      return { body: { readings: typed, ...(permit === '' ? {} : { permit }) } };
    }
    case 'pause':
      return f.kind === '' ? { missing: 'kind' } : needed({ kind: f.kind, until, reason: text });
    case 'extend':
      return needed({ until, reason: text });
    case 'done': {
      const cause = f.cause.trim();
      return needed({
        result: text,
        ...(cause === '' ? {} : { cause }),
        ...(state === 'accepted' ? { remote: true } : {}),
      });
    }
  }
}

/** Acts that are done with one touch: nothing is to be typed. */
export const isOneTouch = (verb: OrderVerb): boolean => verb === 'accept' || verb === 'resume';
export const takesPhotos = (verb: OrderVerb): boolean =>
  verb === 'arrive' || verb === 'feedback' || verb === 'done';
