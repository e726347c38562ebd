import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Speech } from '../../../simulators/doors/speech.ts';
import { StationLine } from '../../../simulators/doors/station-line.ts';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';
import { KILLS } from './kills.ts';

const STATIONS = 8;
/** Frames of each station that are ahead of their answers at most. */
const WINDOW = 4;
const MINUTE = 60_000;

/**
 * Kills the service again and again while stations report through a door; each repeats what was not answered. Then every
 * answered reading is in the store, none twice, and the answers came in order.
 */
export async function killDoor(door: 'sl651' | 'hj212' | 'gb26875', speech: Speech): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), `lifeline-kill-${door}-`));
  const stations = Array.from({ length: STATIONS }, (_, i) => speech.station(i + 1));
  const devices = new Map(stations.map((station, i) => [station, `KILL-${i}`]));
  mkdirSync(join(dir, 'mappings'));
  const mapping = speech.mapping(devices, ['depth']) as { name: string };
  writeFileSync(
    join(dir, 'mappings', `${mapping.name}.json`),
    JSON.stringify({ ...mapping, lifeline: 'waterlogging' }),
  );
  const doorKey = `LIFELINE_DOOR_${door.toUpperCase()}_PORT`;
  let service = await ServiceProcess.start(dir, { [doorKey]: '0' });
  const portOf = () => Number(String(service.log.find((l) => l.msg === 'ready')?.[door]).split(':')[1]);
  const ports = {
    [doorKey]: String(portOf()),
    LIFELINE_HTTP_PORT: new URL(service.url).port,
    LIFELINE_MQTT_PORT: String(service.mqttPort),
  };
  const port = Number(ports[doorKey]);
  // A report a minute is as fine as the coarsest of these standards says it.
  const from = Math.floor(Date.now() / MINUTE) * MINUTE - 1_400 * MINUTE;
  const lines = stations.map(
    () => new StationLine<[number, number]>({ port: () => port, listener: speech.listener, window: WINDOW }),
  );
  const sent = stations.map((): [number, number][] => []);
  const answered = () => lines.reduce((n, line) => n + line.answered.length, 0);
  const report = (i: number) => {
    const n = sent[i]?.length ?? 0;
    const about: [number, number] = [from + n * MINUTE, n % 600];
    sent[i]?.push(about);
    const frame = speech.report(stations[i] as string, n, { at: about[0], values: { depth: about[1] } });
    lines[i]?.send({ ...frame, about });
  };
  const reporting = setInterval(() => {
    for (let i = 0; i < STATIONS; i++)
      if ((lines[i]?.waiting ?? 0) < 8 && (sent[i]?.length ?? 0) < 1_390) report(i);
  }, 10);
  try {
    for (let round = 0; round < KILLS; round++) {
      const before = answered();
      await eventually(async () => answered() > before + 40);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      await service.kill();
      service = await ServiceProcess.start(dir, ports);
    }
    clearInterval(reporting);
    await eventually(async () => lines.every((line) => line.waiting === 0));
    expect(lines.map((line) => line.outOfOrder)).toEqual(stations.map(() => 0));
    const api = await service.client();
    let stored = 0;
    for (const [i, all] of sent.entries()) {
      expect(lines[i]?.answered).toEqual(all);
      const kept = await eventually(async () => {
        const items = await api.all<{ t: string; value: number }>(
          `/points/KILL-${i}/readings?metric=depth&limit=5000&from=${new Date(from).toISOString()}`,
        );
        return items.length >= all.length && items;
      });
      expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(all);
      stored += kept.length;
    }
    console.log(
      `${door}: ${KILLS} kills, ${answered()} frames answered, ${stored} readings stored, all in order`,
    );
    expect(await service.stop()).toBe(0);
  } finally {
    clearInterval(reporting);
    for (const line of lines) line.close();
    await service.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}
