import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gb26875Speech } from '../../../simulators/doors/gb26875.ts';
import { hj212Speech } from '../../../simulators/doors/hj212.ts';
import { StationLine } from '../../../simulators/doors/station-line.ts';
import { fromHex } from '../../../src/wire/protocols/bytes.ts';
import { hj212Bytes } from '../../../src/wire/protocols/hj212/framer.ts';
import { compactWall } from '../../../src/wire/protocols/local-time.ts';
import { sl651Bytes, sl651Framer } from '../../../src/wire/protocols/sl651/framer.ts';
import { isFrame } from '../../../src/wire/protocols/stream.ts';
import { eventually } from '../../support/eventually.ts';
import { type ApiClient, PASSWORD, ServiceProcess } from '../../support/service-process.ts';

// The shipped mappings, the real service, and whoever finds its ports.

const BEIJING = 8 * 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STATION = '0010100001';

/** A timed report of the drain's level, as the shipped mapping has it. */
function report(station: string, serial: number, at: number, metres: number) {
  const time = compactWall(at, BEIJING);
  const level = String(Math.round(metres * 1_000)).padStart(8, '0');
  const text = `${serial.toString(16).padStart(4, '0')}${time}F1F1${station}48F0F0${time.slice(0, 10)}3923${level}`;
  const bytes = sl651Bytes({
    form: 'hex',
    direction: 'up',
    centre: 1,
    station,
    password: '1234',
    fn: 0x32,
    part: null,
    text: fromHex(text) as Uint8Array,
    end: 0x03,
  });
  return { bytes, key: String(serial), about: serial };
}

const serials = () => {
  const framer = sl651Framer('down');
  return (chunk: Uint8Array) =>
    framer
      .push(chunk)
      .filter(isFrame)
      .map(({ frame }) => String(((frame.text[0] as number) << 8) | (frame.text[1] as number)));
};

