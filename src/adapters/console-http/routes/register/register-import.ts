import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import type { Scope } from '../../../../domain/account/scope.ts';
import type { DeviceCode } from '../../../../domain/ids.ts';
import type { PeopleRow } from '../../../../domain/notice/people-import.ts';
import type { ImportRow } from '../../../../domain/register/import.ts';
import type { Bilingual } from '../../../../domain/text.ts';
import type { Service } from '../../../../flow/ports/service.ts';
import { csvRows, delimiterOf } from '../../../../wire/files/csv.ts';
import { bad } from '../../../../wire/files/register-columns.ts';
import {
  type Header,
  readHeader,
  readRow,
  type UnusedColumn,
  unusedColumns,
} from '../../../../wire/files/register-csv.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { importOut } from '../../../../wire/http/register.ts';
import type { Services } from '../../answer/services.ts';
import { EMPTY_FILE, ROW_FLAWS, RowErrors, textOf } from '../csv-file.ts';
import { personWish, rowWish } from './register-wishes.ts';

type ImportInto = Pick<Services, 'service' | 'notices'>;
type Report = Omit<z.infer<typeof importOut>, 'credentials'>;

/** Rows read before others get their turn on this thread. */
const ROWS = 500;

/**
 * One reading of a register file. Rows may stand in any order; good ones are used, the others are named with what is
 * wrong. Reading the same file again changes nothing.
 *
 * @param by.keepsPeople whether they may bring units and contacts
 * @returns the report, and the devices that are new by this file
 */
export async function importFile(
  { service, notices }: ImportInto,
  bytes: Uint8Array,
  by: {
    readonly scope: Scope;
    readonly language: Language;
    readonly dryRun: boolean;
    readonly keepsPeople: boolean;
  },
): Promise<{ readonly report: Report; readonly newDevices: readonly DeviceCode[] }> {
  const errors = new RowErrors(by.language);
  const { rows, people, count, unused } = await read(textOf(bytes), lifelineNames(service), errors);
  if (!by.keepsPeople) for (const { line } of people.splice(0)) errors.ofRow(line, [NOT_THEIRS]);
  const { failed, newDevices, ...counts } = await takeRows({ service, notices }, { rows, people }, by);
  for (const { line, flaws } of failed)
    errors.ofRow(
      line,
      flaws.map(({ field, code, say }) => ({ column: field, code, say })),
    );
  const report = {
    dryRun: by.dryRun,
    rows: count,
    ...counts,
    failed: errors.rows,
    ...errors.told(),
    unusedColumns: [...unused],
  };
  return { report, newDevices };
}

type Rows = { readonly rows: readonly ImportRow[]; readonly people: readonly PeopleRow[] };
type Taken = {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly newDevices: readonly DeviceCode[];
  readonly failed: readonly {
    readonly line: number;
    readonly flaws: readonly {
      readonly field: string | null;
      readonly code: string;
      readonly say: Bilingual;
    }[];
  }[];
};

/** Units answer for areas, and assets belong to units: areas come first, then units and contacts, then the others. */
async function takeRows(
  { service, notices }: ImportInto,
  { rows, people }: Rows,
  { scope, dryRun: trial }: { readonly scope: Scope; readonly dryRun: boolean },
): Promise<Taken> {
  if (people.length === 0)
    return rows.length === 0 ? NOTHING : service.importRegister({ rows, scope, trial });
  const areaRows = rows.filter((row) => row.wish.kind === 'area');
  const areas = await service.importRegister({ rows: areaRows, scope, trial });
  const fell = new Set(areas.failed.map((f) => f.line));
  const newAreas = new Set(areaRows.filter((row) => !fell.has(row.line)).map((row) => row.wish.code));
  const told = await notices.importPeople({ rows: people, trial, newAreas });
  const lost = new Set(told.failed.map((f) => f.line));
  const newUnits = new Set(
    people.filter((row) => row.wish.kind === 'unit' && !lost.has(row.line)).map((row) => row.wish.code),
  );
  // Of a trial nothing has been taken over: the areas are laid beneath the others once more.
  const others = trial ? rows : rows.filter((row) => row.wish.kind !== 'area');
  const rest = await service.importRegister({ rows: others, scope, trial, newUnits });
  const all = trial ? [told, rest] : [areas, told, rest];
  const sum = (of: 'created' | 'updated' | 'unchanged') => all.reduce((n, one) => n + one[of], 0);
  return {
    created: sum('created'),
    updated: sum('updated'),
    unchanged: sum('unchanged'),
    newDevices: rest.newDevices,
    failed: all.flatMap((one): Taken['failed'] => one.failed),
  };
}

const NOTHING: Taken = { created: 0, updated: 0, unchanged: 0, failed: [], newDevices: [] };

/** @returns the good rows, of how many; none of none where it is no file of a register at all */
async function read(
  text: string,
  lifelines: ReadonlyMap<string, string>,
  errors: RowErrors,
): Promise<{
  rows: ImportRow[];
  people: PeopleRow[];
  count: number;
  unused: readonly UnusedColumn[];
}> {
  const rows: ImportRow[] = [];
  const people: PeopleRow[] = [];
  const seen = new Map<string, number>();
  let header: Header | null = null;
  let unused: readonly UnusedColumn[] = [];
  let count = 0;
  for (const { line, cells, flaw } of csvRows(text, delimiterOf(text))) {
    if (header === null) {
      const first = flaw === null ? readHeader(cells) : { error: ROW_FLAWS[flaw] };
      if ('error' in first) {
        errors.ofRow(line, [first.error]);
        return { rows, people, count: 0, unused };
      }
      header = first.header;
      unused = unusedColumns(cells, header);
      continue;
    }
    count += 1;
    if (count % ROWS === 0) await breathe();
    const row =
      flaw === null ? readRow(header, cells, lifelines) : { draft: null, errors: [ROW_FLAWS[flaw]] };
    const key = row.draft && `${row.draft.kind} ${row.draft.code}`;
    const first = key === null ? undefined : seen.get(key);
    if (row.draft === null || key === null) errors.ofRow(line, row.errors);
    else if (first !== undefined) errors.ofRow(line, [repeats(first)]);
    else {
      seen.set(key, line);
      const { draft } = row;
      if (draft.kind === 'unit' || draft.kind === 'contact') people.push({ line, wish: personWish(draft) });
      else rows.push({ line, wish: rowWish(draft) });
    }
  }
  if (header === null) errors.ofRow(1, [EMPTY_FILE]);
  return { rows, people, count, unused };
}

/** Key by key and by Chinese name, as a person may write either. */
const lifelineNames = (service: Service): ReadonlyMap<string, string> =>
  new Map<string, string>(
    service.packs().flatMap((p) => [
      [p.lifeline, p.lifeline],
      [p.name.zh, p.lifeline],
    ]),
  );

const NOT_THEIRS = bad(
  'kind',
  'not-permitted',
  '您无权维护单位与联系人',
  'units and contacts are not yours to keep',
);

const repeats = (line: number) =>
  bad('code', 'row-repeats', `与第 ${line} 行重复`, `the same as line ${line}`);
