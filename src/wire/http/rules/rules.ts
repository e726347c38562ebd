import { z } from 'zod';
import { as } from '../../../domain/ids.ts';
import { JUDGES } from '../../../domain/judge/admits.ts';
import type { Unjudged } from '../../../domain/judge/signals/kind.ts';
import type { Level } from '../../../domain/level.ts';
import type { Rule } from '../../../domain/rule.ts';
import type {
  Person,
  RuleChange,
  RuleDraft,
  RuleScope,
  RuleVersion,
  Setting,
  StepChange,
} from '../../../domain/rules/change.ts';
import type { EffectiveRule, NumberInForce } from '../../../domain/rules/effective.ts';
import { judgesOut, type RuleJson, ruleJson, ruleOut, sourceOut } from '../lifelines.ts';
import { codeIn, instantOut, lifelineIn, paging, textIn } from '../shapes.ts';

/** Rules as they are in force, whose number each is, and how they are changed. */

export const ruleIdIn = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/);
export const draftIdIn = z.string().regex(/^D\d{1,9}$/);

export const ruleWhereQuery = {
  point: codeIn.optional().describe('in force at this point'),
  area: codeIn.optional().describe('in force in this area, where no point has a number of its own'),
};

export const rulesQuery = z.strictObject({
  ...paging,
  ...ruleWhereQuery,
  lifeline: lifelineIn.optional(),
});
export const ruleQuery = z.strictObject(ruleWhereQuery);

// ── coming in ───────────────────────────────────────────────────────────────────────────────────────

export const levelWire = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const scopeIn = z
  .union([z.strictObject({ area: codeIn }), z.strictObject({ point: codeIn }), z.literal('lifeline')])
  .describe('where the numbers hold: "lifeline" (everywhere), {"area": code} or {"point": code}');

const limitIn = z.union([
  z.number(),
  z.strictObject({ limit: z.number() }),
  z.strictObject({ low: z.number().optional(), high: z.number().optional() }),
]);

const ms = z.number().describe('milliseconds');

const stepChangeIn = z
  .strictObject({
    level: levelWire,
    limit: limitIn.nullable().optional(),
    deadband: z.number().nullable().optional(),
    onDelayMs: ms.nullable().optional(),
    offDelayMs: ms.nullable().optional(),
    enabled: z.boolean().nullable().optional(),
  })
  .refine((s) => Object.keys(s).length > 1, {
    error: 'name at least one number beside the level',
    params: { zh: '级别之外至少写一个数值' },
  })
  .describe('numbers of one step; null gives a number back to the wider scope or the pack');

const changed = {
  scope: scopeIn.default('lifeline'),
  changes: z.array(stepChangeIn).max(4).default([]),
  judges: judgesOut.nullable().optional(),
};
const saysSomething = (d: { readonly changes: readonly unknown[]; readonly judges?: unknown }): boolean =>
  d.changes.length > 0 || d.judges !== undefined;
const NOTHING_SAID = {
  path: ['changes'],
  message: 'name at least one number of a step, or judges',
  params: { zh: '至少写一个级别的数值，或 judges' },
};

/** What a backtest tries: a change that nobody has made. */
export const draftIn = z.strictObject(changed).refine(saysSomething, NOTHING_SAID);

const commandId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
  .optional();

export const ruleChangeBody = z
  .strictObject({
    ...changed,
    reason: textIn(500).describe('why; kept with the version'),
    submit: z.boolean().default(true).describe('false: only write the draft down'),
    commandId,
  })
  .refine(saysSomething, NOTHING_SAID);
export const revertBody = z.strictObject({
  version: z.int().min(1).max(1_000_000).describe('as it was at this version'),
  reason: textIn(500),
  commandId,
});
export const decisionBody = z.strictObject({ note: textIn(500).optional() });

export const draftsQuery = z.strictObject({
  ...paging,
  state: z.enum(['draft', 'submitted', 'approved', 'rejected', 'withdrawn']).optional(),
  rule: ruleIdIn.optional(),
});
export const versionsQuery = z.strictObject(paging);

export function changeFrom(d: z.output<typeof draftIn>): RuleChange {
  return {
    do: 'set',
    scope: scopeFrom(d.scope),
    steps: d.changes.map(stepFrom),
    ...(d.judges === undefined ? {} : { judges: d.judges }),
  };
}

function scopeFrom(s: z.output<typeof scopeIn>): RuleScope {
  if (s === 'lifeline') return { kind: 'lifeline' };
  return 'area' in s ? { kind: 'area', area: as.area(s.area) } : { kind: 'point', point: as.point(s.point) };
}

