import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { endSessions } from '../adapters/accounts/look.ts';
import { isInstalled } from '../adapters/shared/as-called.ts';
import { journalInBackup } from '../app/journal-engine.ts';
import type { BackupManifest } from '../wire/files/backup.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { flushDirectory } from './copy.ts';
import { lockFor } from './lock.ts';
import { readOptions } from './options.ts';
import { megabytes, Progress } from './progress.ts';
import { bring, verify } from './restore/bring.ts';
import { tryHistory } from './restore/try-history.ts';

const USAGE = {
  zh: `lifeline restore --from 备份 --data-dir 空目录
lifeline restore --from 备份 --check

把备份恢复到空的（或尚不存在的）数据目录，逐个文件核对校验和。恢复后所有人须重新登录。

  --from 备份       lifeline backup 生成的文件夹或 .tar.gz
  --data-dir 空目录 服务今后使用的数据目录
  --check           只核对校验和；压缩包会在其旁边临时解开

退出码：0 完成，1 未完成（数据目录保持为空），2 无法开始。`,
  en: `lifeline restore --from BACKUP --data-dir EMPTY
lifeline restore --from BACKUP --check

Brings a backup back into a data directory that is empty or not there, after holding every file against the
backup's checksums. Everybody has to log in anew afterwards.

  --from BACKUP     a folder or a .tar.gz made by lifeline backup
  --data-dir EMPTY  where the service shall find its data
  --check           only holds the backup against its checksums; an archive is unpacked beside itself for it

Exit codes: 0 done, 1 not done (the data directory is left empty), 2 could not begin.`,
};

/** Files lie here until all of them are right; a service that is started meanwhile finds the directory locked. */
const ARRIVING = '.restoring';

async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args, {
    from: { type: 'string' },
    'data-dir': { type: 'string' },
    check: { type: 'boolean' },
  });
  if (options.from === undefined) throw new WrongUse('--from is missing: which backup?');
  const from = resolve(options.from);
  if (!existsSync(from)) throw new WrongUse(`${from} is not there`);
  if (options.check === true) return checkOnly(from);
  if (options['data-dir'] === undefined)
    throw new WrongUse(
      '--data-dir is missing: where shall it be restored to? It is never taken from the configuration.',
    );
  const dataDir = resolve(options['data-dir']);
  await refuseUnlessEmpty(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockFor(
    dataDir,
    `${dataDir} is in use: another restore, or a service that has just been started there`,
  );
  try {
    return await restore(from, dataDir);
  } finally {
    lock.letGo();
  }
}

async function restore(from: string, dataDir: string): Promise<number> {
  const arriving = join(dataDir, ARRIVING);
  const progress = await progressOf(from);
  let manifest: BackupManifest;
  try {
    await mkdir(arriving, { mode: 0o700 });
    manifest = await bring(from, arriving, watching(progress));
    progress.end();
    await journalInBackup(arriving).renewEpoch();
    endSessions(join(arriving, 'accounts.db'));
    await tryHistory(arriving, manifest);
  } catch (cause) {
    progress.end();
    await rm(arriving, { recursive: true, force: true });
    await rm(join(dataDir, 'journal.lock'), { force: true });
    throw cause;
  }
  await putInPlace(arriving, dataDir);
  const bytes = manifest.files.reduce((n, f) => n + f.bytes, 0);
  process.stdout.write(
    `${dataDir}: restored as of ${manifest.madeAt}, ${megabytes(bytes)} in ${(progress.ms / 1_000).toFixed(1)} s, up to turn ${manifest.journal.lastTurn}
The configuration it ran with is in ${join(dataDir, 'configuration.env')}${manifest.secrets ? '' : ', without its secrets'}.
Next: LIFELINE_DATA_DIR=${dataDir} ${isInstalled ? 'lifeline serve' : 'npm start'}
${manifest.running ? 'It was copied from a serving service: the first start says that the last run did not stop cleanly. That is so, and nothing is missing.\n' : ''}`,
  );
  return EXIT.done;
}

/** The journal last: until it is there, nothing looks like a data directory. */
async function putInPlace(arriving: string, dataDir: string): Promise<void> {
  await rm(join(arriving, 'manifest.json'), { force: true });
  const { name: journal } = journalInBackup(arriving);
  const names = (await readdir(arriving)).sort((a, b) => Number(a === journal) - Number(b === journal));
  for (const name of names) await rename(join(arriving, name), join(dataDir, name));
  await rmdir(arriving);
  await flushDirectory(dataDir);
}

async function checkOnly(from: string): Promise<number> {
  // Beside the backup, where there is room for such a thing: a temporary folder may be memory.
  const scratch = await mkdtemp(join(dirname(from), '.lifeline-check-'));
  const progress = await progressOf(from);
  try {
    const manifest = await verify(from, scratch, watching(progress));
    progress.end();
    process.stdout.write(
      `${from}: whole; ${manifest.files.length} files, as of ${manifest.madeAt}, up to turn ${manifest.journal.lastTurn}, made by version ${manifest.madeBy.version}\n`,
    );
    return EXIT.done;
  } finally {
    progress.end();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function refuseUnlessEmpty(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return;
  const names = (await readdir(dataDir)).filter((n) => n !== 'lost+found');
  if (names.includes(ARRIVING))
    throw new WrongUse(`${dataDir} has a restore in it that did not end: empty it, and begin again`);
  if (names.length > 0)
    throw new WrongUse(
      `${dataDir} is not empty (${names.slice(0, 3).join(', ')}…): a restore never writes over data; name an empty folder`,
    );
}

async function progressOf(from: string): Promise<Progress> {
  return new Progress({
    total: await sizeOf(from),
    write: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    now: () => performance.now(),
  });
}

async function sizeOf(path: string): Promise<number> {
  const s = await stat(path);
  if (!s.isDirectory()) return s.size;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((e) => e.isFile()).map((e) => stat(join(e.parentPath, e.name))),
  );
  return sizes.reduce((n, { size }) => n + size, 0);
}

const stop = new AbortController();
const watching = (progress: Progress) => ({ signal: stop.signal, bytes: (n: number) => progress.add(n) });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new NotDone(`stopped by ${signal}; nothing was restored`)));

export const program: Program = { usage: USAGE, run };
