import type { Risk } from '../../api/answers.ts';

export const COLOURS = [
  'red',
  'orange',
  'yellow',
  'blue',
  'grey',
] as const satisfies readonly Risk['colour'][];
/** In the order in which they stand; each can be sorted by. */
export const COLUMNS = [
  'asset',
  'colour',
  'product',
  'likelihood',
  'consequence',
  'missing',
  'area',
  'live',
] as const;
export type Column = (typeof COLUMNS)[number];

/** What is not known stands last, whichever way the rest is sorted: it is neither great nor small. */
export function sorted(risks: readonly Risk[], by: Column, falling: boolean): readonly Risk[] {
  const keyed = risks.map((risk) => ({ risk, key: keyOf(risk, by) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1;
    } else if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * (falling ? -1 : 1);
    return a.risk.asset < b.risk.asset ? -1 : 1;
  });
  return keyed.map(({ risk }) => risk);
}

function keyOf(r: Risk, by: Column): string | number | null {
  switch (by) {
    case 'asset':
      return r.name;
    case 'area':
      return r.area;
    case 'colour':
      return r.colour === 'grey' ? null : -COLOURS.indexOf(r.colour);
    case 'product':
      return r.product;
    case 'likelihood':
    case 'consequence':
      return r[by].score;
    case 'missing':
      return r.missing.length;
    case 'live':
      return r.live.level === null ? null : -r.live.level;
  }
}
