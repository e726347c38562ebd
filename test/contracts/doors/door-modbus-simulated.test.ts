import { afterEach, expect, test } from 'vitest';
import { Stations, takenBy } from '../../../simulators/doors/index.ts';
import { Frames } from '../../../src/flow/doors/frame-desk.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { packDirectory } from '../../../src/wire/mapping/pack-directory.ts';
import { readMapping } from '../../../src/wire/mapping/read.ts';
import { eventually } from '../../support/eventually.ts';
import { DoorRig } from './door-rig.ts';

let rig: DoorRig | null = null;
let stations: Stations | null = null;
afterEach(async () => {
  stations?.close();
  await rig?.close();
});

test('a simulated meter is asked by its own mapping, says what it measured, and lets its gate be set', async () => {
  rig = await new DoorRig('modbus').open();
  const r = rig;
  stations = new Stations({
    door: 'modbus',
    devices: ['WL-1'],
    metrics: ['battery', 'depth'],
    port: () => r.port,
  });
  const text = JSON.stringify(stations.mapping());
  const read = readMapping(text);
  expect(read.ok ? [] : read.error).toEqual([]);
  const inForce = read.ok ? read.value : null;
  const frames = new Frames({
    doors: {
      mappings: {
        list: () => [{ name: 'modbus-simulated', from: 'own', text, inForce, faults: [] }],
        of: () => undefined,
        reload: () => undefined,
        put: () => ({ ok: false, error: [] }),
      },
      directory: packDirectory(PACKS)({ 'WL-1': 'waterlogging' }),
      offer: (_brought, release) => release('kept', []),
    },
    meters: new Meters(),
  });
  r.busLine = (first) => frames.busLine(first);
  const reported = stations.report('WL-1', { at: 0, values: { depth: 12.5, battery: null } });
  await eventually(async () => r.taken.length === 1);
  await reported;
  const station = r.taken[0]?.frame.station ?? '';
  expect(station).toMatch(/^86259205\d{7}$/);
  expect(r.taken[0]?.frame.said[0]?.items).toMatchObject([
    { code: 'battery', raw: null, valid: false },
    { code: 'depth', raw: 12.5, valid: true },
  ]);
  r.clock.forward(100);
  const news = r.tell(station, 'set-gate', { opening: 40 });
  await eventually(async () => news.length === 1);
  expect(news).toMatchObject([{ is: 'answered', ok: true }]);
});

test('instruments of one kind have one table of registers', () => {
  const said = (device: string, values: object) => ({
    is: 'message' as const,
    ...{ atMs: 0, device, topic: `lifeline/v1/gas/${device}/telemetry`, qos: 1 as const, retain: false },
    payload: JSON.stringify({ ts: 0, values }),
  });
  expect(
    takenBy('modbus', [
      said('A', { ch4: 1 }),
      said('B', { depth: 1 }),
      said('C', { depth: 2 }),
      said('B', { depth: 3 }),
    ]),
  ).toEqual({ devices: ['B', 'C'], metrics: ['depth'] });
});
