import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { get, request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { run } from '../../commands/run.ts';
import { telemetry } from '../../contracts/broker/broker-bench.ts';
import { Authority, type Pair, textsOf } from '../../support/certificates.ts';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

type Ready = { mqtts: string; http: string };

const portOf = (service: ServiceProcess): number =>
  Number((service.log.find((e) => e.msg === 'ready') as Ready | undefined)?.mqtts.split(':')[1]);

async function publish(port: number, args: readonly string[]): Promise<number | null> {
  const child = spawn('mosquitto_pub', ['-h', 'localhost', '-p', `${port}`, '-q', '1', ...args], {
    stdio: 'ignore',
  });
  return ((await once(child, 'close')) as [number | null])[0];
}

/** Serial number of the certificate that a listener shows. */
async function shown(port: number, authority: Authority): Promise<string> {
  const socket: TLSSocket = connectTls({
    port,
    host: '127.0.0.1',
    ca: textsOf(authority.pair).cert,
    servername: 'localhost',
  });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const READING = ['-m', '{"values":{"ch4":1}}'];

describe('MQTT and HTTP over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'));
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  const authority = new Authority(certificates);
  // Names that stay while what is in the files is renewed.
  const inUse = { cert: join(certificates, 'in-use.pem'), key: join(certificates, 'in-use.key') };
  const use = (pair: Pair) => {
    copyFileSync(pair.cert, inUse.cert);
    copyFileSync(pair.key, inUse.key);
  };
  let service: ServiceProcess;
  let secret = '';

  beforeAll(async () => {
    use(authority.issue('localhost', 'first'));
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_ANONYMOUS: 'false',
      LIFELINE_MQTTS_PORT: '0',
      LIFELINE_MQTTS_CERT_FILE: inUse.cert,
      LIFELINE_MQTTS_KEY_FILE: inUse.key,
      LIFELINE_HTTP_TLS_CERT_FILE: inUse.cert,
      LIFELINE_HTTP_TLS_KEY_FILE: inUse.key,
    });
    const added = await run('device', ['add', 'DEV-A', '--csv', '--unregistered', '--data-dir', dir]);
    secret = added.out.trim().split(',').at(-1) as string;
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    for (const d of [dir, certificates]) rmSync(d, { recursive: true, force: true });
  });

  const as = () => ['-u', 'DEV-A', '-P', secret, '-i', 'DEV-A', '-t', telemetry('DEV-A'), ...READING];

  test.each(['tlsv1.2', 'tlsv1.3'])('a device comes in over %s', async (version) => {
    expect(
      await publish(portOf(service), ['--cafile', authority.pair.cert, '--tls-version', version, ...as()]),
    ).toBe(0);
  });

  test('TLS 1.1 and plain text get nowhere on that port, and are counted', async () => {
    const old = connectTls({
      port: portOf(service),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
    expect(await publish(portOf(service), as())).not.toBe(0);
    const text = await over(service.url, '/metrics', authority);
    expect(text.body).toMatch(/^lifeline_mqtt_refused_total\{why="tls"\} [1-9]/m);
  });

  test('a connection that begins no TLS, or never ends beginning, does not hold a place for ever', async () => {
    const silent = connectTcp(portOf(service), '127.0.0.1');
    const since = performance.now();
    silent.resume();
    await once(silent, 'close');
    expect(performance.now() - since).toBeLessThan(30_000);
  }, 40_000);

  test('the console and the interface come over HTTPS, with HSTS, and with a cookie for TLS alone', async () => {
    expect(service.url).toMatch(/^https:/);
    const page = await over(service.url, '/livez', authority);
    expect([page.status, page.hsts]).toEqual([200, 'max-age=31536000']);
  });

  test('a person logs in over HTTPS, gets a cookie for TLS alone, and the live stream comes over TLS', async () => {
    const ca = textsOf(authority.pair).cert;
    const cookie = await new Promise<string>((resolve, reject) => {
      const asking = request(
        new URL('/api/v1/session', service.url),
        {
          method: 'POST',
          ca,
          agent: false,
          headers: { 'content-type': 'application/json', origin: service.url },
        },
        (answer) => {
          answer.resume();
          resolve(answer.headers['set-cookie']?.[0] ?? `no cookie: ${answer.statusCode}`);
        },
      );
      asking.on('error', reject);
      asking.end(JSON.stringify({ account: 'admin', password: PASSWORD }));
    });
    expect(cookie).toMatch(/; ?Secure/i);
    const live = new WebSocket(`${service.url.replace('https', 'wss')}/api/v1/live`, {
      ca,
      headers: { cookie: cookie.split(';')[0] as string, origin: service.url },
    });
    const [first] = (await once(live, 'message')) as [Buffer];
    expect(JSON.parse(String(first))).toMatchObject({ type: 'hello' });
    live.terminate();
  });

  test('a renewed certificate is taken on SIGHUP; a broken one is told of, and the old one stays', async () => {
    const ports = [portOf(service), Number(new URL(service.url).port)];
    const before = await shown(ports[0] as number, authority);
    use(authority.issue('localhost', 'second'));
    service.child.kill('SIGHUP');
    for (const port of ports) await eventually(async () => (await shown(port, authority)) !== before);
    const renewed = await shown(ports[0] as number, authority);
    copyFileSync(authority.pair.key, inUse.key);
    service.child.kill('SIGHUP');
    await eventually(async () =>
      service.log.some((e) => String(e.msg).startsWith('certificates cannot be renewed')),
    );
    expect(await shown(ports[0] as number, authority)).toBe(renewed);
    // One that has ended, too, by what the real process does with it.
    use(authority.issue('localhost', 'ended', { valid: ['200101000000Z', '200102000000Z'] }));
    service.child.kill('SIGHUP');
    await eventually(async () => service.log.some((e) => e.why === 'certificate-expired'));
    for (const port of ports) expect(await shown(port, authority)).toBe(renewed);
    expect(await publish(ports[0] as number, ['--cafile', authority.pair.cert, ...as()])).toBe(0);
  });
});

