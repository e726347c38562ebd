import { z } from 'zod';
import type { Order } from '../../domain/order/order.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { actorName, iso } from '../alarm.ts';
import { type FileFault, readJsonFile } from '../mapping/read.ts';
import { mappingName } from '../mapping/schema.ts';
import { orderToJson } from '../response/order.ts';
import { fieldsOf } from '../upstream/fields.ts';
import { fieldRecord } from '../upstream/profile.ts';

const words = z.strictObject({ zh: z.string().min(1).max(300), en: z.string().min(1).max(300) });

/** How orders are taken away for another platform: its columns, its words, and what we have not (docs/citizens.md). */
const exportFile = z.strictObject({
  name: mappingName,
  title: words,
  note: z.string().max(2_000).optional(),
  columns: z.array(z.string().min(1).max(100)).min(1).max(200).describe('in their order'),
  fields: fieldRecord,
  gaps: z.record(z.string(), words).describe('columns that nothing here can fill, and why'),
});
export type ExportProfile = z.output<typeof exportFile>;

/** Text of a file → the profile, or everything that is wrong with it, each with its line. */
export function readExportProfile(text: string): Result<ExportProfile, readonly FileFault[]> {
  const read = readJsonFile(text, exportFile);
  if (!read.ok) return read;
  const { columns, fields, gaps } = read.value;
  const lineOf = (name: string) =>
    text.slice(0, Math.max(0, text.lastIndexOf(`"${name}"`))).split('\n').length;
  const faults: FileFault[] = [];
  for (const c of columns) {
    const times = Number(Object.hasOwn(fields, c)) + Number(Object.hasOwn(gaps, c));
    if (times !== 1)
      faults.push({
        line: lineOf(c),
        path: `columns.${c}`,
        why: times === 0 ? 'has neither a field nor a gap' : 'has a field and a gap: one of them is right',
      });
  }
  for (const c of [...Object.keys(fields), ...Object.keys(gaps)])
    if (!columns.includes(c)) faults.push({ line: lineOf(c), path: c, why: 'is none of the columns' });
  return faults.length === 0 ? ok(read.value) : no(faults);
}

export type ExportedRow = {
  readonly cells: Readonly<Record<string, string | number | null>>;
  /** Columns for which the profile had no word for what stands there. */
  readonly unsaid: readonly string[];
};

/** What becomes of an order by a profile; what cannot be said in its words is left empty, and named. */
export function exportedRow(profile: ExportProfile, document: unknown): ExportedRow {
  const cells: Record<string, string | number | null> = {};
  const unsaid: string[] = [];
  for (const column of profile.columns) {
    const spec = profile.fields[column];
    cells[column] = null;
    if (spec === undefined) continue;
    const made = fieldsOf({ [column]: spec }, document);
    if (made.ok) cells[column] = cellOf(made.value.get(column));
    else unsaid.push(made.error);
  }
  return { cells, unsaid };
}

function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/**
 * An order with what its story says, as profiles point into it: `order` as our interfaces have it, `case` what only the events know.
 *
 * @param foundAt when it was seen by whoever told of it
 */
export function caseDocument(
  order: Order,
  events: readonly JournaledResponse[],
  { now, foundAt }: { readonly now: Millis; readonly foundAt: Millis },
): object {
  const of = events.flatMap((e) => (e.of === 'order' ? [e.event] : []));
  const last = <K extends (typeof of)[number]['change']['kind']>(kind: K) =>
    of.findLast((e) => e.change.kind === kind);
  const verified = last('verified');
  const archived = last('archived');
  const fedBack = of.flatMap(({ change }) => (change.kind === 'fed-back' ? [change.text] : [])).at(-1);
  const { clocks, ...json } = orderToJson(order, now);
  const control = clocks.find((c) => c.name === 'control');
  return {
    order: { ...json, clocks },
    case: {
      foundAt: iso(foundAt),
      dispatchedAt: order.firstDispatchedAt === null ? null : iso(order.firstDispatchedAt),
      dueAt: control?.dueAt ?? null,
      feedback: fedBack ?? null,
      verifiedBy: verified === undefined ? null : actorName(verified.by),
      archivedAt: archived === undefined ? null : iso(archived.at),
      extensions: of.filter(({ change }) => change.kind === 'extension-answered' && change.granted).length,
    },
  };
}
