import type { Level } from '../../state/sounding.ts';

/** A stretch of the value axis in which a limit holds; open to one side, as values have no end. */
export type Band = {
  readonly level: Level;
  /** Where it begins, seen from what is normal. */
  readonly edge: number;
  readonly side: 'above' | 'below';
  /** Where the next graver one begins; `null`: nowhere. */
  readonly until: number | null;
};

/** A limit, with the words at its line. */
export type Limit = { readonly value: number; readonly level: Level; readonly words: string };

/** An alarm of a curve that is drawn. `to` null: it is still on. */
export type Mark = { readonly level: Level; readonly from: number; readonly to: number | null };

/** What people did meanwhile: an order, a warning, a note; `to` null: in an instant. `word`: one character. */
export type Happening = { readonly at: number; readonly to: number | null; readonly word: string };
