import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../src/domain/median.ts';
import { passings, recordingOf, type Subject, type TrueEvent } from './subject.ts';

const MINUTE = 60_000;
/** Release 3 was recorded from its background on; release 2 begins in the midst of it, and follows on the same beam. */
const SECOND_FROM = 100 * MINUTE;
/** A beam must have seen the background before it is asked anything. */
const PLUME_MINUTES = 3;
const IN_TIME = 5 * MINUTE;

type Sample = { readonly atMs: number; readonly value: number };

/** Controlled releases of methane across three open paths. */
export function chilbolton(dir: string): Subject {
  const read = (release: string, beam: number): Sample[] =>
    samplesOf(join(dir, `2017-05-09-${release}-pos${beam}.txt`));
  const beams = [1, 2, 3].map((beam) => {
    const [third, second] = [read('rel03', beam), read('rel02', beam)];
    const samples = [...third, ...second.map((s) => ({ ...s, atMs: s.atMs + SECOND_FROM }))];
    return { device: `BEAM-${beam}`, third, second, samples };
  });
  return {
    key: 'chilbolton',
    words: { zh: '开放光路甲烷', en: 'methane over open paths' },
    recordings: beams.map(({ device, samples }) =>
      recordingOf({ device, lifeline: 'gas', metric: 'ch4Trace' }, samples),
    ),
    events: beams.flatMap(({ device, third, second }) => [
      plume(device, 'release 3', third, 0),
      plume(device, 'release 2', second, SECOND_FROM),
    ]),
    sensorMs: beams.reduce((sum, b) => sum + lastOf(b.third) + lastOf(b.second), 0),
    plain: {
      words: 'methane ≥ 2.5 ppm',
      raised: () =>
        beams.flatMap(({ device, samples }) =>
          passings(samples, (v) => v >= 2.5).map((atMs) => ({ point: device, atMs })),
        ),
    },
    truth:
      'release 3 and release 2 at each of three beams. When the valve was opened is not in the files: a plume begins with the first of three minutes whose median lies 5 robust deviations (and 0.1 ppm) over the quietest tenth of the record, and ends with the last such minute; in time is within 5 minutes of it',
  };
}

const lastOf = (samples: readonly Sample[]): number => samples.at(-1)?.atMs ?? 0;

function samplesOf(file: string): Sample[] {
  const rows = readFileSync(file, 'utf8').split(/\r?\n/);
  const head = rows.findIndex((r) => r.includes('CH4vmr_ppmv'));
  const columns = (rows[head] ?? '').trim().split(/\s+/);
  const [time, ch4] = [columns.indexOf('Elapsedtime_sec'), columns.indexOf('CH4vmr_ppmv')];
  return rows.slice(head + 1).flatMap((r) => {
    const numbers = r.trim().split(/\s+/).map(Number);
    const [s, ppm] = [numbers[time], numbers[ch4]];
    return numbers.length === columns.length && s !== undefined && ppm !== undefined
      ? [{ atMs: Math.round(s * 1000), value: Math.round(ppm * 1000) / 1000 }]
      : [];
  });
}

/** Where gas was in the beam, by the whole record and by no rule: it looks ahead, which no rule may. */
function plume(device: string, what: string, samples: readonly Sample[], from: number): TrueEvent {
  const byMinute = Map.groupBy(samples, (s) => Math.floor(s.atMs / MINUTE));
  const medians = [...byMinute].map(([minute, of]) => ({ minute, value: median(of.map((s) => s.value)) }));
  const quiet = medians
    .map((m) => m.value)
    .toSorted((a, b) => a - b)
    .slice(0, Math.ceil(medians.length / 10));
  const middle = median(quiet);
  const spread = 1.4826 * median(quiet.map((v) => Math.abs(v - middle)));
  const isIn = (at: number): boolean => (medians[at]?.value ?? 0) > middle + Math.max(5 * spread, 0.1);
  const first = medians.findIndex((_, i) => [0, 1, 2].every((k) => isIn(i + k)));
  const last = medians.findLastIndex((_, i) =>
    Array.from({ length: PLUME_MINUTES }, (__, k) => k).every((k) => isIn(i - k)),
  );
  const fromMs = from + (medians[first]?.minute ?? 0) * MINUTE;
  return {
    point: device,
    what,
    fromMs,
    dueMs: fromMs + IN_TIME,
    untilMs: from + ((medians[last]?.minute ?? 0) + 1) * MINUTE,
    mustAlarm: true,
  };
}
