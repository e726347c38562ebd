import { parseCsv } from './csv.ts';
import type { Recording } from './recording.ts';

/** One street flood as its sensor recorded it. */
export type Flood = {
  readonly sensor: string;
  readonly name: string;
  /** As written, New York time without offset; only its order is used. */
  readonly startedAt: string;
  /** From the start of the flood, in order. */
  readonly samples: readonly { readonly atMs: number; readonly depthCm: number }[];
};

const CM_PER_INCH = 2.54;
const CURVE = ['flood_profile_depth_inches', 'flood_profile_time_secs'] as const;

export const isFloodNet = (text: string): boolean =>
  CURVE.every((column) => text.slice(0, 1_000).includes(column));

/** Every flood of the city's file of flood events, in the file's order. */
export function parseFloods(text: string): Flood[] {
  return parseCsv(text).map((row, i) => {
    const [inches, secs] = CURVE.map((column) => numbers(row[column] ?? '', `row ${i + 2}, ${column}`));
    if (inches === undefined || secs === undefined || inches.length !== secs.length) {
      throw new Error(`row ${i + 2}: ${inches?.length} depths for ${secs?.length} instants`);
    }
    return {
      sensor: row.sensor_id ?? '',
      name: row.sensor_name ?? '',
      startedAt: row.flood_start_time ?? '',
      samples: secs.map((s, n) => ({
        atMs: s * 1000,
        // Sensors send what their display shows: a tenth of a millimetre is more than any of them can tell.
        depthCm: Math.round((inches[n] as number) * CM_PER_INCH * 100) / 100,
      })),
    };
  });
}

function numbers(json: string, where: string): number[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list) || !list.every((n) => typeof n === 'number' && Number.isFinite(n))) {
    throw new Error(`${where}: a list of numbers would be right`);
  }
  return list as number[];
}

/** Device code of a sensor: its own id, which is legal but for the odd character. */
export const deviceOf = (sensor: string): string => sensor.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 64);

const DRY_EVERY_MS = 300_000;
/** Dry time between two floods of a sensor: months in truth, shortened to what ends the one before for good. */
const DRY_BETWEEN_MS = 1_800_000;

/** All sensors side by side; each has its floods one after the other, in their true order, with dry street between. */
export function floodRecordings(floods: readonly Flood[]): Recording[] {
  const bySensor = new Map<string, Flood[]>();
  for (const f of floods) bySensor.set(f.sensor, [...(bySensor.get(f.sensor) ?? []), f]);
  return [...bySensor].map(([sensor, own]) => ({
    device: deviceOf(sensor),
    name: own[0]?.name ?? sensor,
    lifeline: 'waterlogging',
    readings: () => sensorReadings([...own].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))),
  }));
}

function* sensorReadings(floods: readonly Flood[]): Generator<{ atMs: number; values: { depth: number } }> {
  let start = 0;
  for (const flood of floods) {
    for (let t = 0; t < DRY_BETWEEN_MS; t += DRY_EVERY_MS) yield { atMs: start + t, values: { depth: 0 } };
    start += DRY_BETWEEN_MS;
    let last = start;
    for (const s of flood.samples) {
      last = start + s.atMs;
      yield { atMs: last, values: { depth: s.depthCm } };
    }
    start = last + DRY_EVERY_MS;
  }
  for (let t = 0; t < DRY_BETWEEN_MS; t += DRY_EVERY_MS) yield { atMs: start + t, values: { depth: 0 } };
}
