import { z } from 'zod';
import {
  HANDOVER_CHECKS,
  HANDOVER_STATES,
  type Handover,
  type HandoverChangeKind,
  type HandoverEvent,
  SIDES,
  whoAnswers,
} from '../../domain/handover/handover.ts';
import { accountOf } from '../../domain/response/event.ts';
import { actorName, iso } from '../alarm.ts';
import { levelOut } from '../response/order.ts';

const instant = z.iso.datetime().describe('ISO 8601 UTC');
const person = z.object({ account: z.string(), name: z.string() });
const listed = <T extends z.ZodRawShape>(shape: T) =>
  z.object({
    total: z.number().int().describe('how many there were; `items` may be the first of them'),
    items: z.array(z.object(shape)),
  });

const contents = z
  .object({
    alarms: listed({
      id: z.string(),
      level: levelOut,
      point: z.string(),
      site: z.string(),
      rule: z.object({ zh: z.string(), en: z.string() }),
      phase: z.string(),
      overlay: z.string(),
      raisedAt: instant,
      ackBy: z.string().nullable(),
      interrupted: z.boolean(),
    }),
    incidents: listed({
      id: z.string(),
      level: levelOut,
      name: z.object({ zh: z.string(), en: z.string() }),
      state: z.string(),
    }),
    warnings: listed({
      id: z.string(),
      level: levelOut,
      kind: z.string(),
      areaText: z.string(),
      state: z.string(),
      expires: instant,
      overdue: z.boolean(),
    }),
    orders: listed({
      id: z.string(),
      no: z.string(),
      level: levelOut,
      title: z.string(),
      unit: z.string().nullable(),
      state: z.string(),
      next: z
        .object({ clock: z.string(), dueAt: instant })
        .nullable()
        .describe('the clock that runs out first; null: none runs'),
    }),
    shelves: listed({
      alarm: z.string(),
      level: levelOut,
      site: z.string(),
      until: instant,
      by: z.string(),
      reason: z.string(),
    }),
    works: listed({
      id: z.string(),
      point: z.string(),
      name: z.string(),
      from: instant,
      until: instant,
      by: z.string(),
      reason: z.string(),
    }),
    devices: listed({ device: z.string(), point: z.string().nullable(), since: instant }),
    notices: listed({
      id: z.string(),
      about: z.string(),
      to: z.string().nullable(),
      channel: z.string(),
      queuedAt: instant,
    }),
    upstreams: listed({
      name: z.string(),
      title: z.string(),
      live: z.number().int(),
      bulk: z.number().int(),
      rejected: z.number().int(),
      oldestAt: instant.nullable(),
    })
      .optional()
      .describe('what waits for platforms above; absent in hand-overs of before it was kept'),
  })
  .meta({ id: 'HandoverContents' });

/** A hand-over 交接班 without its contents: in lists and frames (interfaces §9). */
export const handoverJson = z
  .object({
    id: z.string(),
    state: z.enum(HANDOVER_STATES),
    answers: z
      .enum(SIDES)
      .describe('which shift answers now: the outgoing one until all of the incoming one have signed'),
    from: instant,
    to: instant.describe('when it was made, and its contents were frozen'),
    areas: z.array(z.string()).describe('none: the whole city'),
    outgoing: z.array(person),
    incoming: z.array(person),
    instructions: z.string().nullable(),
    seq: z.number().int().describe('the newest event that the contents know'),
    anchor: z.string().nullable().describe('of the audit journal then'),
    reason: z.string().nullable().describe('why it is made during a red incident'),
    madeBy: z.string(),
    signatures: z.array(
      person.extend({
        side: z.enum(SIDES),
        at: instant,
        by: z.enum(['password', 'totp']),
        remarks: z.string().nullable(),
        ticks: z.array(z.enum(HANDOVER_CHECKS)),
      }),
    ),
    endedAt: instant.nullable(),
    voided: z.object({ by: z.string(), reason: z.string() }).nullable(),
    counts: z
      .record(z.string(), z.number().int())
      .describe(
        'of the contents: alarms, incidents, warnings, orders, shelves, works, devices, notices, upstreams',
      ),
    revision: z.number().int(),
  })
  .meta({ id: 'Handover' });

export const handoverOut = handoverJson.extend({ contents }).meta({ id: 'HandoverWithContents' });

/** Who may be named in one. */
export const handoverPeopleOut = z
  .object({
    persons: z.number().int().describe('a side, at least'),
    items: z.array(z.object({ account: z.string(), name: z.string() })),
  })
  .meta({ id: 'HandoverPeople' });

export const handoverToJson = (h: Handover): z.infer<typeof handoverJson> => ({
  id: h.id,
  state: h.state,
  answers: whoAnswers(h),
  from: iso(h.from),
  to: iso(h.to),
  areas: [...h.areas],
  outgoing: h.outgoing.map((p) => ({ ...p })),
  incoming: h.incoming.map((p) => ({ ...p })),
  instructions: h.instructions,
  seq: h.seq,
  anchor: h.anchor,
  reason: h.reason,
  madeBy: actorName(h.madeBy),
  signatures: h.signatures.map((s) => ({ ...s, at: iso(s.at), ticks: [...s.ticks] })),
  endedAt: h.endedAt === null ? null : iso(h.endedAt),
  voided: h.voided === null ? null : { by: actorName(h.voided.by), reason: h.voided.reason },
  counts: Object.fromEntries(Object.entries(h.contents).map(([kind, { total }]) => [kind, total])),
  revision: h.revision,
});

type Timed = 'raisedAt' | 'expires' | 'until' | 'from' | 'since' | 'queuedAt' | 'dueAt' | 'oldestAt';
const TIMED: ReadonlySet<string> = new Set<Timed>([
  'raisedAt',
  'oldestAt',
  'expires',
  'until',
  'from',
  'since',
  'queuedAt',
  'dueAt',
]);

/** Instants as ISO 8601, whatever they lie in. */
const dated = (key: string, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((v) => dated('', v));
  if (typeof value === 'number' && TIMED.has(key)) return iso(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, dated(k, v)]));
};

export const handoverWithContents = (h: Handover): z.infer<typeof handoverOut> => ({
  ...handoverToJson(h),
  contents: dated('', h.contents) as z.infer<typeof contents>,
});

const KINDS: { readonly [K in HandoverChangeKind]: true } = { opened: true, signed: true, voided: true };
export const handoverEventKind = z.enum(Object.keys(KINDS) as [HandoverChangeKind, ...HandoverChangeKind[]]);

/** One event of its story. */
export const handoverEventOut = z
  .object({
    seq: z.number().int(),
    revision: z.number().int(),
    event: handoverEventKind,
    at: instant,
    by: z.string(),
    account: z.string().nullable(),
    side: z.enum(SIDES).optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'HandoverEvent' });

export const handoverEventJson = (seq: number, e: HandoverEvent): z.infer<typeof handoverEventOut> => ({
  seq,
  revision: e.revision,
  event: e.change.kind,
  at: iso(e.at),
  by: actorName(e.by),
  account: accountOf(e.by),
  ...(e.change.kind === 'signed' ? { side: e.change.signature.side } : {}),
  ...('reason' in e.change && e.change.reason !== undefined ? { reason: e.change.reason } : {}),
});
