import { once } from 'node:events';
import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';
import type { SheetCell, WriteSheet } from '../../flow/ports/sheets.ts';

/** Rows of one sheet (ECMA-376: 1,048,576, the head among them). */
const ROWS = 1_000_000;
/** Characters of one cell that Excel takes. */
const TEXT = 32_767;
const DAY = 86_400_000;
/** 1970-01-01 as Excel counts days. */
const EPOCH = 25_569;
/** Shown as everywhere else: Beijing time. */
const BEIJING = 8 * 3_600_000;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const PLAIN = 0;
const BOLD = 1;
const INSTANT = 2;

/**
 * A workbook of one table (ECMA-376), written as it comes: 100,000 rows cost no more memory than one batch of them, and are packed
 * outside our thread. All text is text (`inlineStr`): no cell is a formula, whatever it begins with. Beyond a million rows another
 * sheet begins.
 */
export const writeSheet: WriteSheet = async function* ({ name, columns, rows }) {
  const out: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    out.push(bytes);
  });
  const heads = columns.map((c) => c.head);
  let sheets = 0;
  let row = 0;
  const begin = async (): Promise<Part> => {
    sheets += 1;
    row = 1;
    const part = new Part(zip, `xl/worksheets/sheet${sheets}.xml`);
    await part.write(opening(columns) + line(1, heads, BOLD));
    return part;
  };
  const end = (part: Part): Promise<void> =>
    part.end(`</sheetData><autoFilter ref="A1:${columnName(columns.length - 1)}${row}"/></worksheet>`);

  let part = await begin();
  for await (const batch of rows) {
    let text = '';
    for (const cells of batch) {
      if (row >= ROWS) {
        await part.write(text);
        text = '';
        await end(part);
        part = await begin();
      }
      row += 1;
      text += line(row, cells, PLAIN);
    }
    await part.write(text);
    yield* out.splice(0);
  }
  await end(part);
  const ids = Array.from({ length: sheets }, (_, i) => i + 1);
  for (const [path, text] of [
    ['xl/workbook.xml', workbook(ids, name)],
    ['xl/_rels/workbook.xml.rels', relations(ids)],
    ['xl/styles.xml', STYLES],
    ['_rels/.rels', ROOT],
    ['[Content_Types].xml', types(ids)],
  ] as const)
    await new Part(zip, path).end(text);
  zip.end();
  yield* out.splice(0);
};

/** A file of the archive that is packed by zlib's own threads, in the order of its pieces. */
class Part implements ZipInputFile {
  readonly filename: string;
  readonly compression = 8;
  readonly #deflate: DeflateRaw;
  readonly #ended: Promise<unknown>;
  crc = 0;
  size = 0;
  /** The archive puts its own in place of this when it takes the file. */
  ondata: NonNullable<ZipInputFile['ondata']> = () => undefined;

  constructor(zip: Zip, filename: string) {
    this.filename = filename;
    this.#deflate = createDeflateRaw({ level: 4 });
    this.#deflate.on('data', (bytes: Uint8Array<ArrayBuffer>) => this.ondata(null, bytes, false));
    this.#ended = once(this.#deflate, 'end');
    zip.add(this);
    void this.write(HEAD);
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.crc = crc32(bytes, this.crc);
    this.size += bytes.byteLength;
    if (!this.#deflate.write(bytes)) await once(this.#deflate, 'drain');
  }

  async end(text: string): Promise<void> {
    await this.write(text);
    this.#deflate.end();
    await this.#ended;
    this.ondata(null, new Uint8Array(0), true);
  }
}

const opening = (columns: readonly { readonly width: number }[]): string =>
  `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns
    .map((c, i) => `<col min="${i + 1}" max="${i + 1}" width="${c.width}" customWidth="1"/>`)
    .join('')}</cols><sheetData>`;

function line(row: number, cells: readonly SheetCell[], style: number): string {
  return `<row r="${row}">${cells.map((cell, i) => cellXml(`${columnName(i)}${row}`, cell, style)).join('')}</row>`;
}

function cellXml(at: string, cell: SheetCell, style: number): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c r="${at}"><v>${cell}</v></c>` : '';
  if (typeof cell === 'object')
    return `<c r="${at}" s="${INSTANT}"><v>${(cell.at + BEIJING) / DAY + EPOCH}</v></c>`;
  const looks = style === PLAIN ? '' : ` s="${style}"`;
  return `<c r="${at}"${looks} t="inlineStr"><is><t xml:space="preserve">${escaped(cell.slice(0, TEXT))}</t></is></c>`;
}

/** What has to be looked at more closely; most text is none of it. */
const UNUSUAL = /[&<>\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** What XML 1.0 cannot hold at all is left out. */
const escaped = (text: string): string =>
  !UNUSUAL.test(text)
    ? text
    : text
        .toWellFormed()
        .replaceAll(/[[\p{Cc}\ufffe\uffff]--[\t\n\r]]/gv, '')
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;');

/** 0 is A, 26 is AA. */
const columnName = (i: number): string =>
  i < 26 ? String.fromCharCode(65 + i) : columnName(Math.floor(i / 26) - 1) + columnName(i % 26);

const workbook = (ids: readonly number[], name: string): string =>
  `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${ids
    .map((n) => `<sheet name="${escaped(n === 1 ? name : `${name} ${n}`)}" sheetId="${n}" r:id="s${n}"/>`)
    .join('')}</sheets></workbook>`;

const relations = (ids: readonly number[]): string =>
  `<Relationships xmlns="${PACKAGE}/relationships">${ids
    .map((n) => `<Relationship Id="s${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`)
    .join('')}<Relationship Id="styles" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`;

const types = (ids: readonly number[]): string => {
  const of = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${of}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${of}.styles+xml"/>${ids
    .map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${of}.worksheet+xml"/>`)
    .join('')}</Types>`;
};

const ROOT = `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`;
