import { expect, test } from 'vitest';
import { DOORS, devicesOf, measuredIn, metricsOf, Stations } from '../../../simulators/doors/index.ts';
import type { Message, SimEvent } from '../../../simulators/event.ts';
import { generate } from '../../../simulators/generate.ts';
import { PROFILES } from '../../../simulators/profiles/index.ts';
import { cloudburst } from '../../../simulators/scenarios/cloudburst.ts';
import { stage } from '../../../simulators/scenarios/scenario.ts';
import { VirtualService } from '../../simulators/virtual-service.ts';

// The same storm twice: once in our own JSON, once with every flood station behind the door of SL 651.

const SEED = 7;
const START = Date.parse('2026-03-02T07:30:00+08:00');
const MINUTE = 60_000;
const LIFELINE = 'waterlogging';

/** As SL 651 has it: observed on the whole minute, and without a counter of ours. */
function onTheMinute(event: SimEvent, devices: ReadonlySet<string>): SimEvent {
  if (event.is !== 'message' || !devices.has(event.device)) return event;
  const measured = measuredIn(event);
  if (measured.length === 0) return event;
  const said = measured.map(({ at, values }) => ({ ts: Math.floor(at / MINUTE) * MINUTE, values }));
  return { ...event, payload: JSON.stringify(said.length === 1 ? said[0] : said) };
}

test('a cloudburst through SL 651 raises the same alarms at the same instants as through our own JSON', async () => {
  const city = stage(cloudburst, PROFILES.demo.city());
  const plot = cloudburst.plot(city, SEED);
  const codes = devicesOf(city, [LIFELINE]);
  const devices = new Set(codes);
  const events = [
    ...generate({
      city,
      plot,
      seed: SEED,
      scale: { start: START, speed: 1 },
      qos: 1,
      until: plot.durationMs,
      rate: null,
    }),
  ].map((event) => onTheMinute(event, devices));
  const theirs = events.filter((e): e is Message => e.is === 'message' && devices.has(e.device));
  const metrics = metricsOf(theirs);

  const play = async (throughDoor: boolean) => {
    const stations = new Stations({
      door: 'sl651',
      devices: codes,
      metrics,
      port: () => service.doorPort('sl651'),
    });
    const service: VirtualService = await VirtualService.begin(START, {
      ...(throughDoor ? { door: { name: 'sl651', mapping: stations.mapping(LIFELINE) } } : {}),
    });
    try {
      let frames = 0;
      await service.play(events, plot.durationMs, {
        strideMs: 20_000,
        idleMs: 60_000,
        otherwise: (message) => {
          const measured = throughDoor && devices.has(message.device) ? measuredIn(message) : [];
          if (measured.length === 0) return null;
          frames += measured.length;
          return Promise.all(measured.map((one) => stations.report(message.device, one)));
        },
      });
      const alarms = await service.alarms();
      const told = alarms.map((a) => [
        a.pointCode,
        a.ruleId,
        a.level,
        a.raisedAt,
        a.observedAt,
        a.returnedAt ?? null,
        a.worst?.value ?? null,
      ]);
      return { frames, told: told.map((t) => JSON.stringify(t)).sort() };
    } finally {
      stations.close();
      await service.stop();
    }
  };

  const ours = await play(false);
  const door = await play(true);
  console.info(
    `cloudburst: ${ours.told.length} alarms in our JSON, ${door.told.length} with ${door.frames} frames of ${DOORS.sl651.title}`,
  );
  expect(door.frames).toBeGreaterThan(200);
  expect(ours.told.filter((t) => t.includes(`${LIFELINE}.`)).length).toBeGreaterThan(5);
  expect(door.told).toEqual(ours.told);
}, 180_000);
