import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { telemetry } from '../../contracts/broker/broker-bench.ts';
import { Authority, type Pair } from '../../support/certificates.ts';
import { eventually } from '../../support/eventually.ts';
import { answerTo } from '../../support/raw.ts';
import { ServiceProcess } from '../../support/service-process.ts';

type Where = 'mqtts' | 'https';
type Entry = {
  readonly what: string;
  readonly from: string;
  readonly why: string;
  readonly after?: { why: string };
};

/** The real service, its two ports for TLS, and somebody with `openssl`, `mosquitto_pub` and `curl`. */
describe('an attacker before TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-attackers-'));
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  const ours = new Authority(certificates);
  const foreign = new Authority(certificates, 'foreign');
  const ports = { mqtts: 0, https: 0 };
  let service: ServiceProcess;
  let own: Pair;

  beforeAll(async () => {
    const server = ours.issue('localhost', 'server', { rsa: true });
    own = ours.issue('DEV-A');
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_ANONYMOUS: 'false',
      LIFELINE_MQTTS_PORT: '0',
      LIFELINE_MQTTS_CERT_FILE: server.cert,
      LIFELINE_MQTTS_KEY_FILE: server.key,
      LIFELINE_MQTTS_CA_FILE: ours.pair.cert,
      LIFELINE_HTTP_TLS_CERT_FILE: server.cert,
      LIFELINE_HTTP_TLS_KEY_FILE: server.key,
    });
    const ready = service.log.find((e) => e.msg === 'ready') as { mqtts: string } | undefined;
    ports.mqtts = Number(ready?.mqtts.split(':')[1]);
    ports.https = Number(new URL(service.url).port);
  }, 60_000);
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    for (const d of [dir, certificates]) rmSync(d, { recursive: true, force: true });
  });

  async function tool(
    program: string,
    args: readonly string[],
    input = '',
  ): Promise<{ code: number | null; text: string }> {
    const child = spawn(program, args);
    const late = setTimeout(() => child.kill(), 15_000);
    let text = '';
    child.stdout.on('data', (d) => (text += d));
    child.stderr.on('data', (d) => (text += d));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(late);
    return { code, text };
  }
  /** The cipher that came about, or `null` where nothing did. */
  const cipher = async (where: Where, args: readonly string[]): Promise<string | null> => {
    const mine = where === 'mqtts' ? ['-cert', own.cert, '-key', own.key] : [];
    const { text } = await tool('openssl', [
      ...['s_client', '-connect', `127.0.0.1:${ports[where]}`, '-CAfile', ours.pair.cert],
      ...mine,
      ...args,
    ]);
    const found = /Cipher is (\S+)/.exec(text)?.[1];
    if (found === undefined) throw new Error(`openssl could not even try: ${text}`);
    return found === '(NONE)' ? null : found;
  };
  const audited = async (): Promise<readonly Entry[]> => {
    const { out } = await run('audit', ['export', '--jsonl', '--data-dir', dir]);
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(JSON.parse(line).body));
  };
  const refused = async (why: string): Promise<number> => {
    const { text } = await tool('curl', ['-s', '--cacert', ours.pair.cert, `${service.url}/metrics`]);
    return Number(
      new RegExp(`^lifeline_mqtt_refused_total\\{why="${why}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
    );
  };

  const ANY = ['-cipher', 'ALL:@SECLEVEL=0'];
  const WEAK: readonly [string, readonly string[]][] = [
    ['TLS 1.0', ['-tls1', ...ANY]],
    ['TLS 1.1', ['-tls1_1', ...ANY]],
    ['no encryption', ['-tls1_2', '-cipher', 'eNULL:@SECLEVEL=0']],
    ['no authentication', ['-tls1_2', '-cipher', 'aNULL:@SECLEVEL=0']],
    ['signatures over SHA-1', ['-tls1_2', ...ANY, '-sigalgs', 'RSA+SHA1:ECDSA+SHA1']],
    ['a small curve', ['-tls1_2', '-cipher', 'ECDHE', '-curves', 'secp192r1']],
  ];
  /** Devices in the field know no better; browsers and platforms do. */
  const WEAK_FOR_PEOPLE: typeof WEAK = [
    ['one key for all connections', ['-tls1_2', '-cipher', 'kRSA:@SECLEVEL=0']],
    ['CBC with SHA-1', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-SHA:@SECLEVEL=0']],
    ['CBC with SHA-256', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA256']],
  ];

  describe.each<[Where, typeof WEAK]>([
    ['mqtts', WEAK],
    ['https', [...WEAK, ...WEAK_FOR_PEOPLE]],
  ])('on %s', (where, weak) => {
    test.each(weak)('with %s gets nowhere', async (_what, args) => {
      expect(await cipher(where, args)).toBeNull();
    });

    test('with what was good twenty years ago, which no tool of today knows, gets an alert', async () => {
      // RC4, 3DES, EXPORT, NULL, anonymous: offered alone.
      const suites = Buffer.from(
        '0005000400 0a00160003000800010002 0018001b c007c008 c011c012'.replaceAll(' ', ''),
        'hex',
      );
      const told = await answerTo(`https://127.0.0.1:${ports[where]}`, clientHello(suites));
      expect(Buffer.from(told.text, 'latin1').toString('hex')).toMatch(/^1503..000202(28|47)$/);
    });

    test('with a good cipher comes in, without compression', async () => {
      expect(await cipher(where, ['-tls1_2', '-comp'])).toMatch(/^ECDHE-RSA-.*GCM/);
      expect(await cipher(where, ['-tls1_3'])).toMatch(/^TLS_/);
      const { text } = await tool('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${ports[where]}`,
        '-tls1_2',
        '-comp',
        '-cert',
        own.cert,
        '-key',
        own.key,
      ]);
      expect(text).toMatch(/Compression: NONE/);
    });

    test.each([
      ['a heartbeat', Buffer.from('1803020003014000', 'hex')],
      [
        'a greeting of 16 MB',
        Buffer.concat([Buffer.from('160301400001ffffff0303', 'hex'), Buffer.alloc(0x4000 - 6)]),
      ],
      ['a record that is too long', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(65_535)])],
      ['2,000 empty records', Buffer.alloc(10_000, Buffer.from('1603010000', 'hex'))],
      ['2,000 alerts', Buffer.alloc(14_000, Buffer.from('15030300020100', 'hex'))],
      ['plain text', Buffer.from('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')],
    ])('who sends %s is let go at once', async (_what, bytes) => {
      const told = await answerTo(`https://127.0.0.1:${ports[where]}`, bytes, 5_000);
      expect(told.ended).toBe(true);
      expect(told.text).not.toContain('HTTP/1.1 200');
    });
  });

  test('who begins no TLS, or never ends beginning, does not hold a place on either port', async () => {
    const begun = [Buffer.alloc(0), Buffer.from('16030101000100', 'hex')];
    const held = Object.values(ports).flatMap((port) =>
      begun.map((bytes) => answerTo(`https://127.0.0.1:${port}`, bytes, 20_000)),
    );
    for (const { ended } of await Promise.all(held)) expect(ended).toBe(true);
  }, 30_000);

  test('nobody begins anew within a connection to the console, at our cost', async () => {
    const child = spawn('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${ports.https}`,
      '-tls1_2',
      '-CAfile',
      ours.pair.cert,
    ]);
    let text = '';
    child.stdout.on('data', (d) => (text += d));
    child.stderr.on('data', (d) => (text += d));
    await eventually(async () => text.includes('Cipher is ECDHE'));
    // `s_client` takes an R at the beginning of what it reads for that.
    child.stdin.write('R\n');
    await eventually(async () => /no renegotiation|alert|closed/i.test(text.split('RENEGOTIATING')[1] ?? ''));
    child.kill();
    expect((await tool('curl', ['-s', '--cacert', ours.pair.cert, `${service.url}/livez`])).code).toBe(0);
  });

  test('TLS on the plain MQTT port is no MQTT', async () => {
    const { text } = await tool('openssl', ['s_client', '-connect', `127.0.0.1:${service.mqttPort}`]);
    expect(text).toContain('Cipher is (NONE)');
    expect(await refused('not-mqtt')).toBe(1);
  });

  describe('with a certificate', () => {
    const publish = async (
      pair: Pair | null,
      id = 'DEV-A',
      topic = telemetry(id),
      more: readonly string[] = [],
    ) =>
      (
        await tool('mosquitto_pub', [
          ...['-h', 'localhost', '-p', `${ports.mqtts}`, '-q', '1', '--cafile', ours.pair.cert],
          ...(pair === null ? [] : ['--cert', pair.cert, '--key', pair.key]),
          ...['-i', id, '-t', topic, '-m', '{"values":{"ch4":1}}', ...more],
        ])
      ).code;
    /** Issued by whoever has this pair, with it beside as a chain. */
    const under = (parent: Pair, file: string): Pair => {
      const pair = new Authority(certificates, file, parent).pair;
      const chain = join(certificates, `${file}-chain.pem`);
      writeFileSync(chain, readFileSync(pair.cert, 'utf8') + readFileSync(parent.cert, 'utf8'));
      return { cert: chain, key: pair.key };
    };
    let n = 0;
    const odd = (cn: string, how: Parameters<Authority['issue']>[2] = {}) =>
      ours.issue(cn, `odd-${++n}`, how);

    test.each<[string, () => Pair | null]>([
      ['none', () => null],
      ['of another authority', () => foreign.issue('DEV-A')],
      [
        'of another authority of the same name',
        () => new Authority(mkdtempSync(join(certificates, 'twin-'))).issue('DEV-A'),
      ],
      ['signed by itself', () => new Authority(certificates, 'DEV-A').pair],
      ['that has run out', () => odd('DEV-A', { valid: ['200101000000Z', '200102000000Z'] })],
      ['that is not good yet', () => odd('DEV-A', { valid: ['400101000000Z', '410102000000Z'] })],
      ['for servers alone', () => odd('DEV-A', { extensions: 'extendedKeyUsage=serverAuth' })],
      ['for signing programs', () => odd('DEV-A', { extensions: 'extendedKeyUsage=codeSigning' })],
      ['with a condition that nobody knows', () => odd('DEV-A', { extensions: '1.2.3.4=critical,DER:0500' })],
      ['that another device has signed', () => under(ours.issue('DEV-B', 'signs'), 'DEV-A-by-B')],
    ])('%s: no TLS comes about, counted and traced with its address', async (_what, pair) => {
      const before = await refused('tls');
      expect(await publish(pair())).not.toBe(0);
      await eventually(async () => (await refused('tls')) === before + 1);
    });

    test.each<[string, () => Pair, string]>([
      ['two names', () => odd('', { subject: '/CN=DEV-A/CN=DEV-B' }), 'certificate'],
      ['two names in one', () => odd('', { subject: '/CN=DEV-A+CN=DEV-B' }), 'certificate'],
      ['no name', () => odd('', { subject: '/O=DEV-A' }), 'certificate'],
      ['nothing at all', () => odd('', { subject: '/' }), 'certificate'],
      ['a NUL in it', () => odd('DEV-A.evil', { rename: ['DEV-A.evil', 'DEV-A\0evil'] }), 'credential'],
      ...[
        'system:x',
        '#',
        '\\+',
        '*',
        'DEV-A\\/x',
        'DEV-А',
        'ＤＥＶ－Ａ',
        'DEV-A ',
        'DEV-A\nDEV-B',
        'DEV-\u202eA',
        '$SYS',
        'x\\/CN=DEV-A',
      ].map((cn): [string, () => Pair, string] => [JSON.stringify(cn), () => odd(cn), 'credential']),
    ])('of %s: nobody', async (_what, pair, why) => {
      const before = await refused(why);
      expect(await publish(pair())).not.toBe(0);
      await eventually(async () => (await refused(why)) === before + 1);
    });

    test('of another device: neither its client id nor its name nor its topic', async () => {
      const b = ours.issue('DEV-B', 'other');
      expect(await publish(b, 'DEV-A')).toBe(2);
      expect(await publish(b, 'DEV-B', telemetry('DEV-B'), ['-u', 'DEV-A', '-P', 'x'])).toBe(4);
      expect(await publish(b, 'DEV-B', telemetry('DEV-A'))).toBe(7);
      expect(await publish({ cert: own.cert, key: b.key })).not.toBe(0);
      expect(await publish(ours.issue('dev-a'), 'dev-a', telemetry('DEV-A'))).toBe(7);
    });

    test('that our authority has let somebody else issue, with its chain: a device like any other', async () => {
      const between = odd('Between', {
        extensions: 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign',
      });
      expect(await publish(under(between, 'DEV-D'), 'DEV-D')).toBe(0);
      expect(await publish(odd('DEV-E', { extensions: 'extendedKeyUsage=clientAuth' }), 'DEV-E')).toBe(0);
      expect(await publish(own)).toBe(0);
    });
  });

  test('all of it is in the audit journal, with where it came from, and the service goes on', async () => {
    const told = await eventually(async () => {
      const all = await audited();
      return all.some((e) => e.what === 'mqtt.offence' && e.why === 'certificate') && all;
    });
    const of = (what: string, why: string) => told.filter((e) => e.what === what && e.why === why);
    for (const why of [
      'tls',
      'certificate',
      'credential',
      'client-id-not-own',
      'topic-forbidden',
      'not-mqtt',
    ])
      expect(of('mqtt.offence', why).length, why).toBeGreaterThan(0);
    expect(of('http.other', 'no-tls').length).toBeGreaterThanOrEqual(10);
    const names = told.filter((e) => e.what === 'mqtt.offence' || e.what === 'http.other').map((e) => e.from);
    expect(new Set(names)).toEqual(new Set(['127.0.0.1']));
    // Whoever does not trust our certificate has tried nothing.
    const before = (await audited()).length;
    expect((await tool('curl', ['-s', `${service.url}/livez`])).code).toBe(60);
    expect((await audited()).length).toBe(before);
    expect((await tool('curl', ['-s', '--cacert', ours.pair.cert, `${service.url}/readyz`])).text).toContain(
      '"ready"',
    );
  });
});

/** TLS 1.2, with these cipher suites, and an extension for curves. */
function clientHello(suites: Buffer): Buffer {
  const word = (n: number) => Buffer.of(n >> 8, n & 0xff);
  const extensions = Buffer.from(
    '000a00040002001700 0b00020100 000d0004000204 03'.replaceAll(' ', ''),
    'hex',
  );
  const body = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 7),
    Buffer.of(0),
    word(suites.length),
    suites,
    Buffer.of(1, 0),
    word(extensions.length),
    extensions,
  ]);
  const hello = Buffer.concat([Buffer.of(1, 0), word(body.length), body]);
  return Buffer.concat([Buffer.of(0x16, 3, 1), word(hello.length), hello]);
}
