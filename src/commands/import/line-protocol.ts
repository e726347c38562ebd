import { codeOf, decodeQuality, metricOfField } from '../../adapters/history-influx/index.ts';
import type { Quality, Reading } from '../../domain/reading.ts';
import type { StockMapping } from '../../wire/files/stock-mapping.ts';
import { epoch, type Precision } from '../../wire/mapping/times.ts';
import { said } from '../terminal-text.ts';
import type { Naming } from './naming.ts';
import { addWrong, type Row, type RowReader, unreadable } from './row.ts';
import type { Line } from './text.ts';

export type ParsedLine = {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Numbers and flags; text is told by its type only. */
  readonly fields: ReadonlyMap<string, number | string>;
  readonly time: string | null;
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const POINT_TAGS = ['point', 'pointCode', 'point_code'];

/** Reads line protocol of any InfluxDB; what this service wrote there comes back with its quality. */
export class LineProtocolReader implements RowReader {
  readonly kind = '行协议 line protocol';
  readonly ignored: readonly string[] = [];
  readonly #naming: Naming;
  readonly #precision: Precision;
  readonly #mapping: StockMapping;

  constructor(given: { naming: Naming; mapping: StockMapping; precision: Precision }) {
    this.#naming = given.naming;
    this.#mapping = given.mapping;
    this.#precision = given.precision;
  }

  *rows(lines: readonly Line[]): Iterable<Row> {
    for (const line of lines) if (!line.text.trimStart().startsWith('#')) yield this.#row(line);
  }

  #row(line: Line): Row {
    const bad = (why: string): Row => ({ line, readings: [], wrong: [why] });
    const why = unreadable(line);
    if (why !== null) return bad(why);
    const parsed = parseLine(line.text.replace(/^\ufeff/, ''));
    if (typeof parsed === 'string') return bad(parsed);
    const { measurement, tags, fields, time } = parsed;
    if (/__(frames|1h)$/.test(measurement))
      return bad('a line of waveforms or of hours: import takes single values');
    if (time === null) return bad('the line has no time: when was it observed?');
    const at = epoch(time, this.#precision);
    if (at < Date.UTC(2000, 0, 1))
      return bad(
        `${said(time)} lies before the year 2000 in ${this.#precision}: another --precision would be right`,
      );
    const tag = this.#mapping.columns.point ?? POINT_TAGS.find((t) => tags.has(t)) ?? '';
    const point = codeOf(tags.get(tag) ?? '');
    const readings: Reading[] = [];
    const wrong: string[] = [];
    for (const { metric, value, quality, backfill } of saidBy(measurement, fields, this.#naming)) {
      const made =
        typeof value === 'string'
          ? `${said(metric)}: ${value}`
          : this.#naming.reading({ point, metric, unit: null, at, value, quality, backfill });
      if (typeof made !== 'string') readings.push(made);
      else addWrong(wrong, made);
    }
    if (readings.length === 0 && wrong.length === 0) return bad('the line has no field that is a metric');
    return { line, readings, wrong };
  }
}

type OfField = {
  readonly metric: string;
  readonly value: number | string | null;
  readonly quality: Quality | null;
  readonly backfill: boolean | null;
};

/** The readings of a line: a metric's field, and what its `__q` and `__bad` say of it where we wrote them. */
function* saidBy(
  measurement: string,
  fields: ReadonlyMap<string, number | string>,
  naming: Naming,
): Iterable<OfField> {
  const ours = fields.has('lag') || [...fields.keys()].some((f) => f.endsWith('__q'));
  const bases = new Set(
    [...fields.keys()].filter((f) => !(ours && f === 'lag')).map((f) => f.replace(/__(q|bad)$/, '')),
  );
  for (const base of bases) {
    const key = metricOfField(base) ?? base;
    if (naming.isLeftOut(key)) continue;
    const metric = base === 'value' && !naming.isMetric('value') ? measurement : key;
    const q = fields.get(`${base}__q`);
    const value = fields.get(base) ?? null;
    if (typeof q !== 'number') {
      if (value !== null) yield { metric, value, quality: null, backfill: ours ? false : null };
      continue;
    }
    const { quality, backfill, withoutNumber } = decodeQuality(q);
    const kept = quality.grade === 'bad' ? (fields.get(`${base}__bad`) ?? null) : value;
    yield { metric, value: withoutNumber ? null : kept, quality, backfill };
  }
}

/** @returns the parts of one line, or what is wrong with it */
export function parseLine(line: string): ParsedLine | string {
  const parts = sections(line.trim());
  if (parts === null) return 'a quotation mark in this line does not end in it';
  const [series, fieldText, time, ...more] = parts;
  if (series === undefined || fieldText === undefined || more.length > 0)
    return 'not line protocol; gas,point=GAS-1 ch4=1.5 1764547200000000000 would be';
  if (time !== undefined && !/^-?\d+$/.test(time)) return `"${said(time)}" is no time; whole digits would be`;
  const [name = '', ...tagTexts] = split(series, ',');
  if (name === '') return 'the line has no measurement';
  const tags = new Map<string, string>();
  for (const text of tagTexts) {
    const [key = '', value] = split(text, '=');
    if (value === undefined) return `"${said(text)}" is no tag; name=value would be`;
    tags.set(unescaped(key), unescaped(value));
  }
  const fields = new Map<string, number | string>();
  for (const text of split(fieldText, ',', true)) {
    const cut = endOf(text, '=', 0);
    if (cut <= 0 || cut >= text.length - 1) return `"${said(text)}" is no field; name=value would be`;
    const value = fieldValue(text.slice(cut + 1));
    if (value === null) return `"${said(text)}" has no value that line protocol knows`;
    fields.set(unescaped(text.slice(0, cut)), value);
  }
  return { measurement: unescaped(name), tags, fields, time: time ?? null };
}

/** @returns a number; a sentence for text; null for what is none of the five types */
function fieldValue(text: string): number | string | null {
  if (text.startsWith('"')) return text.length > 1 && text.endsWith('"') ? 'text is no reading' : null;
  if (/^(t|T|true|True|TRUE)$/.test(text)) return 1;
  if (/^(f|F|false|False|FALSE)$/.test(text)) return 0;
  if (/^[+-]?\d+i$/.test(text) || /^\d+u$/.test(text)) return Number(text.slice(0, -1));
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Series, fields and time: parted by spaces that are neither escaped nor within quotation marks. */
function sections(line: string): string[] | null {
  const found: string[] = [];
  let from = 0;
  while (from < line.length) {
    const end = endOf(line, ' ', from, found.length === 1);
    if (end < 0) return null;
    if (end > from) found.push(line.slice(from, end));
    from = end + 1;
  }
  return found;
}

function split(text: string, by: string, quotes = false): string[] {
  const found: string[] = [];
  let from = 0;
  while (from <= text.length) {
    const end = endOf(text, by, from, quotes);
    if (end < 0) return [text];
    found.push(text.slice(from, end));
    from = end + 1;
  }
  return found;
}

/** Index of the next such character, or the length; negative: a quotation mark does not end. */
function endOf(text: string, stop: string, from: number, quotes = false): number {
  let inText = false;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (quotes && c === '"') inText = !inText;
    else if (c === stop && !inText) return i;
  }
  return inText ? -1 : text.length;
}

/** Only comma, space, equals sign, and (leniently) quote and backslash are ever escaped. */
const unescaped = (text: string): string =>
  text.includes('\\') ? text.replace(/\\([ ,="\\])/g, '$1') : text;
