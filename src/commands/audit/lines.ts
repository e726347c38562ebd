import type { ChainLink } from '../../adapters/audit/look.ts';
import type { AuditKept } from '../../flow/ports/audit.ts';
import { BOM } from '../../wire/files/csv.ts';
import { AUDIT_CSV_HEADER, auditLine } from '../../wire/http/audit.ts';

/** Every entry as a line: CSV for people, guarded against formulas; JSON lines for programs, with the sealed text as it is. */
export async function* exportLines(
  links: Iterable<ChainLink> | AsyncIterable<ChainLink>,
  jsonl: boolean,
): AsyncGenerator<string> {
  if (!jsonl) yield BOM + AUDIT_CSV_HEADER;
  for await (const { n, body, prev, seal } of links) {
    if (jsonl) yield `${JSON.stringify({ n, body, prev, seal })}\n`;
    else yield lineOf(n, body, seal);
  }
}

/** An entry that somebody broke is exported too: it is evidence. */
function lineOf(n: number, body: string, seal: string): string {
  try {
    return auditLine({ ...(JSON.parse(body) as AuditKept), n, seal });
  } catch {
    const at = 0;
    return auditLine({
      n,
      at,
      who: null,
      from: null,
      what: 'unreadable',
      object: body.slice(0, 500),
      outcome: 'refused',
      seal,
    });
  }
}
