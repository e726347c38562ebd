import { expect, it } from 'vitest';
import { generate } from '../../../simulators/generate.ts';
import { PROFILES } from '../../../simulators/profiles/index.ts';
import { registerCsv } from '../../../simulators/register-csv.ts';
import { SCENARIOS } from '../../../simulators/scenarios/index.ts';
import { stage } from '../../../simulators/scenarios/scenario.ts';
import { VirtualService } from '../../simulators/virtual-service.ts';

// Every scenario against the whole service with its register imported: which incidents formed is exactly what the scenario
// states, of exactly the points that it states; none of them hides an alarm, and none has one that came late.

const SEED = 7;
const START = Date.parse('2026-03-02T07:30:00+08:00');
const demo = PROFILES.demo.city();

it.each(Object.entries(SCENARIOS))(
  '%s forms exactly the incidents that it states',
  async (name, scenario) => {
    const service = await VirtualService.begin(START);
    try {
      const city = stage(scenario, demo);
      const plot = scenario.plot(city, SEED);
      await service.register(registerCsv(city));
      const scale = { start: START, speed: 1 };
      const until = plot.durationMs;
      await service.play(generate({ city, plot, seed: SEED, scale, qos: 1, until, rate: null }), until);
      const alarms = new Map((await service.alarms()).map((a) => [a.id, a]));
      const formed = (await service.incidents()).map((i) => {
        const points = [...new Set(i.alarms.map((a) => alarms.get(a)?.pointCode ?? a))].sort();
        return { kind: i.kind, points, late: i.alarms.some((a) => alarms.get(a)?.late === true) };
      });
      console.info(
        `${name}: ${formed.map((f) => `${f.kind} of ${f.points.join(', ')}`).join('; ') || 'none'}`,
      );
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
      expect([...alarms.values()].filter((a) => a.overlay !== 'none')).toEqual([]);
    } finally {
      await service.stop();
    }
  },
  120_000,
);
