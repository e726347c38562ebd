import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, type createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer, type Server } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientHello } from '../../src/adapters/handshakes/client-hello.ts';
import { Handshakes } from '../../src/adapters/handshakes/index.ts';
import { Authority, textsOf } from '../support/certificates.ts';
import { realHello } from '../support/hello.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const listening = async (server: Server | ReturnType<typeof createServer>): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
};

/** The same handshake message in records of at most so many bytes. */
function inRecords(hello: Buffer, most: number): Buffer {
  const message = hello.subarray(5);
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += most) {
    const part = message.subarray(at, at + most);
    parts.push(Buffer.of(22, 3, 1, part.length >> 8, part.length & 0xff), part);
  }
  return Buffer.concat(parts);
}

describe('a ClientHello', () => {
  test('is whole with its last byte, in one record or in many, and not before', async () => {
    const hello = await realHello();
    for (const bytes of [hello, inRecords(hello, 100), inRecords(hello, 1)]) {
      for (let n = 0; n < bytes.length; n++) expect(clientHello(bytes.subarray(0, n))).toBe('part');
      expect(clientHello(bytes)).toBe('whole');
      expect(clientHello(Buffer.concat([bytes, Buffer.of(1, 2, 3)]))).toBe('whole');
    }
  });

  test.each([
    ['an MQTT CONNECT', Buffer.of(0x10, 12, 0, 4)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['SSL 2', Buffer.of(0x80, 0x2e, 1, 3, 1)],
    ['an empty record', Buffer.of(22, 3, 1, 0, 0)],
    ['another handshake message', Buffer.of(22, 3, 1, 0, 4, 2, 0, 0, 0)],
    ['a hello of 16 MiB', Buffer.of(22, 3, 1, 0, 4, 1, 255, 255, 255)],
  ])('%s is none', (_, bytes) => {
    expect(clientHello(bytes)).toBe('none');
  });
});

describe('handshakes that take turns', () => {
  const dir = mkdtempSync(join(tmpdir(), 'handshakes-'));
  let secrets: { cert: string; key: string };
  let ca: string;
  beforeAll(() => {
    const authority = new Authority(dir);
    secrets = textsOf(authority.issue('localhost'));
    ca = textsOf(authority.pair).cert;
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** Echoes; `late` counts who never began, `failed` whose TLS did not come about. */
  async function echo(helloWithin: number) {
    const server = createTlsServer(secrets, (s) => s.on('error', () => undefined).pipe(s));
    const seen = { late: 0, failed: 0 };
    server.on('tlsClientError', (_, s) => {
      seen.failed++;
      s.destroy();
    });
    const drop = new Handshakes(helloWithin).pace(server, () => seen.late++);
    return { port: await listening(server), seen, drop };
  }
  const plain = async (port: number): Promise<Socket> => {
    const s = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    await once(s, 'connect');
    return s;
  };

  test('many clients at once all get through, with TLS 1.2 and 1.3', async () => {
    const { port } = await echo(20_000);
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const s = connectTls({
          ...{ port, host: '127.0.0.1', servername: 'localhost', ca },
          maxVersion: i % 2 ? 'TLSv1.2' : 'TLSv1.3',
        });
        s.write(`hello ${i}`);
        const [echoed] = (await once(s, 'data')) as [Buffer];
        expect(String(echoed)).toBe(`hello ${i}`);
        s.destroy();
      }),
    );
  });

  test('a hello that comes byte by byte is answered', async () => {
    const hello = await realHello();
    const { port } = await echo(20_000);
    const s = await plain(port);
    s.setNoDelay(true);
    for (const byte of hello.subarray(0, 40)) {
      s.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    s.write(hello.subarray(40));
    const [answer] = (await once(s, 'data')) as [Buffer];
    expect(answer[0]).toBe(22);
    s.destroy();
  });

  test('who says nothing, or half a hello, is told of and closed in time; who speaks something else, by TLS', async () => {
    const hello = await realHello();
    const { port, seen } = await echo(100);
    const [silent, half, other] = [await plain(port), await plain(port), await plain(port)];
    half.write(hello.subarray(0, 50));
    other.resume().write('GET / HTTP/1.1\r\n\r\n');
    await Promise.all([silent, half, other].map((s) => once(s, 'close')));
    expect(seen).toEqual({ late: 2, failed: 1 });
  });

  test('who goes before they have said anything is not waited for', async () => {
    const { port, seen } = await echo(60_000);
    const s = await plain(port);
    s.end();
    await once(s.resume(), 'close');
    expect(seen).toEqual({ late: 0, failed: 0 });
  });

  test('those that are held can be ended', async () => {
    const { port, drop } = await echo(60_000);
    const s = await plain(port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    drop();
    await once(s, 'close');
  });

  // The same hello again costs an attacker nothing, and a signature of RSA-4096 costs us milliseconds.
  test('between sixty hellos that are there at once everything else has its rounds', async () => {
    const hello = await realHello();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 });
    const begunIn: number[] = [];
    let rounds = 0;
    const server = createTlsServer(secrets);
    server.removeAllListeners('connection').on('connection', () => {
      begunIn.push(rounds);
      // Twice: on a fast machine one takes little longer than is assumed.
      for (let i = 0; i < 2; i++) sign('sha256', hello, privateKey);
    });
    new Handshakes(5_000).pace(server);
    for (let i = 0; i < 60; i++) {
      const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
      socket.push(hello);
      server.emit('connection', socket);
    }
    for (; begunIn.length < 60; rounds++) await new Promise((resolve) => setImmediate(resolve));
    const inOneRound = (round: number) => begunIn.filter((r) => r === round).length;
    // At first a millisecond each is assumed; then they are known to take several.
    expect(Math.max(...begunIn.map(inOneRound))).toBeLessThanOrEqual(10);
    expect(inOneRound(begunIn.at(-1) as number)).toBeLessThanOrEqual(5);
  });
});
