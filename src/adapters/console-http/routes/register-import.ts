import { setImmediate as breathe } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { as } from '../../../domain/ids.ts';
import {
  type Area,
  type Asset,
  type Device,
  type Point,
  type RegisterEntry,
  UNPLACED_AREA,
} from '../../../domain/register/register.ts';
import type { RegisterView, Service } from '../../../flow/ports/service.ts';
import { csvRows } from '../../../wire/files/csv.ts';
import {
  bad,
  type Header,
  type Kind,
  type RowDraft,
  type RowError,
  readHeader,
  readRow,
} from '../../../wire/files/register-csv.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import type { importOut } from '../../../wire/http/register.ts';
import { HttpProblem } from '../answer/problem.ts';
import { faultsOf, type RegisterLook } from './register-faults.ts';

type Report = Omit<z.infer<typeof importOut>, 'credentials'>;

/** Rows looked at before others get their turn on this thread; changes handed to one turn of the service. */
const ROWS = 500;
const ERRORS_TOLD = 1_000;
const ORDER: readonly Kind[] = ['area', 'asset', 'point', 'device'];

type Row = { readonly line: number; readonly draft: RowDraft };

/**
 * One reading of a register file. Rows may stand in any order; good ones are used, the others are named with
 * what is wrong. Reading the same file again changes nothing.
 */
