import type { DoubtfulSensor } from '../../api/answers.ts';

/** In the order in which they stand; each can be sorted by. */
export const COLUMNS = ['sensor', 'fault', 'harm', 'guards', 'alone', 'people', 'area', 'since'] as const;
export type Column = (typeof COLUMNS)[number];

/** What is not known stands last, whichever way the rest is sorted. */
export function sorted(
  all: readonly DoubtfulSensor[],
  by: Column,
  falling: boolean,
): readonly DoubtfulSensor[] {
  const keyed = all.map((sensor) => ({ sensor, key: keyOf(sensor, by) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1;
    } else if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * (falling ? -1 : 1);
    return b.sensor.harm.score - a.sensor.harm.score || (a.sensor.device < b.sensor.device ? -1 : 1);
  });
  return keyed.map(({ sensor }) => sensor);
}

function keyOf(s: DoubtfulSensor, by: Column): string | number | null {
  switch (by) {
    case 'sensor':
      return s.place.point;
    case 'fault':
      return s.harm.doubt;
    case 'harm':
      return s.harm.score;
    case 'guards':
      return s.harm.guards === null ? null : -s.harm.guards;
    case 'alone':
      return s.harm.alone ? 1 : 0;
    case 'people':
      return s.harm.people;
    case 'area':
      return s.place.area;
    case 'since':
      return s.since;
  }
}