function stepFrom(s: z.output<typeof stepChangeIn>): StepChange {
  const { limit } = s;
  return {
    level: s.level as Level,
    enabled: s.enabled,
    limit: typeof limit === 'number' ? { limit } : limit == null ? limit : given(limit),
    deadband: s.deadband,
    onDelay: s.onDelayMs,
    offDelay: s.offDelayMs,
  };
}

const given = (parts: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(Object.entries(parts).filter((e): e is [string, number] => e[1] !== undefined));

// ── going out ───────────────────────────────────────────────────────────────────────────────────────

const personOut = z.object({ account: z.string(), name: z.string() });
export const scopeOut = z.object({
  kind: z.enum(['lifeline', 'area', 'point']),
  code: z.string().nullable().describe('of the area or the point'),
});

const fromOverrideOut = z.object({
  is: z.literal('override'),
  scope: scopeOut,
  version: z.int(),
  by: personOut,
  approvedBy: personOut.nullable(),
  at: instantOut,
  reason: z.string(),
});

const fromOut = z
  .discriminatedUnion('is', [z.object({ is: z.literal('pack'), source: sourceOut }), fromOverrideOut])
  .describe('whose number it is');

const numberOf = <T extends z.ZodType>(value: T) => z.object({ value, from: fromOut });

const stepNumbersOut = z.object({
  level: levelWire,
  enabled: numberOf(z.boolean()),
  limit: numberOf(z.record(z.string(), z.number())),
  deadband: numberOf(z.number()),
  onDelayMs: numberOf(z.number()),
  offDelayMs: numberOf(z.number()),
});

const unjudgedOut = z
  .object({
    why: z
      .enum(['too-sparse', 'too-little-yet', 'learning', 'no-baseline', 'no-environment'])
      .describe(
        'too-sparse: samples come further apart than the rule can look; the others: not known yet, or not at all',
      ),
    everyMs: z.number().optional().describe('too-sparse: how far apart the samples come'),
    windowMs: z.number().optional().describe('the rule’s window'),
  })
  .describe('with `point`: the point is heard, and the rule cannot say anything of it; absent: it can');

export const effectiveRuleOut = ruleOut
  .extend({
    overridden: z.boolean().describe('some number is not the pack’s'),
    numbers: z.array(stepNumbersOut).describe('every step of the pack, with whose number each is'),
    unjudged: unjudgedOut.optional(),
    judgesFrom: fromOverrideOut.optional().describe('who said which readings it judges; absent: the pack'),
  })
  .meta({ id: 'EffectiveRule' });

const settingOut = z.object({
  scope: scopeOut,
  level: levelWire.nullable().describe('null: of the whole rule'),
  field: z.enum(['enabled', 'limit', 'deadband', 'onDelayMs', 'offDelayMs', 'judges']),
  value: z.union([z.boolean(), z.number(), z.record(z.string(), z.number()), z.enum(JUDGES)]),
  version: z.int(),
  by: personOut,
  approvedBy: personOut.nullable(),
  at: instantOut,
  reason: z.string(),
});

export const changeOut = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('set'),
    scope: scopeOut,
    steps: z.array(
      z.object({
        level: levelWire,
        enabled: z.boolean().nullable().optional(),
        limit: z.record(z.string(), z.number()).nullable().optional(),
        deadband: z.number().nullable().optional(),
        onDelayMs: z.number().nullable().optional(),
        offDelayMs: z.number().nullable().optional(),
      }),
    ),
    judges: judgesOut.nullable().optional(),
  }),
  z.object({ do: z.literal('revert'), version: z.int() }),
]);

export const ruleVersionOut = z
  .object({
    version: z.int(),
    at: instantOut.nullable().describe('null: came with the pack'),
    by: personOut.nullable(),
    approvedBy: personOut.nullable(),
    reason: z.string().nullable(),
    draft: z.string().nullable(),
    change: changeOut.nullable(),
    inForce: z.boolean(),
    overrides: z.array(settingOut).describe('all of the rule, in every scope, as of this version'),
  })
  .meta({ id: 'RuleVersion' });

export const ruleDraftOut = z
  .object({
    id: z.string(),
    rule: z.string(),
    state: z
      .enum(['draft', 'submitted', 'approved', 'rejected', 'withdrawn'])
      .describe('approved: in force since, as `version`'),
    change: changeOut,
    reason: z.string(),
    author: personOut,
    baseVersion: z.int(),
    version: z.int().nullable(),
    story: z.array(
      z.object({
        at: instantOut,
        by: personOut,
        did: z.enum(['draft', 'submitted', 'approved', 'rejected', 'withdrawn']),
        note: z.string().nullable(),
      }),
    ),
    approvers: z
      .int()
      .describe(
        'other accounts that may approve it; 0: nobody can, until one is added or the house asks for one person',
      ),
  })
  .meta({ id: 'RuleDraft' });
