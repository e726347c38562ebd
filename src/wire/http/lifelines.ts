import { z } from 'zod';
import { JUDGES } from '../../domain/judge/admits.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Rule, Step } from '../../domain/rule.ts';
import { limitWire, signalJson, signalWire } from '../signal.ts';
import { knownCommandJson, knownCommandOut } from './down/known-commands.ts';
import { bilingualOut } from './shapes.ts';

/** Packs and rules as JSON. Durations carry their unit in the name: milliseconds. */

export const sourceOut = z
  .object({
    mark: z.enum(['V', 'V2', 'R', 'D']).describe('V verified, V2 second-hand, R recalled, D derived'),
    ref: z.string(),
  })
  .meta({ id: 'Source' });

const metricOut = z
  .object({
    key: z.string(),
    name: bilingualOut,
    unit: z.string(),
    kind: z.enum(['number', 'flag', 'waveform']),
    range: z.object({ min: z.number(), max: z.number(), source: sourceOut }).nullable(),
    sentinels: z.array(z.number()).describe('values that mean a fault of the device'),
    expectedIntervalMs: z.number(),
    arrivesWithinMs: z
      .number()
      .nullable()
      .describe('devices that upload in batches: how old a reading may be and still be on time; null: 30 s'),
    spacing: z
      .object({ minMs: z.number(), maxMs: z.number() })
      .nullable()
      .describe('of a waveform: how far apart its samples may lie'),
    maxChangePerMinute: z.object({ value: z.number(), source: sourceOut }).nullable(),
    conversions: z.array(
      z.object({ from: z.string(), factor: z.number(), offset: z.number(), source: sourceOut }),
    ),
    feature: z.object({ of: z.string(), stat: z.string(), windowMs: z.number() }).nullable(),
  })
  .meta({ id: 'Metric' });

const stepOut = z.object({
  level: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  limit: limitWire,
  deadband: z.number(),
  onDelayMs: z.number(),
  offDelayMs: z.number(),
  source: sourceOut,
  advice: bilingualOut.describe('处置建议'),
});

export const judgesOut = z
  .enum(JUDGES)
  .describe(
    'which readings the rule judges: strictly-good: neither clock-off nor stuck ones; good, also where absent: those two as well; measured: every number that was measured, out-of-range and impossible-jump too',
  );

export const ruleOut = z
  .object({
    id: z.string(),
    version: z.number().int(),
    lifeline: z.string(),
    metric: z.string().nullable(),
    name: bilingualOut,
    signal: signalWire,
    unit: z.string(),
    steps: z.array(stepOut),
    judges: judgesOut.optional(),
    latching: z.boolean(),
    reAlarmAfterMs: z.number().nullable(),
  })
  .meta({ id: 'Rule' });
export type RuleJson = z.infer<typeof ruleOut>;

export const lifelineOut = z
  .object({
    key: z.string(),
    name: bilingualOut,
    levelNote: bilingualOut,
    metrics: z.array(metricOut),
    rules: z.array(ruleOut).describe('default rules of the pack'),
    commands: z
      .array(knownCommandOut)
      .describe('what devices of it can be told to do; a command of another name needs two persons'),
    leakOrBiogas: z
      .object({ metric: z.string() })
      .nullable()
      .describe('the methane of which it is told whether it comes from a pipe or is biogas; null: of none'),
    forecast: z
      .object({ metric: z.string(), rule: z.string() })
      .nullable()
      .describe(
        'the quantity whose next half hour is forecast, and the rule whose limits that is about; null: none',
      ),
  })
  .meta({ id: 'Lifeline' });

export function lifelineJson(pack: Pack): z.infer<typeof lifelineOut> {
  return {
    key: pack.lifeline,
    name: pack.name,
    levelNote: pack.levelNote,
    metrics: pack.metrics.map(metricJson),
    rules: pack.rules.map(ruleJson),
    commands: (pack.commands ?? []).map(knownCommandJson),
    leakOrBiogas: pack.leakOrBiogas === undefined ? null : { metric: pack.leakOrBiogas.methane },
    forecast: pack.forecast === undefined ? null : { metric: pack.forecast.metric, rule: pack.forecast.rule },
  };
}

function metricJson(m: Metric): z.infer<typeof metricOut> {
  return {
    key: m.key,
    name: m.name,
    unit: m.unit,
    kind: m.kind,
    range: m.range ?? null,
    sentinels: [...m.sentinels],
    expectedIntervalMs: m.expectedInterval,
    arrivesWithinMs: m.arrivesWithin ?? null,
    spacing: m.spacing ? { minMs: m.spacing.min, maxMs: m.spacing.max } : null,
    maxChangePerMinute: m.maxChangePerMinute ?? null,
    conversions: (m.conversions ?? []).map((c) => ({ ...c, offset: c.offset ?? 0 })),
    feature: m.feature ? { of: m.feature.of, stat: m.feature.stat, windowMs: m.feature.window } : null,
  };
}

export function ruleJson(r: Rule): RuleJson {
  return {
    id: r.id,
    version: r.version,
    lifeline: r.lifeline,
    metric: r.metric,
    name: r.name,
    signal: signalJson(r.signal),
    unit: r.unit,
    steps: r.steps.map(stepJson),
    ...(r.judges === undefined ? {} : { judges: r.judges }),
    latching: r.latching,
    reAlarmAfterMs: r.reAlarmAfter,
  };
}

function stepJson(s: Step): RuleJson['steps'][number] {
  return {
    level: s.level,
    limit: s.limit,
    deadband: s.deadband,
    onDelayMs: s.onDelay,
    offDelayMs: s.offDelay,
    source: s.source,
    advice: s.advice,
  };
}
