import { parse } from 'csv-parse/sync';
import type { Quality } from '../../domain/reading.ts';
import { BOM, unguard } from '../../wire/files/csv.ts';
import { qualityInWords } from '../../wire/files/readings-csv.ts';
import type { StockMapping } from '../../wire/files/stock-mapping.ts';
import { TimeReader } from '../../wire/mapping/times.ts';
import { NotDone, WrongUse } from '../command.ts';
import { said, saidList } from '../terminal-text.ts';
import type { Naming, Said } from './naming.ts';
import { addWrong, type Row, type RowReader, unreadable } from './row.ts';
import type { Line } from './text.ts';

/** Headings that we know, ours first. */
const HEADINGS = {
  point: [
    '监测点编码',
    '监测点编号',
    '点位编码',
    '点位编号',
    '测点编码',
    '测点编号',
    '监测点',
    '点位',
    '测点',
    'pointcode',
    'point_code',
    'point',
  ],
  metric: ['指标编码', '监测指标', '指标', '参数', '监测项', 'metric', 'parameter'],
  utc: ['时间(utc)', 'time(utc)', 'utc'],
  time: [
    '时间(北京时间)',
    '采集时间',
    '监测时间',
    '上报时间',
    '时间',
    '日期时间',
    'time',
    'timestamp',
    'datetime',
    'ts',
    'date',
  ],
  value: ['数值', '监测值', '测量值', '值', 'value'],
  unit: ['单位', 'unit'],
  quality: ['数据质量', 'quality'],
  why: ['质量原因', 'why'],
  backfill: ['补传', 'backfill'],
} as const;
/** Headings of ours that say nothing new. */
const SPOKEN_FOR = ['监测点名称', '指标名称', '序号', 'id'];

type Heading = keyof typeof HEADINGS;

/**
 * Reads CSV, wide (a column per metric) or long (a row per reading): which of them, its heading says.
 *
 * @throws NotDone with what was found and what would have been right
 */
export class CsvReader implements RowReader {
  readonly kind: string;
  readonly ignored: readonly string[];
  readonly #naming: Naming;
  readonly #delimiter: string;
  readonly #width: number;
  readonly #at: Partial<Record<Heading, number>>;
  readonly #metrics: readonly { readonly column: number; readonly label: string }[];
  readonly #time: TimeReader;
  readonly #isUtc: boolean;
  #headed = false;

