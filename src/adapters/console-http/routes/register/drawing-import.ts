import type { z } from 'zod';
import type { Scope } from '../../../../domain/account/scope.ts';
import type { DrawingAsk } from '../../../../wire/files/drawing.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { drawingOut } from '../../../../wire/http/register.ts';
import type { Services } from '../../answer/services.ts';
import { RowErrors } from '../csv-file.ts';
import { rowWish } from './register-wishes.ts';

/**
 * One reading of a drawing: its features go the way of the rows of a register file. What is wrong with one is said, and
 * the others are used; a file that is wrong as a whole changes nothing.
 */
export async function importDrawing(
  { service, readDrawing }: Pick<Services, 'service' | 'readDrawing'>,
  bytes: Uint8Array,
  by: {
    readonly ask: DrawingAsk;
    readonly file: string;
    readonly scope: Scope;
    readonly language: Language;
    readonly dryRun: boolean;
  },
): Promise<z.infer<typeof drawingOut>> {
  const { scope, dryRun, language } = by;
  const read = await readDrawing(bytes, by.ask, by.file);
  const errors = new RowErrors(language);
  const isWhole = !read.faults.some((f) => f.feature === 0);
  const rows = isWhole
    ? read.drafts.map(({ feature, draft }) => ({ line: feature, wish: rowWish(draft) }))
    : [];
  const {
    failed,
    newDevices: _,
    ...counts
  } = rows.length === 0
    ? { created: 0, updated: 0, unchanged: 0, newDevices: [], failed: [] }
    : await service.importRegister({ rows, scope, trial: dryRun });
  for (const { feature, code, say } of read.faults) errors.ofRow(feature, [{ column: null, code, say }]);
  for (const { line, flaws } of failed)
    errors.ofRow(
      line,
      flaws.map(({ field, code, say }) => ({ column: field, code, say })),
    );
  const { kind, crs, bounds, fields, layers } = read;
  return {
    dryRun,
    rows: read.features,
    ...counts,
    failed: read.features - counts.created - counts.updated - counts.unchanged,
    ...errors.told(),
    unusedColumns: [],
    kind,
    crs,
    bounds: bounds === null ? null : [...bounds],
    fields: [...fields],
    layers: [...layers],
  };
}
