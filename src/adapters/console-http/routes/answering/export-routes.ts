import type { z } from 'zod';
import { as } from '../../../../domain/ids.ts';
import type { Level } from '../../../../domain/level.ts';
import { ORDER_STATES, type Order } from '../../../../domain/order/order.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { AuditFilter, AuditKept } from '../../../../flow/ports/audit.ts';
import { BOM } from '../../../../wire/files/csv.ts';
import {
  ORDERS_CSV_HEADER,
  ORDERS_SHEET,
  orderCells,
  orderLine,
} from '../../../../wire/http/answering/export-cells.ts';
import { AUDIT_SHEET, auditCells } from '../../../../wire/http/audit.ts';
import type { OrdersQuery } from '../../../../wire/http/response/orders.ts';
import { ruleDraftJson } from '../../../../wire/http/rules/rules.ts';
import {
  changesTo,
  rulesFile,
  type rulesFileDone,
  rulesFileText,
} from '../../../../wire/http/rules/rules-file.ts';
import { withFirstChunk } from '../../answer/first-chunk.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import type { ListPage } from '../paging.ts';
import { matches, statesOf } from '../response/order-routes.ts';
import { maySee } from '../response/seen-order.ts';
import { othersWith } from '../second-person.ts';
import { drillFile, inDrill } from './drill-file.ts';
import { ofADrill } from './of-a-drill.ts';

type Names = Extract<keyof Handlers, 'ordersCsv' | 'ordersXlsx' | 'auditXlsx' | 'rulesFile' | 'putRulesFile'>;
type OrdersAsk = Omit<OrdersQuery, 'limit' | 'after'>;
type Who = { readonly session: Session; readonly sees: (area: string) => boolean };

/** Read at once: what is on its way never stands in memory as a whole. */
const PAGE = 100;

export function exportRoutes(parts: Services): Pick<Handlers, Names> {
  const { responses, audit, clock, service, accounts, journal, writeSheet } = parts;
  const { rules } = service;

  async function* orders(q: OrdersAsk, who: Who): AsyncGenerator<readonly Order[]> {
    const states = q.state === undefined ? ORDER_STATES : statesOf(q.state);
    const query = { ...q, limit: PAGE, after: undefined };
    const filter = {
      open: null,
      states,
      level: q.level as Level | undefined,
      lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
      area: q.area === undefined ? undefined : as.area(q.area),
      unit: q.unit === undefined ? undefined : as.unit(q.unit),
      alarm: q.alarm === undefined ? undefined : as.alarm(q.alarm),
    };
    let after: string | null = null;
    const { drill } = q;
    if (drill !== undefined) {
      const wanted = (o: Order) => matches(o, query, states, clock.now()) && maySee(o, who);
      do {
        const asked = { drill, limit: PAGE, after: after ?? undefined };
        const page: ListPage<Order> = await ofADrill(journal, 'order', asked, wanted);
        yield page.items.map((o) => ({ ...o, title: inDrill(drill, o.title) }));
        after = page.next;
      } while (after !== null);
      return;
    }
    do {
      const page = await responses.orders(filter, PAGE, after);
      yield page.items.filter((o) => matches(o, query, states, clock.now()) && maySee(o, who));
      after = page.next;
    } while (after !== null);
  }

  async function* lines(q: OrdersAsk, who: Who): AsyncGenerator<string> {
    yield BOM + ORDERS_CSV_HEADER;
    for await (const page of orders(q, who))
      if (page.length > 0) yield page.map((o) => orderLine(o, clock.now())).join('');
  }

  async function* cells(q: OrdersAsk, who: Who) {
    for await (const page of orders(q, who)) yield page.map((o) => orderCells(o, clock.now()));
  }

  async function* entries(filter: AuditFilter) {
    let after: number | null = null;
    for (;;) {
      let page: readonly AuditKept[];
      try {
        page = await audit.entries(filter, PAGE, after);
      } catch {
        throw new HttpProblem('audit-failed');
      }
      yield page.map(auditCells);
      if (page.length < PAGE) return;
      after = page.at(-1)?.n ?? null;
    }
  }

  const inForce = () =>
    rulesFile(
      service
        .packs()
        .flatMap((p) => p.rules.map((r) => [r.id, rules.versions(r.id).at(-1)?.settings ?? []] as const)),
    );

  return {
    ordersCsv: ({ query, session, sees, header }) => {
      header('content-disposition', `attachment; filename="${drillFile('orders', query)}.csv"`);
      return withFirstChunk(lines(query, { session, sees }));
    },
    ordersXlsx: ({ query, session, sees, header }) => {
      header('content-disposition', `attachment; filename="${drillFile('orders', query)}.xlsx"`);
      const rows = cells(query, { session, sees });
      return withFirstChunk(writeSheet({ name: '工单', columns: ORDERS_SHEET, rows }));
    },
    auditXlsx: ({ query, header }) => {
      header('content-disposition', 'attachment; filename="audit.xlsx"');
      return withFirstChunk(writeSheet({ name: '审计', columns: AUDIT_SHEET, rows: entries(query) }));
    },
    rulesFile: () => ({
      bytes: new TextEncoder().encode(rulesFileText(inForce())),
      type: 'application/json',
      name: 'rules.json',
    }),
    putRulesFile: async ({ query, body, session }) => {
      const { changes, unchanged } = changesTo(inForce(), body);
      const items: z.infer<typeof rulesFileDone>['items'] = [];
      for (const { rule, scope, change } of changes) {
        if (rules.packRule(as.rule(rule)) === undefined) {
          items.push({ rule, scope, became: 'refused', code: 'rule-unknown' });
          continue;
        }
        if (query.dryRun === true) {
          items.push({ rule, scope, became: 'to-change' });
          continue;
        }
        const done = await service.rule({
          do: 'propose',
          rule: as.rule(rule),
          change,
          reason: body.reason,
          submit: true,
          by: { account: session.account, name: session.name },
          commandId: null,
        });
        if (!done.ok) {
          items.push({ rule, scope, became: 'refused', code: done.error.code });
          continue;
        }
        const others = othersWith(accounts, 'rule.approve', done.value.author.account);
        const became = done.value.state === 'approved' ? 'in-force' : 'waiting';
        items.push({ rule, scope, became, draft: ruleDraftJson(done.value, others) });
      }
      return { items, unchanged };
    },
  };
}
