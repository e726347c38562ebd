/** The rows of a long list that are worth having in the document: what can be seen and a little around it. */
export type RowWindow = { readonly first: number; readonly count: number };

/** Never more than this many rows in the document, however tall the screen. */
export const MOST_ROWS = 160;

export function rowWindow(p: {
  readonly total: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly viewHeight: number;
  readonly around?: number;
}): RowWindow {
  const around = p.around ?? 8;
  const seen = Math.ceil(p.viewHeight / p.rowHeight) + 1;
  const count = Math.min(p.total, MOST_ROWS, seen + 2 * around);
  const first = Math.floor(p.scrollTop / p.rowHeight) - around;
  return { first: Math.max(0, Math.min(first, p.total - count)), count };
}

/** Where to scroll so that row `index` is wholly seen; the present place when it already is. */
export function scrollToShow(p: {
  readonly index: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly viewHeight: number;
}): number {
  const top = p.index * p.rowHeight;
  if (top < p.scrollTop) return top;
  const bottom = top + p.rowHeight;
  return bottom > p.scrollTop + p.viewHeight ? bottom - p.viewHeight : p.scrollTop;
}
