import {
  type Certificate,
  type CertificateFault,
  type CertificateUse,
  certificateFault,
  daysLeft,
  NO_END_IN_SIGHT,
  TOLD_BEFORE,
} from '../domain/certificate.ts';
import type { GivenTls, ListenerTls } from '../domain/listener-tls.ts';
import type { Millis } from '../domain/time.ts';
import type { Audit } from './ports/audit.ts';
import type { TlsMaterial } from './ports/broker.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Meters } from './ports/meters.ts';
import type { Health } from './ports/service.ts';

type Listener = keyof GivenTls;
const LISTENERS: readonly Listener[] = ['https', 'mqtts'];
const USES: readonly CertificateUse[] = ['https', 'mqtts', 'authority'];

/** Gives a listener its new certificate. @throws when it is none; the old one stays then */
export type Take = (material: TlsMaterial) => void;

/**
 * Knows the certificates in use, and lets no worse one in their place. At the start any pair that fits is used, since a
 * wrong clock or a holiday must not keep the watch from starting; it is told then. At a renewal one that peers would
 * refuse is refused, and the old one goes on.
 */
export class CertificateWatch {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #audit: Pick<Audit, 'record'>;
  readonly #meters: Meters;
  readonly #inUse: Record<Listener, ListenerTls | null>;
  /** Why the last renewal was refused, in words. */
  readonly #refused = new Map<Listener, string>();

  constructor(given: {
    inUse: Record<Listener, ListenerTls | null>;
    clock: Pick<Clock, 'now'>;
    log: Log;
    audit: Pick<Audit, 'record'>;
    meters: Meters;
  }) {
    this.#inUse = { ...given.inUse };
    this.#clock = given.clock;
    this.#log = given.log;
    this.#audit = given.audit;
    this.#meters = given.meters;
    this.#meter();
  }

