import { type Duration, days, type Millis } from './time.ts';

/** What the service shows its certificate for; `authority`: the one that signs the certificates of devices. */
export type CertificateUse = 'https' | 'mqtts' | 'authority';

/** What is known of one file of certificates: a chain that is shown, or authorities that are trusted. */
export type Certificate = {
  readonly use: CertificateUse;
  /** For people: its file, or the key of the configuration that holds it. */
  readonly where: string;
  /** Of the first in the file. */
  readonly subject: string;
  readonly validFrom: Millis;
  /** When the first of the file ends: of this people are warned. */
  readonly endsAt: Millis;
  /** When nothing of it can be used any more: of a chain the same, of several authorities the last one's end. */
  readonly usableUntil: Millis;
  /** What is wrong with the way to the issuer, and what would be right; `null`: nothing. */
  readonly chainFault: string | null;
};

export type CertificateFault = {
  readonly code:
    | 'certificate-pair'
    | 'certificate-expired'
    | 'certificate-not-yet-valid'
    | 'certificate-chain'
    | 'certificate-needs-restart';
  /** One sentence: which file, and what would be right. */
  readonly says: string;
};

/** How long before its end a certificate is told of: at the levels 4, 3 and 2. */
export const TOLD_BEFORE: readonly [Duration, Duration, Duration] = [days(30), days(14), days(7)];

/** A century: for a certificate that is not there, and at most. */
export const NO_END_IN_SIGHT = 36_500;

/** Why peers refuse it now; `null`: they take it. */
export function certificateFault(c: Certificate, now: Millis): CertificateFault | null {
  const it = `${c.where} (${c.subject})`;
  if (now >= c.usableUntil)
    return {
      code: 'certificate-expired',
      says: `${it} ended at ${iso(c.usableUntil)}; one that is valid now would be right: have it renewed, or set the clock if that is wrong`,
    };
  if (now < c.validFrom)
    return {
      code: 'certificate-not-yet-valid',
      says: `${it} is valid from ${iso(c.validFrom)} only; one that is valid now would be right: wait until then, or set the clock if that is wrong`,
    };
  if (c.chainFault !== null)
    return { code: 'certificate-chain', says: `${c.where} leads to no issuer: ${c.chainFault}` };
  return null;
}

/** Days until the first of its file ends; 0 or less: it has. */
export function daysLeft(c: Certificate, now: Millis): number {
  const left = Math.ceil(((c.endsAt - now) / days(1)) * 100) / 100;
  return Math.max(-NO_END_IN_SIGHT, Math.min(NO_END_IN_SIGHT, left));
}

const iso = (t: Millis): string => new Date(t).toISOString();
