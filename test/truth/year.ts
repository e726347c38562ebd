import type { City, Instrument } from '../../simulators/city.ts';
import type { SimEvent } from '../../simulators/event.ts';
import { generate } from '../../simulators/generate.ts';
import { lifelineOf, modelOf } from '../../simulators/models/index.ts';
import { PROFILES } from '../../simulators/profiles/index.ts';
import { chance } from '../../simulators/random.ts';
import { SCENARIOS } from '../../simulators/scenarios/index.ts';
import { quiet } from '../../simulators/scenarios/quiet.ts';
import { type Plot, stage } from '../../simulators/scenarios/scenario.ts';
import { as } from '../../src/domain/ids.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';
import { PACKS } from '../../src/packs/index.ts';
import { type Raised, raisedBy } from './watched.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00+08:00');
const SEED = 7;
/** Every so often something happens: each scenario comes about twice a year. */
const EVERY_DAYS = 7;

export type YearRow = {
  readonly lifeline: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly sensorDays: number;
  readonly expected: number;
  readonly raised: number;
  readonly falseAlarms: readonly string[];
};

type Day = { readonly plot: Plot; readonly name: string };

/** A simulated city, quiet but for one scenario a week. What it raises is a fact about the simulator and the rules, not about a city. */
export function simulatedYear(days: number): {
  readonly rows: readonly YearRow[];
  readonly readings: number;
} {
  const demo = PROFILES.demo.city();
  const scenarios = Object.entries(SCENARIOS).filter(([name]) => name !== 'quiet' && name !== 'storyline');
  const whole = scenarios.reduce((city, [, s]) => stage(s, city), demo);
  // Frames of vibration are 8,640 a day and instrument: the recordings have them.
  const city: City = {
    ...whole,
    instruments: whole.instruments.filter((i) => i.kind !== 'bridge-vibration'),
  };
  const plan = Array.from({ length: days }, (_, d): Day => {
    const turn = (d - (EVERY_DAYS - 1)) / EVERY_DAYS;
    const chosen = Number.isInteger(turn) && turn >= 0 ? scenarios[turn % scenarios.length] : undefined;
    if (chosen === undefined) return { name: 'quiet', plot: quiet.plot(city, SEED) };
    const [name, scenario] = chosen;
    return { name, plot: scenario.plot(stage(scenario, city), d) };
  });
  const { raised, readings } = raisedBy(eventsOf(city, plan), { start: START, register: registerOf(city) });
  const byDay = Map.groupBy(raised, (r) => Math.floor(r.atMs / DAY));
  const rows = PACKS.flatMap((pack): YearRow[] => {
    const own = city.instruments.filter((i) => lifelineOf(i.kind) === pack.lifeline);
    if (own.length === 0) return [];
    const codes = new Set(own.map((i) => i.code));
    let [expected, found] = [0, 0];
    const falseAlarms: string[] = [];
    for (const [d, { plot, name }] of plan.entries()) {
      const today = (byDay.get(d) ?? []).filter((r) => codes.has(r.point));
      const touched = new Set(plot.incidents.map((i) => i.device));
      for (const e of plot.expected.filter((x) => codes.has(x.point))) {
        expected++;
        if (today.some((r) => r.point === e.point && r.rule === e.rule)) found++;
      }
      const isExpected = (r: Raised): boolean =>
        touched.has(r.point) || plot.expected.some((e) => e.point === r.point && e.rule === r.rule);
      for (const r of today.filter((x) => !isExpected(x)))
        falseAlarms.push(`${r.point}/${r.rule} (day ${d + 1}, ${name})`);
    }
    const { lifeline, name } = pack;
    return [{ lifeline, name, sensorDays: own.length * days, expected, raised: found, falseAlarms }];
  });
  return { rows, readings };
}

