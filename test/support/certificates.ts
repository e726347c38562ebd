import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Pair = { readonly cert: string; readonly key: string };

/** An authority of a test's own, made with the `openssl` command, in a folder. */
export class Authority {
  readonly #dir: string;
  readonly #name: string;
  readonly pair: Pair;

  constructor(dir: string, name = 'authority') {
    this.#dir = dir;
    this.#name = name;
    this.pair = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${name}`, '-days', '2', '-keyout', this.pair.key, '-out', this.pair.cert],
    );
  }

  /** A certificate of that common name, good for `localhost` and 127.0.0.1. */
  issue(commonName: string, file = commonName): Pair {
    const at = (ending: string) => join(this.#dir, `${this.#name}-${file}.${ending}`);
    openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${commonName}`, '-keyout', at('key'), '-out', at('csr')],
    );
    writeFileSync(at('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    openssl(
      ...['x509', '-req', '-in', at('csr'), '-CA', this.pair.cert, '-CAkey', this.pair.key, '-days', '2'],
      ...['-extfile', at('ext'), '-out', at('pem')],
    );
    return { cert: at('pem'), key: at('key') };
  }
}

/** What is in the files of a pair. */
export const textsOf = (pair: Pair): Pair => ({
  cert: readFileSync(pair.cert, 'utf8'),
  key: readFileSync(pair.key, 'utf8'),
});

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
