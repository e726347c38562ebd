import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../../simulators/generate.ts';
import { PROFILES } from '../../../simulators/profiles/index.ts';
import { SCENARIOS } from '../../../simulators/scenarios/index.ts';
import { type Expected, stage } from '../../../simulators/scenarios/scenario.ts';
import { VirtualService } from '../../simulators/virtual-service.ts';

// Every scenario against the whole service, over MQTT, at the speed of the machine: what was raised is exactly
// what the scenario says it must cause, at every point of the city.

const SEED = 7;
const START = Date.parse('2026-03-02T07:30:00+08:00');
const demo = PROFILES.demo.city();

const line = (e: Expected): string => `${e.point} ${e.rule} level ${e.level}${e.late ? ' late' : ''}`;

describe.each(Object.entries(SCENARIOS))('%s', (name, scenario) => {
  let service: VirtualService;
  beforeAll(async () => {
    service = await VirtualService.begin(START);
  });
  afterAll(() => service.stop());

  it('raises exactly the alarms that it states, and none anywhere else', async () => {
    const city = stage(scenario, demo);
    const plot = scenario.plot(city, SEED);
    const { sent } = await service.play(
      generate({
        city,
        plot,
        seed: SEED,
        scale: { start: START, speed: 1 },
        qos: 1,
        until: plot.durationMs,
        rate: null,
      }),
      plot.durationMs,
    );
    const alarms = await service.alarms();
    const raised = alarms.map((a) =>
      line({ point: a.pointCode, rule: a.ruleId, level: a.level, late: a.late }),
    );
    console.info(
      `${name}: ${sent} packets, ${raised.length} alarms raised, ${plot.expected.length} expected`,
    );
    // Sorted lists, not sets: an alarm raised twice is one too many.
    expect(raised.sort()).toEqual(plot.expected.map(line).sort());
    expect(sent).toBeGreaterThan(1_000);
  }, 120_000);
});
