import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whyNoTls } from '../../src/adapters/broker-aedes/no-tls.ts';

const dir = mkdtempSync(join(tmpdir(), 'no-tls-'));
let cert = '';
let key = '';

async function pair(name: string): Promise<{ cert: string; key: string }> {
  const { stdout } = await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', '-', '-out', '-'],
  ]);
  const [key = ''] = /-----BEGIN PRIVATE KEY[\s\S]*?END PRIVATE KEY-----/.exec(stdout) ?? [];
  const [cert = ''] = /-----BEGIN CERTIFICATE[\s\S]*?END CERTIFICATE-----/.exec(stdout) ?? [];
  return { cert, key };
}

beforeAll(async () => {
  ({ cert, key } = await pair('localhost'));
  writeFileSync(join(dir, 'another.pem'), (await pair('somebody else')).cert);
}, 30_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** @returns the code with which a handshake of this client fails at a server that asks for certificates, or does not */
async function failed(how: (port: number) => { destroy(): void }, asks = false): Promise<string> {
  const server = createServer({ cert, key, requestCert: asks, rejectUnauthorized: asks, ca: cert });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const code = new Promise<string>((resolve) =>
    server.once('tlsClientError', (e: NodeJS.ErrnoException) => resolve(e.code ?? e.message)),
  );
  const client = how((server.address() as { port: number }).port);
  try {
    return await code;
  } finally {
    client.destroy();
    server.close();
  }
}

function tls(options: ConnectionOptions): (port: number) => TLSSocket {
  return (port) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options });
    socket.on('error', () => undefined);
    return socket;
  };
}

const plain = (text: string) => (port: number) => {
  const socket = connectPlain(port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  return socket;
};

test('a client that does not trust our certificate is said to need its authority, not another TLS', async () => {
  const options = ['-CAfile', join(dir, 'another.pem'), '-verify_return_error', '-quiet'];
  const code = await failed((port) => {
    const child = execFile(
      'openssl',
      ['s_client', '-connect', `127.0.0.1:${port}`, ...options],
      () => undefined,
    );
    return { destroy: () => child.kill() };
  });
  expect(code).toContain('ALERT');
  expect(whyNoTls(code, false)).toContain('does not trust our certificate');
  expect(whyNoTls(code, false)).not.toContain('TLS 1.2');
});

test('one of an old TLS is told which would be right', async () => {
  const code = await failed(
    tls({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  );
  expect(whyNoTls(code, false)).toContain('TLS 1.2 or 1.3 would be right');
});

test('one that speaks no TLS is told the two addresses', async () => {
  for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab'])
    expect(whyNoTls(await failed(plain(text)), false)).toContain('what it sent is no TLS');
});

test('one without the certificate that is asked for is told so', async () => {
  const code = await failed(tls({ rejectUnauthorized: false, maxVersion: 'TLSv1.2' }), true);
  expect(whyNoTls(code, true)).toContain('it brought no certificate; one of our authority would be right');
});
