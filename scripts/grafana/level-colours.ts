import type { Level } from '../../src/domain/level.ts';

/** Of the four levels 红橙黄蓝, in Grafana's names. */
export const LEVEL_COLOURS: Readonly<Record<Level, string>> = {
  1: 'red',
  2: 'orange',
  3: 'yellow',
  4: 'blue',
};