  /** Tells of each that peers refuse or will soon. */
  tellAtStart(): void {
    const now = this.#clock.now();
    for (const c of this.#certificates()) {
      const fault = certificateFault(c, now);
      const fields = {
        certificate: c.use,
        where: c.where,
        endsAt: iso(c.endsAt),
        daysLeft: daysLeft(c, now),
      };
      if (fault !== null)
        this.#log.error('a certificate is refused by who is shown it; the service goes on with it', {
          ...fields,
          why: fault.code,
          right: fault.says,
        });
      else if (c.endsAt - now <= TOLD_BEFORE[0]) this.#log.warn('a certificate runs out soon', fields);
    }
  }

  /** Takes what is new and good; the rest is told in log and audit, by {@link isRenewalRefused}, and changes nothing. */
  renew(given: GivenTls, take: Readonly<Record<Listener, Take>>): void {
    for (const listener of LISTENERS) this.#renew(listener, given[listener], take[listener]);
    this.#meter();
  }

  get isRenewalRefused(): boolean {
    return this.#refused.size > 0;
  }

  /** Whether one is in use that is not valid yet, or leads to no issuer. An end is known by the days left. */
  isOneUnusable(now: Millis): boolean {
    return this.#certificates().some((c) => {
      const fault = certificateFault(c, now);
      return fault !== null && fault.code !== 'certificate-expired';
    });
  }

  /** Days until each ends; where there is none, a century. */
  daysLeft(now: Millis): Readonly<Record<CertificateUse, number>> {
    const all = this.#certificates();
    const of = (use: CertificateUse) => {
      const certificate = all.find((c) => c.use === use);
      return certificate === undefined ? NO_END_IN_SIGHT : daysLeft(certificate, now);
    };
    return { https: of('https'), mqtts: of('mqtts'), authority: of('authority') };
  }

  health(now: Millis): Health['certificates'] {
    return this.#certificates().map((c) => ({
      use: c.use,
      endsAt: c.endsAt,
      fault: certificateFault(c, now)?.code ?? null,
    }));
  }

  #renew(listener: Listener, given: GivenTls[Listener], take: Take): void {
    const before = this.#inUse[listener];
    const isSame =
      before === given || (isPair(given) && before !== null && PARTS.every((p) => before[p] === given[p]));
    const fault = isSame ? null : this.#faultOfNew(listener, before, given);
    if (fault !== null) {
      this.#refuse(listener, fault);
      return;
    }
    if (!isSame && isPair(given)) {
      try {
        take({ cert: given.cert, key: given.key, ca: given.ca });
      } catch (cause) {
        this.#refuse(listener, { code: 'certificate-pair', says: (cause as Error).message });
        return;
      }
      this.#inUse[listener] = given;
      this.#tellTaken(listener, given);
    }
    this.#refused.delete(listener);
  }

  #tellTaken(listener: Listener, { certificates }: ListenerTls): void {
    const ends = certificates.map((c) => ({ certificate: c.use, endsAt: iso(c.endsAt) }));
    this.#log.info('certificates were renewed; connections from now on have them', {
      listener,
      ends: ends.map((e) => `${e.certificate} ${e.endsAt}`).join(', '),
    });
    void this.#audit.record({ ...this.#entry(listener), outcome: 'done', after: ends });
  }

  /** Only what is new is judged: that the other one has run out is no reason against it. */
  #faultOfNew(
    listener: Listener,
    before: ListenerTls | null,
    given: GivenTls[Listener],
  ): CertificateFault | null {
    if (given !== null && !isPair(given)) return given;
    if (before === null || given === null || (before.ca === null) !== (given.ca === null))
      return NEEDS_RESTART[listener];
    const now = this.#clock.now();
    for (const c of given.certificates) {
      const isNew = c.use === 'authority' ? before.ca !== given.ca : before.cert !== given.cert;
      const fault = isNew ? certificateFault(c, now) : null;
      if (fault !== null) return fault;
    }
    return null;
  }

  #refuse(listener: Listener, fault: CertificateFault): void {
    if (this.#refused.get(listener) === fault.says) return;
    this.#refused.set(listener, fault.says);
    this.#meters.count('certificate_renewals_refused_total');
    this.#log.error('certificates cannot be renewed; the old ones stay', {
      listener,
      why: fault.code,
      cause: fault.says,
    });
    void this.#audit.record({
      ...this.#entry(listener),
      outcome: 'refused',
      why: fault.code,
      after: { says: fault.says },
    });
  }

  #entry(listener: Listener) {
    return {
      at: this.#clock.now(),
      who: 'system',
      from: null,
      what: 'service.certificates',
      object: listener,
    } as const;
  }

  #certificates(): readonly Certificate[] {
    return LISTENERS.flatMap((l) => this.#inUse[l]?.certificates ?? []);
  }

  /** When each ends, in seconds since 1970, as other programs tell it; nothing where there is none. */
  #meter(): void {
    const all = this.#certificates();
    for (const use of USES) {
      const certificate = all.find((c) => c.use === use);
      if (certificate !== undefined)
        this.#meters.set(`certificate_ends_seconds{certificate="${use}"}`, certificate.endsAt / 1_000);
    }
    this.#meters.count('certificate_renewals_refused_total', 0);
  }
}

const PARTS = ['cert', 'key', 'ca'] as const;
const isPair = (given: GivenTls[Listener]): given is ListenerTls => given !== null && 'certificates' in given;

const needsRestart = (says: string): CertificateFault => ({ code: 'certificate-needs-restart', says });

/** A listener is opened at the start alone; and without an authority, any would be trusted. */
const NEEDS_RESTART: Readonly<Record<Listener, CertificateFault>> = {
  https: needsRestart(
    'LIFELINE_HTTP_TLS_CERT and _KEY were added or taken away: whether HTTPS is served is decided at the start; put them back, or restart the service',
  ),
  mqtts: needsRestart(
    'LIFELINE_MQTTS_CERT, _KEY or _CA was added or taken away: whether MQTT is served over TLS, and whether devices must show a certificate, is decided at the start; put it back, or restart the service',
  ),
};

const iso = (t: Millis): string => new Date(t).toISOString();
