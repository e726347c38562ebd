import { readFileSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { wallNow } from '../adapters/clock/index.ts';
import type { Config } from '../config/read.ts';
import { PACKS } from '../packs/index.ts';
import { NO_MAPPING, readStockMapping, type StockMapping } from '../wire/files/stock-mapping.ts';
import type { Precision } from '../wire/mapping/times.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { CheckpointFile, identityOf } from './import/checkpoint.ts';
import { CsvReader } from './import/csv.ts';
import { importDrawing } from './import/drawing.ts';
import { ErrorFile } from './import/error-file.ts';
import { LineProtocolReader, parseLine } from './import/line-protocol.ts';
import { Naming } from './import/naming.ts';
import { RowProgress } from './import/progress.ts';
import type { RowReader } from './import/row.ts';
import { Sender } from './import/sender.ts';
import { Tally } from './import/tally.ts';
import { linesOf, lookAt, type TextFile } from './import/text.ts';
import { configOf, wrongOption } from './options.ts';
import { lookOnly, openStockOf } from './stock/open.ts';
import { saidList } from './terminal-text.ts';

const USAGE = {
  zh: `lifeline import readings 文件 [--dry-run] [--mapping 文件.json] …

       lifeline import drawing 文件 [--out 台账.csv] [--lifeline 专项] [--area 区域] [--crs EPSG:45xx] …

导入存量数据：把已有的历史读数导入本服务的读数库。不触发任何报警；服务运行或停止时均可导入。
中断后重新执行同一命令即从中断处继续；重复执行不改变任何数据。

  文件              宽表 .csv（每个指标一列）或长表（测点、指标、时间、值），或行协议；gzip 自动识别
  --dry-run         只读不写，说明将存入什么
  --mapping 文件    JSON：对方的表头、测点、指标、单位、时间格式与时区的对应关系（docs/import-export.md）
  --format csv|lp   默认按内容判断
  --encoding 名称   默认 utf-8；中文 Excel 的文件用 gb18030
  --zone 时区       没有偏移的时间按此时区；默认 +08:00
  --precision P     行协议：ns（默认）、us、ms、s
  --errors 文件     坏行及原因；默认 文件.errors.csv
  --again           已完整导入过的文件也再导入
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

导入图形（drawing）：GeoJSON、Shapefile（zip）或 DXF 中的点、线、面转为台账文件，逐要素指出问题，不写入服务；
生成的文件在控制台“台账 → 导入”中导入。控制台“一张图 → 导入图形”可一步完成（docs/map.md）。

  --out 文件        写出台账 CSV；不写则只检查
  --crs 坐标系      auto（默认）、CGCS2000、WGS-84、GCJ-02，或投影带 EPSG:4491–4554
  --as point        作为监测点（默认 asset 设施）
  --lifeline、--area  文件中没有时采用
  --code、--name    编码、名称所在字段
  --layers 甲,乙    DXF：只取这些图层
  --prefix 前缀     编码前缀
  --swap            北坐标（纬度）在前

退出码：0 全部存入，1 未完成，或有坏行（其余已存入），2 无法开始。`,
  en: `lifeline import readings FILE [--dry-run] [--mapping FILE.json] …

       lifeline import drawing FILE [--out REGISTER.csv] [--lifeline KEY] [--area CODE] [--crs EPSG:45xx] …

Brings readings of the past into the store of this service. No alarm comes of them. It goes through the service while
one is serving, and to its files while none is. Killed, the same command goes on where it was; repeated, it changes nothing.

  FILE              .csv wide (a column per metric) or long (point, metric, time, value), or line protocol; gzip by itself
  --dry-run         reads all, writes nothing, says what would be stored
  --mapping FILE    JSON: their headings, points, metrics, units, time format and zone for ours (docs/import-export.md)
  --format csv|lp   default: by what is in the file
  --encoding NAME   default utf-8; gb18030 for files of Chinese Excel
  --zone ZONE       of times that do not say their offset; default +08:00
  --precision P     of line protocol: ns (default), us, ms, s
  --errors FILE     bad rows with their reasons; default FILE.errors.csv
  --again           also a file that was imported to its end before
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

A drawing (GeoJSON, a zipped Shapefile, DXF) becomes a register file, every fault named feature by feature; nothing is written
to the service. Import the file in the console; its map imports drawings in one step (docs/map.md).

  --out FILE        writes the register file; without it the drawing is looked at alone
  --crs NAME        auto (default), CGCS2000, WGS-84, GCJ-02, or a projected one, EPSG:4491 to 4554
  --as point        points to watch (default: assets)
  --lifeline, --area  of features that do not say it
  --code, --name    the fields of codes and names
  --layers A,B      of a DXF: these layers alone
  --prefix P        before each code
  --swap            northing (latitude) stands first

Exit codes: 0 all rows stored, 1 not done, or some rows are bad and the others stored, 2 could not begin.`,
};

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  mapping: { type: 'string' },
  format: { type: 'string' },
  encoding: { type: 'string' },
  zone: { type: 'string' },
  precision: { type: 'string' },
  errors: { type: 'string' },
  again: { type: 'boolean' },
  'data-dir': { type: 'string' },
} as const;

