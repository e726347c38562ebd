import { z } from 'zod';
import { COMMAND_NAME } from '../../domain/device-command/catalogue.ts';
import { JUDGES } from '../../domain/judge/admits.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Limit, Rule, Step } from '../../domain/rule.ts';
import { judgesFlaws } from '../../domain/rules/rule-flaws.ts';
import { limitWire } from '../../wire/signal.ts';
import { boundsOf, senselessSignal, signalSchema } from './signal.ts';

/**
 * What every pack must be: the types say its shape, this says its sense. Every pack runs through it when it is
 * imported, so that a service with a senseless limit does not start.
 */
const source = z.strictObject({
  mark: z.enum(['V', 'V2', 'R', 'D']),
  ref: z.string().min(4, 'a source names a document and a place in it'),
});

const bilingual = z.strictObject({
  zh: z.string().regex(/\p{Script=Han}/u, 'the Chinese text has no Chinese in it'),
  en: z.string().regex(/[a-z]/i, 'the English text has no English in it'),
});

const finite = z.number();
const duration = z.int().nonnegative();
const key = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9]*(\.[a-zA-Z0-9]+)*$/,
    'a key is made of letters and digits, parts joined by dots',
  );

const knownCommand = z.strictObject({
  name: z.string().regex(COMMAND_NAME),
  does: bilingual,
  kind: z.enum(['command', 'config']),
  params: z.array(
    z.strictObject({
      key,
      name: bilingual,
      type: z.enum(['number', 'text', 'flag']),
      unit: z.string().optional(),
      min: finite.optional(),
      max: finite.optional(),
      optional: z.literal(true).optional(),
    }),
  ),
  byTwo: z.boolean(),
});

const metric = z.strictObject({
  key,
  name: bilingual,
  unit: z.string(),
  kind: z.enum(['number', 'flag', 'waveform']),
  range: z.strictObject({ min: finite, max: finite, source }).optional(),
  sentinels: z.array(finite),
  expectedInterval: duration.positive(),
  arrivesWithin: duration.positive().optional(),
  spacing: z.strictObject({ min: z.number().positive(), max: z.number().positive(), source }).optional(),
  maxChangePerMinute: z.strictObject({ value: z.number().positive(), source }).optional(),
  conversions: z
    .array(
      z.strictObject({
        from: z.string().min(1),
        factor: finite.refine((f) => f !== 0, 'a factor of 0 makes every value 0'),
        offset: finite.optional(),
        source,
      }),
    )
    .optional(),
  feature: z
    .strictObject({
      of: key,
      stat: z.enum(['min', 'max', 'mean', 'rms', 'peakToPeak']),
      window: duration.positive(),
    })
    .optional(),
});

const step = z.strictObject({
  level: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  limit: limitWire,
  deadband: z.number().nonnegative(),
  onDelay: duration,
  offDelay: duration,
  source,
  advice: bilingual,
});

const rule = z.strictObject({
  id: z.string(),
  version: z.int().positive(),
  lifeline: z.string(),
  metric: key.nullable(),
  name: bilingual,
  signal: signalSchema,
  unit: z.string(),
  steps: z.array(step).min(1),
  judges: z.enum(JUDGES).optional(),
  explainedByWorks: z.literal(true).optional(),
  consequenceOf: z.array(z.string()).min(1).optional(),
  latching: z.boolean(),
  reAlarmAfter: duration.positive().nullable(),
});

export const packSchema = z
  .strictObject({
    lifeline: z.string().regex(/^[a-z][a-z0-9-]*$/),
    name: bilingual,
    metrics: z.array(metric).min(1),
    rules: z.array(rule).min(1),
    levelNote: bilingual,
    capCategories: z
      .array(
        z.enum([
          'Geo',
          'Met',
          'Safety',
          'Security',
          'Rescue',
          'Fire',
          'Health',
          'Env',
          'Transport',
          'Infra',
          'CBRNE',
          'Other',
        ]),
      )
      .min(1)
      .optional(),
    reserved: z.literal(true).optional(),
    commands: z.array(knownCommand).optional(),
    leakOrBiogas: z.strictObject({ methane: key, ethane: key, temperature: key }).optional(),
    forecast: z
      .strictObject({
        metric: key,
        rule: z.string(),
        wet: z.number().nonnegative(),
        counts: z.number().positive(),
        rain: z.strictObject({ reports: key, hours: key, toCome: key }).optional(),
      })
      .optional(),
  })
  .superRefine((pack, found) => {
    for (const problem of senseless(pack as unknown as Pack))
      found.addIssue({ code: 'custom', message: problem });
  });

/** @returns the pack itself; throws with every problem in it, one a line */
export function checked(pack: Pack): Pack {
  const found = packSchema.safeParse(pack);
  if (!found.success)
    throw new Error(`the pack "${pack.lifeline}" is not sound:\n${z.prettifyError(found.error)}`);
  return pack;
}

