import { as } from '../../../../domain/ids.ts';
import { ORDER_STATES, type Order } from '../../../../domain/order/order.ts';
import { caseDocument, type ExportedRow, exportedRow } from '../../../../wire/exports/export-profile.ts';
import { BOM, csvLine } from '../../../../wire/files/csv.ts';
import type { Handlers } from '../../answer/handler.ts';
import { refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { statesOf } from '../response/order-routes.ts';
import { maySee } from '../response/seen-order.ts';

/** Stories of orders read at once. */
const AT_ONCE = 20;

/** Orders as another platform wants them: by a profile that is a file (docs/citizens.md). */
export function caseExport(parts: Services): Pick<Handlers, 'exportOrders'> {
  const { responses, citizens, exportProfiles, clock } = parts;

  async function rowOf(order: Order, profile: Parameters<typeof exportedRow>[0]): Promise<ExportedRow> {
    const events = await responses.eventsOf(order.id);
    const told =
      order.source.kind === 'citizen' && order.source.id !== null
        ? await citizens.one(as.citizenReport(order.source.id))
        : null;
    const foundAt = told?.report.calledAt ?? order.createdAt;
    return exportedRow(profile, caseDocument(order, events, { now: clock.now(), foundAt }));
  }

  return {
    exportOrders: async ({ query, session, sees, header }) => {
      const found = exportProfiles.of(query.profile);
      if (found === null)
        throw refused({
          code: 'unknown-reference',
          detail: { zh: `没有导出配置 ${query.profile}`, en: `There is no profile ${query.profile}.` },
        });
      if (!found.ok) {
        const [fault] = found.error;
        const where = fault === undefined ? '' : `line ${fault.line}: ${fault.path} ${fault.why}`;
        throw refused({
          code: 'unknown-reference',
          detail: { zh: `导出配置有误：${where}`, en: `The profile has faults: ${where}` },
        });
      }
      const profile = found.value;
      const states = query.state === undefined ? ORDER_STATES : statesOf(query.state);
      const filter = {
        open: null,
        states,
        lifeline: query.lifeline === undefined ? undefined : as.lifeline(query.lifeline),
        area: query.area === undefined ? undefined : as.area(query.area),
      };
      const page = await responses.orders(filter, query.limit, query.after ?? null);
      const orders = page.items.filter((o) => maySee(o, { session, sees }));
      const rows: ExportedRow[] = [];
      for (let from = 0; from < orders.length; from += AT_ONCE)
        rows.push(...(await Promise.all(orders.slice(from, from + AT_ONCE).map((o) => rowOf(o, profile)))));
      const { next } = page;
      if (next !== null) header('x-next', next);
      const text = query.format === 'csv' ? csvOf(profile.columns, rows) : jsonOf(profile, rows, next);
      return {
        bytes: new TextEncoder().encode(text),
        type: query.format === 'csv' ? 'text/csv' : 'application/json',
        name: `${profile.name}.${query.format}`,
      };
    },
  };
}

const csvOf = (columns: readonly string[], rows: readonly ExportedRow[]): string =>
  BOM +
  csvLine([...columns, 'unsaid']) +
  rows.map((r) => csvLine([...columns.map((c) => r.cells[c] ?? null), r.unsaid.join('; ') || null])).join('');

const jsonOf = (
  { name, gaps }: Parameters<typeof exportedRow>[0],
  rows: readonly ExportedRow[],
  next: string | null,
): string =>
  `${JSON.stringify({ profile: name, gaps, items: rows.map(({ cells, unsaid }) => ({ ...cells, unsaid })), next }, null, 1)}\n`;
