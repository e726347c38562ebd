import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { checkCertificates } from '../../src/commands/doctor/checks/certificates.ts';
import { readConfig, readTls, tlsOf, whereOf } from '../../src/config/read.ts';
import type { CertificateUse } from '../../src/domain/certificate.ts';
import { days } from '../../src/domain/time.ts';
import { CertificateWatch } from '../../src/flow/certificate-watch.ts';
import type { AuditEntry } from '../../src/flow/ports/audit.ts';
import type { LogFields } from '../../src/flow/ports/log.ts';
import { Meters } from '../../src/flow/ports/meters.ts';
import { Authority, type Pair, utcTime } from '../support/certificates.ts';

/** The clock stands here; the certificates are made around it. */
const NOW = Date.UTC(2030, 5, 1);
const from = (start: number, end: number): [string, string] => [
  utcTime(new Date(NOW + days(start))),
  utcTime(new Date(NOW + days(end))),
];

const dir = mkdtempSync(join(tmpdir(), 'certificate-renewal-'));
afterAll(() => rmSync(dir, { recursive: true }));

const authority = new Authority(dir);
const foreign = new Authority(dir, 'foreign', undefined, from(-1, 400));
const issue = (name: string, valid: [string, string]) => authority.issue('localhost', name, { valid });
const together = (name: string, ...files: string[]): string => {
  const path = join(dir, name);
  writeFileSync(path, files.map((f) => readFileSync(f, 'utf8')).join(''));
  return path;
};
const root = (name: string, valid: [string, string]): string =>
  new Authority(dir, name, undefined, valid).pair.cert;

const VALID = {
  fine: from(-1, 400),
  'ends in 29 days': from(-100, 29),
  'ends in 13 days': from(-100, 13),
  'ends in 6 days': from(-100, 6),
  expired: from(-100, -1),
  'not yet valid': from(1, 400),
} as const;
type Timed = keyof typeof VALID;
const TIMED = Object.keys(VALID) as Timed[];

const pairs = Object.fromEntries(
  TIMED.map((t, i) => [t, issue(`pair-${i}`, [...VALID[t]])]),
) as unknown as Record<Timed, Pair>;
const roots = Object.fromEntries(
  TIMED.map((t, i) => [t, root(`root-${i}`, [...VALID[t]])]),
) as unknown as Record<Timed, string>;
const otherFine = issue('other-fine', [...VALID.fine]);
const otherRoot = root('other-root', [...VALID.fine]);
const rsa = authority.issue('localhost', 'rsa', { rsa: true });
const wrongChain = {
  cert: together('wrong-chain.pem', pairs.fine.cert, foreign.pair.cert),
  key: pairs.fine.key,
};
/** What an authority that is not a root has of itself alone leads nowhere. */
const middle = new Authority(dir, 'middle', authority.pair, from(-1, 400)).pair.cert;

const at = (name: string) => join(dir, `in-use-${name}`);
const ENV = {
  LIFELINE_HTTP_TLS_CERT_FILE: at('https.pem'),
  LIFELINE_HTTP_TLS_KEY_FILE: at('https.key'),
  LIFELINE_MQTTS_PORT: '8883',
  LIFELINE_MQTTS_CERT_FILE: at('mqtts.pem'),
  LIFELINE_MQTTS_KEY_FILE: at('mqtts.key'),
  LIFELINE_MQTTS_CA_FILE: at('authority.pem'),
};
function use(of: CertificateUse, given: Pair | string): void {
  if (typeof given === 'string') copyFileSync(given, at(`${of}.pem`));
  else {
    copyFileSync(given.cert, at(`${of}.pem`));
    copyFileSync(given.key, at(`${of}.key`));
  }
}

beforeEach(() => {
  use('https', otherFine);
  use('mqtts', otherFine);
  use('authority', otherRoot);
});

/** A service that has just started with the files as they are. */
function start() {
  const lines: { level: string; msg: string; fields: LogFields }[] = [];
  const say =
    (level: string) =>
    (msg: string, fields: LogFields = {}) =>
      void lines.push({ level, msg, fields });
  const entries: AuditEntry[] = [];
  const meters = new Meters();
  const watch = new CertificateWatch({
    inUse: tlsOf(readConfig(ENV), whereOf(ENV)),
    clock: { now: () => NOW },
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    audit: {
      record: async (e) => {
        entries.push(e);
        return true;
      },
    },
    meters,
  });
  watch.tellAtStart();
  const taken: string[] = [];
  const look = () =>
    watch.renew(readTls(ENV), { https: () => taken.push('https'), mqtts: () => taken.push('mqtts') });
  return { watch, lines, entries, meters, taken, look };
}

