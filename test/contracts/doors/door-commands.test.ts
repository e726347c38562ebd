import { afterEach, expect, test } from 'vitest';
import { latin1 } from '../../../src/wire/protocols/bytes.ts';
import {
  type Gb26875Frame,
  gb26875Bytes,
  gb26875Framer,
} from '../../../src/wire/protocols/gb26875/framer.ts';
import { hj212Bytes } from '../../../src/wire/protocols/hj212/framer.ts';
import { withCrc } from '../../../src/wire/protocols/modbus/framer.ts';
import { sl651Bytes, sl651Framer } from '../../../src/wire/protocols/sl651/framer.ts';
import { isFrame } from '../../../src/wire/protocols/stream.ts';
import { eventually } from '../../support/eventually.ts';
import { hex } from '../../wire/protocols/framer-proof.ts';
import { DoorRig } from './door-rig.ts';

let rig: DoorRig | null = null;
afterEach(() => rig?.close());

// ── Modbus: a gate on slave 1 that may be set to 0–100 % ─────────────────────────────────────────────

const IMEI = '862592051651472';
async function gate() {
  rig = await new DoorRig('modbus').open();
  const r = rig;
  rig.busLine = () => ({
    station: IMEI,
    plan: {
      asks: [{ slave: 1, fn: 3, addr: 0, count: 1, values: [] }],
      every: 60_000,
      gap: 100,
      timeout: 2_000,
    },
    writes: [
      {
        name: 'set-gate',
        slave: 1,
        fn: 6,
        addr: 16,
        type: 'u16',
        order: 'ABCD',
        times: 1,
        plus: 0,
        min: 0,
        max: 100,
      },
    ],
    heartbeat: null,
    tellsGone: false,
  });
  const peer = await r.dial();
  peer.say(Buffer.from(IMEI));
  await eventually(async () => peer.heard.length === 8);
  const answers = async () => {
    peer.say(withCrc(hex('0103020001')));
    await eventually(async () => r.taken.length > 0);
  };
  /** What was sent after the first question. */
  const sent = () => peer.heard.subarray(8).toString('hex');
  return { r, peer, answers, sent };
}
const WRITE = '010600100032';

test('Modbus: a write goes out between two questions, not while one is open, and its echo is its end', async () => {
  const { r, peer, answers, sent } = await gate();
  const news = r.tell(IMEI, 'set-gate', { value: 50 });
  expect([sent(), r.reaches(IMEI)]).toEqual(['', false]);
  await answers();
  expect(sent()).toBe('');
  r.clock.forward(200);
  await eventually(async () => sent().startsWith(WRITE));
  const echo = peer.heard.subarray(8, 16);
  // Cut in the middle, as a segment may be.
  peer.say(echo.subarray(0, 3));
  peer.say(echo.subarray(3));
  await eventually(async () => news.length === 1);
  expect(news).toEqual([{ is: 'answered', ok: true, result: null, said: null }]);
  expect(r.reaches(IMEI)).toBe(true);
  // The questions go on.
  r.clock.forward(61_000);
  await eventually(async () => peer.heard.length === 24);
});

test('Modbus: a refusal has its words, an echo of something else is none, silence is not known', async () => {
  const { r, peer, answers, sent } = await gate();
  await answers();
  r.clock.forward(200);
  const refused = r.tell(IMEI, 'set-gate', { value: 50 });
  await eventually(async () => sent().startsWith(WRITE));
  peer.say(withCrc(hex('018603')));
  await eventually(async () => refused.length === 1);
  expect(refused[0]).toMatchObject({
    ok: false,
    said: 'slave 1 function 6: exception 3 数值不被接受 illegal data value',
  });
  r.clock.forward(200);
  const other = r.tell(IMEI, 'set-gate', { value: 50 });
  await eventually(async () => sent().length === 32);
  peer.say(withCrc(hex('010600100033')));
  await eventually(async () => other.length === 1);
  expect(other[0]).toMatchObject({ ok: false, said: 'slave 1 echoes something else' });
  r.clock.forward(200);
  const silent = r.tell(IMEI, 'set-gate', { value: 50 });
  await eventually(async () => sent().length === 48);
  r.clock.forward(2_100);
  expect(silent).toEqual([{ is: 'no-answer', said: 'slave 1 did not answer within 2 s' }]);
});

