/**
 * What is said over `control.sock` in the data directory: one line of JSON asked, one told. Who may open the
 * socket is whom the file's mode lets in: the service's own user.
 */
export type Ask =
  /** Who serves this directory? */
  | { readonly do: 'hello' }
  /** Change no file of the history until this connection ends. */
  | { readonly do: 'stand-still' };

export type Hello = {
  readonly pid: number;
  readonly version: string;
  readonly mqtt: string;
  readonly http: string;
};

export type Told =
  | ({ readonly is: 'hello' } & Hello)
  /** `cursor`: of the history in its files; `null` when the readings are kept elsewhere and there is nothing to hold. */
  | { readonly is: 'still'; readonly cursor: number | null }
  | { readonly is: 'refused'; readonly why: string };

/** Longer lines are nobody's we know. */
export const LINE_AT_MOST = 4_096;
