import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from '../../simulators/replay/recording.ts';
import { unzip } from '../../simulators/replay/zip.ts';
import { passings, recordingOf, type Subject, type TrueEvent } from './subject.ts';

const MINUTE = 60_000;
/** Ten seconds at 100 Hz, as a logger would send them. */
const FRAME = 1_000;
/** The reference state first, what was done to the bridge after it, on the same instrument. */
const DONE_FROM = 12 * MINUTE;
const STANDARD_GRAVITY = 9.80665;

type Channel = { readonly samples: readonly { readonly atMs: number; readonly value: number }[] };

/** One column of a file of the test bridge, 100 Hz, from 0 on. */
export function channelOf(dir: string, file: string, column: string): Channel {
  const lines = unzip(readFileSync(join(dir, file)))
    .map((f) => f.content.toString('latin1').split(/\r?\n/))
    .find((l) => l[0]?.startsWith('Time (-)'));
  const at = lines?.[0]?.split(',').findIndex((name) => name.startsWith(column)) ?? -1;
  if (lines === undefined || at < 0) throw new Error(`${file}: no column ${column}`);
  const timeOf = (cell: string): number => Date.parse(`${cell.replace(' ', 'T')}Z`);
  const rows = lines
    .slice(1)
    .filter((l) => l !== '')
    .map((l) => l.split(','));
  const start = timeOf(rows[0]?.[0] ?? '');
  const samples = rows.flatMap((cells) => {
    const [atMs, value] = [timeOf(cells[0] ?? '') - start, Number(cells[at])];
    return Number.isFinite(atMs) && Number.isFinite(value) ? [{ atMs, value }] : [];
  });
  return { samples };
}

const later = (c: Channel, by: number): Channel => ({
  samples: c.samples.map((s) => ({ ...s, atMs: s.atMs + by })),
});
const both = (a: Channel, b: Channel): Channel => ({ samples: [...a.samples, ...b.samples] });
/** An instrument of slow quantities looks once a second, and does not average. */
const everySecond = (c: Channel): Channel => ({ samples: c.samples.filter((_, i) => i % 100 === 0) });

function framesOf(device: string, metric: string, { samples }: Channel, factor = 1): Recording {
  return {
    device,
    name: device,
    lifeline: 'bridge',
    readings: function* () {
      for (let i = 0; i < samples.length; ) {
        const t0Ms = samples[i]?.atMs as number;
        let n = 1;
        while (
          n < FRAME &&
          i + n < samples.length &&
          (samples[i + n]?.atMs as number) - (samples[i + n - 1]?.atMs as number) < 100
        )
          n++;
        const block = samples.slice(i, i + n);
        const series = { [metric]: block.map((s) => Math.round(s.value * factor * 1e6) / 1e6) };
        yield { atMs: block.at(-1)?.atMs as number, wave: { t0Ms, dt: 10, series } };
        i += n;
      }
    },
  };
}

/** The test bridge at Munich: a reference state, a support lowered, loads driven over it. */
export function munich(dir: string): Subject {
  const reference = channelOf(dir, 'reference-strain-100Hz.csv.zip', 'DMS_CN');
  const lowered = later(channelOf(dir, 'support-lowering-strain-100Hz.csv.zip', 'DMS_CN'), DONE_FROM);
  const load = 'load-01-acceleration-strain-force-inclination-100Hz.csv.zip';
  const bearing = everySecond(channelOf(dir, load, 'FRC-01'));
  const relieved = later(
    everySecond(channelOf(dir, 'support-load-force-100Hz.csv.zip', 'FRC-01')),
    DONE_FROM + MINUTE,
  );
  const tilt = everySecond(channelOf(dir, 'reference-inclination-100Hz.csv.zip', 'INC-01 [deg]'));
  const tiltUnderLoad = everySecond(channelOf(dir, load, 'INC01'));
  const strainUnderLoad = channelOf(dir, load, 'DMS_AS');
  const shaking = channelOf(dir, load, 'ACC01_z');
  const gauge = both(reference, lowered);
  const force = both(bearing, relieved);
  const lengths = [gauge, force, tilt, tiltUnderLoad, strainUnderLoad, shaking].map((c) => spanOf(c));
  const moved = (point: string, what: string, c: Channel): TrueEvent => {
    const fromMs = c.samples[0]?.atMs ?? 0;
    return {
      point,
      what,
      fromMs,
      dueMs: fromMs + 3 * MINUTE,
      untilMs: c.samples.at(-1)?.atMs ?? 0,
      mustAlarm: true,
    };
  };
  return {
    key: 'munich',
    words: { zh: '试验桥', en: 'a test bridge' },
    recordings: [
      framesOf('GAUGE-CN', 'strainDyn', gauge),
      framesOf('GAUGE-AS', 'strainDyn', strainUnderLoad),
      framesOf('SHAKE-01', 'az', shaking, STANDARD_GRAVITY),
      recordingOf({ device: 'BEARING-01', lifeline: 'bridge', metric: 'bearingForce' }, force.samples),
      recordingOf({ device: 'TILT-REF', lifeline: 'bridge', metric: 'tilt' }, tilt.samples),
      recordingOf({ device: 'TILT-LOAD', lifeline: 'bridge', metric: 'tilt' }, tiltUnderLoad.samples),
    ],
    events: [
      moved('GAUGE-CN', 'support lowered: strain', lowered),
      moved('BEARING-01', 'support lowered: bearing force', relieved),
    ],
    sensorMs: lengths.reduce((sum, l) => sum + l, 0),
    plain: {
      words: 'strain ±50 µε, force ±5 %, tilt ±0.038°, each off its first sample',
      raised: () => [
        ...off('GAUGE-CN', gauge, 50),
        ...off('GAUGE-AS', strainUnderLoad, 50),
        ...off('BEARING-01', force, 0.05 * (force.samples[0]?.value ?? 0)),
        ...off('TILT-REF', tilt, 0.038),
        ...off('TILT-LOAD', tiltUnderLoad, 0.038),
      ],
    },
    truth:
      'the file’s name says what was done: the support is lowered in two records, seen by a strain gauge and a load cell of the bearing. The reference state and the load that is driven over it and away are none. In time is within 3 minutes of the record’s begin',
  };
}

function off(point: string, { samples }: Channel, by: number): { point: string; atMs: number }[] {
  const first = samples[0]?.value ?? 0;
  return passings(samples, (v) => Math.abs(v - first) > by).map((atMs) => ({ point, atMs }));
}

/** Gaps between records are not recorded time. */
function spanOf({ samples }: Channel): number {
  let sum = 0;
  for (let i = 1; i < samples.length; i++) {
    const step = (samples[i]?.atMs as number) - (samples[i - 1]?.atMs as number);
    if (step < MINUTE) sum += step;
  }
  return sum;
}
