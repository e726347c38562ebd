/** Comma-separated values, RFC 4180, and the two habits of spreadsheets: a byte-order mark, and formulas. */

export const BOM = '\ufeff';

/** A cell that a spreadsheet would run as a formula (OWASP "CSV injection"). */
const FORMULA = /^'*[=+\-@\t\r]/;

/** Text as a cell: a formula is disarmed by one apostrophe in front; `unguard` takes exactly that one away. */
export const guard = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
export const unguard = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;

/** One line, ended. Text is guarded and quoted where it must be; numbers stay numbers; null is an empty cell. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = guard(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export type CsvRow = {
  /** Where the row begins, the first line of the file is 1. */
  readonly line: number;
  /** Where a flaw is said, those before it. */
  readonly cells: readonly string[];
  /** A quote that never ends, or more cells than any table of ours has; null: none. */
  readonly flaw: 'quote-unended' | 'too-wide' | null;
};

/** More than any table of ours: a row with a million of them would hold up whoever waits behind it. */
const CELLS_AT_MOST = 256;

/**
 * Rows of a file, one by one, so that a long file can be read in pieces. Blank lines are skipped. A row with a flaw
 * costs its own line and no other: what comes after an unended quote is read as lines again.
 */
export function* csvRows(text: string, by: Delimiter = ','): Generator<CsvRow> {
  let at = text.startsWith(BOM) ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const begins = line;
    const began = at;
    const cells: string[] = [];
    let flaw: CsvRow['flaw'] = null;
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at, by) : plainCell(text, at, by);
      if (cell === null) flaw = 'quote-unended';
      else if (cells.length === CELLS_AT_MOST) flaw = 'too-wide';
      if (cell === null || flaw !== null) break;
      cells.push(cell.text);
      line += cell.lines;
      at = cell.end;
      if (text[at] !== by) break;
      at += 1;
    }
    if (flaw !== null) {
      at = lineEnd(text, flaw === 'too-wide' ? at : began);
      line = flaw === 'too-wide' ? line : begins;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') yield { line: begins, cells, flaw };
  }
}

type Cell = { readonly text: string; readonly end: number; readonly lines: number };

const LINE_END = /[\r\n]/g;

function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.exec(text)?.index ?? text.length;
}

const PLAIN_END = { ',': /[,\r\n]/g, ';': /[;\r\n]/g, '\t': /[\t\r\n]/g } as const;
/** What spreadsheets part cells with: the semicolon where a comma is the decimal sign, the tab on the way through a clipboard. */
export type Delimiter = keyof typeof PLAIN_END;

/** The one that the first line is parted by; the comma where none is there. Between quotes it is none. */
export function delimiterOf(text: string): Delimiter {
  const first = text.slice(0, lineEnd(text, 0)).replace(/"[^"]*"/g, '');
  const [most] = (Object.keys(PLAIN_END) as Delimiter[])
    .map((by) => ({ by, times: first.split(by).length }))
    .sort((a, b) => b.times - a.times);
  return most === undefined || most.times === 1 ? ',' : most.by;
}

function plainCell(text: string, from: number, by: Delimiter): Cell {
  const ends = PLAIN_END[by];
  ends.lastIndex = from;
  const end = ends.exec(text)?.index ?? text.length;
  return { text: text.slice(from, end), end, lines: 0 };
}

/** Null for one that does not end; also for one that ends lines later in the middle of another: that quote is not its own. */
function quotedCell(text: string, from: number, by: Delimiter): Cell | null {
  let close = from + 1;
  for (;;) {
    close = text.indexOf('"', close);
    if (close === -1) return null;
    if (text[close + 1] !== '"') break;
    close += 2;
  }
  const inside = text.slice(from + 1, close);
  const lines = inside.split('\n').length - 1;
  // Whatever stands between the closing quote and the next cell belongs to nobody's standard: kept as it is.
  const rest = plainCell(text, close + 1, by);
  if (lines > 0 && rest.text !== '') return null;
  return { text: inside.replaceAll('""', '"') + rest.text, end: rest.end, lines };
}

const BEIJING = 8 * 3_600_000;

/** `2026-01-31 16:00:00.000` in Beijing, which keeps no summer time. */
export function beijing(t: number): string {
  return new Date(t + BEIJING).toISOString().slice(0, -1).replace('T', ' ');
}
