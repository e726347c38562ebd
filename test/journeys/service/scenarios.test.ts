import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../../simulators/generate.ts';
import { PROFILES } from '../../../simulators/profiles/index.ts';
import { registerCsv } from '../../../simulators/register-csv.ts';
import { SCENARIOS } from '../../../simulators/scenarios/index.ts';
import { type Expected, type Plot, stage } from '../../../simulators/scenarios/scenario.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import { VirtualService } from '../../simulators/virtual-service.ts';

// Every scenario against the whole service with its register imported, over MQTT, at the speed of the machine.

const SEED = 7;
const START = Date.parse('2026-03-02T07:30:00+08:00');
const demo = PROFILES.demo.city();

/** What rings besides, by rules that need a neighbour in the register: rain beside water that stands. */
const BY_NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  cloudburst: ['WL-01', 'WL-02', 'WL-04', 'WL-05'].map((p) => `${p} waterlogging.depth.rain level 3`),
};

const line = (e: Expected): string => `${e.point} ${e.rule} level ${e.level}${e.late ? ' late' : ''}`;

describe.each(Object.entries(SCENARIOS))('%s', (name, scenario) => {
  let service: VirtualService;
  let plot: Plot;
  let alarms: readonly AlarmJson[];
  let sent: number;
  beforeAll(async () => {
    service = await VirtualService.begin(START);
    const city = stage(scenario, demo);
    plot = scenario.plot(city, SEED);
    await service.register(registerCsv(city));
    const scale = { start: START, speed: 1 };
    const until = plot.durationMs;
    const events = generate({ city, plot, seed: SEED, scale, qos: 1, until, rate: null });
    ({ sent } = await service.play(events, until));
    alarms = await service.alarms();
  }, 120_000);
  afterAll(() => service.stop());

  it('raises exactly the alarms that it states, and none anywhere else', () => {
    const raised = alarms.map((a) =>
      line({ point: a.pointCode, rule: a.ruleId, level: a.level, late: a.late }),
    );
    console.info(
      `${name}: ${sent} packets, ${raised.length} alarms raised, ${plot.expected.length} expected`,
    );
    // Sorted lists, not sets: an alarm raised twice is one too many.
    expect(raised.sort()).toEqual([...plot.expected.map(line), ...(BY_NEIGHBOURS[name] ?? [])].sort());
    expect(sent).toBeGreaterThan(1_000);
  });

  it('forms exactly the incidents that it states, of its points; none hides an alarm, none has one that came late', async () => {
    const byId = new Map(alarms.map((a) => [a.id, a]));
    const formed = (await service.incidents()).map((i) => {
      const points = [...new Set(i.alarms.map((a) => byId.get(a)?.pointCode ?? a))].sort();
      return { kind: i.kind, points, late: i.alarms.some((a) => byId.get(a)?.late === true) };
    });
    console.info(`${name}: ${formed.map((f) => `${f.kind} of ${f.points.join(', ')}`).join('; ') || 'none'}`);
    const stated = plot.forms.map((f) => ({ ...f, points: [...f.points].sort() }));
    const key = (f: { readonly points: readonly string[] }): string => f.points.join(' ');
    for (const f of stated) {
      const found = formed.find((x) => key(x) === key(f));
      expect([name, key(f), found?.kind]).toEqual([name, key(f), f.kind ?? found?.kind ?? 'none formed']);
    }
    const known = new Set(stated.map(key));
    const more = formed.filter(
      (f) => !known.has(key(f)) && !f.points.every((p) => plot.mayForm?.includes(p)),
    );
    expect(more).toEqual([]);
    expect(formed.filter((f) => f.late)).toEqual([]);
    expect(alarms.filter((a) => a.overlay !== 'none')).toEqual([]);
  });
});
