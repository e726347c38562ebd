import type { City } from '../city.ts';
import { procedural } from './procedural.ts';

/** 亳州, first phase: 1,840 gas, 333 drainage, 304 leak loggers, 784 sensors on 17 bridges (domain §7, S38). */
export const bozhou = (): City =>
  procedural({
    key: 'bozhou',
    name: '亳州市',
    areas: [
      { code: '341600', name: '亳州市', parent: null },
      { code: '341602', name: '谯城区', parent: '341600' },
      { code: '341621', name: '涡阳县', parent: '341600' },
      { code: '341622', name: '蒙城县', parent: '341600' },
      { code: '341623', name: '利辛县', parent: '341600' },
    ],
    centre: { lon: 115.78, lat: 33.85 },
    spread: 0.12,
    // "Flow, rain, level, video" are counted together in the source; the split is ours.
    counts: {
      'gas-chamber': 1_840,
      'flood-depth': 180,
      'drain-level': 120,
      'rain-gauge': 33,
      'water-supply/leak-logger': 304,
    },
    bridges: {
      count: 17,
      mix: {
        'bridge-deflection': 170,
        'bridge-strain': 360,
        'bridge-vibration': 170,
        'bridge-weather': 50,
        'bridge-weigh': 34,
      },
    },
    intervals: { 'bridge-vibration': 60_000, 'bridge-weigh': 60_000 },
    absent: [],
  });
