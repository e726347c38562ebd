/** What a row of the list may show beside level, place and rule, in the order in which it stands there. */
export const COLUMNS = ['value', 'peak', 'spark', 'state', 'clock', 'valueAge', 'age'] as const;
export type Column = (typeof COLUMNS)[number];
export const DENSITIES = ['roomy', 'close'] as const;
export type Density = (typeof DENSITIES)[number];
export type RowLook = { readonly columns: readonly Column[]; readonly density: Density };

export const USUAL_LOOK: RowLook = { columns: ['value', 'spark', 'state', 'age'], density: 'roomy' };

/** In the pixels of a desk. */
const WIDTH: Readonly<Record<Column, number>> = {
  value: 134,
  peak: 84,
  spark: 72,
  state: 118,
  clock: 92,
  valueAge: 66,
  age: 66,
};
/** Words are longer in English. */
export type Wording = 'zh-CN' | 'en';
/** `room`: what is left for the place, its rule and its marks. */
export type Fitted = { readonly columns: readonly Column[]; readonly room: number };
const LONGER: Partial<Record<Column, number>> = { value: 20, state: 12 };
/** Of a place's name with its rule, at least. */
const NAME = 150;
const CHIP = { 'zh-CN': 92, en: 116 } as const;
const PADDING = 24;
const GAP = 10;
/** A box to tick. */
export const TICK = 22;
const widthOf = (c: Column, by: Wording): number => WIDTH[c] + (by === 'en' ? (LONGER[c] ?? 0) : 0);

/** What was kept on the workstation; anything else is the usual look. */
export function readLook(text: string | null): RowLook {
  try {
    const kept = JSON.parse(text ?? '') as Partial<RowLook>;
    const columns = COLUMNS.filter((c) => kept.columns?.includes(c));
    const density = DENSITIES.find((d) => d === kept.density) ?? 'roomy';
    return Array.isArray(kept.columns) ? { columns, density } : USUAL_LOOK;
  } catch {
    return USUAL_LOOK;
  }
}

/** Those that find room, in order: the value and the state go last, for they say what is wrong. @param width of the list */
export function fitting(columns: readonly Column[], width: number, by: Wording): Fitted {
  const order: readonly Column[] = ['value', 'state', 'age', 'peak', 'clock', 'valueAge', 'spark'];
  let left = width - CHIP[by] - PADDING;
  const fit = new Set<Column>();
  for (const c of order) {
    if (!columns.includes(c) || left - NAME < widthOf(c, by) + GAP) continue;
    left -= widthOf(c, by) + GAP;
    fit.add(c);
  }
  return { columns: COLUMNS.filter((c) => fit.has(c)), room: left - GAP };
}

/** For `grid-template-columns`, in parts of what a pixel of a desk is now. */
export const gridOf = (columns: readonly Column[], isTicking: boolean, by: Wording): string =>
  [
    ...(isTicking ? [`${TICK / 16}rem`] : []),
    'var(--chip)',
    'minmax(0, 1fr)',
    ...columns.map((c) => `${widthOf(c, by) / 16}rem`),
  ].join(' ');
