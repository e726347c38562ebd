import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../../src/adapters/shared/directory-lock.ts';
import type { Finding } from '../../src/commands/doctor/finding.ts';
import { Authority } from '../support/certificates.ts';
import { hasInfluxd, Influxd } from '../support/influxd.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { makeDataDir } from './a-data-dir.ts';
import { canMount, mounted } from './mounts.ts';
import { run } from './run.ts';

const ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

const made = mkdtempSync(join(tmpdir(), 'doctor-made-'));
let place: string;
let dir: string;

beforeAll(() => makeDataDir(join(made, 'data')));
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'doctor-'));
  dir = join(place, 'data');
  cpSync(join(made, 'data'), dir, { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

type Told = {
  readonly bad: string[];
  of(check: string): Finding | undefined;
};

/** Ports that are free, unless the test says otherwise. Whether a developer's packages are up to date is not asked. */
async function doctor(
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): Promise<Told> {
  const free = { LIFELINE_HTTP_PORT: '0', LIFELINE_MQTT_PORT: '0', LIFELINE_DATA_DIR: dir };
  const { code, out, err } = await run('doctor', ['--json'], { ...free, ...env }, as);
  expect(err).toBe('');
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const bad = findings.filter((f) => f.verdict === 'bad').map((f) => f.check);
  expect(code).toBe(bad.length > 0 ? 1 : 0);
  return {
    bad: bad.filter((check) => check !== 'packages'),
    of: (check) => findings.find((f) => f.check === check),
  };
}

describe('the doctor finds nothing bad', () => {
  test('where everything is well, and says each thing in a line', async () => {
    const { out } = await run('doctor', ['--data-dir', dir], {
      LIFELINE_HTTP_PORT: '0',
      LIFELINE_MQTT_PORT: '0',
    });
    const lines = out
      .trim()
      .split('\n')
      .filter((line) => !/^bad +packages/.test(line));
    expect(lines.at(-1)).toMatch(/^\d+ ok, \d warn, \d bad$/);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(ok|warn) {2,4}\S/);
    expect(out).toMatch(/whole, schema \d+, up to turn 4/);
    expect(out).toContain('3 day files, up to turn 3 of 4');
    expect(readdirSync(dir).filter((n) => n.startsWith('.doctor'))).toEqual([]);
  });

  test('where nothing has been started yet', async () => {
    const { bad, of } = await doctor({ LIFELINE_DATA_DIR: join(place, 'new') });
    expect(bad).toEqual([]);
    expect(of('data directory')?.says).toContain('the first start makes it');
  });

  test('while the service is running, whose ports and files it knows as such', async () => {
    const running = join(place, 'running');
    const service = await ServiceProcess.start(running);
    try {
      const { bad, of } = await doctor({
        LIFELINE_DATA_DIR: running,
        LIFELINE_HTTP_PORT: new URL(service.url).port,
        LIFELINE_MQTT_PORT: String(service.mqttPort),
      });
      expect(bad).toEqual([]);
      expect(of('port http')?.says).toContain(
        `held by the service that runs here (process ${service.child.pid})`,
      );
      expect(of('port mqtt')?.verdict).toBe('ok');
      expect(of('service')?.says).toMatch(/ready$/);
      expect(of('last stop')?.says).toBe('the service is running');
      expect(of('history')?.verdict).toBe('ok');

      const other = await doctor({ LIFELINE_DATA_DIR: running, LIFELINE_HTTP_PORT: '1' });
      expect(other.of('port http')).toMatchObject({ verdict: 'warn' });
    } finally {
      await service.stop();
    }
    expect((await doctor({ LIFELINE_DATA_DIR: running })).of('last stop')?.says).toBe('clean');
  }, 120_000);
});

test('the doctor knows a service by the certificate that is configured, whoever issued it', async () => {
  const { cert, key } = new Authority(place).issue('lifeline.city');
  const running = join(place, 'running');
  const env = {
    LIFELINE_DATA_DIR: running,
    LIFELINE_HTTP_TLS_CERT_FILE: cert,
    LIFELINE_HTTP_TLS_KEY_FILE: key,
  };
  const service = await ServiceProcess.start(running, env);
  try {
    const { bad, of } = await doctor(env);
    expect(bad).toEqual([]);
    expect(of('service')?.says).toMatch(/https:.*, ready$/);
    const { of: without } = await doctor({ LIFELINE_DATA_DIR: running });
    expect(without('service')).toMatchObject({
      verdict: 'bad',
      says: expect.stringContaining('another certificate'),
    });
  } finally {
    await service.stop();
  }
}, 120_000);

describe('the doctor finds', () => {
  test('a key that is not one', async () => {
    const { bad, of } = await doctor({ LIFELINE_MQTT_PROT: '1' });
    expect(bad).toEqual(['configuration']);
    expect(of('configuration')?.says).toContain('did you mean LIFELINE_MQTT_PORT?');
  });

  test('a port that another program has', async () => {
    const server = createServer();
    const port = await listen(server);
    const { bad, of } = await doctor({ LIFELINE_HTTP_PORT: String(port) });
    server.close();
    expect(bad).toEqual(['port http']);
    expect(of('port http')?.says).toBe(
      `127.0.0.1:${port} is in use by another program: stop that one, or set LIFELINE_HTTP_PORT`,
    );
  });

  test('an address that this machine has not', async () => {
    const { bad, of } = await doctor({ LIFELINE_MQTT_HOST: '192.0.2.1', LIFELINE_MQTT_PORT: '1883' });
    expect(bad).toEqual(['port mqtt']);
    expect(of('port mqtt')?.says).toContain('192.0.2.1 is no address of this machine');
  });

  test('a data directory that it may not write', async () => {
    chmodSync(place, 0o755);
    chmodSync(dir, 0o555);
    const { bad, of } = await doctor({}, ROOT ? { uid: NOBODY, gid: NOBODY } : {});
    chmodSync(dir, 0o755);
    expect(bad).toContain('data directory');
    expect(of('data directory')?.says).toContain('cannot be written by this user');
  });

  test('a data directory of another user', async ({ skip }) => {
    if (!ROOT) skip('only root may give a directory away');
    chownSync(dir, NOBODY, NOBODY);
    expect((await doctor()).of('data directory')).toMatchObject({
      verdict: 'warn',
      says: expect.stringContaining(`belongs to user ${NOBODY}, and this runs as 0`),
    });
  });

  test('a data directory that is a file, or nowhere', async () => {
    writeFileSync(join(place, 'file'), '');
    expect((await doctor({ LIFELINE_DATA_DIR: join(place, 'file') })).of('data directory')?.says).toContain(
      'is a file',
    );
    expect((await doctor({ LIFELINE_DATA_DIR: join(place, 'a', 'b') })).of('data directory')?.says).toContain(
      'and neither is',
    );
  });

  test('a disk that is full', async ({ skip }) => {
    if (!canMount) skip('only root may mount a small file system');
    await mounted('tmpfs', 'size=8m', async (small) => {
      cpSync(dir, join(small, 'data'), { recursive: true });
      expect(() => writeFileSync(join(small, 'filler'), Buffer.alloc(20e6))).toThrow('ENOSPC');
      const { bad, of } = await doctor({ LIFELINE_DATA_DIR: join(small, 'data') });
      expect(bad).toEqual(['data directory', 'space']);
      expect(of('data directory')?.says).toContain('has no room left: acknowledging stops until there is');
    });
  });

  test('a disk that is nearly full, and of a kind that forgets', async ({ skip }) => {
    if (!canMount) skip('only root may mount a small file system');
    await mounted('tmpfs', 'size=300m', async (small) => {
      cpSync(dir, small, { recursive: true });
      const { bad, of } = await doctor({ LIFELINE_DATA_DIR: small });
      expect(bad).toEqual([]);
      expect(of('space')).toMatchObject({
        verdict: 'warn',
        says: expect.stringContaining('LIFELINE_SPOOL_MAX_MB'),
      });
      expect(of('file system')).toMatchObject({ verdict: 'warn', says: expect.stringContaining('tmpfs') });
    });
  });

  test('a disk on which no file more can be made', async ({ skip }) => {
    if (!canMount) skip('only root may mount a small file system');
    await mounted('tmpfs', 'size=300m,nr_inodes=2', async (small) => {
      writeFileSync(join(small, 'last'), '');
      const { bad, of } = await doctor({ LIFELINE_DATA_DIR: small });
      expect(bad).toEqual(['data directory', 'space']);
      expect(of('space')?.says).toContain('inodes');
    });
  });

  test('a disk that is mounted read-only', async ({ skip }) => {
    if (!canMount) skip('only root may mount');
    await mounted('tmpfs', 'size=300m,ro', async (small) => {
      expect((await doctor({ LIFELINE_DATA_DIR: small })).of('data directory')?.says).toContain(
        'mounted read-only',
      );
    });
  });

  test('a journal that is damaged', async () => {
    const file = join(dir, 'journal.sqlite');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 5 * 4096, 6 * 4096);
    writeFileSync(file, bytes);
    const { bad, of } = await doctor();
    expect(bad).toEqual(['journal']);
    expect(of('journal')?.says).toContain('restore the last backup into another directory');
  });

  test.each([
    ['of another program', (db: DatabaseSync) => db.exec('PRAGMA application_id = 7'), 'of another program'],
    [
      'of a newer version',
      (db: DatabaseSync) => db.exec('PRAGMA user_version = 99'),
      'written by a newer version (schema 99',
    ],
  ])('a journal %s', async (_, change, says) => {
    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    change(db);
    db.close();
    expect((await doctor()).of('journal')).toMatchObject({
      verdict: 'bad',
      says: expect.stringContaining(says),
    });
  });

  test('a stop that was not clean, and a spool that is nearly full', async () => {
    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    db.exec('UPDATE meta SET clean = 0, waiting_bytes = 7500000');
    const at = (percent: string) => doctor({ LIFELINE_SPOOL_MAX_MB: percent });
    expect((await at('100')).of('last stop')).toMatchObject({ verdict: 'warn' });
    expect((await at('10')).of('spool')).toMatchObject({
      verdict: 'warn',
      says: expect.stringContaining('75 %'),
    });
    db.exec('UPDATE meta SET waiting_bytes = 9500000');
    expect((await at('10')).of('spool')).toMatchObject({
      verdict: 'bad',
      says: expect.stringContaining('95 %'),
    });
    db.close();
  });

  test('a history that cannot be read, and one that belongs to another journal', async () => {
    const day = join(dir, 'history', '2026-01-03.duckdb');
    const whole = readFileSync(day);
    truncateSync(day, 5_000);
    const cut = await doctor();
    expect(cut.bad).toEqual(['history']);
    expect(cut.of('history')?.says).toContain('2026-01-03.duckdb cannot be read');
    writeFileSync(day, whole);

    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    db.exec('UPDATE meta SET last_turn = 2');
    db.close();
    expect((await doctor()).of('history')?.says).toContain(
      'the journal only to 2: they do not belong together',
    );
  });

  test('day files that were set aside, and readable passwords', async () => {
    writeFileSync(join(dir, 'history', '2026-01-01.duckdb.corrupt'), '');
    chmodSync(join(dir, 'accounts.db'), 0o644);
    const { bad, of } = await doctor();
    expect(bad).toEqual([]);
    expect(of('history aside')?.says).toContain('2026-01-01.duckdb.corrupt');
    expect(of('file modes')).toMatchObject({
      verdict: 'warn',
      says: expect.stringContaining('chmod -R go='),
    });
  });

  test('a service that has the directory and does not answer', async () => {
    const lock = lockDirectory(dir);
    const { bad, of } = await doctor();
    lock.letGo();
    expect(bad).toEqual(['service']);
    expect(of('service')?.says).toContain('does not answer at its control socket');
  });

  test.each([
    ['', (then: number) => `UPDATE meta SET last_at = ${then}`],
    [
      ', also one that does not say its end',
      (then: number) => `UPDATE meta SET last_at = NULL; UPDATE spool SET at = ${then}`,
    ],
  ])('a clock that was set back behind the journal%s', async (_, goesOn) => {
    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    db.exec(goesOn(Date.now() + 3_600_000));
    db.close();
    expect((await doctor()).of('clock')).toMatchObject({
      verdict: 'bad',
      says: expect.stringContaining('set back'),
    });
  });
});

