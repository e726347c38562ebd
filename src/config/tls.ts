import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Certificate, CertificateUse } from '../domain/certificate.ts';
import type { ListenerTls } from '../domain/listener-tls.ts';

/** A pair that is none: one sentence that names the files and says what would be right, and shows no key. */
export class NoPair extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoPair';
  }
}

export type TlsTexts = {
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly ca: string | undefined;
};

/** Names of keys of the configuration, and for people where the value of each comes from: its file, or the key. */
export type TlsNames = {
  readonly use: 'https' | 'mqtts';
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly where: (key: string) => string;
};

/**
 * Checks what a listener is given, and reads what its certificates say of themselves. Whether they are valid at some
 * moment is not asked here.
 *
 * @returns `null` when it is given neither certificate nor key
 * @throws NoPair when it cannot be used at all
 */
export function listenerTls(texts: TlsTexts, names: TlsNames): ListenerTls | null {
  const { cert, key, ca } = texts;
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined)
    throw new NoPair(
      `${cert === undefined ? names.cert : names.key} is missing: the other one of the pair is set.`,
    );
  const chain = certificatesIn(cert, names.cert, names);
  const authorities = ca === undefined ? [] : certificatesIn(ca, names.ca, names);
  const [leaf] = chain as [X509Certificate];
  if (!leaf.checkPrivateKey(privateKey(key, names)))
    throw new NoPair(
      `${names.key}: what is in ${names.where(names.key)} is not the private key of the certificate in ${names.where(names.cert)} (${nameOf(leaf)}); the two of one pair would be right, the certificate first in its file.`,
    );
  try {
    createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca }) });
  } catch (cause) {
    throw new NoPair(
      `${names.cert}, ${names.key}: the pair in ${names.where(names.cert)} and ${names.where(names.key)} cannot be used (${(cause as Error).message}); RSA of 2048 bits or more, or EC on P-256, would be right.`,
    );
  }
  return {
    cert,
    key,
    ca: ca ?? null,
    certificates: [
      shown(names.use, names.where(names.cert), chain),
      ...(ca === undefined ? [] : [trusted(names.where(names.ca), authorities)]),
    ],
  };
}

/** A path was given where the text belongs: the key for a file is one word away. */
const fileHint = (given: string, name: string): string =>
  !given.includes('\n') && /[/\\.]/.test(given) && !name.endsWith('_FILE')
    ? ` It looks like the path of a file: ${name}_FILE takes one.`
    : '';

const ONE =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

function certificatesIn(pem: string, name: string, names: TlsNames): X509Certificate[] {
  const blocks = pem.match(ONE) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch {
    // said below
  }
  throw new NoPair(
    `${name}: its value is not right: ${names.where(name)} holds no certificate in PEM, or a damaged one; lines from BEGIN CERTIFICATE to END CERTIFICATE would be right.${fileHint(pem, name)}`,
  );
}

function privateKey(pem: string, names: TlsNames): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new NoPair(
      `${names.key}: its value is not right: ${names.where(names.key)} holds no private key that can be read; one in PEM, without a passphrase, would be right.${fileHint(pem, names.key)}`,
    );
  }
}

/** As strong as its weakest: the chain is of use while all of it is valid. */
function shown(use: CertificateUse, where: string, chain: readonly X509Certificate[]): Certificate {
  const ends = Math.min(...chain.map(endOf));
  const broken = chain.findIndex((c, i) => {
    const next = chain[i + 1];
    return next !== undefined && !(isIssuedBy(c, next) && (next.ca || isIssuedBy(next, next)));
  });
  return {
    use,
    where,
    subject: nameOf(chain[0] as X509Certificate),
    validFrom: Math.max(...chain.map(beginOf)),
    endsAt: ends,
    usableUntil: ends,
    chainFault:
      broken < 0
        ? null
        : `${nameOf(chain[broken] as X509Certificate)} was not issued by ${nameOf(chain[broken + 1] as X509Certificate)}, which comes after it; the certificate first, then the one that issued it, and so on, would be right`,
  };
}

/** Of several authorities one may have ended already: what the others have signed still opens. */
function trusted(where: string, authorities: readonly X509Certificate[]): Certificate {
  const alone = authorities.find((c) => !leadsToRoot(c, authorities));
  return {
    use: 'authority',
    where,
    subject: nameOf(authorities[0] as X509Certificate),
    validFrom: Math.min(...authorities.map(beginOf)),
    endsAt: Math.min(...authorities.map(endOf)),
    usableUntil: Math.max(...authorities.map(endOf)),
    chainFault:
      alone === undefined
        ? null
        : `${nameOf(alone)} was issued by ${oneLine(alone.issuer)}, whose certificate is not in the file, so that no device would be let in by it; add that one, up to the root, which has issued itself`,
  };
}

function leadsToRoot(c: X509Certificate, all: readonly X509Certificate[]): boolean {
  let at: X509Certificate | undefined = c;
  for (let steps = 0; at !== undefined && steps < all.length; steps++) {
    const from: X509Certificate = at;
    if (isIssuedBy(from, from)) return true;
    at = all.find((other) => other !== from && other.ca && isIssuedBy(from, other));
  }
  return false;
}

const isIssuedBy = (c: X509Certificate, by: X509Certificate): boolean =>
  c.checkIssued(by) && c.verify(by.publicKey);

const beginOf = (c: X509Certificate): number => c.validFromDate.getTime();
const endOf = (c: X509Certificate): number => c.validToDate.getTime();
const oneLine = (name: string): string => name.replaceAll(/\s+/g, ' ').slice(0, 120);
const nameOf = (c: X509Certificate): string => oneLine(c.subject || `serial number ${c.serialNumber}`);
