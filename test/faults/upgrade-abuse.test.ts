import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dial, upgrade } from '../support/raw.ts';
import { ServiceProcess } from '../support/service-process.ts';

/** F13 of promises, where the HTTP server has let go of a connection and nobody has taken it up. */
describe('a refused upgrade', () => {
  const dir = mkdtempSync(join(tmpdir(), 'upgrade-abuse-'));
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.start(dir);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const sockets = (): number => {
    const fds = `/proc/${service.child.pid}/fd`;
    const is = (fd: string) => {
      try {
        return readlinkSync(join(fds, fd)).startsWith('socket:');
      } catch {
        return false;
      }
    };
    return readdirSync(fds).filter(is).length;
  };

  test.each([
    ['keeps its side open', ''],
    ['sends on after it', 'x'.repeat(100_000)],
  ])('takes no place from anybody when the client %s', async (_what, body) => {
    const before = sockets();
    const held = Array.from({ length: 100 }, () => dial(service.url, upgrade(service.url, [], { body })));
    await Promise.all(held.map((socket) => once(socket, 'data')));
    await eventually(async () => sockets() <= before + 5, 10_000).catch(() => {
      throw new Error(`${sockets() - before} of 100 refused connections still have a place`);
    });
    for (const socket of held) socket.destroy();
  });
});
