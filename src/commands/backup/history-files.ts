import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wallNow } from '../../adapters/clock/index.ts';
import { fromFileName } from '../../adapters/history-duckdb/index.ts';
import type { BackupFile } from '../../wire/files/backup.ts';
import { NotDone } from '../command.ts';
import { copyWhole, type Watched } from '../copy.ts';

/** A file that was changed within this time may be changed again without its times showing it. */
const COARSEST_CLOCK_MS = 2_000;

type Copied = { readonly file: BackupFile; readonly state: string };

/**
 * Copies the files of the embedded history in two passes: days that nobody seems to write while the service
 * goes on, then, while its history stands still, whatever was left or has changed since. What counts is the
 * second pass: after it, every copy is of a file as it is while nothing changes.
 */
export class HistoryFiles {
  readonly #from: string;
  readonly #to: string;
  readonly #watched: Watched;
  readonly #quietMs: number;
  readonly #copied = new Map<string, Copied>();

  constructor(given: { from: string; to: string; watched: Watched; quietMs?: number }) {
    this.#from = given.from;
    this.#to = given.to;
    this.#watched = given.watched;
    this.#quietMs = given.quietMs ?? COARSEST_CLOCK_MS;
  }

  async copyQuietOnes(): Promise<void> {
    const names = (await namesIn(this.#from)).ours;
    for (const name of names) {
      if (names.includes(`${name}.wal`) || name.endsWith('.wal')) continue;
      const state = await quietState(join(this.#from, name), this.#quietMs);
      if (state !== null) await this.#copy(name, state);
    }
  }

  /** While nothing changes. */
  async copyTheRest(signal: AbortSignal): Promise<{ files: BackupFile[]; leftOut: string[] }> {
    const { ours, others } = await namesIn(this.#from);
    for (const [name] of this.#copied) {
      if (!ours.includes(name)) await this.#forget(name);
    }
    for (const name of ours) {
      const state = await stateOf(join(this.#from, name));
      if (this.#copied.get(name)?.state === state) continue;
      await this.#forget(name);
      await this.#copy(name, state, signal);
    }
    for (const [name, { state }] of this.#copied) {
      signal.throwIfAborted();
      if ((await stateOf(join(this.#from, name))) !== state)
        throw new NotDone(`${name} was changed while the history should have stood still: try again`);
    }
    return { files: [...this.#copied.values()].map((c) => c.file), leftOut: others };
  }

  async #copy(name: string, state: string, signal?: AbortSignal): Promise<void> {
    const watched = signal === undefined ? this.#watched : { ...this.#watched, signal };
    const seal = await copyWhole(join(this.#from, name), join(this.#to, name), watched).catch((e) => {
      // Given up by age, or put in order, before there was a hold: the second pass sees what is there.
      if (signal === undefined && (e as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw e;
    });
    if (seal !== null) this.#copied.set(name, { state, file: { path: `history/${name}`, ...seal } });
  }

  async #forget(name: string): Promise<void> {
    this.#copied.delete(name);
    await rm(join(this.#to, name), { force: true });
  }
}

/** Names in the directory of the history: those that make it up, and others but what is only half made. */
export async function namesIn(dir: string): Promise<{ ours: string[]; others: string[] }> {
  const names = (await readdir(dir).catch(() => [])).sort();
  const ours = names.filter(
    (n) => ['cursor', 'installation'].includes(n) || fromFileName(n.replace(/\.wal$/, '')) !== null,
  );
  const others = names.filter((n) => !ours.includes(n) && !/^spill$|\.(new|settling)(\.wal)?$/.test(n));
  return { ours, others };
}

/** What no write leaves as it was. */
async function stateOf(path: string): Promise<string> {
  const s = await stat(path, { bigint: true });
  return `${s.ino} ${s.size} ${s.mtimeNs} ${s.ctimeNs}`;
}

async function quietState(path: string, quietMs: number): Promise<string | null> {
  try {
    const { ctimeMs } = await stat(path);
    const age = wallNow() - ctimeMs;
    return age > quietMs ? await stateOf(path) : null;
  } catch {
    return null;
  }
}
