import { randomBytes, randomInt } from 'node:crypto';
import { SocketProbeLine } from '../adapters/probe-line/index.ts';
import { tlsOf } from '../config/read.ts';
import { CertificateWatch } from '../flow/certificate-watch.ts';
import { ClockWatch } from '../flow/clock-watch.ts';
import { PROBE_DEVICE, PROBE_TOPIC, Probe } from '../flow/probe.ts';
import { ProbeAccess } from '../flow/probe-access.ts';
import { SelfWatch } from '../flow/self-watch.ts';
import { AuditWatch } from '../flow/storage/audit-watch.ts';
import { PROBE } from '../packs/probe.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

export type Watch = ReturnType<typeof buildWatch>;

/** What the service knows of itself: clock, certificates, stores, and a hidden device from end to end. */
export function buildWatch(ground: Ground, { audit, losses }: Storage, flow: Flow) {
  const { options, config, clock, log, meters, ahead } = ground;
  const { core, turn, registrar, drain, spool } = flow;
  const clockWatch = new ClockWatch({
    clock,
    log,
    meters,
    devicesSay: () => core.quality.devicesSay,
    settled: () => options.onClockSettled?.(),
    adoptedAt: options.clockMoved?.at ?? null,
  });
  const probeAccess = new ProbeAccess(randomBytes(32).toString('base64url'));
  const probeLine = new SocketProbeLine({
    broker: () => ahead.self?.mqtt ?? null,
    http: () => ahead.self?.http ?? null,
    topic: PROBE_TOPIC,
    device: PROBE_DEVICE,
    secret: probeAccess.secret,
    lifeline: PROBE.lifeline,
  });
  const probe = new Probe({
    line: probeLine,
    clock,
    log,
    meters,
    firstBeat: randomInt(1, 2 ** 40),
    changed: () => ahead.report(),
  });
  const auditWatch = new AuditWatch(audit, () => performance.now());
  const tls = tlsOf(config, options.whereIs);
  const certificates = new CertificateWatch({ inUse: tls, clock, log, audit, meters });
  const self = new SelfWatch({
    clock: clockWatch,
    certificates,
    devices: core.quality,
    probe,
    turn,
    registrar,
    drain,
    spool,
    losses,
    meters,
    rssMiB: () => process.memoryUsage.rss() / 2 ** 20,
    audit: auditWatch,
    stalledUp: (now) => ahead.stalledUp(now),
  });
  ahead.report = () => self.report(clock.now());
  return { self, clockWatch, probe, probeLine, probeAccess, auditWatch, certificates, tls };
}