test('with certificates that have ended it starts, says so in the log and at /readyz, and on the desk', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ended-'));
  const authority = new Authority(dir);
  const ended = authority.issue('localhost', 'ended', { valid: ['200101000000Z', '200102000000Z'] });
  const service = await ServiceProcess.start(join(dir, 'data'), {
    LIFELINE_MQTTS_PORT: '0',
    LIFELINE_MQTTS_CERT_FILE: ended.cert,
    LIFELINE_MQTTS_KEY_FILE: ended.key,
  });
  try {
    await eventually(async () => service.log.some((e) => e.why === 'certificate-expired'));
    const ready = (await (await fetch(`${service.url}/readyz`)).json()) as object;
    expect(ready).toMatchObject({
      status: 'ready',
      certificates: [{ use: 'mqtts', endsAt: '2020-01-02T00:00:00.000Z', fault: 'certificate-expired' }],
    });
    await eventually(async () => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      return text.includes('alarms_open{level="1",acknowledged="no"} 1');
    }, 30_000);
  } finally {
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);

describe('with an authority for devices', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mtls-'));
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  const ours = new Authority(certificates);
  const foreign = new Authority(certificates, 'foreign');
  let service: ServiceProcess;

  beforeAll(async () => {
    const own = ours.issue('localhost');
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_ANONYMOUS: 'false',
      LIFELINE_MQTTS_PORT: '0',
      LIFELINE_MQTTS_CERT_FILE: own.cert,
      LIFELINE_MQTTS_KEY_FILE: own.key,
      LIFELINE_MQTTS_CA_FILE: ours.pair.cert,
    });
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    for (const d of [dir, certificates]) rmSync(d, { recursive: true, force: true });
  });

  const withCertificate = (pair: Pair, topic: string, ...more: string[]) =>
    publish(portOf(service), [
      '--cafile',
      ours.pair.cert,
      '--cert',
      pair.cert,
      '--key',
      pair.key,
      '-t',
      topic,
      ...READING,
      ...more,
    ]);

  test('its certificate’s name is the device: it needs no secret, and is nobody else', async () => {
    const a = ours.issue('DEV-A');
    expect(await withCertificate(a, telemetry('DEV-A'), '-i', 'DEV-A')).toBe(0);
    expect(await withCertificate(a, telemetry('DEV-B'), '-i', 'DEV-A')).toBe(7);
    expect(await withCertificate(a, telemetry('DEV-A'), '-i', 'DEV-B')).toBe(2);
    expect(await withCertificate(a, telemetry('DEV-A'), '-i', 'DEV-A', '-u', 'DEV-B', '-P', 'x')).toBe(4);
    expect(await withCertificate(a, telemetry('DEV-A'), '-i', 'DEV-A', '-u', 'DEV-A', '-P', 'wrong')).toBe(4);
  });

  test('no certificate, one of a foreign authority, one whose name is no code: refused', async () => {
    const port = portOf(service);
    expect(
      await publish(port, ['--cafile', ours.pair.cert, '-i', 'DEV-A', '-t', telemetry('DEV-A'), ...READING]),
    ).not.toBe(0);
    expect(await withCertificate(foreign.issue('DEV-A'), telemetry('DEV-A'), '-i', 'DEV-A')).not.toBe(0);
    expect(await withCertificate(ours.issue('no code', 'no-code'), telemetry('DEV-A'), '-i', 'DEV-A')).toBe(
      5,
    );
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toMatch(/^lifeline_mqtt_refused_total\{why="tls"\} [12]$/m);
  });

  test('revoked, its certificate opens no more', async () => {
    const c = ours.issue('DEV-C');
    expect(await withCertificate(c, telemetry('DEV-C'), '-i', 'DEV-C')).toBe(0);
    const revoked = await run('device', ['revoke', 'DEV-C', '--data-dir', dir]);
    expect(revoked.code, revoked.err).toBe(0);
    expect(await withCertificate(c, telemetry('DEV-C'), '-i', 'DEV-C')).toBe(5);
  });
});

function over(
  url: string,
  path: string,
  authority: Authority,
): Promise<{ status: number; hsts: unknown; body: string }> {
  return new Promise((resolve, reject) => {
    get(new URL(path, url), { ca: textsOf(authority.pair).cert, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (d) => {
        body += d;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, hsts: answer.headers['strict-transport-security'], body }),
      );
    }).on('error', reject);
  });
}
