import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { City } from '../../simulators/city.ts';
import type { Message, SimEvent } from '../../simulators/event.ts';
import { generate } from '../../simulators/generate.ts';
import { PROFILES } from '../../simulators/profiles/index.ts';
import { SCENARIOS, scenarioNamed } from '../../simulators/scenarios/index.ts';
import { stage } from '../../simulators/scenarios/scenario.ts';
import { PACKS, packOf } from '../../src/packs/index.ts';

const START = Date.parse('2026-03-01T08:00:00+08:00');
const demo = PROFILES.demo.city();
type Name = keyof typeof SCENARIOS & string;

function events(name: Name, o: { seed?: number; city?: City; speed?: number; until?: number } = {}) {
  const { seed = 1, speed = 1 } = o;
  const scenario = scenarioNamed(name);
  const city = stage(scenario, o.city ?? demo);
  const plot = scenario.plot(city, seed);
  const scale = { start: START, speed };
  return generate({ city, plot, seed, scale, qos: 1, until: o.until ?? plot.durationMs, rate: null });
}

const isTelemetry = (e: SimEvent): e is Message => e.is === 'message' && e.topic.endsWith('/telemetry');

function digest(stream: Iterable<SimEvent>): string {
  const hash = createHash('sha256');
  for (const e of stream) hash.update(JSON.stringify(e));
  return hash.digest('hex');
}

describe('a simulated city', () => {
  it.each(Object.keys(SCENARIOS) as Name[])('sends the same bytes for the same seed: %s', (name) => {
    const until = 40 * 60_000;
    expect(digest(events(name, { until }))).toBe(digest(events(name, { until })));
  });

  it('sends other bytes for another seed', () => {
    expect(digest(events('gas-leak', { seed: 2 }))).not.toBe(digest(events('gas-leak')));
  });

  it('sends the same for every instrument when one more is added', () => {
    const [first] = demo.instruments;
    if (first === undefined) throw new Error('the demo city is empty');
    const larger = { ...demo, instruments: [{ ...first, code: 'GAS-NEW' }, ...demo.instruments] };
    const others = [...events('quiet', { city: larger, until: 300_000 })].filter(
      (e) => e.device !== 'GAS-NEW',
    );
    expect(others).toEqual([...events('quiet', { until: 300_000 })]);
  });

  it('speaks in order of time, whatever happens in it', () => {
    for (const name of Object.keys(SCENARIOS) as Name[]) {
      const times = Array.from(events(name), (e) => e.atMs);
      expect(
        times.findIndex((t, i) => t < (times[i - 1] ?? 0)),
        name,
      ).toBe(-1);
    }
  });

  it('knows only metrics that the packs know, and stays in their range while all is well', () => {
    const cities = [demo, PROFILES.bozhou.city()];
    // A pair of each kind says enough.
    const pairs = cities.flatMap((city) =>
      [...Map.groupBy(city.instruments, (i) => i.kind).values()].map((g) => ({
        ...city,
        instruments: g.slice(0, 2),
      })),
    );
    const sent = pairs.flatMap((city) => [...events('quiet', { city })]).filter(isTelemetry);
    const wrong = sent.flatMap((e) => {
      const metrics = packOf(e.topic.split('/')[2] ?? '')?.metrics;
      const body = JSON.parse(e.payload) as { values?: object; series?: Record<string, number[]> };
      return Object.entries(body.values ?? body.series ?? {}).filter(([key, value]) => {
        const metric = metrics?.find((m) => m.key === key);
        if (typeof value === 'boolean') return metric?.kind !== 'flag';
        const { min, max } = metric?.range ?? { min: Number.NaN, max: Number.NaN };
        return ![value].flat().every((v) => v >= min && v <= max);
      });
    });
    expect(wrong).toEqual([]);
    expect(new Set(sent.map((e) => e.device.replace(/\d/g, ''))).size).toBeGreaterThan(10);
  });

  it('has for every lifeline that a pack knows a scenario that raises its alarms, in metrics that it knows', () => {
    const shown = new Set<string>();
    for (const name of Object.keys(SCENARIOS) as Name[]) {
      const scenario = scenarioNamed(name);
      for (const e of scenario.plot(stage(scenario, demo), 1).expected) shown.add(e.rule.split('.')[0] ?? '');
      if (scenario.furnish === undefined) continue;
      const said = [...events(name)]
        .filter(isTelemetry)
        .filter((e) => !demo.instruments.some((i) => i.code === e.device));
      expect(said.length, name).toBeGreaterThan(100);
      for (const e of said) {
        const metrics = packOf(e.topic.split('/')[2] ?? '')?.metrics;
        const { values } = JSON.parse(e.payload) as { values: Record<string, number | boolean> };
        for (const [key, value] of Object.entries(values)) {
          const metric = metrics?.find((m) => m.key === key);
          if (typeof value === 'boolean') expect(metric?.kind, `${e.topic} ${key}`).toBe('flag');
          else expect(metric?.range?.min, `${e.topic} ${key}`).toBeLessThanOrEqual(value);
        }
      }
    }
    expect(PACKS.map((p) => p.lifeline as string).filter((l) => !shown.has(l))).toEqual([]);
  });

  it('compresses device clocks with its speed, so that none runs ahead of the real one', () => {
    for (const e of events('vortex-vibration', { speed: 10 })) {
      if (!isTelemetry(e)) continue;
      const body = JSON.parse(e.payload) as {
        ts?: number;
        t0?: number;
        dt?: number;
        series?: { az: number[] };
      };
      const newest = body.ts ?? (body.t0 ?? 0) + (body.dt ?? 0) * (body.series?.az.length ?? 0);
      const sentAt = START + e.atMs / 10;
      expect(newest - sentAt).toBeLessThan(1_000);
      expect(sentAt - newest).toBeLessThan(5_000);
    }
  });

  it('stores what a gateway could not pass on, and sends it as batches afterwards', () => {
    const plot = SCENARIOS['gateway-outage'].plot(demo, 1);
    const device = plot.expected[0]?.point;
    const own = [...events('gateway-outage')].filter((e) => e.device === device);
    const lost = own.findIndex((e) => e.is === 'lost');
    expect(lost).toBeGreaterThan(0);
    expect(own[lost + 1]?.is).toBe('back');
    const [online, batch] = own.slice(lost + 2);
    expect(online).toMatchObject({ is: 'message', payload: '{"online":true}', retain: true });
    if (batch?.is !== 'message') throw new Error('nothing came after the outage');
    const stored = JSON.parse(batch.payload) as { ts: number }[];
    expect(stored.length).toBeGreaterThan(20);
    expect(stored[0]?.ts).toBeLessThan(START + 12 * 60_000);
  });
});

