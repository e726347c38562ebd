import { type BundleFault, verifyBundle } from '../../adapters/incident-bundle/verify.ts';
import { EXIT, type Program, WrongUse } from '../command.ts';
import { plainLines } from '../terminal-text.ts';
import { readBundle } from './read.ts';

const USAGE = {
  zh: `lifeline bundle verify 路径    事件归档包：逐个文件核对 SHA-256 与 SM3

  路径为下载的 zip，或解压后的目录。不需要数据目录，也不需要服务。

能证明归档之后未被改动、增删；归档来自何处，由审计锚点证明（lifeline audit verify 可核对锚点）。

退出码：0 完好，1 有异常，2 无法开始。`,
  en: `lifeline bundle verify PATH    the archive of an incident: SHA-256 and SM3 of each file

  PATH is the zip as it was downloaded, or the folder into which it was unpacked. It needs neither data directory nor
  service.

It proves that nothing was changed, added or taken away since the archive was made; where that came from is proved by the
anchor of the audit journal, which lifeline audit verify compares.

Exit codes: 0 whole, 1 something is wrong, 2 could not begin.`,
};

const SHOWN = 50;
const KIND = {
  missing: '缺少 missing',
  changed: '被改动 changed',
  foreign: '多出 foreign',
  unlisted: '未列入校验 in no list',
} as const satisfies Record<BundleFault['is'], string>;

async function run(args: readonly string[]): Promise<number> {
  const [verb, place, ...more] = args;
  if (verb !== 'verify' || place === undefined || place.startsWith('-') || more.length > 0)
    throw new WrongUse('say what to check: bundle verify PATH');
  const { manifest, faults } = verifyBundle(readBundle(place));
  const say = (line: string): void => void process.stdout.write(`${plainLines(line)}\n`);
  for (const f of faults.slice(0, SHOWN)) say(`${KIND[f.is]}  ${f.path}  ${f.detail}`);
  if (faults.length > SHOWN) say(`… ${faults.length - SHOWN} more`);
  if (manifest !== null) {
    const { incident, files, madeAt, madeBy, auditAnchor, leftOut } = manifest;
    say(`事件 incident ${incident} · ${files.length + 1} files · ${madeAt} · ${madeBy}`);
    for (const line of leftOut) say(`归档时未能收入 · left out when it was made: ${line}`);
    say(`审计锚点 audit anchor: ${auditAnchor ?? '无 none'}`);
  }
  say(
    faults.length === 0
      ? '完好 · whole: SHA-256 与 SM3 全部一致'
      : `有 ${faults.length} 处异常 · ${faults.length} faults`,
  );
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}

export const program: Program = { usage: USAGE, run };
