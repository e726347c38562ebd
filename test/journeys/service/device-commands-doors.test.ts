import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hj212Bytes, hj212Framer } from '../../../src/wire/protocols/hj212/framer.ts';
import { withCrc } from '../../../src/wire/protocols/modbus/framer.ts';
import { isFrame } from '../../../src/wire/protocols/stream.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 });
const IMEI = '862592051651472';
const MN = 'OUTFALL-01';

/** A data logger that speaks HJ 212 and does what it is asked; `null`: it takes it and says nothing. */
function logger(port: number): { readonly asked: string[]; obeys: boolean; close(): void } {
  const framer = hj212Framer();
  const socket: Socket = connect(port, '127.0.0.1');
  const it = { asked: [] as string[], obeys: true, close: () => void socket.destroy() };
  const say = (qn: string, st: string, cn: string, cp: string) =>
    socket.write(hj212Bytes({ qn, st, cn, pw: '123456', mn: MN, flag: 5, cp }));
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const { frame } of framer.push(chunk).filter(isFrame)) {
      if (frame.cn === '9014') continue;
      it.asked.push(`${frame.cn} ${frame.cp.replace(/\d{14}/, 'now')}`);
      if (!it.obeys) continue;
      say(frame.qn, '91', '9011', 'QnRtn=1');
      say(frame.qn, '91', '9012', 'ExeRtn=1');
    }
  });
  say('20260801085857223', '32', '2011', 'DataTime=20260801085800;w01018-Rtd=36.2,w01018-Flag=N');
  return it;
}

/** A DTU with a gate on slave 1. */
function dtu(port: number): { readonly written: string[]; close(): void } {
  const socket: Socket = connect(port, '127.0.0.1', () => socket.write(IMEI));
  const it = { written: [] as string[], close: () => void socket.destroy() };
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const [, fn] = chunk;
    if (fn === 3) socket.write(withCrc(Uint8Array.of(1, 3, 2, 0, 123)));
    if (fn !== 6) return;
    it.written.push(chunk.toString('hex').slice(0, 12));
    socket.write(chunk);
  });
  return it;
}

test('commands go down through the doors of HJ 212 and Modbus, and outlive kill -9', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'commands-doors-'));
  mkdirSync(join(dir, 'mappings'));
  const mapping = {
    ...{ name: 'gates', protocol: 'modbus', station: { device: 'table', table: { [IMEI]: 'GATE-1' } } },
    take: [{ code: 'level', metric: 'level', times: 0.01 }],
    poll: {
      ...{ everySeconds: 1, gapMs: 20, ask: [{ code: 'level', slave: 1, addr: 0 }] },
      write: [{ name: 'set-gate', slave: 1, addr: 16, min: 0, max: 100 }],
    },
  };
  writeFileSync(join(dir, 'mappings', 'gates.json'), JSON.stringify(mapping));
  const env = { LIFELINE_DOOR_HJ212_PORT: '0', LIFELINE_DOOR_MODBUS_PORT: '0' };
  let service = await ServiceProcess.start(dir, env);
  const open: { close(): void }[] = [];
  const port = (door: string) =>
    Number(String(service.log.find((l) => l.msg === 'ready')?.[door]).split(':')[1]);
  try {
    let api = await service.client();
    for (const [code, lifeline] of [
      [MN, 'environment'],
      ['GATE-1', 'drainage'],
    ]) {
      await api.post('/points', { code: `P-${code}`, name: '点', lifeline });
      await api.post('/devices', { code, lifeline, point: `P-${code}` });
    }
    let n = 0;
    const tell = async (device: string, body: Record<string, unknown>) =>
      api.post(`/devices/${device}/commands`, { commandId: `c${++n}`, ...body });
    const of = async (device: string) =>
      (await api.get<{ items: Record<string, unknown>[] }>(`/devices/${device}/commands`)).items.reverse();

    // Made before the logger has come: it waits for its first word.
    await tell(MN, { name: 'set-interval', params: { seconds: 30 } });
    let outfall = logger(port('hj212'));
    open.push(outfall);
    await eventually(async () =>
      expect((await of(MN)).map((c) => [c.state, c.way])).toEqual([['SUCCESSFUL', 'hj212']]),
    );
    await tell(MN, { name: 'set-clock' });
    await tell(MN, { name: 'restart' });
    await eventually(async () =>
      expect((await of(MN)).map((c) => c.state)).toEqual(['SUCCESSFUL', 'SUCCESSFUL', 'FAILED']),
    );
    expect(outfall.asked).toEqual(['1062 RtdInterval=30', '1012 SystemTime=now']);
    expect((await of(MN)).at(-1)).toMatchObject({ why: 'not-spoken' });

    // A gate is moved by two.
    const wang = { account: 'wang', name: '王班长', roles: ['shift-leader'], areas: null };
    const { oneTimeCode } = (await api.post('/accounts', wang)).body;
    await (await service.client('wang', String(oneTimeCode))).post('/me/password', { next: PASSWORD });
    const second = { account: 'wang', password: PASSWORD };
    const gate = dtu(port('modbus'));
    open.push(gate);
    const asked = await tell('GATE-1', { name: 'set-gate', params: { value: 50 }, second });
    expect([asked.status, asked.body.code]).toEqual([422, 'command-unsound']);
    const moved = await tell('GATE-1', { name: 'set-gate', params: { opening: 50 }, second });
    expect(moved.status).toBe(201);
    await eventually(async () =>
      expect((await of('GATE-1'))[0]).toMatchObject({ state: 'SUCCESSFUL', way: 'modbus' }),
    );
    expect(gate.written).toEqual(['010600100032']);

    // On its way at a kill: it leaves once more, and is known to have.
    outfall.obeys = false;
    await tell(MN, { name: 'set-clock' });
    await eventually(() => expect(outfall.asked.length).toBe(3));
    await service.kill();
    outfall.close();
    service = await ServiceProcess.start(dir, env);
    api = await service.client();
    outfall = logger(port('hj212'));
    open.push(outfall);
    await eventually(async () =>
      expect((await of(MN)).at(-1)).toMatchObject({ state: 'SUCCESSFUL', sends: 2 }),
    );
    expect(outfall.asked).toEqual(['1012 SystemTime=now']);
  } finally {
    for (const one of open) one.close();
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 90_000);