const doctor = (of: CertificateUse) => {
  const { https, mqtts } = tlsOf(readConfig(ENV), whereOf(ENV));
  const all = [https, mqtts].flatMap((tls) => tls?.certificates ?? []);
  return checkCertificates(all, NOW).find((f) => f.check === `certificate ${of}`);
};

const USES: readonly CertificateUse[] = ['https', 'mqtts', 'authority'];
const listenerOf = (of: CertificateUse) => (of === 'authority' ? 'mqtts' : of);
const given = (of: CertificateUse, state: Timed | 'wrong chain'): Pair | string => {
  if (state === 'wrong chain') return of === 'authority' ? middle : wrongChain;
  return of === 'authority' ? roots[state] : pairs[state];
};

type Row = {
  state: Timed | 'wrong chain';
  code: string | null;
  left: number;
  level: string | null;
  doctor: string;
};
const TABLE: readonly Row[] = [
  { state: 'fine', code: null, left: 400, level: null, doctor: 'ok' },
  { state: 'ends in 29 days', code: null, left: 29, level: 'warn', doctor: 'warn' },
  { state: 'ends in 13 days', code: null, left: 13, level: 'warn', doctor: 'warn' },
  { state: 'ends in 6 days', code: null, left: 6, level: 'warn', doctor: 'warn' },
  { state: 'expired', code: 'certificate-expired', left: -1, level: 'error', doctor: 'bad' },
  { state: 'not yet valid', code: 'certificate-not-yet-valid', left: 400, level: 'error', doctor: 'bad' },
  { state: 'wrong chain', code: 'certificate-chain', left: 400, level: 'error', doctor: 'bad' },
];
const ROWS = USES.flatMap((of) => TABLE.map((row) => [of, row.state, row] as const));

describe('at the start every pair that fits is used, and what peers refuse is said loudly', () => {
  test.each(ROWS)('%s, %s', (of, state, row) => {
    use(of, given(of, state));
    const { watch, lines } = start();
    const about = lines.filter((l) => l.fields.certificate === of);
    expect(about.map((l) => l.level)).toEqual(row.level === null ? [] : [row.level]);
    expect(watch.health(NOW).find((c) => c.use === of)?.fault).toBe(row.code);
    expect(watch.isOneUnusable(NOW)).toBe(state === 'not yet valid' || state === 'wrong chain');
    expect(watch.daysLeft(NOW)[of]).toBe(row.left);
    expect(doctor(of)?.verdict).toBe(row.doctor);
    if (row.doctor !== 'ok') expect(doctor(of)?.says).toContain(at(`${of}.pem`));
    expect(lines.filter((l) => l.fields.certificate !== of)).toEqual([]);
  });
});

describe('at a renewal what peers would refuse is refused, and the old one goes on', () => {
  test.each(ROWS)('%s, %s', (of, state, row) => {
    const { watch, lines, entries, meters, taken, look } = start();
    const before = watch.health(NOW);
    use(of, given(of, state));
    look();
    look();
    if (row.code === null) {
      expect(taken).toEqual([listenerOf(of)]);
      expect(watch.daysLeft(NOW)[of]).toBe(row.left);
      expect(entries).toMatchObject([
        { what: 'service.certificates', object: listenerOf(of), outcome: 'done' },
      ]);
      return;
    }
    expect(taken).toEqual([]);
    expect(watch.health(NOW)).toEqual(before);
    expect(watch.isRenewalRefused).toBe(true);
    // Said once, however often it is looked at.
    expect(lines).toMatchObject([{ level: 'error', fields: { listener: listenerOf(of), why: row.code } }]);
    expect(lines[0]?.fields.cause).toContain(at(`${of}.pem`));
    expect(entries).toMatchObject([
      { what: 'service.certificates', object: listenerOf(of), outcome: 'refused', why: row.code },
    ]);
    expect(meters.counter('certificate_renewals_refused_total')).toBe(1);
    // With a good one in its place, or the old one back, there is nothing to tell any more.
    use(of, of === 'authority' ? roots.fine : pairs.fine);
    look();
    expect([taken, watch.isRenewalRefused]).toEqual([[listenerOf(of)], false]);
  });
});

