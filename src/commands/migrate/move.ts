import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keepSessionText, SESSION_NOTE, sessionTextIn } from '../../adapters/broker-outside/kept-session.ts';
import { wallNow } from '../../adapters/clock/index.ts';
import { forgetMarks } from '../../adapters/installation/index.ts';
import {
  agrees,
  CannotMove,
  MOVED_FILES,
  MoveDatabase,
  type MoveWatched,
  movedFilesIn,
  type TableProof,
} from '../../adapters/move/index.ts';
import { journalOf } from '../../app/journal-engine.ts';
import type { Config } from '../../config/read.ts';
import { EXIT, NotDone, WrongUse } from '../command.ts';
import { flushDirectory } from '../copy.ts';
import { lockFor } from '../lock.ts';
import { notThere } from '../not-there.ts';
import { asNotDone, type CommandLease, leaseOf } from '../offline/lease.ts';
import { Progress } from '../progress.ts';
import { proofText } from './proof-text.ts';

const ARRIVING = '.moving';
/** Each row is copied, and read again on both sides. */
const TIMES = 3;

/** The files of a stopped data directory into a database. @param dir in today's form */
export async function moveToDatabase(dir: string, url: string, config: Config): Promise<number> {
  const journal = journalOf(dir, config);
  if (!(await journal.isThere())) throw notThere(dir, journal.name);
  const there = movedFilesIn(dir);
  const missing = MOVED_FILES.filter((name) => !there.includes(name));
  if (missing.length > 0)
    throw new WrongUse(
      `${dir} has no ${missing.join(', ')}: an installation is moved as a whole; lifeline parts says what belongs to it`,
    );
  const lock = lockFor(dir, `a service runs on ${dir}: stop it first`);
  try {
    const size = there.reduce((n, name) => n + statSync(join(dir, name)).size, 0);
    const proofs = await withDatabase(
      url,
      { ...config, LIFELINE_DATA_DIR: dir },
      async ({ database, notes }) => {
        const filled = await watched(
          async () => size,
          (w) => database.fill(dir, w),
        );
        // The outside broker keeps what comes for the same client.
        const session = sessionTextIn(dir);
        if (session !== null) await notes.keepNote(SESSION_NOTE, session);
        return filled;
      },
    );
    tell(proofs);
    const aside = join(dir, `moved-to-postgres-${wallNow()}`);
    putAside(dir, aside);
    await flushDirectory(dir);
    process.stdout.write(
      `已迁入数据库。请设置 LIFELINE_DATABASE_URL 后启动服务；第二台机器须复制 ${join(dir, 'audit.key')}。
原文件在 ${aside}：确认无误后请删除，此后在数据库中删除的个人信息不会在其中删除。
moved into the database. Next: set LIFELINE_DATABASE_URL and start the service; a second machine needs a copy of ${join(dir, 'audit.key')}
The files as they were: ${aside}. Delete them once you are sure: what the database forgets from now on is not forgotten there.
`,
    );
    return EXIT.done;
  } finally {
    lock.letGo();
  }
}

/** The configured database into files of a folder that has none. */
export async function moveToDirectory(given: string, config: Config): Promise<number> {
  const url = config.LIFELINE_DATABASE_URL;
  if (url === undefined)
    throw new WrongUse('--to-dir moves what lies in LIFELINE_DATABASE_URL, and that is not set');
  const to = resolve(given);
  const there = movedFilesIn(to);
  if (there.length > 0)
    throw new WrongUse(`${to} has ${there.join(', ')} already: a move never writes over data`);
  const from = resolve(config.LIFELINE_DATA_DIR);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  mkdirSync(from, { recursive: true, mode: 0o700 });
  const locks = [...new Set([to, from])].map((dir) =>
    lockFor(dir, `a service runs on ${dir}: stop it first`),
  );
  const arriving = join(to, ARRIVING);
  try {
    rmSync(arriving, { recursive: true, force: true });
    mkdirSync(arriving, { mode: 0o700 });
    const { proofs, session } = await withDatabase(
      url,
      { ...config, LIFELINE_DATA_DIR: from },
      async ({ database, notes }) => ({
        proofs: await watched(
          () => database.size(),
          (w) => database.pour(arriving, w),
        ),
        session: await notes.note(SESSION_NOTE),
      }),
    );
    tell(proofs);
    if (session !== null) keepSessionText(to, session);
    for (const name of MOVED_FILES) renameSync(join(arriving, name), join(to, name));
    const key = join(from, 'audit.key');
    if (existsSync(key) && !existsSync(join(to, 'audit.key'))) copyFileSync(key, join(to, 'audit.key'));
    forgetMarks(to);
    await flushDirectory(to);
    process.stdout.write(
      `已迁入目录 ${to}。数据库保持原样，但不再提供服务。请取消 LIFELINE_DATABASE_URL 后启动服务。
moved into ${to}. The database is left as it is, and no service starts on it any more.
Next: unset LIFELINE_DATABASE_URL and start the service with LIFELINE_DATA_DIR=${to}
`,
    );
    return EXIT.done;
  } finally {
    rmSync(arriving, { recursive: true, force: true });
    for (const lock of locks) lock.letGo();
  }
}

async function withDatabase<T>(
  url: string,
  config: Config,
  work: (given: { readonly database: MoveDatabase; readonly notes: CommandLease['notes'] }) => Promise<T>,
): Promise<T> {
  const lease = await leaseOf(url, config);
  try {
    const database = await MoveDatabase.open(url, lease.fence);
    try {
      return await work({ database, notes: lease.notes });
    } finally {
      await database.close();
    }
  } catch (cause) {
    throw cause instanceof CannotMove ? new NotDone(cause.message, cause) : asNotDone(cause);
  } finally {
    await lease.letGo();
  }
}

async function watched<T>(
  size: () => Promise<number>,
  work: (watched: MoveWatched) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onSignal = (signal: string): void =>
    stop.abort(new NotDone(`stopped by ${signal}; everything is where it was`));
  for (const signal of SIGNALS) process.once(signal, onSignal);
  const progress = new Progress({
    total: (await size()) * TIMES,
    write: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    now: () => performance.now(),
  });
  try {
    return await work({
      signal: stop.signal,
      doing: (table) => progress.doing(table),
      bytes: (n) => progress.add(n),
    });
  } finally {
    progress.end();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** @throws NotDone where they do not hold the same */
function tell(proofs: readonly TableProof[]): void {
  process.stdout.write(proofText(proofs));
  const differ = proofs.filter((p) => !agrees(p));
  if (differ.length > 0)
    throw new NotDone(
      `${differ.map((p) => p.name).join(', ')} differ after the move; nothing was changed over`,
    );
}

/** Out of the way of a start, so that no service goes on with them beside the database. */
function putAside(dir: string, aside: string): void {
  mkdirSync(aside, { mode: 0o700 });
  for (const name of MOVED_FILES)
    for (const path of [name, `${name}-wal`, `${name}-shm`])
      if (existsSync(join(dir, path))) renameSync(join(dir, path), join(aside, path));
  forgetMarks(dir);
}