test('Modbus: what no table names is not written, nor what is out of bounds, nor what is too late', async () => {
  const { r, peer, answers } = await gate();
  const late = r.tell(IMEI, 'set-gate', { value: 50 }, 50);
  await answers();
  r.clock.forward(200);
  expect(late).toEqual([{ is: 'overdue', said: null }]);
  expect(r.tell(IMEI, 'open-all', { value: 1 })).toEqual([
    { is: 'not-spoken', said: 'the mapping of this line has no "open-all" in poll.write: set-gate' },
  ]);
  expect(r.tell(IMEI, 'set-gate', { value: 101 })[0]?.is).toBe('not-spoken');
  expect(peer.heard.length).toBe(8);
});

test('Modbus: a line that ends before the echo is told as gone', async () => {
  const { r, peer, answers, sent } = await gate();
  await answers();
  r.clock.forward(200);
  const news = r.tell(IMEI, 'set-gate', { value: 50 });
  await eventually(async () => sent().startsWith(WRITE));
  peer.end();
  await eventually(async () => news.length === 1);
  expect(news).toEqual([{ is: 'gone' }]);
  expect(r.tell(IMEI, 'set-gate', { value: 50 })).toEqual([{ is: 'gone' }]);
});

// ── HJ 212 ───────────────────────────────────────────────────────────────────────────────────────────

const MN = '010000A8900016F000169DC0';
async function logger() {
  rig = await new DoorRig('hj212').open();
  const r = rig;
  const peer = await r.dial();
  const cp = 'DataTime=20260801085800;w01018-Rtd=36.2,w01018-Flag=N';
  peer.say(hj212Bytes({ qn: '20260801085857223', st: '32', cn: '2011', pw: '123456', mn: MN, flag: 4, cp }));
  await eventually(async () => r.taken.length === 1);
  const say = (cn: string, qn: string, text: string) =>
    peer.say(hj212Bytes({ qn, st: '91', cn, pw: '123456', mn: MN, flag: 4, cp: text }));
  const asked = async (n = 1) => {
    await eventually(async () => latin1(peer.heard).split('\r\n').length > n);
    const [, qn = '', cn = ''] =
      /QN=(\d+);ST=32;CN=(\d+)/.exec(latin1(peer.heard).split('\r\n')[n - 1] ?? '') ?? [];
    return { qn, cn };
  };
  return { r, peer, say, asked };
}

test('HJ 212: 9011 says that it has it, 9012 that it was done, by the request’s own QN', async () => {
  const { r, peer, say, asked } = await logger();
  const news = r.tell(MN, 'set-interval', { seconds: 30 });
  const { qn, cn } = await asked();
  expect(cn).toBe('1062');
  expect(latin1(peer.heard)).toContain(`;PW=123456;MN=${MN};Flag=5;CP=&&RtdInterval=30&&`);
  say('9012', '20200101000000000', 'ExeRtn=1');
  say('9011', qn, 'QnRtn=1');
  await eventually(async () => news.length === 1);
  expect(news[0]).toEqual({ is: 'delivered' });
  say('9012', qn, 'ExeRtn=1');
  await eventually(async () => news.length === 2);
  expect(news[1]).toEqual({ is: 'answered', ok: true, result: null, said: null });
  // Said again by a logger that repeats: nobody waits for it.
  say('9012', qn, 'ExeRtn=2');
  await eventually(async () => r.meters.sum('door_frames_total') >= 5);
  expect(news.length).toBe(2);
});

