import { z } from 'zod';
import type { RuleId } from '../../../domain/ids.ts';
import type { Level } from '../../../domain/level.ts';
import type { RuleChange, RuleScope, Setting, StepField, StepSetting } from '../../../domain/rules/change.ts';
import { judgesOut } from '../lifelines.ts';
import { flagIn, textIn } from '../shapes.ts';
import { changeFrom, draftIn, levelWire, ruleDraftOut, ruleIdIn } from './rules.ts';

/** Rules as a file 规则文件: what the house has set, sorted, for version control; and the same coming in. */

const scopeIn = z.union([
  z.literal('lifeline'),
  z.strictObject({ area: z.string() }),
  z.strictObject({ point: z.string() }),
]);
const stepIn = z.strictObject({
  level: levelWire,
  enabled: z.boolean().optional(),
  limit: z
    .union([z.number(), z.strictObject({ low: z.number().optional(), high: z.number().optional() })])
    .optional(),
  deadband: z.number().optional(),
  onDelayMs: z.number().optional(),
  offDelayMs: z.number().optional(),
});
const entry = z.strictObject({
  rule: ruleIdIn,
  scope: scopeIn.describe('where the numbers hold: "lifeline", {"area": code} or {"point": code}'),
  judges: judgesOut.optional(),
  changes: z.array(stepIn).max(4),
});
type Entry = z.output<typeof entry>;

const FORMAT = 'lifeline-rules/1';
const file = {
  format: z.literal(FORMAT),
  rules: z
    .array(entry)
    .max(10_000)
    .describe('in order of rule and scope; what is not in it stands as its pack has it'),
};
const rulesFileOut = z.object(file);
export const rulesFileBody = z
  .strictObject({ ...file, reason: textIn(500).describe('why; kept with each version that comes of it') })
  .meta({ id: 'PutRulesFile' });
export const rulesFileQuery = z.strictObject({
  dryRun: flagIn.describe('true: only said what would become of it'),
});
export const rulesFileDone = z
  .object({
    items: z.array(
      z.object({
        rule: z.string(),
        scope: z.union([
          z.literal('lifeline'),
          z.object({ area: z.string() }),
          z.object({ point: z.string() }),
        ]),
        became: z
          .enum(['in-force', 'waiting', 'refused', 'to-change'])
          .describe('waiting: another person must approve; to-change: dryRun'),
        code: z.string().optional().describe('of a refusal'),
        draft: ruleDraftOut.optional(),
      }),
    ),
    unchanged: z.number().int(),
  })
  .meta({ id: 'RulesFileDone' });

const WIRE: { readonly [F in StepField]: Exclude<keyof z.output<typeof stepIn>, 'level'> } = {
  enabled: 'enabled',
  limit: 'limit',
  deadband: 'deadband',
  onDelay: 'onDelayMs',
  offDelay: 'offDelayMs',
};

const scopeOf = (s: RuleScope): Entry['scope'] =>
  s.kind === 'lifeline' ? 'lifeline' : s.kind === 'area' ? { area: s.area } : { point: s.point };
const keyOf = (rule: string, scope: Entry['scope']): string => `${rule} ${JSON.stringify(scope)}`;

/** @param inForce the settings of each rule, as of its newest version */
export function rulesFile(
  inForce: Iterable<readonly [RuleId, readonly Setting[]]>,
): z.infer<typeof rulesFileOut> {
  const rules = new Map<string, Entry>();
  for (const [rule, settings] of inForce)
    for (const s of settings) {
      const scope = scopeOf(s.scope);
      const key = keyOf(rule, scope);
      const there = rules.get(key) ?? { rule, scope, changes: [] };
      rules.set(key, s.level === null ? { ...there, judges: s.value } : withStep(there, s));
    }
  return {
    format: FORMAT,
    rules: [...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e),
  };
}

function withStep(e: Entry, s: StepSetting): Entry {
  const [value] = s.field === 'limit' && 'limit' in s.value ? [s.value.limit] : [s.value];
  const before = e.changes.find((c) => c.level === s.level) ?? { level: s.level };
  const step = inOrder({ ...before, [WIRE[s.field]]: value });
  const others = e.changes.filter((c) => c.level !== s.level);
  return { ...e, changes: [...others, step].sort((a, b) => a.level - b.level) };
}

/** The same numbers are the same text, whoever wrote them. */
const inOrder = (step: Entry['changes'][number]): Entry['changes'][number] =>
  Object.fromEntries(
    ['level', ...Object.values(WIRE)].flatMap((k) => (k in step ? [[k, step[k as keyof typeof step]]] : [])),
  ) as Entry['changes'][number];

/** As text: two blanks in, a line for each number, so that a comparison shows what is another. */
export const rulesFileText = (f: z.infer<typeof rulesFileOut>): string => `${JSON.stringify(f, null, 2)}\n`;

export type WantedChange = {
  readonly rule: string;
  readonly scope: Entry['scope'];
  readonly change: RuleChange;
};

/** What must be changed so that what is in force is what the file says; what it does not say goes back to the pack. */
export function changesTo(
  now: z.infer<typeof rulesFileOut>,
  wanted: Pick<z.output<typeof rulesFileBody>, 'rules'>,
): { readonly changes: readonly WantedChange[]; readonly unchanged: number } {
  const before = new Map(now.rules.map((e) => [keyOf(e.rule, e.scope), e]));
  const after = new Map(wanted.rules.map((e) => [keyOf(e.rule, e.scope), e]));
  const changes: WantedChange[] = [];
  let unchanged = 0;
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, next] = [before.get(key), after.get(key)];
    const { rule, scope } = (next ?? old) as Entry;
    const steps = stepsTo(old?.changes ?? [], next?.changes ?? []);
    const judges = old?.judges === next?.judges ? {} : { judges: next?.judges ?? null };
    if (steps.length === 0 && !('judges' in judges)) {
      unchanged += 1;
      continue;
    }
    const change = changeFrom(draftIn.parse({ scope, changes: steps, ...judges }));
    changes.push({ rule, scope, change });
  }
  return { changes, unchanged };
}

type Step = Entry['changes'][number];
type StepTo = { level: Level } & Record<string, unknown>;

function stepsTo(old: readonly Step[], next: readonly Step[]): readonly StepTo[] {
  const found: StepTo[] = [];
  for (const level of [1, 2, 3, 4] as const) {
    const a = old.find((s) => s.level === level);
    const b = next.find((s) => s.level === level);
    const to: StepTo = { level };
    for (const k of Object.values(WIRE))
      if (JSON.stringify(a?.[k]) !== JSON.stringify(b?.[k])) to[k] = b?.[k] ?? null;
    if (Object.keys(to).length > 1) found.push(to);
  }
  return found;
}
