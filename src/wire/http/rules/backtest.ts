import { z } from 'zod';
import { instantIn, instantOut } from '../shapes.ts';
import { draftIn } from './rules.ts';

/** What a draft of a rule would have raised over stored history. */

export const backtestIdIn = z.string().regex(/^B\d{1,9}$/);

export const backtestBody = z.strictObject({
  from: instantIn.describe('by the time of observation, inclusive'),
  to: instantIn.describe('exclusive'),
  draft: draftIn.describe('a change that nobody has made: as in PUT /rules/{id}, without a reason'),
  other: draftIn.optional().describe('a second draft, side by side with the first'),
  operators: z
    .enum(['attend', 'absent'])
    .default('attend')
    .describe(
      'attend: each alarm is acknowledged at once, so that each excursion is one alarm; absent: nobody comes, and what comes back is a recurrence',
    ),
  wait: z.boolean().default(true).describe('a short one is waited for; false: answer 202 at once'),
});

const span = z.number().describe('milliseconds');

const judgedThenOut = z.object({
  alarmId: z.string(),
  pointCode: z.string(),
  verdict: z.string(),
  raisedAt: instantOut.describe('when it was raised live'),
});

export const trialOut = z
  .object({
    alarms: z.int(),
    byLevel: z.object({ 1: z.int(), 2: z.int(), 3: z.int(), 4: z.int() }),
    points: z.int().describe('points with at least one alarm'),
    activeMs: span.describe('how long the condition was there, all alarms together'),
    openAtStart: z.int().describe('raised before the range and there when it began; not among `alarms`'),
    worstPoints: z.array(z.object({ pointCode: z.string(), alarms: z.int(), activeMs: span })),
    list: z
      .array(
        z.object({
          pointCode: z.string(),
          raisedAt: instantOut,
          level: z.int(),
          until: instantOut.nullable().describe('null: there still when the range ended'),
          activeMs: span,
          recurrences: z.int(),
          worst: z.number().nullable(),
        }),
      )
      .describe('oldest first, the first 1,000'),
    judged: z
      .record(z.string(), z.object({ of: z.int(), raised: z.int() }))
      .describe(
        'alarms of this range that people have judged, by verdict, and how many it would have raised too',
      ),
    missed: z.array(judgedThenOut).describe('of those, each that it would not have raised; the first 1,000'),
    later: z
      .array(judgedThenOut.extend({ byMs: span }))
      .describe('each that it would have raised later than the rule in force, and by how much'),
  })
  .meta({ id: 'Trial' });

export const backtestOut = z
  .object({
    id: z.string(),
    rule: z.string(),
    from: instantOut,
    to: instantOut,
    operators: z.enum(['attend', 'absent']),
    by: z.object({ account: z.string(), name: z.string() }),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    askedAt: instantOut,
    endedAt: instantOut.nullable(),
    progress: z.object({
      pointsDone: z.int(),
      points: z.int(),
      readings: z.int(),
      tookMs: span,
      remainingMs: span.nullable().describe('at the pace so far'),
    }),
    result: z
      .object({
        points: z.int(),
        readings: z.int(),
        inForce: trialOut,
        draft: trialOut,
        other: trialOut.nullable(),
      })
      .nullable(),
    says: z.string().nullable().describe('why it failed'),
  })
  .meta({ id: 'Backtest' });
export type BacktestJson = z.input<typeof backtestOut>;