function* senseless(pack: Pack): Iterable<string> {
  yield* twice(
    'metric',
    pack.metrics.map((m) => m.key),
  );
  yield* twice(
    'rule',
    pack.rules.map((r) => r.id),
  );
  yield* twice(
    'command',
    (pack.commands ?? []).map((c) => c.name),
  );
  const metrics = new Map(pack.metrics.map((m) => [m.key, m]));
  for (const m of pack.metrics) yield* senselessMetric(m, metrics);
  const rules = new Map<string, Rule>(pack.rules.map((r) => [r.id, r]));
  for (const r of pack.rules) {
    yield* senselessRule(r, pack, metrics);
    yield* senselessSignal(r, metrics, rules);
  }
  const { forecast } = pack;
  if (forecast !== undefined && rules.get(forecast.rule)?.metric !== forecast.metric)
    yield `forecast: no rule ${forecast.rule} on ${forecast.metric}`;
  for (const metric of Object.values(pack.leakOrBiogas ?? {}))
    if (!metrics.has(metric)) yield `leakOrBiogas: no metric ${metric}`;
  for (const metric of Object.values(forecast?.rain ?? {}))
    if (!metrics.has(metric)) yield `forecast: no metric ${metric} for its rain`;
}

function* senselessMetric(m: Metric, all: ReadonlyMap<string, Metric>): Iterable<string> {
  if (m.range !== undefined && m.range.min >= m.range.max) yield `${m.key}: its range is empty`;
  if (m.kind !== 'flag' && m.range === undefined) yield `${m.key}: without a range, 1e308 would be a reading`;
  if (m.kind === 'flag' && (m.unit !== '' || m.range !== undefined))
    yield `${m.key}: a flag is 0 or 1, without unit or range`;
  if (m.feature === undefined) return;
  const wave = all.get(m.feature.of);
  if (wave?.kind !== 'waveform')
    yield `${m.key}: is cut from "${m.feature.of}", which is no waveform of this pack`;
  else if (wave.unit !== m.unit) yield `${m.key}: is in ${m.unit}, its waveform in ${wave.unit}`;
}

function* senselessRule(r: Rule, pack: Pack, metrics: ReadonlyMap<string, Metric>): Iterable<string> {
  for (const id of r.consequenceOf ?? []) {
    const parent = pack.rules.find((other) => other.id === id);
    if (parent === undefined) yield `${r.id}: "${id}", whose consequence it is, is no rule of this pack`;
    else if (parent.consequenceOf !== undefined) yield `${r.id}: "${id}" is a consequence itself`;
  }
  const m = r.metric === null ? undefined : metrics.get(r.metric);
  if (r.lifeline !== pack.lifeline) yield `${r.id}: belongs to "${r.lifeline}", not to this pack`;
  if (!r.id.startsWith(`${pack.lifeline}.${r.metric ?? 'any'}.`)) {
    yield `${r.id}: an id is <lifeline>.<metric>.<kind>, with "any" for a rule of the whole point`;
  }
  if (r.metric !== null && m === undefined) yield `${r.id}: "${r.metric}" is no metric of this pack`;
  if (m?.kind === 'waveform') yield `${r.id}: a waveform is judged by its features, never sample by sample`;
  for (const flaw of judgesFlaws(r, m ?? null)) yield `${r.id}: ${flaw.en}`;
  for (const s of r.steps) yield* senselessStep(r, s, m);
  for (let i = 1; i < r.steps.length; i++) {
    const [milder, graver] = [r.steps[i - 1] as Step, r.steps[i] as Step];
    if (graver.level >= milder.level) yield `${r.id}: steps go from the mildest to the gravest`;
    if (!isFarther(graver.limit, milder.limit))
      yield `${r.id}: level ${graver.level} lies no farther out than level ${milder.level}`;
  }
}

function* senselessStep(r: Rule, s: Step, m: Metric | undefined): Iterable<string> {
  const at = `${r.id} level ${s.level}`;
  const bounds = boundsOf(r, m);
  const { limit: l, deadband } = s;
  if (l.is === 'outside') {
    if (l.low >= l.high) yield `${at}: nothing lies inside`;
    if (l.low + deadband > l.high - deadband) yield `${at}: its deadband leaves no way back to normal`;
    if (l.low < bounds.min || l.high > bounds.max) yield `${at}: lies outside the metric's range`;
    return;
  }
  if (l.limit < bounds.min || l.limit > bounds.max) yield `${at}: lies outside the metric's range`;
  const back = l.is === 'above' ? l.limit - deadband > bounds.min : l.limit + deadband < bounds.max;
  if (!back) yield `${at}: its deadband leaves no way back to normal`;
}

function isFarther(a: Limit, b: Limit): boolean {
  if (a.is === 'outside') return b.is === 'outside' && a.low < b.low && a.high > b.high;
  if (b.is === 'outside' || a.is !== b.is) return false;
  return a.is === 'above' ? a.limit > b.limit : a.limit < b.limit;
}

function* twice(what: string, keys: readonly string[]): Iterable<string> {
  const seen = new Set<string>();
  for (const k of keys) {
    if (seen.has(k)) yield `the ${what} "${k}" is there twice`;
    seen.add(k);
  }
}
