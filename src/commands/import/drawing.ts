import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readDrawing } from '../../adapters/drawing-files/read.ts';
import { PACKS } from '../../packs/index.ts';
import { BOM } from '../../wire/files/csv.ts';
import { drawingAsk } from '../../wire/files/drawing.ts';
import { draftRow, exportHeader } from '../../wire/files/register-csv.ts';
import { EXIT, WrongUse } from '../command.ts';
import { readArguments } from '../options.ts';

const OPTIONS = {
  out: { type: 'string' },
  crs: { type: 'string' },
  as: { type: 'string' },
  lifeline: { type: 'string' },
  area: { type: 'string' },
  code: { type: 'string' },
  name: { type: 'string' },
  layers: { type: 'string' },
  prefix: { type: 'string' },
  swap: { type: 'boolean' },
} as const;

/**
 * A drawing becomes a register file, which the console or the API imports: what came out can be looked at before, and
 * changed. Every fault of the drawing is named; the good features are written all the same.
 */
export function importDrawing(args: readonly string[]): number {
  const { values, positionals } = readArguments(args, OPTIONS);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUse('which drawing? one file would be right');
  const { out, swap, ...given } = values;
  const asked = drawingAsk.safeParse({ ...given, ...(swap === true ? { swap: 'true' } : {}) });
  if (!asked.success) {
    const [issue] = asked.error.issues;
    throw new WrongUse(`--${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { lifeline } = asked.data;
  if (lifeline !== undefined && !PACKS.some((p) => p.lifeline === lifeline))
    throw new WrongUse(`--lifeline ${lifeline}: there are ${PACKS.map((p) => p.lifeline).join(', ')}`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new WrongUse(`${file} cannot be read: ${(cause as Error).message}`, cause);
  }
  const read = readDrawing(bytes, asked.data, basename(file));
  for (const { feature, code, say } of read.faults)
    process.stderr.write(
      `${feature === 0 ? '文件 file' : `要素 feature ${feature}`}: ${code}: ${say.zh} ${say.en}\n`,
    );
  const isWhole = !read.faults.some((f) => f.feature === 0);
  const bounds = read.bounds?.map((d) => d.toFixed(5)).join(' ') ?? '—';
  process.stdout.write(
    `${read.kind ?? '?'}: ${read.features} 个要素 features, ${read.drafts.length} 个可用 good, ${read.faults.length} 处问题 faults; ${read.crs ?? '?'}; ${bounds}\n`,
  );
  if (read.fields.length > 0) process.stdout.write(`字段 fields: ${read.fields.slice(0, 60).join(', ')}\n`);
  if (read.layers.length > 0) process.stdout.write(`图层 layers: ${read.layers.slice(0, 60).join(', ')}\n`);
  if (isWhole && read.drafts.length > 0 && out !== undefined) {
    const rows = read.drafts.map(({ draft }) => draftRow(draft)).join('');
    writeFileSync(resolve(out), BOM + exportHeader('zh') + rows);
    process.stdout.write(
      `已写入 ${out}：请在控制台“台账 → 导入”导入，或 written: import it in the console, or POST /api/v1/register/import\n`,
    );
  }
  return read.faults.length === 0 ? EXIT.done : EXIT.failed;
}
