import type { Ink } from '../../parts/curve/draw-curves.ts';

/** Pixels around the curves, for the drawings and for what stands below them. */
export const ROOM = { left: 58, right: 14, label: 90 } as const;

/** Six inks that are no level's colour, each with a dash of its own: colour alone tells nobody anything. */
const INKS: readonly { readonly dark: string; readonly light: string; readonly dash: readonly number[] }[] = [
  { dark: '#e6e8ea', light: '#1b2026', dash: [] },
  { dark: '#3fc4b0', light: '#00695c', dash: [8, 4] },
  { dark: '#b79bff', light: '#5b34c4', dash: [2, 3] },
  { dark: '#9ac66b', light: '#3d6b16', dash: [12, 3, 2, 3] },
  { dark: '#e79ac7', light: '#97206c', dash: [5, 2] },
  { dark: '#c8b08a', light: '#6a4f1d', dash: [1, 5] },
];
const inkAt = (i: number) => INKS[i % INKS.length] as (typeof INKS)[number];

export const colourOfInk = (i: number, dark: boolean): string => inkAt(i)[dark ? 'dark' : 'light'];
export const dashOfInk = (i: number): readonly number[] => inkAt(i).dash;

/** @param hex `#rrggbb` */
export const alpha = (hex: string, a: number): string =>
  `rgba(${[1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(', ')}, ${a})`;

/** @param among how many curves there are: the bands of many lie over one another */
export function inkOf(i: number, { among, dark }: { among: number; dark: boolean }): Ink {
  const line = colourOfInk(i, dark);
  return {
    line,
    edge: alpha(line, 0.35),
    fill: alpha(line, among > 2 ? 0.14 : 0.24),
    width: i === 0 ? 1.5 : 2,
    dash: dashOfInk(i),
  };
}

/** Of bars. */
export function rainInk(i: number, dark: boolean): Ink {
  const colour = colourOfInk(i, dark);
  return { line: alpha(colour, 0.9), edge: colour, fill: alpha(colour, 0.45), width: 0 };
}

const GHOSTS = [
  [1, 3],
  [6, 4],
  [10, 3, 2, 3],
  [2, 6],
] as const;
/** Of another day: grey and thin, behind; each with a dash of its own. */
export function ghostInk(i: number, dark: boolean): Ink {
  const line = dark ? '#8c97a2' : '#6b757f';
  const none = 'rgba(0, 0, 0, 0)';
  return { line, edge: none, fill: none, width: 1.5, dash: GHOSTS[i % GHOSTS.length] ?? [] };
}
export const dashOfGhost = (i: number): readonly number[] => GHOSTS[i % GHOSTS.length] ?? [];
