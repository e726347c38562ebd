import { readFileSync } from 'node:fs';
import { deviceOf, type Flood, parseFloods } from '../../simulators/replay/floodnet.ts';
import { passings, recordingOf, type Subject, type TrueEvent } from './subject.ts';

const MINUTE = 60_000;
/** Dry street between two floods of a sensor, weeks in truth: long enough to end whatever the one before raised. */
const DRY = 30 * MINUTE;
/** Moderate from here on [S62]; below it a puddle, which nobody need be woken for. */
const FLOODED_CM = 10;

type Placed = { readonly flood: Flood; readonly device: string; readonly fromMs: number };

/** The street floods of New York, sensor by sensor in their true order; held against two depths at which a road is closed. */
export function floodnet(file: string): readonly Subject[] {
  const bySensor = Map.groupBy(parseFloods(readFileSync(file, 'utf8')), (f) => deviceOf(f.sensor));
  const placed: Placed[] = [];
  const recordings = [...bySensor].map(([device, floods]) => {
    const samples: { atMs: number; value: number }[] = [];
    let from = 0;
    const dry = (): void => {
      for (let t = 0; t < DRY; t += 5 * MINUTE) samples.push({ atMs: from + t, value: 0 });
      from += DRY;
    };
    for (const flood of floods.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) {
      dry();
      placed.push({ flood, device, fromMs: from });
      for (const s of flood.samples) samples.push({ atMs: from + s.atMs, value: s.depthCm });
      from += (flood.samples.at(-1)?.atMs ?? 0) + 5 * MINUTE;
    }
    dry();
    return recordingOf({ device, lifeline: 'waterlogging', metric: 'depth' }, samples);
  });
  const subject = (closesAtCm: 15 | 27): Subject => ({
    key: `floodnet-${closesAtCm}`,
    words: { zh: `积水 ${closesAtCm} cm`, en: `street floods, ${closesAtCm} cm` },
    recordings,
    events: placed.flatMap((p) => eventOf(p, closesAtCm)),
    sensorMs: placed.reduce((sum, p) => sum + (p.flood.samples.at(-1)?.atMs ?? 0), 0),
    plain: {
      words: `depth ≥ ${FLOODED_CM} cm`,
      raised: () =>
        placed.flatMap(({ flood, device, fromMs }) =>
          passings(
            flood.samples.map((s) => ({ atMs: fromMs + s.atMs, value: s.depthCm })),
            (v) => v >= FLOODED_CM,
          ).map((atMs) => ({ point: device, atMs })),
        ),
    },
    truth: `each of the 869 rows is a flood; an event here is one that reaches ${closesAtCm} cm, and in time is not after its first sample at ${closesAtCm} cm. An alarm in a flood that never reaches ${FLOODED_CM} cm is false`,
  });
  return [subject(15), subject(27)];
}

function eventOf({ flood, device, fromMs }: Placed, closesAtCm: number): TrueEvent[] {
  const peak = Math.max(...flood.samples.map((s) => s.depthCm));
  if (peak < FLOODED_CM) return [];
  const closed = flood.samples.find((s) => s.depthCm >= closesAtCm);
  const untilMs = fromMs + (flood.samples.at(-1)?.atMs ?? 0) + DRY;
  return [
    {
      point: device,
      what: `${peak.toFixed(0)} cm, ${flood.startedAt.slice(0, 10)}`,
      fromMs,
      dueMs: fromMs + (closed?.atMs ?? 0),
      untilMs,
      mustAlarm: closed !== undefined,
    },
  ];
}
