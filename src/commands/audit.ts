import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { placeText, readPlace } from '../adapters/audit/look.ts';
import { audited } from './audit/file.ts';
import { exportLines } from './audit/lines.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { notThere } from './not-there.ts';
import { configOf, wrongOption } from './options.ts';

const USAGE = {
  zh: `lifeline audit 动作 …       审计日志：校验、锚点、导出

  verify              校验整条链；指出被修改、被删除、非本系统写入的条目
  anchor              打印锚点，抄录在交接班记录中
  export              导出 CSV（或 --jsonl）到标准输出，从旧到新

  --anchor N:SEAL     verify：与以前抄录的锚点核对
  --jsonl             export：每行一个 JSON 对象，与封存内容一致
  --data-dir 目录     默认 LIFELINE_DATA_DIR，与服务一致

只读，服务运行或停止时均可。退出码：0 完好或完成，1 有异常，2 无法开始。`,
  en: `lifeline audit VERB …       the audit journal: verify, anchor, export

  verify              walks the whole chain and names entries that were edited, cut out or put in by somebody else
  anchor              the newest entry's place, to write into the hand-over
  export              every entry as CSV (or --jsonl), oldest first, to stdout

  --anchor N:SEAL     verify: compare with an anchor written down earlier
  --jsonl             export: one JSON object a line, as it was sealed
  --data-dir DIR      default: LIFELINE_DATA_DIR, as the service has it

It reads only, beside a running service or without one. Exit codes: 0 whole or done, 1 something is wrong, 2 could not
begin.`,
};

const SHOWN = 50;

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { verb, options } = readArgs(args);
  const anchor = options.anchor === undefined ? null : readPlace(options.anchor);
  if (options.anchor !== undefined && anchor === null)
    throw new WrongUse(
      `--anchor should be a number, a colon and a seal, as \`anchor\` prints it, not "${options.anchor}"`,
    );
  const config = configOf(env);
  const dir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const file = await audited(dir, config);
  if (file === null) throw notThere(dir, 'audit.db');
  try {
    switch (verb) {
      case 'anchor': {
        const last = await file.newest();
        if (last === null) throw new NotDone('审计日志为空 · the audit journal is empty');
        process.stdout.write(`${placeText(last)}\n`);
        return EXIT.done;
      }
      case 'export':
        for await (const text of exportLines(file.links(), options.jsonl)) {
          if (!process.stdout.write(text)) await new Promise((on) => process.stdout.once('drain', on));
        }
        return EXIT.done;
      case 'verify': {
        const { entries, last, faults } = await file.verify(anchor);
        for (const f of faults.slice(0, SHOWN)) process.stdout.write(`${KIND[f.is]}  ${f.n}  ${f.detail}\n`);
        if (faults.length > SHOWN) process.stdout.write(`… ${faults.length - SHOWN} more\n`);
        process.stdout.write(
          faults.length === 0
            ? `完好 · whole: ${entries} entries, anchor ${placeText(last)}${anchor === null ? '' : ', as the anchor says'}\n`
            : `有 ${faults.length} 处异常 · ${faults.length} faults in ${entries} entries\n`,
        );
        return faults.length === 0 ? EXIT.done : EXIT.failed;
      }
    }
  } finally {
    await file.close();
  }
}

const KIND = { edited: '被修改 edited', cut: '被删除 cut', foreign: '非本系统写入 foreign' } as const;
const VERBS = ['verify', 'anchor', 'export'] as const;
type Verb = (typeof VERBS)[number];
type Options = { anchor?: string | undefined; jsonl: boolean; 'data-dir'?: string | undefined };

const OPTIONS = {
  anchor: { type: 'string' },
  jsonl: { type: 'boolean', default: false },
  'data-dir': { type: 'string' },
} as const;

function readArgs(args: readonly string[]): { verb: Verb; options: Options } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: OPTIONS,
    });
    const verb: Verb | undefined = VERBS.find((v) => v === positionals[0]);
    if (verb === undefined || positionals.length > 1)
      throw new WrongUse(`say what to do: ${VERBS.join(', ')}`);
    return { verb, options: values };
  } catch (cause) {
    if (cause instanceof WrongUse) throw cause;
    throw wrongOption(cause, OPTIONS);
  }
}

export const program: Program = { usage: USAGE, run };