describe('the doctor looks at InfluxDB', () => {
  const keys = (url: string, more: Record<string, string> = {}) => ({
    LIFELINE_INFLUX_URL: url,
    LIFELINE_INFLUX_VERSION: '1',
    LIFELINE_INFLUX_BUCKET: 'lifeline',
    ...more,
  });

  test('that is not there', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { bad, of } = await doctor(keys(`http://127.0.0.1:${port}`));
    expect(bad).toEqual(['InfluxDB']);
    expect(of('InfluxDB')?.says).toContain(
      'does not answer (ECONNREFUSED): readings wait in the spool until it does',
    );
  });

  test.skipIf(!hasInfluxd())(
    'of the real kind: reached, of which version, and does it let us in',
    async () => {
      const open = await Influxd.start();
      const shut = await Influxd.start({ http: '  auth-enabled = true\n' });
      try {
        const well = await doctor(keys(open.url));
        expect(well.bad).toEqual([]);
        expect(well.of('InfluxDB')?.says).toContain('lets us in to "lifeline"');
        expect(well.of('clock of InfluxDB')).toMatchObject({ verdict: 'ok' });

        const wrong = await doctor(
          keys(open.url, {
            LIFELINE_INFLUX_VERSION: '2',
            LIFELINE_INFLUX_ORG: 'o',
            LIFELINE_INFLUX_TOKEN: 't',
          }),
        );
        expect(wrong.of('InfluxDB')?.says).toMatch(/is InfluxDB 1\.6\S*: set LIFELINE_INFLUX_VERSION=1/);

        await shut.query(`CREATE USER "a" WITH PASSWORD 'right' WITH ALL PRIVILEGES`);
        const refused = await doctor(keys(shut.url, { LIFELINE_INFLUX_TOKEN: 'a:wrong' }));
        expect(refused.of('InfluxDB')).toMatchObject({
          verdict: 'bad',
          says: expect.stringContaining('(401)'),
        });
        const letIn = await doctor(keys(shut.url, { LIFELINE_INFLUX_TOKEN: 'a:right' }));
        expect(letIn.of('InfluxDB')?.verdict).toBe('ok');
      } finally {
        await open.stop();
        await shut.stop();
      }
    },
  );

  test('whose clock is another one', async () => {
    const server = createServer((_, answer) => {
      answer.setHeader('date', new Date(Date.now() - 120_000).toUTCString());
      answer.setHeader('x-influxdb-version', '1.8.10');
      answer.end('{"results":[]}');
    });
    const port = await listen(server);
    const { of } = await doctor(keys(`http://127.0.0.1:${port}`));
    server.close();
    expect(of('clock of InfluxDB')).toMatchObject({
      verdict: 'warn',
      says: expect.stringMatching(/^1(19|20|21) s from ours/),
    });
  });
});

