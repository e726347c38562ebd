import { hours } from '../../../src/domain/time.ts';
import type { PackCase } from './case.ts';

/** Up to each limit and past it, down to each deadband and past it: one reading an hour, so that delays are over by the second. */
const staircase = (rule: string, series: string, levels: string): PackCase => ({
  rule,
  promise: 'takes hold on its limits and lets go past its deadbands',
  every: hours(1),
  series,
  levels,
});

export const EDGE_CASES: readonly PackCase[] = [
  staircase('gas.ch4.limit', '19.9 20 49.9 50 49 48.9×2 19 18.9×2', '_ 3 3 1 1 1 3 3 3 _'),
  staircase('gas.o2.limit', '19.5×2 19.4×2 19.7×2 19.8×2', '_ _ _ 3 3 3 3 _'),
  staircase('gas.o2.limit', '23.5×2 23.6×2 23.3×2 23.2×2', '_ _ _ 3 3 3 3 _'),
  staircase('gas.h2s.limit', '5.9×2 6×2 19.9 20 18 17.9×2 4 3.9×2', '_ _ _ 3 3 2 2 2 3 3 3 _'),
  staircase('gas.co.limit', '23.9×2 24×2 159 160 140 139×2 4 3×2', '_ _ _ 3 3 2 2 2 3 3 3 _'),
  staircase(
    'waterlogging.depth.limit',
    '9.9×2 10×2 14.9×2 15×2 26.9 27 25 24.9×2 13 12.9×2 8 7.9×2',
    '_ _ _ 3 3 3 3 2 2 1 1 1 2 2 2 3 3 3 _',
  ),
  staircase(
    'waterlogging.rain1h.limit',
    '15.9 16 49.9 50 99.9 100 98 97.9 48 47.9 14 13.9',
    '_ 4 4 2 2 1 1 2 2 4 4 _',
  ),
  staircase(
    'waterlogging.level.limit',
    '1.99×2 2×2 2.49 2.5 2.45 2.44×2 1.95 1.94×2',
    '_ _ _ 3 3 2 2 2 3 3 3 _',
  ),
  staircase(
    'waterlogging.airHeight.limit',
    '0.51×2 0.5×2 0.31 0.3 0.35 0.36×2 0.55 0.56×2',
    '_ _ _ 3 3 2 2 2 3 3 3 _',
  ),
  staircase('manhole.tilt.limit', '9.9 10 89.9 90 88 87.9 8 7.9', '_ 2 2 1 1 2 2 _'),
  staircase('manhole.level.limit', '0.51×2 0.5×2 0.31 0.3 0.35 0.36 0.55 0.56', '_ _ _ 3 3 2 2 3 3 _'),
  staircase('manhole.ch4.limit', '19.9 20 49.9 50 49 48.9×2 19 18.9×2', '_ 3 3 1 1 1 3 3 3 _'),
  staircase('manhole.h2s.limit', '5.9×2 6×2 19.9 20 18 17.9×2 4 3.9×2', '_ _ _ 3 3 2 2 2 3 3 3 _'),
  staircase('bridge.deflection.limit', '38.4×2 38.5×2 48 48.1 46.1 46 36.5 36.4', '_ _ _ 2 2 1 1 2 2 _'),
  staircase('bridge.deflection.limit', '-48×2 -48.1×2 -60 -60.1 -58.1 -58 -46.1 -46', '_ _ _ 2 2 1 1 2 2 _'),
  staircase('bridge.strain.limit', '217 217.1 207.1 207', '_ 2 2 _'),
  staircase('bridge.strain.limit', '-214 -214.1 -204.1 -204', '_ 2 2 _'),
  staircase(
    'bridge.tilt.limit',
    // The mean of ten minutes is that of both ends where an hour lies between: each value twice.
    '0.038×3 0.0381×3 0.057×2 0.0571×2 0.0531×2 0.0529×2 0.0341×2 0.0339×2',
    '_×4 2×4 1×4 2×4 _×2',
  ),
  staircase(
    'bridge.tilt.limit',
    '-0.038×3 -0.0381×3 -0.057×2 -0.0571×2 -0.0531×2 -0.0529×2 -0.0341×2 -0.0339×2',
    '_×4 2×4 1×4 2×4 _×2',
  ),
  staircase(
    'bridge.wind10.limit',
    '24.9 25 26.9 27 33.9 34 32.5 32.4 25.5 25.4 23.5 23.4',
    '_ 3 3 2 2 1 1 2 2 3 3 _',
  ),
  staircase('bridge.load.limit', '82.4 82.5 109.9 110 109.9×2 82.4×2', '_ 3 3 2 2 3 3 _'),
  staircase('bridge.axle.limit', '41.9 42 55.9 56 55.9×2 41.9×2', '_ 3 3 2 2 3 3 _'),
  ...['ax', 'ay', 'az'].map((axis) =>
    staircase(
      `bridge.${axis}.rms.limit`,
      '0.314×2 0.315×2 0.499 0.5 0.486 0.484 0.301 0.299',
      '_ _ _ 3 3 2 2 3 3 _',
    ),
  ),
  staircase('bridge.cableAcc.rms.limit', '0.99 1 2.99 3 2.96 2.94 0.96 0.94', '_ 3 3 2 2 3 3 _'),
];
