import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refused, type Stillness, standStill } from '../../adapters/control-socket/client.ts';
import { Damaged, PinnedDatabase } from '../../adapters/shared/pinned-database.ts';
import type { JournalEngine, PinnedJournal } from '../../flow/ports/journal-engine.ts';
import { BACKUP_VERSION, type BackupFile, type BackupManifest } from '../../wire/files/backup.ts';
import { NotDone } from '../command.ts';
import { copyWhole, flushDirectory, sealOf, type Watched } from '../copy.ts';
import { lockFor } from '../lock.ts';
import { attachmentsIn } from './attachments.ts';
import { contentsOf } from './contents.ts';
import { HistoryFiles } from './history-files.ts';

export type TakeOptions = {
  readonly dataDir: string;
  readonly journal: JournalEngine;
  /** Where accounts, device keys and audit journal are; left out: in files of the data directory. */
  readonly database?: string | undefined;
  /** An empty folder, which becomes the backup. */
  readonly to: string;
  readonly configuration: string;
  readonly withSecrets: boolean;
  readonly madeBy: BackupManifest['madeBy'];
  readonly madeAt: Date;
  readonly watched: Watched & { readonly doing: (what: string) => void };
};

export type BackupTaken = {
  readonly manifest: BackupManifest;
  /** How long the history of a serving service had to stand still for it. */
  readonly stillMs: number;
};

/**
 * Takes a backup that is of one moment. The order is what makes it so:
 *
 * 1. days of the history that nobody writes are copied, as a start;
 * 2. the history stands still at its cursor c; 3. the journal's moment is pinned: its spool has every turn
 *    after c, because a turn leaves it only after the history has it; 4. what changed of the history is copied;
 * 5. the history goes on, and the pinned moment of the journal is copied.
 *
 * So every acknowledged reading is in the files of the history or in the spool, and whatever was
 * acknowledged before 3 is in the journal.
 */
export async function takeBackup(options: TakeOptions): Promise<BackupTaken> {
  const { dataDir, to, watched } = options;
  const history = new HistoryFiles({ from: join(dataDir, 'history'), to: join(to, 'history'), watched });
  await mkdir(join(to, 'history'), { mode: 0o700 });
  watched.doing('days of the history');
  await history.copyQuietOnes();

  watched.doing('newest days of the history');
  const holder = await hold(dataDir);
  const stillFrom = performance.now();
  const pinned = new Map<string, Pick<PinnedJournal, 'copyTo' | 'close'>>();
  try {
    const contents = await contentsOf(dataDir);
    const journal = await options.journal.pin();
    pinned.set(options.journal.fileInBackup, journal);
    if (options.database !== undefined) {
      const { pinPeople } = await import('../../adapters/move/index.ts');
      for (const [name, part] of await pinPeople(options.database)) pinned.set(name, part);
    }
    for (const name of contents.databases)
      if (!pinned.has(name)) pinned.set(name, new PinnedDatabase(join(dataDir, name)));
    const ofHistory = await history.copyTheRest(holder.signal(watched.signal));
    if (holder.running) holder.end();
    const stillMs = performance.now() - stillFrom;

    const files: BackupFile[] = [];
    for (const [name, database] of pinned) {
      watched.doing(name);
      await database.copyTo(join(to, name), watched).catch(tellDamage);
      files.push({ path: name, ...(await sealOf(join(to, name), { ...watched, bytes: () => undefined })) });
    }
    for (const name of contents.files) {
      files.push({ path: name, ...(await copyWhole(join(dataDir, name), join(to, name), watched)) });
    }
    for (const path of await attachmentsIn(dataDir)) {
      watched.doing(path);
      await mkdir(join(to, dirname(path)), { recursive: true, mode: 0o700 });
      files.push({ path, ...(await copyWhole(join(dataDir, path), join(to, path), watched)) });
    }
    files.push(await writeText(to, 'configuration.env', options.configuration));
    const manifest: BackupManifest = {
      format: 'lifeline-backup',
      version: BACKUP_VERSION,
      madeAt: options.madeAt.toISOString(),
      madeBy: options.madeBy,
      running: holder.running,
      journal: journal.facts,
      history: { cursor: holder.cursor, files: ofHistory.files.length },
      secrets: options.withSecrets,
      leftOut: [...contents.leftOut, ...ofHistory.leftOut.map((n) => `history/${n}`)],
      files: [...files, ...ofHistory.files],
    };
    await writeText(to, 'manifest.json', `${JSON.stringify(manifest, null, 1)}\n`);
    for (const dir of [join(to, 'history'), to]) await flushDirectory(dir);
    return { manifest, stillMs };
  } finally {
    for (const database of pinned.values()) await database.close();
    holder.end();
  }
}

const tellDamage = (cause: unknown): never => {
  throw cause instanceof Damaged ? new NotDone(cause.message, cause) : cause;
};

type Holder = {
  readonly running: boolean;
  readonly cursor: number | null;
  /** `with`, or the end of the hold, whichever comes first. */
  signal(with_: AbortSignal): AbortSignal;
  end(): void;
};

/** Either the service leaves its files alone for us, or there is none and the directory is ours. */
async function hold(dataDir: string): Promise<Holder> {
  let still: Stillness | null;
  try {
    still = await standStill(dataDir);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new NotDone(`the running service cannot be copied now: ${cause.message}`, cause);
  }
  if (still !== null) {
    const { cursor, lost, end } = still;
    const gone = new AbortController();
    lost.addEventListener('abort', () => gone.abort(new NotDone(`${lost.reason?.message}: try again`)));
    return { running: true, cursor, end, signal: (with_) => AbortSignal.any([with_, gone.signal]) };
  }
  const { letGo } = lockFor(
    dataDir,
    `a service has ${dataDir}, but does not answer at its control socket: run this as the service's own user, or stop the service first`,
  );
  return { running: false, cursor: null, end: letGo, signal: (with_) => with_ };
}

async function writeText(to: string, path: string, text: string): Promise<BackupFile> {
  const handle = await open(join(to, path), 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return {
    path,
    ...(await sealOf(join(to, path), { signal: new AbortController().signal, bytes: () => undefined })),
  };
}