describe('the profiles', () => {
  it('have the numbers that are promised', () => {
    const bozhou = PROFILES.bozhou.city();
    const of = (prefix: string): number => bozhou.instruments.filter((i) => i.kind.startsWith(prefix)).length;
    expect(demo.instruments).toHaveLength(60);
    expect(of('gas-')).toBe(1_840);
    expect(of('bridge-')).toBe(784);
    expect(of('water-supply/leak-logger')).toBe(304);
    expect(bozhou.instruments).toHaveLength(1_840 + 333 + 304 + 784);
    expect(bozhou.absent).toEqual([]);
    expect(
      new Set(bozhou.instruments.filter((i) => i.kind.startsWith('bridge-')).map((i) => i.asset)).size,
    ).toBe(17);
    expect(PROFILES.hefei.city().instruments).toHaveLength(85_000);
  });

  it('keep codes legal and unique, and everything standing on something', () => {
    for (const { city: make } of Object.values(PROFILES)) {
      const city = make();
      const codes = city.instruments.map((i) => i.code);
      expect(new Set(codes).size).toBe(codes.length);
      expect(codes.every((c) => /^[A-Za-z0-9_-]{1,64}$/.test(c))).toBe(true);
      const assets = new Map(city.assets.map((a) => [a.code, a]));
      const areas = new Set(city.areas.map((a) => a.code));
      expect(city.instruments.every((i) => areas.has(assets.get(i.asset)?.area ?? ''))).toBe(true);
    }
  });

  it('speak at the rate that is asked for', () => {
    const city = PROFILES.bozhou.city();
    const plot = SCENARIOS.quiet.plot(city, 1);
    const minute = generate({
      city,
      plot,
      seed: 1,
      scale: { start: START, speed: 1 },
      qos: 0,
      until: 60_000,
      rate: 200,
    });
    const readings = [...minute].filter(isTelemetry).length;
    expect(readings).toBeGreaterThan(60 * 200 * 0.95);
    expect(readings).toBeLessThan(60 * 200 * 1.05);
  });
});
