import type { Recorded, Recording } from './recording.ts';
import { isZip, unzip } from './zip.ts';

/** Samples a frame: ten seconds at 100 Hz. */
const FRAME = 1_000;
const DT_MS = 10;
/** Further apart than this two samples are not neighbours: the logger was stopped between them. */
const GAP_MS = 100;

/** A zip whose CSV is one of the Munich test bridge's: `Time (-)`, then channels, 100 Hz. */
export const isMunich = (bytes: Buffer): boolean =>
  isZip(bytes) && unzip(bytes).some((f) => f.content.subarray(0, 8).toString('latin1') === 'Time (-)');

/** Strain channels as frames of dynamic strain; a force cell is no instrument that any pack knows. */
export function munichRecordings(bytes: Buffer, fileName: string): Recording[] {
  const lines = unzip(bytes)
    .map((f) => f.content.toString('utf8').split(/\r?\n/))
    .find((l) => l[0]?.startsWith('Time (-)'));
  const head = lines?.[0]?.split(',') ?? [];
  const channels = head
    .map((name, column) => ({ name, column }))
    // Written um/m and um\m; both are microstrain.
    .filter(({ name }) => /\(um.m\)/.test(name));
  if (lines === undefined || channels.length === 0) {
    throw new Error(
      `${fileName}: columns ${head.slice(1).join(', ')}; a strain channel in um/m would be right, no pack has a metric for force cells`,
    );
  }
  const rows = lines.slice(1).filter((l) => l !== '');
  return channels.map(({ name, column }) => {
    const device = `MUNICH-${fileName.replace(/\..*$/, '')}-${name.replace(/ .*$/, '')}`
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 64);
    return { device, name: device, lifeline: 'bridge', readings: () => frames(rows, column) };
  });
}

function* frames(rows: readonly string[], column: number): Generator<Recorded, void> {
  let start: number | null = null;
  let from = 0;
  let last = 0;
  let samples: number[] = [];
  // Local time without offset: only the distances count.
  const timeOf = (row: string): number => Date.parse(`${row.slice(0, 23).replace(' ', 'T')}Z`);
  // A frame goes out when its last sample has been taken.
  const frame = (): Recorded => ({
    atMs: last - (start ?? 0),
    wave: { t0Ms: from - (start ?? 0), dt: DT_MS, series: { strainDyn: samples } },
  });
  for (const row of rows) {
    const at = timeOf(row);
    const value = Number(row.split(',')[column]);
    if (!Number.isFinite(at) || !Number.isFinite(value)) continue;
    if (start === null) start = at;
    if (samples.length > 0 && (samples.length === FRAME || at - last > GAP_MS)) {
      yield frame();
      samples = [];
    }
    if (samples.length === 0) from = at;
    samples.push(Math.round(value * 1000) / 1000);
    last = at;
  }
  if (samples.length > 0) yield frame();
}
