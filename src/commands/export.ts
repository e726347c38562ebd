import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { wallNow } from '../adapters/clock/index.ts';
import { days } from '../domain/time.ts';
import { PACKS } from '../packs/index.ts';
import { TimeReader } from '../wire/mapping/times.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { csvOf } from './export/csv.ts';
import { linesOf } from './export/line-protocol.ts';
import { chosenPoints } from './export/points.ts';
import { configOf, readOptions } from './options.ts';
import { openStockOf } from './stock/open.ts';

const USAGE = {
  zh: `lifeline export --to 文件 [--points A,B] [--lifeline gas] [--area 3416] [--from 时间] [--until 时间]

导出读数：CSV（Excel 可直接打开，中文表头）或行协议；文件名以 .gz 结尾则压缩。
服务运行时经由服务读取，停止时直接读取文件。

  --to 文件         .csv 或 .lp，可加 .gz；新建，不覆盖
  --points A,B      测点编码；不写为全部
  --lifeline 代号   只导出该类生命线的测点
  --area 编码       前缀：3416 包括其下各区县
  --from 时间       含；默认为结束前 24 小时。2026-01-31、"2026-01-31 16:00:00"（北京时间）或带偏移
  --until 时间      不含；默认为现在
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

不含波形。导出文件可由 lifeline import 逐值、逐质量读回。
退出码：0 完成，1 未完成（不留残余），2 无法开始。`,
  en: `lifeline export --to FILE [--points A,B] [--lifeline gas] [--area 3416] [--from TIME] [--until TIME]

Writes readings to a file, CSV (Excel opens it as it is, headings in Chinese) or line protocol: through the service
while one is serving, from its files while none is.

  --to FILE         .csv or .lp, also with .gz; it is made, never overwritten
  --points A,B      codes of points; left out: all
  --lifeline KEY    points of this lifeline only
  --area CODE       prefix: 3416 finds every district below
  --from TIME       inclusive; default: 24 h before the end. 2026-01-31, "2026-01-31 16:00:00" (Beijing), or with an offset
  --until TIME      exclusive; default: now
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

Waveforms are not in it. What is written is read by lifeline import, value by value and quality by quality.
Exit codes: 0 done, 1 not done (nothing is left behind), 2 could not begin.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, {
    to: { type: 'string' },
    points: { type: 'string' },
    lifeline: { type: 'string' },
    area: { type: 'string' },
    from: { type: 'string' },
    until: { type: 'string' },
    'data-dir': { type: 'string' },
  });
  if (options.to === undefined) throw new WrongUse('--to is missing: which file shall be made?');
  const to = resolve(options.to);
  const kind = /\.(csv|lp)(\.gz)?$/.exec(to);
  if (kind === null)
    throw new WrongUse(`${to}: a name that ends in .csv, .lp, .csv.gz or .lp.gz would be right`);
  const partial = `${to}.partial`;
  for (const path of [to, partial])
    if (existsSync(path)) throw new WrongUse(`${path} is there already, and is not overwritten`);
  const until = timeOf('--until', options.until) ?? wallNow();
  const from = timeOf('--from', options.from) ?? until - days(1);
  if (from >= until) throw new WrongUse('--from lies at or after --until');

  const config = configOf(env);
  const stock = await openStockOf(resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR), config);
  try {
    const points = chosenPoints((await stock.about()).points, options);
    const count = { readings: 0 };
    const asked = { raw: stock.raw, points, packs: PACKS, from, until, count };
    const text = kind[1] === 'csv' ? csvOf(asked) : linesOf(asked);
    const file = createWriteStream(partial, { flags: 'wx', flush: true });
    const began = performance.now();
    if (kind[2] === undefined) await pipeline(Readable.from(text, { objectMode: false }), file);
    else await pipeline(Readable.from(text, { objectMode: false }), createGzip(), file);
    await rename(partial, to);
    process.stdout.write(
      `${to}: 监测点 points ${points.length}, 读数 readings ${count.readings.toLocaleString('en')}, ${((performance.now() - began) / 1_000).toFixed(1)} s\n`,
    );
    return EXIT.done;
  } catch (cause) {
    await rm(partial, { force: true });
    if ((cause as NodeJS.ErrnoException)?.code === 'ENOSPC')
      throw new NotDone(`there is no room left for ${to}; nothing was left behind`, cause);
    throw cause;
  } finally {
    await stock.close();
  }
}

function timeOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const t = new TimeReader('auto', '+08:00').read(text);
  if (t === null)
    throw new WrongUse(`${name} "${text}" is no time; 2026-01-31 or "2026-01-31 16:00:00" would be right`);
  return t;
}

export const program: Program = { usage: USAGE, run };
