import type { AssetRow, City, Instrument, Kind } from '../city.ts';
import type { Incident } from '../incident.ts';
import { type MakeModel, round } from '../models/model.ts';
import { chance } from '../random.ts';
import { mustRaise } from '../scenarios/expect.ts';
import { atOneAsset } from '../scenarios/forms.ts';
import { type Expected, MINUTE, type Scenario } from '../scenarios/scenario.ts';

/**
 * A lifeline as the simulator knows it, as data: what stands there, what it says while all is well, and what goes
 * wrong one day. A further lifeline is a further file beside this one and its name in `index.ts`.
 */
export type SimLifeline = {
  /** The pack's key. */
  readonly lifeline: string;
  readonly owner: string;
  readonly kinds: Readonly<Record<string, SimKind>>;
  readonly scenario: {
    readonly name: string;
    readonly title: string;
    readonly durationMin: number;
    readonly happens: readonly Happening[];
  };
};

export type SimKind = {
  /** Codes are `<prefix>-<n>`. */
  readonly prefix: string;
  readonly name: string;
  /** Between two reports in a city's profile; in its own scenario everything reports by the minute. */
  readonly intervalMin: number;
  /** What it sends while all is well: a flag that is not set, or a number between two, with some noise on it. */
  readonly sends: Readonly<Record<string, false | Usual>>;
};

type Usual = readonly [least: number, most: number, noise: number, decimals: number];

/** A metric takes another value for some minutes, and rules must say so. */
type Happening = {
  readonly kind: string;
  /** Which instrument of that kind, from 0. */
  readonly nth: number;
  readonly metric: string;
  readonly becomes: number | true;
  readonly from: number;
  readonly holds: number;
  /** Rule without its lifeline, and what its signal reaches, where that is not the value itself. */
  readonly raises: readonly (readonly [rule: string, signal?: number])[];
};

/** How many of each kind a scenario brings along: those that nothing happens to must stay silent. */
const OF_EACH_KIND = 3;
/** An instrument's own share of the way from least to most. */
const SHARE = 0.5;

export const kindOf = (l: SimLifeline, kind: string): Kind => `${l.lifeline}/${kind}`;

/** What an instrument of such a kind sees: steady, a little noise, nothing of its own accord. */
export function steady(l: SimLifeline, k: SimKind): MakeModel {
  return (instrument, world) => {
    const own = chance(world.seed, `${instrument.code}/model`);
    const usual = Object.entries(k.sends).map(([metric, says]) => ({
      metric,
      says,
      base: says === false ? 0 : own.between(says[0], says[0] + (says[1] - says[0]) * SHARE * 2),
    }));
    return {
      lifeline: l.lifeline,
      alarmEvery: MINUTE,
      alarms: () => false,
      sense: (_t, noise) =>
        Object.fromEntries(
          usual.map(({ metric, says, base }) => [
            metric,
            says === false ? false : round(base + says[2] * noise.normal(), says[3]),
          ]),
        ),
    };
  };
}

/** The scenario of a lifeline: it brings its own instruments, so that any profile can play it. */
export function scenarioOf(l: SimLifeline): Scenario {
  const { title, durationMin, happens } = l.scenario;
  return {
    title,
    furnish: (city) => furnished(l, city),
    plot: (city) => {
      const incidents: Incident[] = [];
      const expected: Expected[] = [];
      for (const h of happens) {
        const kind = l.kinds[h.kind];
        if (kind === undefined)
          throw new Error(`${l.lifeline}: something happens to ${h.kind}, which it has not`);
        const device = code(kind, h.nth + 1);
        const [, , , decimals = 0] = kind.sends[h.metric] || [];
        incidents.push({
          device,
          from: h.from * MINUTE,
          until: (h.from + h.holds) * MINUTE,
          every: MINUTE / 2,
          alters: (v) => ({ ...v, [h.metric]: h.becomes === true ? true : round(h.becomes, decimals) }),
        });
        for (const [rule, signal] of h.raises) {
          const reached = signal ?? (h.becomes === true ? 1 : h.becomes);
          // A minute may pass before the change is reported, and one before its end is.
          const held = (h.holds - 2) * MINUTE;
          expected.push(mustRaise(device, `${l.lifeline}.${rule}`, { value: reached, heldMs: held }));
        }
      }
      return { incidents, expected, forms: atOneAsset(city, expected), durationMs: durationMin * MINUTE };
    },
  };
}

const code = (k: SimKind, n: number): string => `${k.prefix}-${String(n).padStart(2, '0')}`;

function furnished(l: SimLifeline, city: City): City {
  const at = city.assets[0];
  const area = city.areas.at(-1);
  if (at === undefined || area === undefined) throw new Error(`the city ${city.key} is empty`);
  const assets: AssetRow[] = [];
  const instruments: Instrument[] = [];
  for (const [kind, k] of Object.entries(l.kinds)) {
    for (let n = 1; n <= OF_EACH_KIND; n++) {
      const asset: AssetRow = {
        code: `A-${code(k, n)}`,
        name: `${k.name} ${n} 号`,
        lifeline: l.lifeline,
        area: area.code,
        owner: `${city.name}${l.owner}`,
        lon: at.lon + 0.001 * n,
        lat: at.lat + 0.001 * assets.length,
      };
      assets.push(asset);
      instruments.push({
        code: code(k, n),
        name: asset.name,
        kind: kindOf(l, kind),
        asset: asset.code,
        lon: asset.lon,
        lat: asset.lat,
        vendor: '模拟',
        serial: `${k.prefix}${n}`,
        gateway: null,
        interval: MINUTE,
      });
    }
  }
  return {
    ...city,
    assets: [...city.assets, ...assets],
    instruments: [...city.instruments, ...instruments],
  };
}