type Asked = ReturnType<typeof askedOf>;

function askedOf(args: readonly string[]) {
  let read: ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
  try {
    read = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true });
  } catch (cause) {
    throw wrongOption(cause, OPTIONS);
  }
  const [what, file, ...more] = read.positionals;
  if (what !== 'readings' || file === undefined || more.length > 0)
    throw new WrongUse('what is to be imported? "readings" and one file would be right');
  return { ...read.values, file: resolve(file) };
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  if (args[0] === 'drawing') return importDrawing(args.slice(1));
  const asked = askedOf(args);
  const config = configOf(env);
  const dataDir = resolve(asked['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const mapping = mappingOf(asked.mapping);
  const text = await lookAt(asked.file, asked.encoding);
  // Alarms go first: an import takes what the service leaves of the processors.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  return asked['dry-run'] === true
    ? dryRun({ asked, config, dataDir, mapping, text })
    : bring({ asked, config, dataDir, mapping, text });
}

type Given = {
  readonly asked: Asked;
  readonly config: Config;
  readonly dataDir: string;
  readonly mapping: StockMapping;
  readonly text: TextFile;
};

async function dryRun({ asked, config, dataDir, mapping, text }: Given): Promise<number> {
  const about = await lookOnly(dataDir, config);
  const naming = new Naming({ ...about, packs: PACKS, mapping, now: wallNow() });
  const reader = readerOf(asked, mapping, text, naming);
  const tally = new Tally();
  const progress = progressOf(asked.file);
  const shown: string[] = [];
  let bytes = 0;
  for await (const lines of linesOf(asked.file, text, (n) => (bytes += n))) {
    for (const row of reader.rows(lines)) {
      tally.add(row);
      if (row.wrong.length > 0 && shown.length < 10)
        shown.push(`  ${row.line.number}: ${row.wrong.join('; ')}`);
    }
    progress.storing(0, 0);
    progress.tell(tally.rows, bytes);
  }
  progress.end();
  process.stdout.write(
    `试运行,未写入任何数据 dry run, nothing was written: ${reader.kind}\n${tally.text(naming)}`,
  );
  tellIgnored(reader);
  if (shown.length > 0) process.stdout.write(`有误的行 bad rows, the first of them:\n${shown.join('\n')}\n`);
  return tally.badRows === 0 ? EXIT.done : EXIT.failed;
}

async function bring({ asked, config, dataDir, mapping, text }: Given): Promise<number> {
  const { format, encoding, zone, precision } = asked;
  const checkpoints = new CheckpointFile(
    dataDir,
    await identityOf(asked.file, { mapping, format, encoding, zone, precision }),
  );
  const found = checkpoints.read();
  if (found?.done === true && asked.again !== true) {
    process.stdout.write(
      `${asked.file} 已于 ${found.at} 全部导入,无需再导 was imported to its end then; nothing was changed (--again imports it all the same)\n`,
    );
    return EXIT.done;
  }
  const before = found === null || found.done ? { line: 0, errorBytes: 0 } : found;
  const stock = await openStockOf(dataDir, config);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () =>
      stop.abort(new NotDone(`stopped by ${signal}; the same command goes on from here`)),
    );
  try {
    const naming = new Naming({ ...(await stock.about()), packs: PACKS, mapping, now: wallNow() });
    const reader = readerOf(asked, mapping, text, naming);
    const errors = new ErrorFile(resolve(asked.errors ?? `${asked.file}.errors.csv`), before.errorBytes);
    const tally = new Tally();
    const progress = progressOf(asked.file);
    const sender = new Sender({ stock, checkpoints, file: asked.file, now: wallNow });
    if (before.line > 0)
      process.stderr.write(`从第 ${before.line} 行之后继续 going on after line ${before.line}\n`);
    tellIgnored(reader);
    let bytes = 0;
    let lastLine = 0;
    let skipped = 0;
    for await (const lines of linesOf(asked.file, text, (n) => (bytes += n))) {
      stop.signal.throwIfAborted();
      for (const row of reader.rows(lines)) {
        tally.add(row);
        lastLine = row.line.number;
        if (lastLine <= before.line) {
          skipped = tally.rows;
          continue;
        }
        progress.storing(skipped, bytes);
        if (row.wrong.length > 0) errors.add(lastLine, row.wrong.join('; '), row.line.text);
        await sender.add(row, errors.bytes);
      }
      progress.tell(tally.rows, bytes);
    }
    await sender.finish(lastLine, errors.bytes);
    errors.close();
    progress.all(tally.rows);
    progress.end();
    process.stdout.write(
      `已导入 imported ${stock.through === 'service' ? 'through the running service' : 'into the files of the stopped service'}: ${reader.kind}\n${tally.text(naming)}${progress.summary(tally.rows)}, ${peakMemory()}\n`,
    );
    if (tally.badRows === 0) return EXIT.done;
    process.stdout.write(`有误的行见 bad rows are in ${errors.path}\n`);
    return EXIT.failed;
  } catch (cause) {
    if (cause instanceof Error && /ended the connection/.test(cause.message))
      throw new NotDone('the service has stopped meanwhile; the same command goes on from here', cause);
    throw cause;
  } finally {
    await stock.close();
  }
}

