import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import type { Scope } from '../../../../domain/account/scope.ts';
import type { DeviceCode } from '../../../../domain/ids.ts';
import type { ImportRow } from '../../../../domain/register/import.ts';
import type { Bilingual } from '../../../../domain/text.ts';
import type { Service } from '../../../../flow/ports/service.ts';
import { csvRows, delimiterOf } from '../../../../wire/files/csv.ts';
import {
  bad,
  type Header,
  type RowError,
  readHeader,
  readRow,
  type UnusedColumn,
  unusedColumns,
} from '../../../../wire/files/register-csv.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { importOut } from '../../../../wire/http/register.ts';
import { HttpProblem } from '../../answer/problem.ts';
import { rowWish } from './register-wishes.ts';

type Report = Omit<z.infer<typeof importOut>, 'credentials'>;

/** Rows read before others get their turn on this thread. */
const ROWS = 500;
const ERRORS_TOLD = 1_000;

/**
 * One reading of a register file. Rows may stand in any order; good ones are used, the others are named with what is
 * wrong. Reading the same file again changes nothing.
 *
 * @returns the report, and the devices that are new by this file
 */
export async function importFile(
  service: Service,
  bytes: Uint8Array,
  {
    scope,
    language,
    dryRun,
  }: { readonly scope: Scope; readonly language: Language; readonly dryRun: boolean },
): Promise<{ readonly report: Report; readonly newDevices: readonly DeviceCode[] }> {
  const errors = new Errors(language);
  const { rows, count, unused, isNone } = await read(textOf(bytes), lifelineNames(service), errors);
  const { failed, newDevices, ...counts } = isNone
    ? NOTHING
    : await service.importRegister({ rows, scope, trial: dryRun });
  for (const { line, flaws } of failed)
    errors.ofRow(
      line,
      flaws.map(({ field, code, say }) => ({ column: field, code, say })),
    );
  const report = {
    dryRun,
    rows: count,
    ...counts,
    failed: errors.rows,
    ...errors.told(),
    unusedColumns: [...unused],
  };
  return { report, newDevices };
}

const NOTHING = { created: 0, updated: 0, unchanged: 0, failed: [], newDevices: [] };

/** What was wrong, by row; beyond some only how much. */
class Errors {
  readonly #language: Language;
  readonly #told: Report['errors'] = [];
  #more = 0;
  /** Rows that failed. */
  rows = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  ofRow(
    row: number,
    flaws: readonly { readonly column: string | null; readonly code: string; readonly say: Bilingual }[],
  ): void {
    this.rows += 1;
    for (const { column, code, say } of flaws) {
      if (this.#told.length < ERRORS_TOLD)
        this.#told.push({ row, column, code, message: say[this.#language] });
      else this.#more += 1;
    }
  }

  told(): Pick<Report, 'errors' | 'moreErrors'> {
    return { errors: this.#told.sort((a, b) => a.row - b.row), moreErrors: this.#more };
  }
}

/** @returns the good rows, of how many; `isNone`: it is no file of a register at all */
async function read(
  text: string,
  lifelines: ReadonlyMap<string, string>,
  errors: Errors,
): Promise<{
  rows: readonly ImportRow[];
  count: number;
  unused: readonly UnusedColumn[];
  isNone: boolean;
}> {
  const rows: ImportRow[] = [];
  const seen = new Map<string, number>();
  let header: Header | null = null;
  let unused: readonly UnusedColumn[] = [];
  let count = 0;
  for (const { line, cells, flaw } of csvRows(text, delimiterOf(text))) {
    if (header === null) {
      const first = flaw === null ? readHeader(cells) : { error: FLAWS[flaw] };
      if ('error' in first) {
        errors.ofRow(line, [first.error]);
        return { rows: [], count: 0, unused, isNone: true };
      }
      header = first.header;
      unused = unusedColumns(cells, header);
      continue;
    }
    count += 1;
    if (count % ROWS === 0) await breathe();
    const row = flaw === null ? readRow(header, cells, lifelines) : { draft: null, errors: [FLAWS[flaw]] };
    const key = row.draft && `${row.draft.kind} ${row.draft.code}`;
    const first = key === null ? undefined : seen.get(key);
    if (row.draft === null || key === null) errors.ofRow(line, row.errors);
    else if (first !== undefined) errors.ofRow(line, [repeats(first)]);
    else {
      seen.set(key, line);
      rows.push({ line, wish: rowWish(row.draft) });
    }
  }
  if (header === null) errors.ofRow(1, [bad(null, 'empty', '文件是空的', 'the file is empty')]);
  return { rows, count, unused, isNone: header === null };
}

/** Key by key and by Chinese name, as a person may write either. */
const lifelineNames = (service: Service): ReadonlyMap<string, string> =>
  new Map<string, string>(
    service.packs().flatMap((p) => [
      [p.lifeline, p.lifeline],
      [p.name.zh, p.lifeline],
    ]),
  );

const FLAWS: Readonly<Record<'quote-unended' | 'too-wide', RowError>> = {
  'quote-unended': bad(
    null,
    'quote-unended',
    '引号没有结束；单元格内的引号应写成 ""',
    'a quote is never closed; "" would be right for one inside a cell',
  ),
  'too-wide': bad(
    null,
    'too-wide',
    '单元格过多；台账一行至多 256 格',
    'too many cells; a row of the register has 256 at most',
  ),
};
const repeats = (line: number) =>
  bad('code', 'row-repeats', `与第 ${line} 行重复`, `the same as line ${line}`);

/** UTF-8, what Excel writes in China when it is not told otherwise, or its "Unicode text". */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  for (const encoding of utf16 === null ? ['utf-8', 'gb18030'] : [utf16]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  throw new HttpProblem('not-utf8', {
    detail: {
      zh: '文件须为 UTF-8、GB18030 或 UTF-16 编码的 CSV（.xlsx 请另存为 CSV）',
      en: 'The file must be CSV in UTF-8, GB18030 or UTF-16 (save an .xlsx as CSV).',
    },
  });
}