describe('stations at the doors of the service', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-doors-'));
  const lines: { close(): void }[] = [];
  let service: ServiceProcess;
  let api: ApiClient;
  const port = (door: string) =>
    Number(String(service.log.find((l) => l.msg === 'ready')?.[door]).split(':')[1]);
  const line = (door: string, listener: () => (chunk: Uint8Array) => readonly string[]) => {
    const made = new StationLine<number>({ port: () => port(door), listener });
    lines.push(made);
    return made;
  };
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const levels = () =>
    api.all<{ t: string; value: number }>(
      `/points/${STATION}/readings?metric=level&limit=5000&from=${new Date(now - 3 * DAY).toISOString()}`,
    );

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, {
      LIFELINE_AUTO_REGISTER: 'false',
      LIFELINE_DOOR_SL651_PORT: '0',
      LIFELINE_DOOR_HJ212_PORT: '0',
      LIFELINE_DOOR_GB26875_PORT: '0',
    });
    api = await service.client();
    const file = [
      '类型,编码,名称,业务专项,区域,监测点',
      '区域,341602,谯城区,,,',
      `监测点,${STATION},涡河闸下,waterlogging,341602,`,
      `监测设备,${STATION},,waterlogging,,${STATION}`,
      '监测点,OUT-1,一号排口,environment,341602,',
      '监测设备,OUTFALL-01,,environment,,OUT-1',
    ].join('\n');
    const answer = await fetch(`${service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
      body: file,
    });
    expect(await answer.json()).toMatchObject({ failed: 0 });
  }, 60_000);
  afterAll(async () => {
    for (const one of lines) one.close();
    await service?.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  it('a report of SL 651 is a reading, and the device says that what was answered is kept', async () => {
    const station = line('sl651', serials);
    for (let n = 0; n < 5; n++) station.send(report(STATION, n + 1, now - (5 - n) * MINUTE, 1 + n / 10));
    await eventually(async () => station.waiting === 0);
    expect(station.outOfOrder).toBe(0);
    await eventually(async () => (await levels()).length === 5);
    expect((await levels()).map((r) => r.value)).toEqual([1, 1.1, 1.2, 1.3, 1.4]);
    const quality = await api.get<{ door: unknown }>(`/devices/${STATION}/quality`);
    expect(quality.door).toMatchObject({ door: 'sl651', station: STATION, answered: true });
    station.close();
  });

  it('who asks for no answer is best effort, and its page says so', async () => {
    const time = `20${compactWall(now, BEIJING)}`;
    const bytes = hj212Bytes({
      qn: `${time}000`,
      st: '32',
      cn: '2011',
      pw: '1',
      mn: 'OUTFALL-01',
      flag: 4,
      cp: `DataTime=${time};w01018-Rtd=36.2,w01018-Flag=N`,
    });
    line('hj212', hj212Speech().listener).send({ bytes, key: '', about: 0 });
    const { door } = await eventually(async () => {
      const quality = await api.get<{ door: { answered: boolean } | null }>('/devices/OUTFALL-01/quality');
      return quality.door !== null && quality;
    });
    expect(door).toMatchObject({ door: 'hj212', answered: false });
  });

  it('yesterday’s frames, sent again, are known: nothing is kept twice, and no alarm is touched', async () => {
    const station = line('sl651', serials);
    const yesterday = [7, 8, 9].map((n) => report(STATION, n, now - DAY - n * MINUTE, 0.2));
    for (const frame of yesterday) station.send(frame);
    await eventually(async () => station.waiting === 0);
    await eventually(async () => (await levels()).length === 8);
    const before = await levels();
    const alarms = await api.all<{ id: string; revision: number }>('/alarms?state=all&limit=100');
    const replayed = line('sl651', serials);
    for (const frame of [...yesterday, ...yesterday]) replayed.send(frame);
    await eventually(async () => replayed.waiting === 0);
    expect(await levels()).toEqual(before);
    const after = await api.all<{ id: string; revision: number }>('/alarms?state=all&limit=100');
    expect(after.map((a) => [a.id, a.revision])).toEqual(alarms.map((a) => [a.id, a.revision]));
    // The newer line took the older one over, and both the audit journal and the meters know.
    const auditor = await auditorOf(service, api);
    const traced = await eventually(async () => {
      const entries = await auditor.all<{ what: string; why: string }>('/audit?limit=200');
      return entries.some((e) => e.what === 'door.offence' && e.why === 'line-taken-over');
    });
    expect(traced).toBe(true);
  });

  it('a station that nobody knows lies in quarantine with the bytes that came, is answered, and listed', async () => {
    const stranger = line('sl651', serials);
    const frame = report('0099999999', 77, now, 3);
    stranger.send(frame);
    await eventually(async () => stranger.waiting === 0);
    const { items } = await api.get<{ items: { bytes: string; flaw: string }[] }>('/quarantine?limit=5');
    expect(items[0]).toMatchObject({ flaw: 'unknown-station' });
    expect(Buffer.from(items[0]?.bytes ?? '', 'base64')).toEqual(Buffer.from(frame.bytes));
    const { items: strangers } = await api.get<{ items: { device: string }[] }>('/strangers');
    expect(strangers.map((s) => s.device)).toContain('0099999999');
  });

  it('a part of a fire system whose unit is known to nobody gets in no other way', async () => {
    const speech = gb26875Speech(['smoke']);
    const unit = line('gb26875', speech.listener);
    unit.send({ ...speech.report(speech.station(5), 1, { at: now, values: { smoke: 1 } }), about: 1 });
    await eventually(async () => unit.waiting === 0);
    const { items } = await api.get<{ items: { flaw: string }[] }>('/quarantine?limit=1');
    expect(items[0]?.flaw).toBe('unknown-station');
  });

  it('what frames become is tried by hand', async () => {
    const { body } = await api.post('/mappings/sl651/try', {
      text: Buffer.from(report(STATION, 1, now, 1.234).bytes).toString('hex'),
      hex: true,
    });
    expect(body).toMatchObject({ readings: [{ device: STATION, metric: 'level', value: 1.234 }] });
  });

  it('stops without an answer owed', async () => {
    expect(await service.stop()).toBe(0);
  });
});

/** Whoever reads the audit journal does nothing else. */
async function auditorOf(service: ServiceProcess, api: ApiClient): Promise<ApiClient> {
  const made = await api.post('/accounts', { account: 'auditor1', name: '审计员', roles: ['auditor'] });
  const first = await service.client('auditor1', String(made.body.oneTimeCode));
  await first.post('/me/password', { next: PASSWORD });
  return service.client('auditor1');
}
