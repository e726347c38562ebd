import { z } from 'zod';
import { iso } from '../alarm.ts';
import { csvLine } from '../files/csv.ts';
import { cursorIn, instantIn, instantOut, limitIn } from './shapes.ts';

const filter = {
  who: z.string().max(80).optional().describe('account, `token:<name>`, `device:<code>`'),
  what: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .describe('its beginning: `session` finds `session.login`'),
  object: z.string().max(200).optional(),
  outcome: z.enum(['done', 'refused']).optional(),
  from: instantIn.optional(),
  to: instantIn.optional(),
};
export const auditQuery = z.strictObject({ limit: limitIn(1_000, 100), after: cursorIn, ...filter });
export const auditExportQuery = z.strictObject(filter);

export const auditOut = z
  .object({
    n: z.number().int(),
    at: instantOut,
    who: z.string().nullable(),
    from: z.string().nullable().describe('address; null: the service itself'),
    what: z.string(),
    object: z.string().nullable(),
    outcome: z.enum(['done', 'refused']),
    why: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    seal: z.string(),
  })
  .meta({ id: 'AuditEntry' });

export const anchorOut = z
  .object({
    anchor: z
      .string()
      .nullable()
      .describe(
        '`n:seal` of the newest entry; written into the hand-over it proves later that nothing was cut',
      ),
    at: instantOut.nullable(),
  })
  .meta({ id: 'AuditAnchor' });

type Kept = {
  readonly n: number;
  readonly at: number;
  readonly who: string | null;
  readonly from: string | null;
  readonly what: string;
  readonly object: string | null;
  readonly outcome: 'done' | 'refused';
  readonly why?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly seal: string;
};

export const auditJson = (e: Kept): z.infer<typeof auditOut> => ({
  n: e.n,
  at: iso(e.at),
  who: e.who,
  from: e.from,
  what: e.what,
  object: e.object,
  outcome: e.outcome,
  why: e.why ?? null,
  before: e.before ?? null,
  after: e.after ?? null,
  seal: e.seal,
});

const HEAD = ['序号', '时间', '操作者', '来源', '行为', '对象', '结果', '原因', '之前', '之后', '校验'];

const WIDTHS = [8, 20, 14, 18, 28, 28, 8, 24, 40, 40, 48];
export const AUDIT_SHEET = HEAD.map((head, i) => ({ head, width: WIDTHS[i] ?? 16 }));
export const auditCells = (e: Kept): readonly (string | number | null | { readonly at: number })[] => [
  e.n,
  { at: e.at },
  e.who,
  e.from,
  e.what,
  e.object,
  e.outcome === 'done' ? '完成' : '拒绝',
  e.why ?? null,
  e.before === undefined ? null : JSON.stringify(e.before),
  e.after === undefined ? null : JSON.stringify(e.after),
  e.seal,
];

export const AUDIT_CSV_HEADER = csvLine(HEAD);

export const auditLine = (e: Kept): string =>
  csvLine([
    e.n,
    iso(e.at),
    e.who,
    e.from,
    e.what,
    e.object,
    e.outcome === 'done' ? '完成' : '拒绝',
    e.why ?? null,
    e.before === undefined ? null : JSON.stringify(e.before),
    e.after === undefined ? null : JSON.stringify(e.after),
    e.seal,
  ]);