test('HJ 212: what was asked for comes back with its end; a refusal has its words; silence ends', async () => {
  const { r, say, asked } = await logger();
  const read = r.tell(MN, 'read-clock');
  const { qn } = await asked();
  say('1011', qn, 'SystemTime=20260801093000');
  say('9012', qn, 'ExeRtn=1');
  await eventually(async () => read.length === 2);
  expect(read[1]).toMatchObject({ ok: true, result: { SystemTime: '20260801093000' } });
  const refused = r.tell(MN, 'set-clock');
  const next = await asked(2);
  expect([next.cn, next.qn > qn]).toEqual(['1012', true]);
  say('9011', next.qn, 'QnRtn=3');
  await eventually(async () => refused.length === 1);
  expect(refused[0]).toMatchObject({ ok: false, said: 'QnRtn=3 PW 错误 wrong PW' });
  const silent = r.tell(MN, 'set-clock');
  await asked(3);
  r.clock.forward(30_000);
  expect(silent).toEqual([{ is: 'no-answer', said: 'no answer within 30 s' }]);
  expect(r.tell(MN, 'close-valve')[0]?.is).toBe('not-spoken');
  expect(r.reaches(MN)).toBe(true);
});

// ── SL 651 ───────────────────────────────────────────────────────────────────────────────────────────

test('SL 651: 4AH goes to the station under its own password, and a frame of the same function is its answer', async () => {
  rig = await new DoorRig('sl651').open();
  const r = rig;
  const peer = await r.dial();
  const STATION = '0012345678';
  peer.say(
    hex(
      '7E7E010012345678123430002B020003591011154947F1F1001234567848F0F0591011154920190000052619000005392300000127381211150320FA',
    ),
  );
  await eventually(async () => peer.heard.length > 0);
  const before = peer.heard.length;
  const news = r.tell(STATION, 'set-clock');
  await eventually(async () => peer.heard.length > before);
  const [down] = sl651Framer('down').push(peer.heard.subarray(before)).filter(isFrame);
  expect(down?.frame).toMatchObject({ fn: 0x4a, station: STATION, password: '1234', centre: 1 });
  const up = (fn: number) =>
    peer.say(
      sl651Bytes({
        ...{ form: 'hex', direction: 'up', centre: 1, station: STATION, password: '1234', fn, part: null },
        text: hex(`0001260801093001F1F1${STATION}`),
        end: 3,
      }),
    );
  up(0x46);
  await eventually(async () => r.meters.sum('door_frames_total') === 2);
  expect(news).toEqual([]);
  up(0x4a);
  await eventually(async () => news.length === 1);
  expect(news).toEqual([{ is: 'answered', ok: true, result: null, said: null }]);
});

test('SL 651: what was asked for comes back with the answer', async () => {
  rig = await new DoorRig('sl651').open();
  const r = rig;
  const peer = await r.dial();
  const STATION = '0010100001';
  const base = { form: 'ascii', centre: 1, station: STATION, password: 'A000', part: null, end: 3 } as const;
  const up = (fn: number, text: string) =>
    peer.say(sl651Bytes({ ...base, direction: 'up', fn, text: new TextEncoder().encode(text) }));
  up(0x32, '1234240109160128ST 0010100001 H TT 2401091601 Z 12.34 ');
  await eventually(async () => peer.heard.length > 0);
  const before = peer.heard.length;
  const news = r.tell(STATION, 'read-interval');
  await eventually(async () => peer.heard.length > before);
  const [down] = sl651Framer('down').push(peer.heard.subarray(before)).filter(isFrame);
  expect([down?.frame.fn, latin1(down?.frame.text.subarray(16) ?? new Uint8Array())]).toEqual([0x43, '20 ']);
  up(0x43, '0001240109160200ST 0010100001 20 06 ');
  await eventually(async () => news.length === 1);
  expect(news).toEqual([{ is: 'answered', ok: true, result: { seconds: 21_600 }, said: null }]);
});