/** What nothing happens to speaks as often as its pack expects, and not once a minute as for a demonstration. */
function expectedOf(instrument: Instrument): number {
  const world = { seed: 0, timeOfDay: 0, rain: () => 0 };
  const measured = Object.keys(modelOf(instrument, world).sense(0, chance(0, instrument.code)));
  const pack = PACKS.find((p) => p.lifeline === lifelineOf(instrument.kind));
  const metrics = pack?.metrics.filter((m) => measured.includes(m.key)) ?? [];
  return Math.min(DAY, ...metrics.map((m) => m.expectedInterval));
}

/**
 * One quiet stream over all the days; who has a part in a day's scenario says that day what the scenario makes of it. One seed: an
 * instrument is the same one on every day.
 */
function* eventsOf(city: City, plan: readonly Day[]): Generator<SimEvent> {
  const involved = plan.map(
    ({ plot }) => new Set([...plot.incidents.map((i) => i.device), ...plot.expected.map((e) => e.point)]),
  );
  const scale = { start: START, speed: 1 };
  const same = { seed: SEED, qos: 1, rate: null } as const;
  const slow = city.instruments.map((i) => ({ ...i, interval: Math.max(i.interval, expectedOf(i)) }));
  const all = generate({
    ...same,
    city: { ...city, instruments: slow },
    plot: { ...quiet.plot(city, SEED), timeOfDay: 0 },
    scale,
    until: plan.length * DAY,
  });
  const lively = (d: number): SimEvent[] => {
    const { plot } = plan[d] as Day;
    const instruments = city.instruments.filter((i) => involved[d]?.has(i.code));
    if (instruments.length === 0) return [];
    const today = generate({
      ...same,
      city: { ...city, instruments },
      plot: { ...plot, timeOfDay: plot.timeOfDay ?? 0 },
      scale: { ...scale, start: START + d * DAY },
      until: DAY,
    });
    return [...today].map((e) => ({ ...e, atMs: e.atMs + d * DAY }));
  };
  let day = -1;
  let waiting: SimEvent[] = [];
  let next = 0;
  for (const e of all) {
    const d = Math.min(Math.floor(e.atMs / DAY), plan.length - 1);
    if (d !== day) {
      yield* waiting.slice(next);
      [day, waiting, next] = [d, lively(d), 0];
    }
    for (; next < waiting.length && (waiting[next]?.atMs ?? 0) <= e.atMs; next++)
      yield waiting[next] as SimEvent;
    if (involved[d]?.has(e.device) !== true) yield e;
  }
  yield* waiting.slice(next);
}

function registerOf(city: City): RegisterChange[] {
  const place = (p: { lon: number; lat: number }) => ({ lon: p.lon, lat: p.lat, crs: 'CGCS2000' }) as const;
  const areaOf = new Map(city.assets.map((a) => [a.code, a.area]));
  return [
    ...city.areas.map(({ code, name, parent }): RegisterChange => {
      return {
        kind: 'area',
        area: { code: as.area(code), name, parent: parent === null ? null : as.area(parent) },
      };
    }),
    ...city.assets.map(
      (a): RegisterChange => ({
        kind: 'asset',
        asset: {
          code: as.asset(a.code),
          name: a.name,
          lifeline: as.lifeline(a.lifeline),
          area: as.area(a.area),
          owner: a.owner,
          place: place(a),
        },
      }),
    ),
    ...city.instruments.map(
      (i): RegisterChange => ({
        kind: 'point',
        point: {
          code: as.point(i.code),
          name: i.name,
          lifeline: as.lifeline(lifelineOf(i.kind)),
          asset: as.asset(i.asset),
          area: as.area(areaOf.get(i.asset) ?? '000000'),
          place: place(i),
          unverified: false,
          outOfService: null,
          attributes: {},
        },
      }),
    ),
    ...city.instruments.map(
      (i): RegisterChange => ({
        kind: 'device',
        device: {
          code: as.device(i.code),
          lifeline: as.lifeline(lifelineOf(i.kind)),
          point: as.point(i.code),
          vendor: i.vendor,
          serial: i.serial,
          installedAt: START,
          unverified: false,
        },
      }),
    ),
  ];
}
