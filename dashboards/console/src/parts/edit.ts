/** One line of a form. */
export type EditField = {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  /** Cannot be changed: a code, once given. */
  readonly fixed?: boolean;
  readonly number?: boolean;
  /** Goes in and never comes out: not shown while it is typed, kept by no browser. */
  readonly secret?: boolean;
  /** Text of several lines. */
  readonly lines?: boolean;
  /** An instant to the minute, by Beijing's clock. */
  readonly instant?: boolean;
  readonly options?: readonly Choice[];
  readonly suggest?: readonly Choice[];
  /** Where the server calls it otherwise: `place` for `lon`. */
  readonly at?: string;
};
/** One thing that would be otherwise, in words. `was`, `is`: `null`, it is not there. */
export type Changed = {
  readonly label: string;
  readonly was: string | null;
  readonly is: string | null;
};
export type Choice = { readonly value: string; readonly label: string };

export const orNull = (text: string | undefined): string | null => (text?.trim() ? text.trim() : null);