const NOT_OF_ONE_PAIR: readonly [CertificateUse, string, Pair | string, RegExp][] = [
  [
    'https',
    'the key of another certificate',
    { cert: pairs.fine.cert, key: otherFine.key },
    /is not the private key/,
  ],
  ['https', 'a key of another kind', { cert: pairs.fine.cert, key: rsa.key }, /is not the private key/],
  [
    'https',
    'the authority first in the file',
    { ...pairs.fine, cert: together('first.pem', authority.pair.cert, pairs.fine.cert) },
    /is not the private key/,
  ],
  ['https', 'a damaged key', { cert: pairs.fine.cert, key: pairs.fine.cert }, /holds no private key/],
  [
    'mqtts',
    'the key of another certificate',
    { cert: pairs.fine.cert, key: otherFine.key },
    /is not the private key/,
  ],
  ['mqtts', 'a key of another kind', { cert: rsa.cert, key: pairs.fine.key }, /is not the private key/],
  ['mqtts', 'a damaged certificate', { cert: pairs.fine.key, key: pairs.fine.key }, /holds no certificate/],
  ['authority', 'a key', authority.pair.key, /holds no certificate/],
];

describe('a pair that is none is refused with one sentence that names the files and shows no key', () => {
  test.each(NOT_OF_ONE_PAIR)('%s, %s', (of, _, bad, why) => {
    const { watch, lines, entries, taken, look } = start();
    use(of, bad);
    expect(() => readConfig(ENV)).toThrow(why);
    look();
    expect([taken, watch.isRenewalRefused]).toEqual([[], true]);
    expect(entries).toMatchObject([{ outcome: 'refused', why: 'certificate-pair' }]);
    const says = String(lines[0]?.fields.cause);
    expect(says).toMatch(why);
    expect(says).toContain(`in-use-${of}.`);
    expect(says.split('\n')).toHaveLength(1);
    for (const key of [pairs.fine.key, otherFine.key, rsa.key, authority.pair.key])
      expect(says).not.toContain(readFileSync(key, 'utf8').split('\n')[1]);
  });
});

test('neither the other listener nor another key of the configuration is in the way of a renewal', () => {
  const env = { ...ENV, LIFELINE_CONFIG: join(dir, 'lines.env') };
  const { watch, taken } = start();
  writeFileSync(env.LIFELINE_CONFIG, 'LIFELINE_HTTP_PROT=8080\n');
  use('mqtts', pairs.expired);
  use('https', pairs.fine);
  watch.renew(readTls(env), { https: () => taken.push('https'), mqtts: () => taken.push('mqtts') });
  expect([taken, watch.isRenewalRefused]).toEqual([['https'], true]);
});

test('a new authority is taken although the certificate beside it has run out meanwhile', () => {
  use('mqtts', pairs.expired);
  const { taken, look } = start();
  use('authority', roots.fine);
  look();
  expect(taken).toEqual(['mqtts']);
});

test('an authority that has ended stands in no good one’s way, and is told of until it is taken out', () => {
  const { watch, taken, look } = start();
  use('authority', together('both.pem', roots.expired, roots.fine));
  look();
  expect([taken, watch.daysLeft(NOW).authority]).toEqual([['mqtts'], -1]);
  expect(doctor('authority')).toMatchObject({ verdict: 'bad' });
  use('authority', roots.fine);
  look();
  expect([taken.length, watch.daysLeft(NOW).authority]).toEqual([2, 400]);
});

test('an authority in the middle is taken with its root beside it, and refused without', () => {
  const read = () => readTls(ENV).mqtts;
  const fault = () => {
    const tls = read();
    if (tls === null || 'code' in tls) return 'no pair';
    return tls.certificates.find((c) => c.use === 'authority')?.chainFault;
  };
  use('authority', together('whole.pem', middle, authority.pair.cert));
  expect(fault()).toBeNull();
  use('authority', middle);
  expect(fault()).toMatch(/CN=middle was issued by CN=authority, whose certificate is not in the file/);
  use('mqtts', {
    cert: together('good-chain.pem', pairs.fine.cert, authority.pair.cert),
    key: pairs.fine.key,
  });
  use('authority', otherRoot);
  const tls = read();
  expect(tls !== null && 'certificates' in tls && tls.certificates[0]?.chainFault).toBeNull();
  use('mqtts', wrongChain);
  const wrong = read();
  expect(wrong !== null && 'certificates' in wrong && wrong.certificates[0]?.chainFault).toMatch(
    /CN=localhost was not issued by CN=foreign, which comes after it/,
  );
});

test('whether devices must show a certificate is never changed by a renewal: any would be trusted', () => {
  const { watch, lines, taken } = start();
  const { LIFELINE_MQTTS_CA_FILE: _, ...without } = ENV;
  const take = { https: () => taken.push('https'), mqtts: () => taken.push('mqtts') };
  watch.renew(readTls(without), take);
  watch.renew(
    readTls({ ...ENV, LIFELINE_HTTP_TLS_CERT_FILE: undefined, LIFELINE_HTTP_TLS_KEY_FILE: undefined }),
    take,
  );
  expect(taken).toEqual([]);
  expect(lines.map((l) => l.fields.why)).toEqual(Array(2).fill('certificate-needs-restart'));
});