/** Of this process, the binaries of Node and DuckDB among it. */
const peakMemory = (): string =>
  `内存最多 memory at most ${Math.round(process.resourceUsage().maxRSS / 1_024)} MiB`;

function readerOf(asked: Asked, mapping: StockMapping, text: TextFile, naming: Naming): RowReader {
  const { format, precision = 'ns' } = asked;
  if (format !== undefined && format !== 'csv' && format !== 'lp')
    throw new WrongUse(`--format ${format} is not known; csv or lp would be right`);
  if (!['ns', 'us', 'ms', 's'].includes(precision))
    throw new WrongUse(`--precision ${precision} is not known; ns, us, ms or s would be right`);
  if (text.head.trim() === '') throw new NotDone(`${asked.file} is empty`);
  if (format === 'lp' || (format === undefined && isLineProtocol(text.head)))
    return new LineProtocolReader({ naming, mapping, precision: precision as Precision });
  return new CsvReader(text.head, { naming, mapping, zone: asked.zone ?? mapping.time.zone ?? '+08:00' });
}

/** By the first line that says something. */
function isLineProtocol(head: string): boolean {
  const first =
    head
      .replace(/^\ufeff/, '')
      .split('\n')
      .find((l) => l.trim() !== '' && !l.startsWith('#')) ?? '';
  return typeof parseLine(first) !== 'string';
}

function mappingOf(path: string | undefined): StockMapping {
  if (path === undefined) return NO_MAPPING;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WrongUse(`the mapping cannot be read: ${(cause as Error).message}`, cause);
  }
  const mapping = readStockMapping(text);
  if (typeof mapping === 'string') throw new WrongUse(`${path} is no mapping: ${mapping}`);
  return mapping;
}

function tellIgnored({ ignored }: RowReader): void {
  if (ignored.length > 0)
    process.stderr.write(
      `不是指标、未读取的列 columns that are no metric, and are left out: ${saidList(ignored)}\n`,
    );
}

function progressOf(file: string): RowProgress {
  return new RowProgress({
    totalBytes: statSync(file).size,
    terminal: process.stderr.isTTY === true,
    write: (text) => process.stderr.write(text),
    now: () => performance.now(),
  });
}

export const program: Program = { usage: USAGE, run };
