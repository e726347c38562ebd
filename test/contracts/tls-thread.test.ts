import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ThreadSocket, TlsThread } from '../../src/adapters/tls-thread/index.ts';
import { ON_THE_WAY } from '../../src/adapters/tls-thread/protocol.ts';
import type { TlsMaterial } from '../../src/flow/ports/broker.ts';
import type { TlsHears } from '../../src/flow/ports/tls-listener.ts';
import { Authority, textsOf } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { realHello } from '../support/hello.ts';

const MEGABYTE = 1024 * 1024;
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Closed, with an error or without. */
const closed = (s: Socket | ThreadSocket) => new Promise<void>((resolve) => s.once('close', () => resolve()));

/** Everything until the end. */
async function readAll(from: Socket | ThreadSocket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  from.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(from, 'end');
  return Buffer.concat(chunks);
}

describe('TLS in a thread of its own', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-thread-'));
  let authority: Authority;
  let material: TlsMaterial;
  let ca: string;
  beforeAll(() => {
    authority = new Authority(dir);
    material = { ...textsOf(authority.issue('localhost')), ca: null };
    ca = textsOf(authority.pair).cert;
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** A listener; `sockets` are those whose TLS has come about, `heard` is everything else that it told. */
  async function listener(
    o: { secured?: (s: ThreadSocket) => void; material?: TlsMaterial; within?: number; file?: URL } = {},
    more: Partial<TlsHears<ThreadSocket>> = {},
  ) {
    const sockets: ThreadSocket[] = [];
    const heard: string[] = [];
    const thread = new TlsThread(
      {
        material: o.material ?? material,
        within: o.within ?? 10_000,
        connections: 1_000,
        tcpKeepAlive: 60_000,
        hears: {
          arrived: (s) => s.on('error', (e) => heard.push(`error ${e.message}`)),
          secured: (s, certificate) => {
            if (certificate !== null) heard.push(`certificate ${certificate}`);
            sockets.push(s);
            o.secured?.(s);
          },
          failed: (_, code) => heard.push(`failed ${code}`),
          late: () => heard.push('late'),
          full: () => heard.push('full'),
          trouble: (why) => heard.push(`trouble ${why}`),
          ...more,
        },
      },
      o.file,
    );
    const { port } = await thread.listen('127.0.0.1', 0);
    stops.push(() => thread.end());
    return { thread, port, sockets, heard };
  }

  async function client(port: number, more: object = {}): Promise<TLSSocket> {
    const s = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...more });
    s.on('error', () => undefined);
    stops.push(() => s.destroy());
    await once(s, 'secureConnect');
    return s;
  }
  const raw = async (port: number): Promise<Socket> => {
    const s = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    stops.push(() => s.destroy());
    await once(s, 'connect');
    return s;
  };
  const echo = (s: ThreadSocket) => s.pipe(s);
  const firstOf = (sockets: readonly ThreadSocket[]) => eventually(async () => sockets[0]);

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'forty clients at once hear their own megabyte over %s',
    async (version) => {
      const { port, heard } = await listener({ secured: echo });
      await Promise.all(
        Array.from({ length: 40 }, async () => {
          const s = await client(port, { minVersion: version, maxVersion: version });
          const said = randomBytes(MEGABYTE);
          const back = readAll(s);
          s.end(said);
          expect(hash(await back)).toBe(hash(said));
        }),
      );
      expect(heard).toEqual([]);
    },
  );

  test('it says where a client comes from', async () => {
    const { port, sockets } = await listener();
    const s = await client(port);
    const socket = await firstOf(sockets);
    expect([socket.remoteAddress, socket.remotePort]).toEqual([s.localAddress, s.localPort]);
  });

  test('what is not read is not taken: the client waits, and loses nothing', async () => {
    const { port, sockets } = await listener();
    const s = await client(port);
    const said = randomBytes(24 * MEGABYTE);
    s.end(said);
    const socket = await firstOf(sockets);
    let before = -1;
    await eventually(
      async () => {
        const still = before === socket.readableLength && s.bytesWritten > 0;
        before = socket.readableLength;
        return still && before > 0;
      },
      10_000,
      300,
    );
    // One more record than may be on its way.
    expect(socket.readableLength).toBeLessThanOrEqual(ON_THE_WAY + 16 * 1024);
    expect(hash(await readAll(socket))).toBe(hash(said));
  });

  test('a piece that is read and put back is not taken', async () => {
    const { port, sockets } = await listener();
    const s = await client(port);
    const said = randomBytes(4 * MEGABYTE);
    s.end(said);
    const socket = await firstOf(sockets);
    for (let i = 0; i < 50; i++) {
      await eventually(async () => socket.readableLength > 0);
      const piece = socket.read() as Buffer | null;
      if (piece !== null) socket.unshift(piece);
      expect(socket.readableLength).toBeLessThanOrEqual(ON_THE_WAY + 16 * 1024);
    }
    expect(hash(await readAll(socket))).toBe(hash(said));
  });

  test('a taker is given what comes while nothing is buffered, in order with what it leaves', async () => {
    let n = 0;
    const took: Buffer[] = [];
    const { port, sockets } = await listener({
      secured: (s) => {
        s.taker = (bytes) => {
          // Every third piece goes into the stream, and what comes behind it until that is read.
          if (++n % 3 === 0) return false;
          took.push(bytes);
          return true;
        };
        s.on('readable', () => {
          for (let c = s.read() as Buffer | null; c !== null; c = s.read() as Buffer | null) took.push(c);
        });
      },
    });
    const s = await client(port);
    const said = randomBytes(8 * MEGABYTE);
    s.end(said);
    const socket = await firstOf(sockets);
    await closed(socket);
    expect(n).toBeGreaterThan(3);
    expect(hash(Buffer.concat(took))).toBe(hash(said));
  });

  test('what a client does not read waits on this side, where it is seen, and comes in order', async () => {
    const { port, sockets } = await listener();
    const s = await client(port);
    const socket = await firstOf(sockets);
    const said = randomBytes(24 * MEGABYTE);
    for (let at = 0; at < said.length; at += 10_000) socket.write(said.subarray(at, at + 10_000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(socket.writableLength).toBeGreaterThan(MEGABYTE);
    expect(socket.writableNeedDrain).toBe(true);
    const back = readAll(s);
    await once(socket, 'drain');
    socket.end();
    expect(hash(await back)).toBe(hash(said));
  });

  test('small answers for hours: nothing stands still', async () => {
    const { port, sockets } = await listener();
    const s = await client(port);
    const socket = await firstOf(sockets);
    const back = readAll(s);
    const answer = Buffer.of(0x40, 2, 0, 1);
    for (let i = 0; i < 100_000; i++) {
      if (!socket.write(answer)) await once(socket, 'drain');
      if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
    expect((await back).length).toBe(400_000);
  });

  test('destroySoon sends what was written before it, destroy does not wait', async () => {
    const said = randomBytes(3 * MEGABYTE);
    const { port } = await listener({
      secured: (s) => {
        s.write(said);
        s.destroySoon();
      },
    });
    const s = await client(port);
    expect(hash(await readAll(s))).toBe(hash(said));

    const { port: other, sockets } = await listener();
    const deaf = await client(other);
    const socket = await firstOf(sockets);
    socket.write(said);
    socket.destroy();
    await closed(deaf.resume());
    expect(deaf.bytesRead).toBeLessThan(said.length);
  });

  test('a client that ends: its last words are read, then the end, then it is closed', async () => {
    const { port, sockets, heard } = await listener();
    const s = await client(port);
    s.end('last words');
    const socket = await firstOf(sockets);
    const over = closed(socket);
    expect(String(await readAll(socket))).toBe('last words');
    await over;
    expect(heard).toEqual([]);
  });

  test('a client that is torn off is closed, whatever was under way', async () => {
    const { port, sockets } = await listener();
    const below = await raw(port);
    await client(port, { socket: below });
    const socket = await firstOf(sockets);
    socket.write(randomBytes(8 * MEGABYTE));
    below.resetAndDestroy();
    await closed(socket);
    expect(socket.destroyed).toBe(true);
  });

  test('who is destroyed on arrival gets no handshake', async () => {
    const { port, sockets } = await listener(
      {},
      { arrived: (s) => void s.on('error', () => undefined).destroy() },
    );
    const s = await raw(port);
    s.write('anything');
    await closed(s.resume());
    expect(s.bytesRead).toBe(0);
    expect(sockets).toEqual([]);
  });

  test('who goes in the middle of the handshake is gone at once, and no offender', async () => {
    const first = await listener();
    const asking = await raw(first.port);
    // Answered by a hello, and never finished.
    asking.end(await realHello());
    await closed(asking.resume());
    await eventually(async () => first.heard.length > 0);
    expect(first.heard).toEqual(['failed ECONNRESET']);
  });

  test('why no TLS comes about is told: another protocol, an old one, a certificate that is missing or foreign', async () => {
    const { port, heard } = await listener({ within: 300 });
    const other = await raw(port);
    other.resume().write('GET / HTTP/1.1\r\n\r\n');
    await closed(other);
    await eventually(async () => heard.includes('failed ERR_SSL_HTTP_REQUEST'));
    const silent = await raw(port);
    await closed(silent.resume());
    await eventually(async () => heard.includes('late'));

    const mutual = await listener({ material: { ...material, ca } });
    const without = connectTls({ port: mutual.port, host: '127.0.0.1', servername: 'localhost', ca });
    without.on('error', () => undefined);
    await closed(without.resume());
    await eventually(async () => mutual.heard.includes('failed ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'));
    const foreign = textsOf(new Authority(dir, 'foreign').issue('DEV-B'));
    const stranger = connectTls({
      port: mutual.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca,
      ...foreign,
    });
    stranger.on('error', () => undefined);
    await closed(stranger.resume());
    await eventually(async () => mutual.heard.some((h) => /^failed .*(VERIFY|UNABLE|SELF_SIGNED)/.test(h)));
    expect(mutual.sockets).toEqual([]);

    await client(mutual.port, textsOf(authority.issue('DEV-A')));
    await eventually(async () => mutual.heard.includes('certificate DEV-A'));
  });

  test('a renewed certificate counts for who comes next; one that is none is refused, and the old one stays', async () => {
    const { thread, port, sockets } = await listener({ secured: echo });
    const before = await client(port);
    const serial = before.getPeerCertificate().serialNumber;
    thread.renew({ ...textsOf(authority.issue('localhost', 'renewed')), ca: null });
    const after = await eventually(async () => {
      const s = await client(port);
      return s.getPeerCertificate().serialNumber === serial ? null : s;
    });
    expect(() => thread.renew({ cert: 'none', key: 'none', ca: null })).toThrow();
    expect((await client(port)).getPeerCertificate().serialNumber).toBe(
      after.getPeerCertificate().serialNumber,
    );
    before.write('still here');
    expect(String((await once(before, 'data'))[0])).toBe('still here');
    expect(sockets.length).toBeGreaterThan(2);
  });

  test('a port that is in use is said, and nothing stays behind', async () => {
    const { port } = await listener();
    const second = new TlsThread({
      material,
      ...{ within: 1_000, connections: 10, tcpKeepAlive: 60_000 },
      hears: { arrived() {}, secured() {}, failed() {}, late() {}, full() {}, trouble() {} },
    });
    await expect(second.listen('127.0.0.1', port)).rejects.toThrow(/EADDRINUSE/);
    await second.end();
  });

  test('certificates that are none are refused before anything runs', () => {
    const hears = { arrived() {}, secured() {}, failed() {}, late() {}, full() {}, trouble() {} };
    const bad = { cert: 'none', key: 'none', ca: null };
    expect(
      () => new TlsThread({ material: bad, within: 1, connections: 1, tcpKeepAlive: 1, hears }),
    ).toThrow();
  });

  test('when the thread ends by itself every connection ends, it is told, and the same port answers again', async () => {
    const file = new URL('../support/tls-thread-that-ends.ts', import.meta.url);
    const { thread, port, sockets, heard } = await listener({ file });
    const s = await client(port);
    const socket = await firstOf(sockets);
    thread.renew(material);
    await Promise.all([closed(socket), closed(s.resume())]);
    expect(heard.find((h) => h.startsWith('trouble'))).toContain('another one listens in 1 s');
    await eventually(async () => {
      const again = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca });
      stops.push(() => again.destroy());
      return new Promise<boolean>((resolve) => {
        again.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
      });
    });
    await eventually(async () => sockets.length > 1);
  });

  test('who was told to close takes nobody more; who is in stays in', async () => {
    const { thread, port } = await listener({ secured: echo });
    const s = await client(port);
    thread.close();
    await eventually(async () => {
      const next = connect({ port, host: '127.0.0.1' });
      stops.push(() => next.destroy());
      return new Promise<boolean>((resolve) => {
        next.once('connect', () => resolve(false)).once('error', () => resolve(true));
      });
    });
    s.write('still here');
    expect(String((await once(s, 'data'))[0])).toBe('still here');
  });
});
