import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { wallNow } from '../adapters/clock/index.ts';
import { journalOf } from '../app/journal-engine.ts';
import { givenValues } from '../config/read.ts';
import type { JournalEngine } from '../flow/ports/journal-engine.ts';
import { FOLDER, pack } from './archive.ts';
import { configurationText } from './backup/configuration.ts';
import { contentsOf } from './backup/contents.ts';
import { takeBackup } from './backup/take.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { flushDirectory } from './copy.ts';
import { notThere } from './not-there.ts';
import { configOf, readOptions } from './options.ts';
import { megabytes, Progress } from './progress.ts';
import { VERSION } from './version.ts';

const USAGE = {
  zh: `lifeline backup --to 位置 [--data-dir 目录] [--with-secrets]

备份数据目录（服务运行中或已停止），内容对应同一时刻：流水（含台账、报警）、账号、内置读数库、配置。
开始备份之前已确认的数据一条不缺。

  --to 位置         要新建的文件夹，或以 .tar.gz 结尾的新文件
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致
  --with-secrets    一并写入配置中的密码和令牌（明文）

不覆盖已有文件。退出码：0 完成，1 未完成（不留残余），2 无法开始。
存放在 InfluxDB 中的读数不在其中，请用 InfluxDB 自己的备份。`,
  en: `lifeline backup --to PLACE [--data-dir DIR] [--with-secrets]

Copies a data directory, of a service that is serving or stopped, as of one moment: journal with register and
alarms, accounts, embedded history, configuration. Nothing that was acknowledged before it began is missing.

  --to PLACE        a folder to be made, or a file to be made whose name ends in .tar.gz
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it
  --with-secrets    also passwords and tokens of the configuration, in clear

It never overwrites. Exit codes: 0 done, 1 not done (nothing is left behind), 2 could not begin.
Readings kept in InfluxDB are not in it: InfluxDB has a backup of its own.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, {
    to: { type: 'string' },
    'data-dir': { type: 'string' },
    'with-secrets': { type: 'boolean' },
  });
  if (options.to === undefined) throw new WrongUse('--to is missing: where shall the backup go?');
  const config = configOf(env);
  const dataDir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const journal = journalOf(dataDir, config);
  const to = resolve(options.to);
  const partial = `${to}.partial`;
  const isArchive = /\.(tar\.gz|tgz)$/.test(to);
  await refuseWithoutJournal(dataDir, journal);
  refuseWhereItCannotBe(dataDir, to, partial);

  // Alarms go first: copying and packing take what the service leaves of the processors.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new NotDone(`stopped by ${signal}; nothing was left behind`)));
  const bytes = (await contentsOf(dataDir)).bytes + (await bytesElsewhere(journal, dataDir));
  await refuseWithoutRoom(dirname(to), isArchive ? 2 * bytes : bytes);
  const progress = new Progress({
    total: isArchive ? 2 * bytes : bytes,
    write: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    now: () => performance.now(),
  });
  const watched = {
    signal: stop.signal,
    bytes: (n: number) => progress.add(n),
    doing: (what: string) => progress.doing(what),
  };
  const withSecrets = options['with-secrets'] === true;
  const folder = isArchive ? join(partial, FOLDER) : partial;
  const made = isArchive ? join(partial, 'made.tar.gz') : partial;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { manifest, stillMs } = await takeBackup({
      dataDir,
      journal,
      database: config.LIFELINE_DATABASE_URL,
      to: folder,
      configuration: configurationText(givenValues(env), withSecrets),
      withSecrets,
      madeBy: { version: VERSION, node: process.version },
      madeAt: new Date(wallNow()),
      watched,
    });
    progress.doing('packing');
    if (isArchive)
      await pack(partial, ['manifest.json', ...manifest.files.map((f) => f.path)], made, watched);
    if (existsSync(to)) throw new NotDone(`${to} has come to be meanwhile; it is not overwritten`);
    await rename(made, to);
    await flushDirectory(dirname(to));
    progress.end();
    const raw = manifest.files.reduce((n, f) => n + f.bytes, 0);
    const size = isArchive
      ? `${megabytes((await stat(to)).size)} (${megabytes(raw)} unpacked)`
      : megabytes(raw);
    const of = manifest.running
      ? `of a serving service, whose history stood still for ${(stillMs / 1_000).toFixed(1)} s`
      : 'of a stopped service';
    process.stdout.write(
      `${to}: ${size}, ${manifest.files.length} files, ${(progress.ms / 1_000).toFixed(1)} s, ${of}, up to turn ${manifest.journal.lastTurn}\n`,
    );
    if (manifest.leftOut.length > 0) process.stderr.write(`not in it: ${manifest.leftOut.join(', ')}\n`);
    return EXIT.done;
  } catch (cause) {
    progress.end();
    throw isFull(cause)
      ? new NotDone(`there is no room left at ${dirname(to)}; nothing was left behind`, cause)
      : cause;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function refuseWithoutJournal(dataDir: string, journal: JournalEngine): Promise<void> {
  if (!(await journal.isThere())) throw notThere(dataDir, journal.name);
}

function refuseWhereItCannotBe(dataDir: string, to: string, partial: string): void {
  if (to === dataDir || to.startsWith(`${dataDir}/`))
    throw new WrongUse(`${to} lies within the data directory: a backup belongs on another disk`);
  if (existsSync(to))
    throw new WrongUse(`${to} is there already, and is not overwritten: choose another name`);
  if (existsSync(partial))
    throw new WrongUse(
      `${partial} is there: another backup is being made, or one was killed; in that case delete it`,
    );
  if (!existsSync(dirname(to))) throw new WrongUse(`${dirname(to)} is not there: make it first`);
}

/** Of a journal in a database: its tables, which become one file of the backup. One in the directory is counted with it. */
async function bytesElsewhere(journal: JournalEngine, dataDir: string): Promise<number> {
  if (journal.where.startsWith(resolve(dataDir))) return 0;
  const look = await journal.look();
  return look.is === 'whole' ? look.bytes : 0;
}

async function refuseWithoutRoom(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < bytes)
    throw new NotDone(
      `it may need ${megabytes(bytes)}, and ${dir} has ${megabytes(free)} free: make room, or choose another place`,
    );
}

const isFull = (e: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes(String((e as NodeJS.ErrnoException)?.code)) ||
  (e as { errcode?: number })?.errcode === 13;

export const program: Program = { usage: USAGE, run };
