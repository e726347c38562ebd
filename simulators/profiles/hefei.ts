import type { City } from '../city.ts';
import { procedural } from './procedural.ts';

/** 合肥: about 85,000 devices, 137 bridges (domain §7, S34). How they divide over the kinds is ours. */
export const hefei = (): City =>
  procedural({
    key: 'hefei',
    name: '合肥市',
    areas: [
      { code: '340100', name: '合肥市', parent: null },
      { code: '340102', name: '瑶海区', parent: '340100' },
      { code: '340103', name: '庐阳区', parent: '340100' },
      { code: '340104', name: '蜀山区', parent: '340100' },
      { code: '340111', name: '包河区', parent: '340100' },
      { code: '340121', name: '长丰县', parent: '340100' },
      { code: '340122', name: '肥东县', parent: '340100' },
      { code: '340123', name: '肥西县', parent: '340100' },
    ],
    centre: { lon: 117.23, lat: 31.82 },
    spread: 0.25,
    counts: {
      'gas-chamber': 48_000,
      'gas-station': 400,
      'flood-depth': 3_000,
      'drain-level': 7_000,
      'rain-gauge': 600,
      cover: 20_000,
    },
    bridges: {
      count: 137,
      mix: {
        'bridge-deflection': 1_600,
        'bridge-strain': 2_800,
        'bridge-vibration': 1_000,
        'bridge-weather': 330,
        'bridge-weigh': 270,
      },
    },
    intervals: {
      'gas-chamber': 900_000,
      cover: 3_600_000,
      'bridge-vibration': 60_000,
      'bridge-weigh': 60_000,
    },
    absent: [],
  });
