import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Stations } from '../../simulators/doors/index.ts';
import { szy206Bytes } from '../../simulators/doors/szy206.ts';
import { toHex } from '../../src/wire/protocols/bytes.ts';
import { isFrame } from '../../src/wire/protocols/stream.ts';
import { dissectSzy206 } from '../../src/wire/protocols/szy206/dissector.ts';
import { szy206Framer } from '../../src/wire/protocols/szy206/framer.ts';

const AT = Date.parse('2026-03-09T08:45:00+08:00');

test('a meter writes what the published frame has, byte by byte', () => {
  const said = { flow: 5.9, total: 106_182, at: AT, state: [1, 0x10, 0x60, 0] };
  expect(toHex(szy206Bytes('530381-0D00', said))).toBe(
    '681A68B35303810D00C00059000000826110000001106000004508090A3516',
  );
});

test('meters call, report and are understood; what flowed adds up', async () => {
  const framer = szy206Framer();
  const heard: unknown[] = [];
  const server = createServer((socket: Socket) =>
    socket.on('data', (bytes) => {
      for (const one of framer.push(bytes).filter(isFrame)) {
        const said = dissectSzy206(one.frame, AT + 8 * 3_600_000 + 7_200_000);
        heard.push([said?.station, ...(said?.items ?? []).slice(0, 2).map((i) => i.raw)]);
      }
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const stations = new Stations({ door: 'szy206', devices: ['F-1'], metrics: ['flow'], port: () => port });
  const called = once(server, 'connection');
  await stations.report('F-1', { at: AT, values: { flow: 10.5 } });
  await called;
  await stations.report('F-1', { at: AT + 3_600_000, values: { flow: 12 } });
  await expect
    .poll(() => heard)
    .toEqual([
      ['530381-0001', 10.5, 0],
      ['530381-0001', 12, 11],
    ]);
  stations.close();
  server.close();
});
