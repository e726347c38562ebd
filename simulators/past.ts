import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { City } from './city.ts';
import { generate } from './generate.ts';
import { quiet } from './scenarios/quiet.ts';

const IMPORT = fileURLToPath(new URL('../src/commands/import.ts', import.meta.url));

/** What a city measured on an ordinary day, as stock data: a line per value. Waveforms are left out, no import takes them. */
export function* pastRows(city: City, from: number, until: number, seed: number): Generator<string> {
  yield 'point,metric,time,value';
  const events = generate({
    city,
    plot: quiet.plot(city, seed),
    seed,
    scale: { start: from, speed: 1 },
    qos: 1,
    until: until - from,
    rate: null,
  });
  for (const e of events) {
    if (e.is !== 'message' || !e.topic.endsWith('/telemetry')) continue;
    const { ts, values } = JSON.parse(e.payload) as { ts?: number; values?: Record<string, unknown> };
    if (ts === undefined || values === undefined) continue;
    for (const [metric, value] of Object.entries(values)) yield `${e.device},${metric},${ts},${value}`;
  }
}

/**
 * Gives a running service the hours before its first reading, by the command that a person would use: a curve of
 * minutes says nothing. No alarm comes of it.
 */
export async function importPast(o: {
  city: City;
  dataDir: string;
  file: string;
  from: number;
  until: number;
  seed: number;
  signal?: AbortSignal;
}): Promise<void> {
  writeFileSync(o.file, `${[...pastRows(o.city, o.from, o.until, o.seed)].join('\n')}\n`);
  const child = spawn(process.execPath, [IMPORT, 'readings', o.file, '--data-dir', o.dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches the whole group; this one ends when it is told to.
    detached: true,
  });
  const end = (): void => void child.kill('SIGTERM');
  o.signal?.addEventListener('abort', end);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d: Buffer) => (said += d.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => o.signal?.removeEventListener('abort', end));
  if (code !== 0 && o.signal?.aborted !== true)
    throw new Error(`the city's past was not imported (exit code ${code}): ${said.trim()}`);
}