test('the doctor asks for nothing that it does not know', async () => {
  expect((await run('doctor', ['--fix'])).code).toBe(2);
  const { code, out } = await run('doctor', ['--help']);
  expect([code, out.includes('--json')]).toEqual([0, true]);
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('each certificate has a line: which file, when it ends, and what to do', async () => {
  const authority = new Authority(place);
  const short = authority.issue('localhost', 'short');
  const ended = authority.issue('localhost', 'ended', { valid: ['200101000000Z', '200102000000Z'] });
  const told = await doctor({
    LIFELINE_HTTP_TLS_CERT_FILE: ended.cert,
    LIFELINE_HTTP_TLS_KEY_FILE: ended.key,
    LIFELINE_MQTTS_PORT: '0',
    LIFELINE_MQTTS_CERT_FILE: short.cert,
    LIFELINE_MQTTS_KEY_FILE: short.key,
  });
  expect(told.bad).toEqual(['certificate https']);
  expect(told.of('certificate https')?.says).toContain(`${ended.cert} (CN=localhost) ended at 2020-01-02`);
  expect(told.of('certificate mqtts')).toMatchObject({
    verdict: 'warn',
    says: expect.stringMatching(
      /short\.pem \(CN=localhost\) ends at .*, in (1 day|2 days) .*: get a new one, and put it/,
    ),
  });
  expect(told.of('certificate authority')).toBeUndefined();
});
