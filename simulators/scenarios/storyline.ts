import type { Instrument } from '../city.ts';
import { type Incident, ramp } from '../incident.ts';
import { round } from '../models/model.ts';
import { type Chance, chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { atOneAsset } from './forms.ts';
import { crossings, leak } from './gas-leak.ts';
import { crossing, weighedBridges } from './overloaded-truck.ts';
import { type Expected, MINUTE, ofKind, type Scenario } from './scenario.ts';
import { lifted } from './stolen-cover.ts';

const SECOND = 1_000;
/** The first comes while the visitor is still reading the login page. */
const FIRST = 6 * SECOND;
const EVERY = 27 * SECOND;
const DURATION = 30 * MINUTE;
/** Somebody who watches wants to see the curve move. */
const LIVELY = 5 * SECOND;

type Episode = { readonly incidents: readonly Incident[]; readonly expected: readonly Expected[] };

/** A low road under a short, hard shower: no depth model, a demonstration has minutes and not hours. */
function shower(spot: Instrument, peak: number, from: number): Episode {
  const [full, ebbs, dry] = [from + 110 * SECOND, from + 160 * SECOND, from + 300 * SECOND];
  return {
    incidents: [
      {
        device: spot.code,
        from,
        until: dry,
        every: LIVELY,
        alters: (v, t) => ({ ...v, depth: round(peak * ramp(t, from, full) * (1 - ramp(t, ebbs, dry)), 1) }),
      },
    ],
    expected: [
      mustRaise(spot.code, 'waterlogging.depth.limit', { value: peak, heldMs: ebbs - full }),
      // Over the five minutes of the rule's window, sampled by the minute.
      mustRaise(spot.code, 'waterlogging.depth.rate', { value: peak / 4.5, heldMs: 90 * SECOND }),
    ],
  };
}

function open(cover: Instrument, angle: number, from: number, until: number): Episode {
  return {
    incidents: [lifted(cover.code, angle, from, until)],
    expected: [
      mustRaise(cover.code, 'manhole.tilt.limit', { value: angle, heldMs: until - from }),
      mustRaise(cover.code, 'manhole.open.flag', { value: 1, heldMs: until - from }),
    ],
  };
}

/** One after the other in a shuffled order: nothing is hit again before everything else of its kind was. */
function rota<T>(of: readonly T[], dice: Chance): () => T {
  const order = of.map((item) => ({ item, key: dice.next() })).sort((a, b) => a.key - b.key);
  let next = 0;
  return () => {
    const chosen = order[next++ % order.length];
    if (chosen === undefined)
      throw new Error('the storyline needs a city with everything in it, such as demo');
    return chosen.item;
  };
}

/** Incidents of all kinds, one after the other at the pace of a demonstration. */
export const storyline: Scenario = {
  title: 'for demonstrations: something happens every half minute, of every kind in turn',
  plot: (city, seed) => {
    const dice = chance(seed, 'storyline');
    const bridges = weighedBridges(city);
    const leaks = rota(crossings(city), dice);
    const spots = rota(ofKind(city, 'flood-depth'), dice);
    const covers = rota(ofKind(city, 'cover'), dice);
    const kinds: readonly ((from: number) => Episode)[] = [
      (from) => open(covers(), 118, from, from + 2 * MINUTE),
      (from) => {
        const made = leak({
          wells: leaks(),
          peak: 84,
          from,
          rise: 25 * SECOND,
          hold: 60 * SECOND,
          decay: 60 * SECOND,
          seep: 12 * SECOND,
        });
        return { ...made, incidents: made.incidents.map((i) => ({ ...i, every: LIVELY })) };
      },
      (from) => {
        const sensors = dice.pick(bridges);
        const c = { from, takes: 100 * SECOND, load: 96, axle: 33, sag: 31, strain: 160 };
        return {
          incidents: crossing(sensors, c),
          expected: sensors
            .filter((s) => s.kind === 'bridge-weigh')
            .map((s) => mustRaise(s.code, 'bridge.load.limit', { value: c.load, heldMs: SECOND })),
        };
      },
      // With less than a window of readings behind it, a rise looks steeper than it is: the first shower is a hard one.
      (from) => shower(spots(), from < 5 * MINUTE ? 34 : dice.pick([17, 34]), from),
      (from) => open(covers(), 34, from, from + 90 * SECOND),
    ];

    const episodes: Episode[] = [];
    // The last one has time to end.
    for (let i = 0; FIRST + i * EVERY < DURATION - 6 * MINUTE; i++) {
      episodes.push((kinds[i % kinds.length] as (typeof kinds)[number])(FIRST + i * EVERY));
    }
    const expected = gravestOfEach(episodes.flatMap((e) => e.expected));
    return {
      incidents: episodes.flatMap((e) => e.incidents),
      expected,
      forms: atOneAsset(city, expected),
      durationMs: DURATION,
    };
  },
};

/** What hits a point twice while nobody has acknowledged it is one occurrence that came back. */
function gravestOfEach(expected: readonly Expected[]): Expected[] {
  const found = new Map<string, Expected>();
  for (const e of expected) {
    const key = `${e.point} ${e.rule}`;
    const known = found.get(key);
    if (known === undefined || e.level < known.level) found.set(key, e);
  }
  return [...found.values()];
}
