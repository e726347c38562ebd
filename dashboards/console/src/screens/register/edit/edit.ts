/** One line of a form. */
export type EditField = {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  /** Cannot be changed: a code, once given. */
  readonly fixed?: boolean;
  readonly number?: boolean;
  readonly options?: readonly Choice[];
  readonly suggest?: readonly Choice[];
  /** Where the server calls it otherwise: `place` for `lon`. */
  readonly at?: string;
};
export type Choice = { readonly value: string; readonly label: string };

export const orNull = (text: string | undefined): string | null => (text?.trim() ? text.trim() : null);

/** `null` where both cells are empty; what is no number goes to the server as typed, so that it says what would be right. */
export function placeOf(values: Readonly<Record<string, string>>): unknown {
  const { lon = '', lat = '', crs = 'CGCS2000' } = values;
  if (lon.trim() === '' && lat.trim() === '') return null;
  const number = (s: string): number | string =>
    s.trim() !== '' && Number.isFinite(Number(s)) ? Number(s) : s;
  return { lon: number(lon), lat: number(lat), crs };
}