// ── GB/T 26875.3 ─────────────────────────────────────────────────────────────────────────────────────

const UNIT = '010203040506';
async function transmitter() {
  rig = await new DoorRig('gb26875').open();
  const r = rig;
  const peer = await r.dial();
  peer.say(
    hex(
      '404011000100051e0901081a0605040302010b0a09080706300002020101002803000200030033c2a5d7dfc0c8000000000000000000000000000000000000000000000000051e0901081a362323',
    ),
  );
  await eventually(async () => peer.heard.length > 0);
  const part = r.taken[0]?.frame.said[0]?.station ?? '';
  const from = peer.heard.length;
  const asked = async (n = 1): Promise<Gb26875Frame> => {
    const frames = () => gb26875Framer().push(peer.heard.subarray(from)).filter(isFrame);
    await eventually(async () => frames().filter((f) => f.frame.command === 1).length >= n);
    return frames().filter((f) => f.frame.command === 1)[n - 1]?.frame as Gb26875Frame;
  };
  const up = (command: number, serial: number, data: Uint8Array = new Uint8Array()) =>
    peer.say(
      gb26875Bytes({
        ...{ serial, version: [1, 0], time: new Uint8Array(6), source: UNIT, destination: '060708090A0B' },
        ...{ command, data },
      }),
    );
  return { r, part, asked, up };
}

test('GB/T 26875.3: the clock is type 90 to the unit, for whichever part it is asked; its confirm is the end', async () => {
  const { r, part, asked, up } = await transmitter();
  expect([part, r.reaches(part), r.reaches('0102030405FF-1-0-3-2')]).toEqual([
    `${UNIT}-1-0-3-2`,
    true,
    false,
  ]);
  const news = r.tell(part, 'set-clock');
  const frame = await asked();
  expect(frame).toMatchObject({ source: '060708090A0B', destination: UNIT });
  // 2026-08-01 09:30:00 in Beijing, low byte first.
  expect([...frame.data]).toEqual([90, 1, 0, 30, 9, 1, 8, 26]);
  expect(r.reaches(part)).toBe(false);
  up(3, frame.serial + 1);
  up(3, frame.serial);
  await eventually(async () => news.length === 1);
  expect(news).toEqual([{ is: 'answered', ok: true, result: null, said: null }]);
  const denied = r.tell(UNIT, 'set-clock');
  up(6, (await asked(2)).serial);
  await eventually(async () => denied.length === 1);
  expect(denied[0]).toMatchObject({ ok: false, said: '否认 denied (6)' });
  expect(r.tell(UNIT, 'restart')[0]?.is).toBe('not-spoken');
});

test('GB/T 26875.3 查岗: confirmed is delivered, the button is the answer, and nobody there is said', async () => {
  const { r, asked, up } = await transmitter();
  const news = r.tell(UNIT, 'duty-check', { minutes: 2 });
  const { data, serial } = await asked();
  expect([...data]).toEqual([91, 1, 2]);
  up(3, serial);
  await eventually(async () => news.length === 1);
  expect(news[0]).toEqual({ is: 'delivered' });
  // Another operation, a test of the unit, is not the button.
  up(2, 7, Uint8Array.of(24, 1, 1 << 4, 0, 30, 9, 1, 8, 26));
  up(2, 8, Uint8Array.of(24, 1, 1 << 5, 0, 30, 9, 1, 8, 26));
  await eventually(async () => news.length === 2);
  expect(news[1]).toEqual({ is: 'answered', ok: true, result: { onDuty: true }, said: null });
  const nobody = r.tell(UNIT, 'duty-check', { minutes: 1 });
  await asked(2);
  r.clock.forward(91_000);
  expect(nobody).toEqual([{ is: 'no-answer', said: 'no answer within 90 s' }]);
});