export class RegisterImport {
  readonly #service: Service;
  readonly #register: RegisterView;
  readonly #sees: (area: string) => boolean;
  readonly #language: Language;
  readonly #lifelines: ReadonlySet<string>;
  readonly #lifelineNames: ReadonlyMap<string, string>;
  readonly #brought = {
    area: new Map<string, Area>(),
    asset: new Map<string, Asset>(),
    point: new Map<string, Point>(),
    device: new Map<string, Device>(),
  };
  readonly #look: RegisterLook;
  readonly #counts = { rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0, moreErrors: 0 };
  readonly #errors: Report['errors'] = [];

  /** @param given.register as the person has it; `sees` says which areas he may make */
  constructor(given: {
    readonly service: Service;
    readonly register: RegisterView;
    readonly sees: (area: string) => boolean;
    readonly language: Language;
  }) {
    const { service } = given;
    this.#service = service;
    this.#register = given.register;
    this.#sees = given.sees;
    this.#language = given.language;
    const packs = service.packs();
    this.#lifelines = new Set<string>(packs.map((p) => p.lifeline));
    this.#lifelineNames = new Map<string, string>(
      packs.flatMap((p) => [
        [p.lifeline, p.lifeline],
        [p.name.zh, p.lifeline],
      ]),
    );
    const register = this.#register;
    const brought = this.#brought;
    this.#look = {
      area: (code) => brought.area.get(code) ?? register.area(code),
      asset: (code) => brought.asset.get(code) ?? register.asset(code),
      point: (code) => brought.point.get(code) ?? register.point(code),
      device: (code) => brought.device.get(code) ?? register.device(code),
    };
  }

  async run(bytes: Uint8Array, dryRun: boolean): Promise<Report> {
    const rows = await this.#read(textOf(bytes));
    const changes: RegisterEntry[] = [];
    for (const kind of ORDER) {
      const ofKind = rows.filter((r) => r.draft.kind === kind);
      for await (const change of kind === 'area' ? this.#areas(ofKind) : this.#others(ofKind)) {
        changes.push(change);
      }
    }
    if (!dryRun) {
      for (let i = 0; i < changes.length; i += ROWS) await this.#service.change(changes.slice(i, i + ROWS));
    }
    return { dryRun, ...this.#counts, errors: this.#errors.sort((a, b) => a.row - b.row) };
  }

  async #read(text: string): Promise<Row[]> {
    const rows: Row[] = [];
    const seen = new Map<string, number>();
    let header: Header | null = null;
    for (const { line, cells, flaw } of csvRows(text)) {
      if (header === null) {
        const read = flaw === null ? readHeader(cells) : { error: FLAWS[flaw] };
        if ('error' in read) {
          this.#counts.failed = 1;
          this.#tell(line, [read.error]);
          return [];
        }
        header = read.header;
        continue;
      }
      this.#counts.rows += 1;
      if (this.#counts.rows % ROWS === 0) await breathe();
      const { draft, errors } =
        flaw === null ? readRow(header, cells, this.#lifelineNames) : { draft: null, errors: [FLAWS[flaw]] };
      const key = draft && `${draft.kind} ${draft.code}`;
      const first = key === null ? undefined : seen.get(key);
      if (draft === null || key === null) this.#fail(line, errors);
      else if (first !== undefined) this.#fail(line, [repeats(first)]);
      else {
        seen.set(key, line);
        rows.push({ line, draft });
      }
    }
    if (header === null) {
      this.#counts.failed = 1;
      this.#tell(1, [bad(null, 'empty', '文件是空的', 'the file is empty')]);
    }
    return rows;
  }

  /** Areas stand on one another in any order: those without a footing go, until the others stand. */
  async *#areas(rows: readonly Row[]): AsyncGenerator<RegisterEntry> {
    const standing = new Map<Row, Area>();
    for (const row of rows) {
      const area = this.#area(row.draft);
      if (isErrors(area)) this.#fail(row.line, area);
      else {
        standing.set(row, area);
        this.#brought.area.set(area.code, area);
      }
    }
    for (let fell = true; fell; ) {
      fell = false;
      for (const [row, area] of standing) {
        const faults = [
          ...faultsOf({ kind: 'area', area }, this.#look, this.#lifelines),
          ...this.#foreign({ kind: 'area', area }),
        ];
        if (faults.length === 0) continue;
        this.#fail(row.line, faults);
        this.#brought.area.delete(area.code);
        standing.delete(row);
        fell = true;
      }
      await breathe();
    }
    for (const area of standing.values()) {
      if (this.#counted(this.#register.area(area.code), area)) yield { kind: 'area', area };
    }
  }

  async *#others(rows: readonly Row[]): AsyncGenerator<RegisterEntry> {
    for (const [i, { line, draft }] of rows.entries()) {
      if (i % ROWS === ROWS - 1) await breathe();
      const change = this.#change(draft);
      const faults = isErrors(change)
        ? change
        : [...faultsOf(change, this.#look, this.#lifelines), ...this.#foreign(change)];
      if (isErrors(change) || faults.length > 0) {
        this.#fail(line, faults);
        continue;
      }
      const [before, after] = this.#bring(change);
      if (this.#counted(before, after)) yield change;
    }
  }

  /** What lies in an area that is not his: it is there although he does not see it, or it would be there. */
  #foreign(change: RegisterEntry): RowError[] {
    const { register: whole } = this.#service;
    const mine = this.#register;
    if (whole === mine) return [];
    switch (change.kind) {
      case 'area': {
        const { code, parent } = change.area;
        const own = this.#sees(code) || (parent !== null && this.#sees(parent));
        return own && (whole.area(code) === undefined || mine.area(code) !== undefined) ? [] : [FOREIGN];
      }
      case 'asset':
        return whole.asset(change.asset.code) && !mine.asset(change.asset.code) ? [FOREIGN] : [];
      case 'point':
        return whole.point(change.point.code) && !mine.point(change.point.code) ? [FOREIGN] : [];
      case 'device': {
        const { code, point } = change.device;
        return point === null || (whole.device(code) && !mine.device(code)) ? [FOREIGN] : [];
      }
    }
  }

  #bring(change: RegisterEntry): readonly [unknown, unknown] {
    const register = this.#register;
    switch (change.kind) {
      case 'area':
        this.#brought.area.set(change.area.code, change.area);
        return [register.area(change.area.code), change.area];
      case 'asset':
        this.#brought.asset.set(change.asset.code, change.asset);
        return [register.asset(change.asset.code), change.asset];
      case 'point':
        this.#brought.point.set(change.point.code, change.point);
        return [register.point(change.point.code), change.point];
      case 'device':
        this.#brought.device.set(change.device.code, change.device);
        return [register.device(change.device.code), change.device];
    }
  }

  /** Counts what a good row does; true when there is something to do. */
  #counted(before: unknown, after: unknown): boolean {
    if (before === undefined) this.#counts.created += 1;
    else if (isDeepStrictEqual(before, after)) this.#counts.unchanged += 1;
    else this.#counts.updated += 1;
    return before === undefined || !isDeepStrictEqual(before, after);
  }

  #area(d: RowDraft): Area | RowError[] {
    const before = this.#register.area(as.area(d.code));
    const name = d.name ?? before?.name;
    if (name === undefined) return [NAMELESS];
    // In an area's row the column `area` can only mean the one above it.
    const parent = d.parent ?? d.area;
    return {
      code: as.area(d.code),
      name,
      parent: parent === undefined ? (before?.parent ?? null) : as.area(parent),
    };
  }

  #change(d: RowDraft): RegisterEntry | RowError[] {
    if (d.kind === 'device') return this.#device(d);
    return d.kind === 'asset' ? this.#asset(d) : this.#point(d);
  }

  #asset(d: RowDraft): RegisterEntry | RowError[] {
    const before = this.#register.asset(as.asset(d.code));
    const name = d.name ?? before?.name;
    const lifeline = d.lifeline ?? before?.lifeline;
    if (name === undefined || lifeline === undefined) return missing(name, lifeline);
    const asset: Asset = {
      code: as.asset(d.code),
      name,
      lifeline: as.lifeline(lifeline),
      area: d.area === undefined ? (before?.area ?? UNPLACED_AREA.code) : as.area(d.area),
      owner: d.owner ?? before?.owner ?? null,
      place: d.place ?? before?.place ?? null,
    };
    return { kind: 'asset', asset };
  }

  #point(d: RowDraft): RegisterEntry | RowError[] {
    const before = this.#register.point(as.point(d.code));
    const name = d.name ?? before?.name;
    const lifeline = d.lifeline ?? before?.lifeline;
    if (name === undefined || lifeline === undefined) return missing(name, lifeline);
    const asset = d.asset === undefined ? (before?.asset ?? null) : as.asset(d.asset);
    const ofAsset = asset === null ? undefined : this.#look.asset(asset)?.area;
    const point: Point = {
      code: as.point(d.code),
      name,
      lifeline: as.lifeline(lifeline),
      asset,
      area: d.area === undefined ? (before?.area ?? ofAsset ?? UNPLACED_AREA.code) : as.area(d.area),
      place: d.place ?? before?.place ?? null,
      unverified: d.unverified ?? before?.unverified ?? false,
      outOfService: before?.outOfService ?? null,
      attributes: { ...before?.attributes, ...d.attributes },
    };
    return { kind: 'point', point };
  }

  #device(d: RowDraft): RegisterEntry | RowError[] {
    const before = this.#register.device(as.device(d.code));
    const lifeline = d.lifeline ?? before?.lifeline;
    if (lifeline === undefined) return missing('', lifeline);
    const device: Device = {
      code: as.device(d.code),
      lifeline: as.lifeline(lifeline),
      point: d.point === undefined ? (before?.point ?? null) : as.point(d.point),
      vendor: d.vendor ?? before?.vendor ?? null,
      serial: d.serial ?? before?.serial ?? null,
      installedAt: d.installedAt ?? before?.installedAt ?? null,
      unverified: d.unverified ?? before?.unverified ?? false,
    };
    return { kind: 'device', device };
  }

  #fail(line: number, errors: readonly RowError[]): void {
    this.#counts.failed += 1;
    this.#tell(line, errors);
  }

  #tell(row: number, errors: readonly RowError[]): void {
    for (const { column, code, say } of errors) {
      if (this.#errors.length < ERRORS_TOLD) {
        this.#errors.push({ row, column, code, message: say[this.#language] });
      } else {
        this.#counts.moreErrors += 1;
      }
    }
  }
}

const FOREIGN = bad(
  null,
  'foreign-area',
  '超出您负责的区域',
  'it lies outside the areas that you are bound to',
);
const NAMELESS = bad('name', 'name-missing', '请填写名称', 'a name must be given');
const NO_LIFELINE = bad('lifeline', 'lifeline-missing', '请填写业务专项', 'a lifeline must be given');
const FLAWS = {
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

const missing = (name: string | undefined, lifeline: string | undefined): RowError[] => [
  ...(name === undefined ? [NAMELESS] : []),
  ...(lifeline === undefined ? [NO_LIFELINE] : []),
];

const isErrors = (x: object): x is RowError[] => Array.isArray(x);

/** UTF-8, or what Excel writes in China when it is not told otherwise. */
function textOf(bytes: Uint8Array): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  throw new HttpProblem('not-utf8', {
    detail: { zh: '文件须为 UTF-8 或 GB18030 编码', en: 'The file must be UTF-8 or GB18030.' },
  });
}
