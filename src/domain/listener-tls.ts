import type { Certificate, CertificateFault } from './certificate.ts';

/** Certificate and key of a listener, with the authority whose client certificates it asks for; PEM. */
export type ListenerTls = {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | null;
  /** What is known of them, one for each file. */
  readonly certificates: readonly Certificate[];
};

/** What each listener is given: a pair that fits, why it is none, or nothing. */
export type GivenTls = Readonly<Record<'https' | 'mqtts', ListenerTls | CertificateFault | null>>;
