import { expect, test } from 'vitest';
import type { Certificate, CertificateUse } from '../../src/domain/certificate.ts';
import type { ListenerTls } from '../../src/domain/listener-tls.ts';
import { days, minutes, seconds } from '../../src/domain/time.ts';
import { CertificateWatch } from '../../src/flow/certificate-watch.ts';
import { SelfWatch } from '../../src/flow/self-watch.ts';
import { SpoolWatch } from '../../src/flow/storage/spool-watch.ts';
import { FlowHarness, START } from './flow-harness.ts';

const certificate = (use: CertificateUse, more: Partial<Certificate> = {}): Certificate => {
  const endsAt = more.endsAt ?? START + days(400);
  return {
    ...{ use, where: `/etc/${use}.pem`, subject: 'CN=localhost', validFrom: START - days(1) },
    ...{ endsAt, usableUntil: endsAt, chainFault: null },
    ...more,
  };
};
const tls = (...certificates: Certificate[]): ListenerTls => ({
  cert: JSON.stringify(certificates),
  key: 'key',
  ca: certificates.length > 1 ? 'ca' : null,
  certificates,
});
const TAKE = { https: () => undefined, mqtts: () => undefined };

async function begin(inUse: { https: ListenerTls | null; mqtts: ListenerTls | null }) {
  const w = await FlowHarness.begin();
  const { turn, registrar, drain, meters, log, journal, clock } = w;
  const certificates = new CertificateWatch({
    inUse,
    clock,
    log,
    meters,
    audit: { record: async () => true },
  });
  const self = new SelfWatch({
    ...{ turn, registrar, drain, meters, certificates },
    spool: new SpoolWatch({ journal, log, meters, maxBytes: 1e9 }),
    losses: { readings: 0 },
    rssMiB: () => 100,
    clock: { apart: 0 },
    devices: { devicesSay: null },
    probe: { misses: 0 },
  });
  await self.start(w.core.register);
  const say = async () => {
    self.report(clock.now());
    await turn.settle();
    return w
      .open('PLATFORM')
      .map((a) => `${a.metric} ${a.level} ${a.phase.is}`)
      .sort();
  };
  const later = async (ms: number) => {
    await w.pass(ms);
    return say();
  };
  return { w, certificates, say, later };
}

const ends = (use: CertificateUse, inDays: number) => certificate(use, { endsAt: START + days(inDays) });

test.each([
  ['https', 'httpsDays', (c: number) => ({ https: tls(ends('https', c)), mqtts: null })],
  ['mqtts', 'mqttsDays', (c: number) => ({ https: null, mqtts: tls(ends('mqtts', c)) })],
  [
    'authority',
    'authorityDays',
    (c: number) => ({ https: null, mqtts: tls(ends('mqtts', 400), ends('authority', c)) }),
  ],
] as const)(
  'the end of %s is told at 30, 14 and 7 days and when it has come, by the clock alone',
  async (_, metric, inUse) => {
    const { certificates, say, later } = await begin(inUse(31));
    expect(await say()).toEqual([]);
    expect(await later(days(1) - minutes(15))).toEqual([]);
    expect(await later(minutes(15))).toEqual([`${metric} 4 active-unacked`]);
    expect(await later(days(16))).toEqual([`${metric} 3 active-unacked`]);
    expect(await later(days(7))).toEqual([`${metric} 2 active-unacked`]);
    expect(await later(days(7) - seconds(10))).toEqual([`${metric} 2 active-unacked`]);
    expect(await later(seconds(10))).toEqual([`${metric} 1 active-unacked`]);
    certificates.renew(inUse(400), TAKE);
    expect(await later(seconds(10))).toEqual([`${metric} 1 returned-unacked`]);
  },
);

test.each([
  ['not yet valid', { validFrom: START + days(1) }],
  ['that leads to no issuer', { chainFault: 'CN=a was not issued by CN=b' }],
])('one %s is an alarm of its own, until it is renewed or the clock has come there', async (what, more) => {
  const { certificates, say, later } = await begin({ https: tls(certificate('https', more)), mqtts: null });
  expect(await say()).toEqual(['certificate 2 active-unacked']);
  if (what === 'not yet valid') {
    expect(await later(days(1))).toEqual(['certificate 2 returned-unacked']);
    return;
  }
  certificates.renew({ https: tls(certificate('https')), mqtts: null }, TAKE);
  expect(await later(seconds(10))).toEqual(['certificate 2 returned-unacked']);
});

test('a refused renewal is told after two looks, not while two files are being replaced, and ends with a good one', async () => {
  const { certificates, say, later } = await begin({ https: tls(certificate('https')), mqtts: null });
  const bad = { code: 'certificate-pair', says: 'key of another' } as const;
  certificates.renew({ https: bad, mqtts: null }, TAKE);
  expect(await say()).toEqual([]);
  expect(await later(minutes(1))).toEqual([]);
  expect(await later(minutes(1))).toEqual(['renewal 3 active-unacked']);
  certificates.renew({ https: tls(ends('https', 300)), mqtts: null }, TAKE);
  expect(await later(seconds(10))).toEqual(['renewal 3 returned-unacked']);
});

test('a service without TLS tells nothing, and an alarm ends when TLS is given up', async () => {
  const { say, later } = await begin({ https: null, mqtts: null });
  expect(await say()).toEqual([]);
  expect(await later(minutes(10))).toEqual([]);
});
