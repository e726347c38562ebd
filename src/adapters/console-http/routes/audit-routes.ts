import type { Audit, AuditFilter, AuditKept } from '../../../flow/ports/audit.ts';
import { iso } from '../../../wire/alarm.ts';
import { BOM } from '../../../wire/files/csv.ts';
import { AUDIT_CSV_HEADER, auditJson, auditLine } from '../../../wire/http/audit.ts';
import { withFirstChunk } from '../answer/first-chunk.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { numberCursor } from './paging.ts';

const PAGE = 500;

export function auditRoutes({ audit }: Services): Pick<Handlers, 'audit' | 'auditCsv' | 'auditAnchor'> {
  return {
    audit: async ({ query: { limit, after, ...filter } }) => {
      const items = await readable(audit.entries(filter, limit + 1, numberCursor(after)));
      const page = items.slice(0, limit);
      return {
        items: page.map(auditJson),
        next: items.length > limit ? String(page.at(-1)?.n) : null,
      };
    },
    auditCsv: ({ query, header }) => {
      header('content-disposition', 'attachment; filename="audit.csv"');
      return withFirstChunk(lines(audit, query));
    },
    auditAnchor: async () => {
      const anchor = await readable(audit.anchor());
      return anchor === null
        ? { anchor: null, at: null }
        : { anchor: `${anchor.n}:${anchor.seal}`, at: iso(anchor.at) };
    },
  };
}

async function* lines(audit: Audit, filter: AuditFilter): AsyncGenerator<string> {
  yield BOM + AUDIT_CSV_HEADER;
  let after: number | null = null;
  for (;;) {
    const page: readonly AuditKept[] = await readable(audit.entries(filter, PAGE, after));
    if (page.length > 0) yield page.map(auditLine).join('');
    if (page.length < PAGE) return;
    after = page.at(-1)?.n ?? null;
  }
}

async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch {
    throw new HttpProblem('audit-failed');
  }
}