export type RuleDraftJson = z.input<typeof ruleDraftOut>;

const instant = (t: number): string => new Date(t).toISOString();
const person = (p: Person): z.infer<typeof personOut> => ({ account: p.account, name: p.name });
const personOrNull = (p: Person | null) => (p === null ? null : person(p));

export function scopeJson(s: RuleScope): z.infer<typeof scopeOut> {
  return { kind: s.kind, code: s.kind === 'lifeline' ? null : s.kind === 'area' ? s.area : s.point };
}

/** @param unjudged why it can say nothing at the point that was asked about */
export function effectiveJson(
  e: EffectiveRule,
  unjudged?: Unjudged,
): RuleJson & z.infer<typeof effectiveRuleOut> {
  return {
    ...ruleJson(e.rule),
    overridden: e.isOverridden,
    ...(unjudged === undefined ? {} : { unjudged: unjudgedJson(unjudged) }),
    ...(e.judges.from === null
      ? {}
      : { judges: e.judges.value, judgesFrom: { is: 'override' as const, ...whoseJson(e.judges.from) } }),
    numbers: e.steps.map(({ step, numbers }) => {
      const of = (field: NumberInForce['field']) => {
        const n = numbers.find((x) => x.field === field) as NumberInForce;
        const from =
          n.from === null
            ? { is: 'pack' as const, source: step.source }
            : { is: 'override' as const, ...whoseJson(n.from) };
        return { value: n.value as never, from };
      };
      return {
        level: step.level,
        enabled: of('enabled'),
        limit: of('limit'),
        deadband: of('deadband'),
        onDelayMs: of('onDelay'),
        offDelayMs: of('offDelay'),
      };
    }),
  };
}

const unjudgedJson = (u: Unjudged): z.infer<typeof unjudgedOut> => ({
  why: u.why,
  ...('every' in u ? { everyMs: u.every } : {}),
  ...('window' in u ? { windowMs: u.window } : {}),
});

const whoseJson = (s: Setting) => ({
  scope: scopeJson(s.scope),
  version: s.version,
  by: person(s.by),
  approvedBy: personOrNull(s.approvedBy),
  at: instant(s.at),
  reason: s.reason,
});

const FIELD = {
  enabled: 'enabled',
  limit: 'limit',
  deadband: 'deadband',
  onDelay: 'onDelayMs',
  offDelay: 'offDelayMs',
  judges: 'judges',
} as const;

/** The pack's own version, from which the others count on. */
export const packVersionJson = (rule: Rule, inForce: boolean): z.input<typeof ruleVersionOut> => ({
  version: rule.version,
  at: null,
  by: null,
  approvedBy: null,
  reason: null,
  draft: null,
  change: null,
  inForce,
  overrides: [],
});

export function ruleVersionJson(v: RuleVersion, inForce: boolean): z.input<typeof ruleVersionOut> {
  return {
    version: v.version,
    at: instant(v.at),
    by: person(v.by),
    approvedBy: personOrNull(v.approvedBy),
    reason: v.reason,
    draft: v.draft,
    change: changeJson(v.change),
    inForce,
    overrides: v.settings.map((s) => ({
      level: s.level,
      field: FIELD[s.field],
      value: s.value as number,
      ...whoseJson(s),
    })),
  };
}

export function changeJson(c: RuleChange): z.input<typeof changeOut> {
  if (c.do === 'revert') return c;
  return {
    do: 'set',
    scope: scopeJson(c.scope),
    steps: c.steps.map((s) => ({
      level: s.level,
      ...(s.enabled === undefined ? {} : { enabled: s.enabled }),
      ...(s.limit === undefined ? {} : { limit: s.limit === null ? null : { ...s.limit } }),
      ...(s.deadband === undefined ? {} : { deadband: s.deadband }),
      ...(s.onDelay === undefined ? {} : { onDelayMs: s.onDelay }),
      ...(s.offDelay === undefined ? {} : { offDelayMs: s.offDelay }),
    })),
    ...(c.judges === undefined ? {} : { judges: c.judges }),
  };
}

/** @param approvers other accounts that may approve it */
export function ruleDraftJson(d: RuleDraft, approvers: number): RuleDraftJson {
  return {
    id: d.id,
    rule: d.rule,
    state: d.state,
    change: changeJson(d.change),
    reason: d.reason,
    author: person(d.author),
    baseVersion: d.baseVersion,
    version: d.version,
    story: d.story.map((s) => ({ at: instant(s.at), by: person(s.by), did: s.did, note: s.note })),
    approvers,
  };
}
