import { hours, minutes } from '../../../src/domain/time.ts';
import type { PackCase } from './case.ts';

export const MANHOLE_CASES: readonly PackCase[] = [
  {
    rule: 'manhole.tilt.limit',
    promise: 'a cover that speaks once a day is believed at its first word',
    every: hours(24),
    series: '1 10',
    levels: '_ 2',
  },
  {
    rule: 'manhole.tilt.limit',
    promise: 'turned over is red',
    every: minutes(1),
    series: '1 35 90 170',
    levels: '_ 2 1 1',
  },
  {
    rule: 'manhole.tilt.limit',
    promise: 'put back is put back at its first word',
    every: hours(24),
    series: '170 8 7.9',
    levels: '1 2 _',
  },
  {
    rule: 'manhole.open.flag',
    promise: 'open and shut',
    every: minutes(10),
    series: '0 1 1 0',
    levels: '_ 2 2 _',
  },
  {
    rule: 'manhole.level.limit',
    promise: 'the water nears the cover',
    every: minutes(1),
    series: '0.6 0.5 0.4 0.3 0.36 0.6',
    levels: '_ _ 3 2 3 _',
  },
  {
    rule: 'manhole.overflow.flag',
    promise: 'water comes out',
    every: minutes(10),
    series: '0 1 0',
    levels: '_ 2 _',
  },
  {
    rule: 'manhole.ch4.limit',
    promise: 'gas under a cover is gas',
    every: minutes(10),
    series: '0 20 50 0 0',
    levels: '_ 3 1 1 _',
  },
  {
    rule: 'manhole.h2s.limit',
    promise: 'poison for a minute is yellow, deadly is orange at once',
    every: minutes(1),
    series: '5 6 7 20 1×6',
    levels: '_ _ 3 2×6 _',
  },
  {
    rule: 'manhole.water.flag',
    promise: 'a wet device says so',
    every: minutes(10),
    series: '0 1 0',
    levels: '_ 4 _',
  },
  {
    rule: 'manhole.any.silence',
    promise: 'three days without a heartbeat',
    every: hours(24),
    series: '0 _ _ _ 0',
    levels: '_ _ _ 4 _',
  },
  {
    rule: 'manhole.battery.limit',
    promise: 'low at 20 %',
    every: hours(24),
    series: '21 20 26',
    levels: '_ 4 _',
  },
];
