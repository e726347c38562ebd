import { metresBetween } from '../../src/domain/metres-between.ts';
import type { City, Instrument } from '../city.ts';
import type { Incident } from '../incident.ts';
import { round } from '../models/model.ts';
import { fallen } from '../models/water.ts';
import { chance } from '../random.ts';
import { levelReached, mustRaise } from './expect.ts';
import { atOneAsset } from './forms.ts';
import { choose, type Expected, type ExpectedIncident, MINUTE, ofKind, type Scenario } from './scenario.ts';

const STEP = 10_000;

/** A storm as engineers draw it: steep towards its peak, slower after it (Keifer and Chu's shape). mm/h. */
export function storm(from: number, peakAt: number, until: number, peak: number): (atMs: number) => number {
  return (t) => {
    if (t < from || t > until) return 0;
    const width = t < peakAt ? 9 * MINUTE : 16 * MINUTE;
    return peak / (1 + Math.abs(t - peakAt) / width) ** 1.6;
  };
}

export type Basin = {
  readonly device: string;
  /** cm */
  readonly peak: number;
  /** How well it drains, cm/min at 1 cm of water (an orifice: it runs off with the square root of the depth). */
  readonly drains: number;
};

/** Depth over time of a low spot that the storm fills and a gully empties, scaled so that it peaks where wanted. */
export function depths(rain: (atMs: number) => number, basin: Basin, until: number): Float64Array {
  let [little, much] = [0, 10_000];
  let curve = fill(rain, much, basin.drains, until);
  // How much road drains to the spot is found by halving: the physics gives the shape, the plot the height.
  for (let i = 0; i < 60; i++) {
    const inflow = (little + much) / 2;
    curve = fill(rain, inflow, basin.drains, until);
    if (Math.max(...curve) < basin.peak) little = inflow;
    else much = inflow;
  }
  return curve;
}

function fill(rain: (atMs: number) => number, inflow: number, drains: number, until: number): Float64Array {
  const depth = new Float64Array(Math.ceil(until / STEP) + 1);
  for (let i = 1; i < depth.length; i++) {
    const before = depth[i - 1] as number;
    const minutes = STEP / MINUTE;
    // 1 mm/h on one square metre is 1/600 cm a minute on as much road.
    const gain = (rain(i * STEP) / 600) * inflow - drains * Math.sqrt(before);
    depth[i] = Math.max(0, before + gain * minutes);
  }
  return depth;
}

/** Fastest rise over five minutes that lasts at least one, cm/min: what the rule on the rate looks at. */
function fastestRise(curve: Float64Array): number {
  const [window, lasting] = [(5 * MINUTE) / STEP, (2 * MINUTE) / STEP];
  let fastest = 0;
  for (let i = window + lasting; i < curve.length; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = i - lasting; j <= i; j++) {
      least = Math.min(least, ((curve[j] as number) - (curve[j - window] as number)) / 5);
    }
    fastest = Math.max(fastest, least);
  }
  return fastest;
}

function longestAbove(curve: Float64Array, limit: number): number {
  let [longest, run] = [0, 0];
  for (const d of curve) {
    run = d >= limit ? run + STEP : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** One low spot under the storm, and what its depth must raise. */
export function flood(
  instrument: Instrument,
  rain: (atMs: number) => number,
  basin: Omit<Basin, 'device'>,
  until: number,
): { incident: Incident; expected: Expected[] } {
  const curve = depths(rain, { ...basin, device: instrument.code }, until);
  const expected: Expected[] = [];
  const held = longestAbove(curve, basin.peak * 0.96);
  if (levelReached('waterlogging.depth.limit', basin.peak, held) !== null) {
    expected.push(
      mustRaise(instrument.code, 'waterlogging.depth.limit', { value: basin.peak, heldMs: held }),
    );
  }
  const rate = levelReached('waterlogging.depth.rate', fastestRise(curve), 2 * MINUTE);
  if (rate !== null)
    expected.push({ point: instrument.code, rule: 'waterlogging.depth.rate', level: rate, late: false });
  return {
    expected,
    incident: {
      device: instrument.code,
      from: 0,
      until,
      alters: (v, t) => {
        const water = curve[Math.min(curve.length - 1, Math.round(t / STEP))] as number;
        return water < 0.5 ? v : { ...v, depth: round(water, 1) };
      },
    },
  };
}

/** Peaks in cm, and how fast the spot drains: an underpass that fills like a tub, roads that flood, roads that hold. */
const SPOTS = [
  { peak: 62, drains: 1.3 },
  { peak: 36, drains: 0.4 },
  { peak: 21, drains: 0.15 },
  { peak: 20, drains: 0.15 },
  { peak: 12.6, drains: 0.3 },
  { peak: 4, drains: 0.3 },
  { peak: 7, drains: 0.3 },
] as const;

export const cloudburst: Scenario = {
  title: 'a storm of an hour: low roads flood, an underpass fills, one well spills over',
  plot: (city, seed) => {
    const dice = chance(seed, 'cloudburst');
    const until = 130 * MINUTE;
    const rain = storm(5 * MINUTE, 32 * MINUTE, 75 * MINUTE, 160);
    const incidents: Incident[] = [];
    const expected: Expected[] = [];

    for (const [i, spot] of choose(city, 'flood-depth', SPOTS.length, dice).entries()) {
      const made = flood(spot, rain, SPOTS[i] as (typeof SPOTS)[number], until);
      incidents.push(made.incident);
      expected.push(...made.expected);
    }
    const mostInAnHour = Math.max(...Array.from({ length: 130 }, (_, m) => fallen(rain, m * MINUTE)));
    for (const gauge of ofKind(city, 'rain-gauge')) {
      expected.push(
        mustRaise(gauge.code, 'waterlogging.rain1h.limit', { value: mostInAnHour, heldMs: 2 * MINUTE }),
      );
    }
    const [wet, spills] = [28 * MINUTE, 50 * MINUTE];
    for (const well of choose(city, 'cover', 1, dice)) {
      incidents.push({
        device: well.code,
        from: wet,
        until: spills,
        alters: (v) => ({ ...v, overflow: true, level: 0.05 }),
      });
      expected.push(
        mustRaise(well.code, 'manhole.overflow.flag', { value: 1, heldMs: spills - wet }),
        mustRaise(well.code, 'manhole.level.limit', { value: 0.05, heldMs: spills - wet }),
      );
    }
    return {
      incidents,
      expected,
      forms: alongTheDrain(city, atOneAsset(city, expected), expected),
      // Where the register has a gauge near, the rule on depth and rain together speaks, too.
      mayForm: ofKind(city, 'flood-depth').map((spot) => spot.code),
      durationMs: until,
      rain,
    };
  },
};

/** As far as water is taken for one and the same (docs/incidents.md). */
const ALONG_M = 500;

/** A well that spills, and the flooded roads within reach of it that are none by themselves, are one. */
function alongTheDrain(
  city: City,
  forms: readonly ExpectedIncident[],
  expected: readonly Expected[],
): readonly ExpectedIncident[] {
  const of = (code: string) => city.instruments.find((i) => i.code === code);
  const taken = new Set(forms.flatMap((f) => f.points));
  const flooded = expected
    .filter((e) => e.rule === 'waterlogging.depth.limit' && !taken.has(e.point))
    .flatMap((e) => of(e.point) ?? []);
  return forms.map((f) => {
    const well = f.points.map(of).find((i) => i?.kind === 'cover');
    if (well === undefined) return f;
    const near = flooded.filter((spot) => metresBetween(spot, well) <= ALONG_M);
    return { points: [...f.points, ...near.map((spot) => spot.code)] };
  });
}
