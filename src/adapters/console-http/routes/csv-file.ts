import type { z } from 'zod';
import type { Bilingual } from '../../../domain/text.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import type { importOut } from '../../../wire/http/register.ts';
import { HttpProblem } from '../answer/problem.ts';

type FileErrors = Pick<z.infer<typeof importOut>, 'errors' | 'moreErrors'>;
type Fault = { readonly column: string | null; readonly code: string; readonly say: Bilingual };

const ERRORS_TOLD = 1_000;

/** What was wrong, by row; beyond some only how much. */
export class RowErrors {
  readonly #language: Language;
  readonly #told: FileErrors['errors'] = [];
  #more = 0;
  /** Rows that failed. */
  rows = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  ofRow(row: number, flaws: readonly Fault[]): void {
    this.rows += 1;
    for (const { column, code, say } of flaws) {
      if (this.#told.length < ERRORS_TOLD)
        this.#told.push({ row, column, code, message: say[this.#language] });
      else this.#more += 1;
    }
  }

  told(): FileErrors {
    return { errors: this.#told.sort((a, b) => a.row - b.row), moreErrors: this.#more };
  }
}

const fault = (code: string, zh: string, en: string) => ({ column: null, code, say: { zh, en } }) as const;

/** Rows that are none, whatever the file is. */
export const ROW_FLAWS = {
  'quote-unended': fault(
    'quote-unended',
    '引号没有结束；单元格内的引号应写成 ""',
    'a quote is never closed; "" would be right for one inside a cell',
  ),
  'too-wide': fault('too-wide', '单元格过多；一行至多 256 格', 'too many cells; a row has 256 at most'),
} as const;
export const EMPTY_FILE = fault('empty', '文件是空的', 'the file is empty');

/** UTF-8, what Excel writes in China when it is not told otherwise, or its "Unicode text". */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  // "PK": a ZIP, which is what a workbook is; read as text it would be a file without columns.
  if (first === 0x50 && second === 0x4b && bytes[2] === 0x03) throw notCsv();
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  for (const encoding of utf16 === null ? ['utf-8', 'gb18030'] : [utf16]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  throw notCsv();
}

const notCsv = (): HttpProblem =>
  new HttpProblem('not-utf8', {
    detail: {
      zh: '文件须为 UTF-8、GB18030 或 UTF-16 编码的 CSV（.xlsx 请另存为 CSV）',
      en: 'The file must be CSV in UTF-8, GB18030 or UTF-16 (save an .xlsx as CSV).',
    },
  });