  constructor(head: string, given: { naming: Naming; mapping: StockMapping; zone: string }) {
    const { naming, mapping, zone } = given;
    this.#naming = naming;
    const first = firstLine(head);
    this.#delimiter = mapping.delimiter ?? delimiterOf(first);
    const headings = cellsOf(first, this.#delimiter).map((h) => unguard(h.trim()));
    this.#width = headings.length;
    this.#at = columnsOf(headings, mapping);
    this.#isUtc = this.#at.utc !== undefined && mapping.columns.time === undefined;
    this.#time = timeReader(mapping, this.#isUtc ? 'Z' : zone);
    const long = this.#at.metric !== undefined && this.#at.value !== undefined;
    const taken = new Set(Object.values(this.#at));
    const others = headings
      .map((label, column) => ({ label, column }))
      .filter(
        ({ label, column }) =>
          label !== '' &&
          !taken.has(column) &&
          !SPOKEN_FOR.includes(label.toLowerCase()) &&
          !naming.isLeftOut(label),
      );
    this.#metrics = long ? [] : others.filter(({ label }) => naming.isMetric(label));
    this.ignored = long ? [] : others.filter(({ label }) => !naming.isMetric(label)).map((o) => o.label);
    this.kind = long ? 'CSV 长表 long' : 'CSV 宽表 wide';
    this.#refuseWhatIsMissing(headings, mapping, long);
    const used = [...taken, ...this.#metrics.map((m) => m.column)].map((column) => headings[column] ?? '');
    refuseTwice(headings, used);
    const twice = naming.twice(this.#metrics.map((m) => m.label));
    if (twice !== null)
      throw new NotDone(
        `the columns "${said(twice[0])}" and "${said(twice[1])}" are both ${twice[2]}: leave one out with null in "metrics" of a --mapping file`,
      );
  }

  *rows(lines: readonly Line[]): Iterable<Row> {
    const todo = this.#headed ? lines : lines.slice(1);
    this.#headed = true;
    const rows = table(todo, this.#delimiter);
    for (const [i, line] of todo.entries()) yield this.#row(line, rows[i] ?? null);
  }

  #refuseWhatIsMissing(headings: readonly string[], mapping: StockMapping, long: boolean): void {
    const missing: string[] = [];
    if (this.#at.time === undefined && this.#at.utc === undefined) missing.push('时间 time');
    if (this.#at.point === undefined && mapping.point === undefined) missing.push('监测点编码 point');
    if (!long && this.#metrics.length === 0)
      missing.push('指标列 a column per metric, or 指标编码 metric with 数值 value');
    if (missing.length === 0) return;
    throw new NotDone(
      `缺少列 missing in the heading: ${missing.join('; ')}. Found: ${saidList(headings, ' | ')}. Name them in "columns" and "metrics" of a --mapping file.`,
    );
  }

  #row(line: Line, cells: readonly string[] | null): Row {
    const bad = (why: string): Row => ({ line, readings: [], wrong: [why] });
    const why = unreadable(line);
    if (why !== null) return bad(why);
    if (cells === null) return bad('a quotation mark in this line does not end in it');
    if (cells.length > this.#width) return bad(`${cells.length} cells, but the heading has ${this.#width}`);
    const timeText = cells[(this.#isUtc ? this.#at.utc : this.#at.time) ?? -1] ?? '';
    const at = this.#time.read(timeText);
    if (at === null)
      return bad(
        `"${said(timeText)}" is no time that is understood; 2026-01-31 16:00:00 would be, or another "time.format" of the mapping`,
      );
    const point = unguard(this.#cell(cells, 'point'));
    if (this.#metrics.length === 0) return this.#long(line, cells, point, at);
    const readings: Row['readings'][number][] = [];
    const wrong: string[] = [];
    for (const { column, label } of this.#metrics) {
      const text = cells[column]?.trim() ?? '';
      if (text === '') continue;
      const value = this.#number(text);
      const made =
        value === undefined
          ? `${said(label)}: "${said(text)}" is no number`
          : this.#naming.reading({
              point,
              metric: label,
              unit: null,
              at,
              value,
              quality: null,
              backfill: null,
            });
      if (typeof made !== 'string') readings.push(made);
      else addWrong(wrong, made);
    }
    return { line, readings, wrong };
  }

  #long(line: Line, cells: readonly string[], point: string, at: number): Row {
    const bad = (why: string): Row => ({ line, readings: [], wrong: [why] });
    const text = this.#cell(cells, 'value');
    const quality = this.#quality(cells);
    if (quality === undefined)
      return bad(
        `"${said(this.#cell(cells, 'quality'))}/${said(this.#cell(cells, 'why'))}" is no quality; 正常, 存疑 or 无效 with its reason would be`,
      );
    const value = text === '' ? null : this.#number(text);
    if (value === undefined) return bad(`"${said(text)}" is no number`);
    if (value === null && (quality === null || quality.grade === 'good')) return bad('the row has no value');
    const unit = this.#cell(cells, 'unit');
    const backfill =
      this.#at.backfill === undefined ? null : /^(是|true|1|yes)$/i.test(this.#cell(cells, 'backfill'));
    const row: Said = {
      point,
      metric: unguard(this.#cell(cells, 'metric')),
      unit: unit === '' ? null : unguard(unit),
      at,
      value,
      quality,
      backfill,
    };
    const made = this.#naming.reading(row);
    return typeof made === 'string' ? bad(made) : { line, readings: [made], wrong: [] };
  }

  /** null: the file does not say; undefined: it says something that is none. */
  #quality(cells: readonly string[]): Quality | null | undefined {
    if (this.#at.quality === undefined) return null;
    const grade = this.#cell(cells, 'quality');
    return grade === '' ? null : qualityInWords(grade, this.#cell(cells, 'why'));
  }

  #cell(cells: readonly string[], which: Heading): string {
    return cells[this.#at[which] ?? -1]?.trim() ?? '';
  }

  #number(text: string): number | undefined {
    const plain = this.#delimiter === ',' ? text : text.replace(/^([+-]?\d+),(\d+)$/, '$1.$2');
    if (/^(true|false)$/i.test(plain)) return plain.toLowerCase() === 'true' ? 1 : 0;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined;
    const n = Number(plain);
    return Number.isFinite(n) ? n : undefined;
  }
}

/** @throws WrongUse for a zone that nobody knows */
function timeReader({ time }: StockMapping, zone: string): TimeReader {
  try {
    return new TimeReader(time.format, zone);
  } catch (cause) {
    throw new WrongUse((cause as Error).message, cause);
  }
}

/** Which of the two would be believed? A point's reading of one instant is one. */
function refuseTwice(headings: readonly string[], used: readonly string[]): void {
  const twice = used.find((label) => headings.indexOf(label) !== headings.lastIndexOf(label));
  if (twice !== undefined)
    throw new NotDone(`the heading has "${said(twice)}" twice: one column of that name would be right`);
}

function firstLine(head: string): string {
  const text = head.startsWith(BOM) ? head.slice(1) : head;
  const first = text.split('\n').find((l) => l.trim() !== '') ?? '';
  return first.endsWith('\r') ? first.slice(0, -1) : first;
}

function delimiterOf(heading: string): string {
  const times = (d: string) => heading.split(d).length;
  return [',', ';', '\t'].reduce((a, b) => (times(b) > times(a) ? b : a));
}

function columnsOf(headings: readonly string[], mapping: StockMapping): Partial<Record<Heading, number>> {
  const plain = headings.map((h) =>
    h.toLowerCase().replaceAll('（', '(').replaceAll('）', ')').replaceAll(' ', ''),
  );
  const at: Partial<Record<Heading, number>> = {};
  for (const which of Object.keys(HEADINGS) as Heading[]) {
    const theirs = (mapping.columns as Partial<Record<Heading, string>>)[which];
    const column =
      theirs !== undefined
        ? headings.indexOf(theirs)
        : (HEADINGS[which].map((name) => plain.indexOf(name)).find((i) => i >= 0) ?? -1);
    if (theirs !== undefined && column < 0)
      throw new NotDone(
        `the mapping calls the ${which} column "${theirs}", but the heading has: ${saidList(headings, ' | ')}`,
      );
    if (column >= 0) at[which] = column;
  }
  return at;
}

const isWhole = (line: string): boolean => !line.includes('"') || (line.split('"').length - 1) % 2 === 0;

/** Cells of each line; null for a line whose quotation marks do not pair, which must not swallow those after it. */
function table(lines: readonly Line[], delimiter: string): readonly (readonly string[] | null)[] {
  const quoted = lines.filter((l) => l.text.includes('"') && isWhole(l.text));
  const parsed = new Map<number, readonly string[]>();
  if (quoted.length > 0) {
    const records = parsedLines(
      quoted.map((l) => l.text),
      delimiter,
    );
    for (const [i, { number }] of quoted.entries()) parsed.set(number, records[i] ?? []);
  }
  return lines.map(({ number, text }) =>
    text.includes('"') ? (parsed.get(number) ?? null) : text.split(delimiter),
  );
}

const cellsOf = (line: string, delimiter: string): readonly string[] =>
  line.includes('"') ? (parsedLines([line], delimiter)[0] ?? []) : line.split(delimiter);

function parsedLines(lines: readonly string[], delimiter: string): readonly (readonly string[])[] {
  const options = { delimiter, relax_quotes: true, relax_column_count: true };
  const all = attempt(() => parse(lines.join('\n'), options));
  if (all !== null && all.length === lines.length) return all;
  // Marks that pair and still stand in odd places: one line at a time, so that each remains itself.
  return lines.map((line) => attempt(() => parse(line, options))?.[0] ?? line.split(delimiter));
}

function attempt(work: () => string[][]): string[][] | null {
  try {
    return work();
  } catch {
    return null;
  }
}
