import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By which name a broker knows us, and whether it should have a session of ours. */
export interface BrokerSession {
  readonly clientId: string;
  /** A session was begun before this connection, and the broker should still have it. */
  readonly isExpected: boolean;
  /** From now on one is. @throws where that cannot be kept */
  begun(): void;
}

const FILE = 'mqtt-session.json';
/** Two machines have it in the database, under this name. */
export const SESSION_NOTE = 'mqtt-session';

/** As it stands in the file, for whoever moves it elsewhere. @returns `null`: there is none */
export const sessionTextIn = (dataDir: string): string | null => {
  const kept = keptIn(join(dataDir, FILE));
  return kept === null ? null : JSON.stringify(kept);
};

export function keepSessionText(dataDir: string, text: string): void {
  writeFileSync(join(dataDir, FILE), `${text}\n`, { mode: 0o600, flush: true });
}

/** In a file of the data directory, made once, so that a restart is the same client. */
export class KeptSession implements BrokerSession {
  readonly #file: string;
  readonly clientId: string;
  #isExpected: boolean;

  constructor(dataDir: string) {
    this.#file = join(dataDir, FILE);
    const kept = keptIn(this.#file) ?? {
      clientId: `lifeline-watch-${randomBytes(6).toString('hex')}`,
      expected: false,
    };
    this.clientId = kept.clientId;
    this.#isExpected = kept.expected;
  }

  get isExpected(): boolean {
    return this.#isExpected;
  }

  begun(): void {
    if (this.#isExpected) return;
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ clientId: this.clientId, expected: true })}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(`${this.#file}.new`, this.#file);
    this.#isExpected = true;
  }
}

type Kept = { readonly clientId: string; readonly expected: boolean };

/** @returns `null`: there is none, or none that can be read; the watch begins all the same, as another client */
function keptIn(file: string): Kept | null {
  if (!existsSync(file)) return null;
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept> | null;
    return typeof kept?.clientId === 'string' && kept.clientId !== ''
      ? { clientId: kept.clientId, expected: kept.expected === true }
      : null;
  } catch {
    return null;
  }
}
