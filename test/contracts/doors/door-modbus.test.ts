import { afterEach, expect, test } from 'vitest';
import { Frames } from '../../../src/flow/doors/frame-desk.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { packDirectory } from '../../../src/wire/mapping/pack-directory.ts';
import { readMapping } from '../../../src/wire/mapping/read.ts';
import { withCrc } from '../../../src/wire/protocols/modbus/framer.ts';
import { eventually } from '../../support/eventually.ts';
import { DoorRig, type Peer } from './door-rig.ts';

// A DTU that pipes an RS-485 bus with a level meter (slave 1) and a pump (slave 2), asked by the table of a mapping.

const IMEI = '862592051651472';
const HEARTBEAT = 'HB\r\n';
const text = JSON.stringify({
  name: 'pumping-station',
  protocol: 'modbus',
  station: { device: 'table', table: { [IMEI]: 'PUMP-1' } },
  take: [
    { code: 'level', metric: 'level', times: 0.01 },
    { code: 'gone', metric: 'fault' },
  ],
  poll: {
    everySeconds: 10,
    heartbeat: HEARTBEAT,
    ask: [{ code: 'level', slave: 1, addr: 0, sentinels: [65_535] }],
  },
});
const read = readMapping(text);
const mapping = read.ok ? read.value : null;

let rig: DoorRig | null = null;
afterEach(() => rig?.close());

async function open(): Promise<DoorRig> {
  expect(read.ok ? [] : read.error).toEqual([]);
  rig = await new DoorRig('modbus').open();
  const frames = new Frames({
    doors: {
      mappings: {
        list: () => [{ name: 'pumping-station', from: 'own', text, inForce: mapping, faults: [] }],
        of: () => undefined,
        reload: () => undefined,
        put: () => ({ ok: false, error: [] }),
      },
      directory: packDirectory(PACKS)({ 'PUMP-1': 'waterlogging' }),
      offer: (_brought, release) => release('kept', []),
    },
    meters: new Meters(),
  });
  rig.busLine = (first) => frames.busLine(first);
  return rig;
}

const latin = (t: string) => Buffer.from(t, 'latin1');
const asks = (peer: Peer) => peer.heard.length / 8;
const answer = (raw: number) => withCrc(Uint8Array.of(1, 3, 2, raw >> 8, raw & 0xff));

test('says who it is, is asked, and its answer is taken with the time of its receipt', async () => {
  const r = await open();
  const peer = await r.dial();
  // Cut in the middle, as a segment may be.
  peer.say(latin(IMEI.slice(0, 5)));
  await eventually(async () => r.meters.sum('door_bytes_total') === 5);
  expect(peer.heard.length).toBe(0);
  peer.say(latin(IMEI.slice(5)));
  await eventually(async () => asks(peer) === 1);
  expect(peer.heard.toString('hex')).toBe('010300000001840a');
  peer.say(answer(123));
  await eventually(async () => r.taken.length === 1);
  expect(r.taken[0]?.frame).toMatchObject({
    station: IMEI,
    kind: 'answer',
    isAnswered: false,
    said: [{ station: IMEI, at: null, items: [{ code: 'level', raw: 123 }] }],
  });
  r.clock.forward(9_000);
  expect(asks(peer)).toBe(1);
  r.clock.forward(2_000);
  await eventually(async () => asks(peer) === 2);
});

test('the heartbeat of its line stands in the middle of an answer', async () => {
  const r = await open();
  const peer = await r.dial();
  peer.say(latin(IMEI));
  await eventually(async () => asks(peer) === 1);
  const bytes = answer(250);
  peer.say(Buffer.concat([bytes.subarray(0, 4), latin(HEARTBEAT), bytes.subarray(4)]));
  await eventually(async () => r.taken.length === 1);
  expect(r.taken[0]?.frame.said[0]?.items[0]?.raw).toBe(250);
});

test('nothing more is asked until what was answered is kept', async () => {
  const r = await open();
  r.keeps = 'later';
  const peer = await r.dial();
  peer.say(latin(IMEI));
  await eventually(async () => asks(peer) === 1);
  peer.say(answer(1));
  await eventually(async () => r.taken.length === 1);
  r.clock.forward(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(asks(peer)).toBe(1);
  r.taken[0]?.release('kept');
  r.clock.forward(1_000);
  await eventually(async () => asks(peer) === 2);
});

test('a slave that leaves two questions open is gone, and back with its next answer', async () => {
  const r = await open();
  const peer = await r.dial();
  peer.say(latin(IMEI));
  await eventually(async () => asks(peer) === 1);
  for (let i = 0; i < 30 && r.taken.length === 0; i++) r.clock.forward(1_000);
  expect(r.taken[0]?.frame.said[0]?.items).toMatchObject([{ code: 'gone', channel: 1, raw: 1 }]);
  await eventually(async () => {
    r.clock.forward(1_000);
    peer.say(answer(7));
    return r.taken.length > 1;
  });
  expect(r.taken[1]?.frame.said[0]?.items).toMatchObject([
    { code: 'level', raw: 7 },
    { code: 'gone', raw: 0 },
  ]);
});

test('who is in no table is set aside by the name that it gave', async () => {
  const r = await open();
  r.known = () => false;
  const peer = await r.dial();
  peer.say(latin('861111111111111'));
  await eventually(async () => r.taken.length === 1);
  expect(r.taken[0]?.frame).toMatchObject({ station: '861111111111111', kind: 'registration', said: [] });
  expect(asks(peer)).toBe(0);
});
