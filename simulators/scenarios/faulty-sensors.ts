import type { Incident } from '../incident.ts';
import { chance } from '../random.ts';
import type { Sample } from '../sample.ts';
import { mustRaise } from './expect.ts';
import { choose, type Expected, MINUTE, type Scenario } from './scenario.ts';

const YEAR = 365 * 86_400_000;
const FROM = 5 * MINUTE;
const UNTIL = 50 * MINUTE;

/** What broken instruments have been seen to send. None of it is gas in a chamber or water on a road. */
const GAS_FAULTS: readonly NonNullable<Incident['mangles']>[] = [
  (s) => withValues(s, { ch4: 9999 }), // the register of a failed head
  (s) => withValues(s, { ch4: null, temp: 'NaN' }),
  (s) => withValues(s, { ch4: '60' }), // a number in quotation marks is text
  (s) => ({ ...s, ts: s.ts + YEAR }),
  (s) => ({ ...s, ts: s.ts - 10 * YEAR }),
  (s) => withValues(s, { ch4: -3 }), // below what is physically possible
  (s) => withValues(s, { ch4: 1e308, humidity: 9999 }),
  (s) => ({ ...s, values: { ...s.values, ch5: 60, 'bad key!': 1 } }), // a metric nobody knows
  (s) => JSON.stringify(s).slice(0, -9), // cut off in transit
  (s) => [s, s, s, s, s], // the same instant five times
];
const DEPTH_FAULTS: readonly NonNullable<Incident['mangles']>[] = [
  (s) => withValues(s, { depth: 9999 }),
  (s) => withValues(s, { depth: 6.3 }), // stuck, but not yet for as long as counts
];

function withValues(s: Sample, values: Readonly<Record<string, unknown>>): unknown {
  return { ...s, values: { ...s.values, ...values } };
}

export const faultySensors: Scenario = {
  title: 'sentinels, nulls, text, wrong clocks, nonsense: only what devices say of themselves may alarm',
  plot: (city, seed) => {
    const dice = chance(seed, 'faulty-sensors');
    const incidents: Incident[] = [];
    const expected: Expected[] = [];
    const wells = [...choose(city, 'gas-chamber', GAS_FAULTS.length + 4, dice)];
    for (const mangles of GAS_FAULTS) {
      const well = wells.shift();
      if (well !== undefined) incidents.push({ device: well.code, from: FROM, until: UNTIL, mangles });
    }
    for (const [i, spot] of choose(city, 'flood-depth', DEPTH_FAULTS.length, dice).entries()) {
      const mangles = DEPTH_FAULTS[i];
      if (mangles !== undefined) incidents.push({ device: spot.code, from: FROM, until: UNTIL, mangles });
    }
    for (const girder of choose(city, 'bridge-deflection', 1, dice)) {
      // One sample in six is the register's end: −32768, which is no sag.
      const mangles = (s: Sample): unknown => (s.seq % 6 === 0 ? withValues(s, { deflection: -32_768 }) : s);
      incidents.push({ device: girder.code, from: FROM, until: UNTIL, mangles });
    }

    // What must be told: what a device says of itself, and real gas whatever the clock beside it says.
    const said = (values: Readonly<Record<string, unknown>>) => (s: Sample) => withValues(s, values);
    const [drowned, failed, flat, wrongClock] = wells;
    if (drowned !== undefined) {
      incidents.push({
        device: drowned.code,
        from: FROM,
        until: UNTIL,
        mangles: said({ water: true, ch4: 0 }),
      });
      expected.push(mustRaise(drowned.code, 'gas.water.flag', { value: 1, heldMs: UNTIL - FROM }));
    }
    if (failed !== undefined) {
      incidents.push({ device: failed.code, from: FROM, until: UNTIL, mangles: said({ fault: true }) });
      expected.push(mustRaise(failed.code, 'gas.fault.flag', { value: 1, heldMs: UNTIL - FROM }));
    }
    if (flat !== undefined) {
      incidents.push({
        device: flat.code,
        from: FROM,
        until: UNTIL,
        mangles: (s) => ({ ...s, battery: 11 }),
      });
      expected.push(mustRaise(flat.code, 'gas.battery.limit', { value: 11, heldMs: UNTIL - FROM }));
    }
    if (wrongClock !== undefined) {
      const mangles = (s: Sample): unknown => ({ ...s, ts: s.ts + YEAR, values: { ...s.values, ch4: 63 } });
      incidents.push({ device: wrongClock.code, from: FROM, until: UNTIL, mangles });
      expected.push(mustRaise(wrongClock.code, 'gas.ch4.limit', { value: 63, heldMs: UNTIL - FROM }));
    }
    // Broken instruments are nothing that happened.
    return { incidents, expected, forms: [], durationMs: 60 * MINUTE };
  },
};
