import { execFileSync } from 'node:child_process';
import { sign, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Pair = { readonly cert: string; readonly key: string };

/** An authority of a test's own, made with the `openssl` command, in a folder. */
export class Authority {
  readonly #dir: string;
  readonly #name: string;
  readonly pair: Pair;

  /**
   * @param by whose own certificate stands over this one's, and may have no right to; itself, if left out
   * @param valid from when until when, as `YYMMDDhhmmssZ`
   */
  constructor(dir: string, name = 'authority', by?: Pair, valid?: readonly [from: string, until: string]) {
    this.#dir = dir;
    this.#name = name;
    this.pair = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${name}`, '-days', '2', '-keyout', this.pair.key, '-out', this.pair.cert],
      ...(by === undefined ? [] : ['-CA', by.cert, '-CAkey', by.key]),
    );
    if (valid !== undefined) this.#renewTimes(this.pair.cert, valid, by?.key);
  }

  /**
   * A certificate of that common name, good for `localhost` and 127.0.0.1.
   *
   * @param odd.subject instead of the common name, as `openssl req -subj` has it
   * @param odd.extensions beyond, one a line, as in a file of extensions
   * @param odd.valid from when until when, as `YYMMDDhhmmssZ`
   * @param odd.rsa a key of that kind, which ciphers without a key for each connection need
   * @param odd.rename what `openssl` takes in no name, e.g. a NUL, in place of as many other letters
   */
  issue(
    commonName: string,
    file = commonName,
    odd: {
      subject?: string;
      extensions?: string;
      valid?: readonly [from: string, until: string];
      rename?: readonly [from: string, to: string];
      rsa?: boolean;
    } = {},
  ): Pair {
    const at = (ending: string) => join(this.#dir, `${this.#name}-${file}.${ending}`);
    const kind = odd.rsa === true ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    openssl(
      ...['req', '-newkey', ...kind, '-nodes'],
      ...['-utf8', '-subj', odd.subject ?? `/CN=${commonName}`, '-keyout', at('key'), '-out', at('csr')],
    );
    writeFileSync(at('ext'), `subjectAltName=DNS:localhost,IP:127.0.0.1\n${odd.extensions ?? ''}\n`);
    openssl(
      ...['x509', '-req', '-in', at('csr'), '-CA', this.pair.cert, '-CAkey', this.pair.key, '-days', '2'],
      ...['-extfile', at('ext'), '-out', at('pem')],
    );
    if (odd.valid !== undefined) this.#renewTimes(at('pem'), odd.valid);
    if (odd.rename !== undefined) this.#signAnew(at('pem'), ...odd.rename);
    return { cert: at('pem'), key: at('key') };
  }

  #renewTimes(file: string, [from, until]: readonly [from: string, until: string], by = this.pair.key): void {
    const { validFromDate, validToDate } = new X509Certificate(readFileSync(file));
    this.#signAnew(file, utcTime(validToDate), until, by);
    this.#signAnew(file, utcTime(validFromDate), from, by);
  }

  /** What `openssl` would not issue: other times, a name with a NUL. */
  #signAnew(file: string, from: string, to: string, by = this.pair.key): void {
    if (from.length !== to.length)
      throw new Error('as many bytes must be left: their number stands before them');
    const whole = new X509Certificate(readFileSync(file)).raw;
    const signed = Buffer.from(element(whole, element(whole, 0).from).bytes);
    const at = signed.lastIndexOf(from, undefined, 'latin1');
    if (at < 0) throw new Error(`${JSON.stringify(from)} is not in the certificate`);
    signed.write(to, at, 'latin1');
    const algorithm = element(whole, element(whole, element(whole, 0).from).to).bytes;
    const signature = sign('sha256', signed, readFileSync(by));
    const made = der(
      0x30,
      Buffer.concat([signed, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature]))]),
    );
    const base64 = made.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
    writeFileSync(file, `-----BEGIN CERTIFICATE-----\n${base64}-----END CERTIFICATE-----\n`);
  }
}

/** What is in the files of a pair. */
export const textsOf = (pair: Pair): Pair => ({
  cert: readFileSync(pair.cert, 'utf8'),
  key: readFileSync(pair.key, 'utf8'),
});

/** As a certificate has it. */
export const utcTime = (date: Date): string => `${date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`;

/** One element of DER: its own bytes, and where its content begins and it ends. */
function element(
  all: Buffer,
  at: number,
): { readonly bytes: Buffer; readonly from: number; readonly to: number } {
  const first = all[at + 1] as number;
  const more = first < 0x80 ? 0 : first - 0x80;
  const from = at + 2 + more;
  const to = from + (more === 0 ? first : all.readUIntBE(at + 2, more));
  return { bytes: all.subarray(at, to), from, to };
}

function der(tag: number, content: Buffer): Buffer {
  const length =
    content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
