import { z } from 'zod';
import type { Indicators, NoisySource } from '../../domain/alarm/indicators.ts';
import { iso } from '../alarm.ts';
import { bilingualOut, codeIn, instantIn, instantOut, lifelineIn } from './shapes.ts';

export const indicatorsQuery = z.strictObject({
  from: instantIn.optional().describe('inclusive; left out: 24 h before `to`'),
  to: instantIn.optional().describe('exclusive; left out, or in the future: now'),
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
});

const share = z.number().min(0).max(1);
const count = z.number().int().min(0);

const source = z
  .object({
    ruleId: z.string(),
    ruleName: bilingualOut,
    pointCode: z.string(),
    pointName: z.string(),
    lifeline: z.string(),
    raised: count,
    share: share.describe('of all alarms of the period'),
    flips: count.describe('times active ↔ clear'),
    flipsInMinute: count.describe('at most within one minute; 3 or more is chattering'),
  })
  .meta({ id: 'NoisySource' });

/** Targets are those of domain §9.3, beside the figures that they judge. */
export const indicatorsOut = z
  .object({
    from: instantOut,
    to: instantOut,
    raised: count.describe('alarms shown to people'),
    raisedHidden: count.describe('raised under maintenance or suppressed by design: in no other figure'),
    per10min: z.object({
      average: z.number().describe('about 1 is manageable'),
      peak: count.describe('in the busiest 10 min'),
      peakAt: instantOut.nullable().describe('when those began'),
    }),
    flood: z.object({
      count: count.describe('times that more than 10 came in 10 min, until fewer than 5 did'),
      share: share.describe('of the period; target below 0.01'),
      longestMinutes: z.number(),
    }),
    top: z.array(source).describe('the ten noisiest rules at a point'),
    topShare: share.describe('of those ten; target below 0.05'),
    chattering: z.array(source).describe('3 or more times active ↔ clear within a minute'),
    stale: z
      .object({ count, oldestRaisedAt: instantOut.nullable() })
      .describe('open for more than 24 h at some time of the period; target: 5 at most'),
    byLevel: z
      .object({ '1': count, '2': count, '3': count, '4': count })
      .describe('by the gravest level of each; target: fewer than 5 % red'),
    acknowledged: z
      .object({
        count,
        p50Seconds: z.number().nullable(),
        p95Seconds: z.number().nullable(),
      })
      .describe('raised and first acknowledged in the period: how long that took'),
    assessed: z
      .object({ count, false: count, falseRate: share.nullable() })
      .describe('of the alarms raised in the period, as they are judged by now'),
    shelved: count.describe('times that somebody shelved one'),
    now: z
      .object({ open: count, unacked: count, shelved: count, suppressed: count, outOfService: count })
      .describe('as of this moment, whatever the period'),
    below: z
      .array(
        z.object({
          source: z.string(),
          raised: count.describe('in the period, shown to people there'),
          open: count.describe('now'),
        }),
      )
      .describe('下级平台: what platforms below have told; in none of the figures above'),
  })
  .meta({ id: 'Indicators' });

const sourceJson = (s: NoisySource): z.infer<typeof source> => ({
  ruleId: s.rule,
  ruleName: s.ruleName,
  pointCode: s.point,
  pointName: s.pointName,
  lifeline: s.lifeline,
  raised: s.raised,
  share: rounded(s.share),
  flips: s.flips,
  flipsInMinute: s.flipsInMinute,
});

export function indicatorsJson(
  range: { readonly from: number; readonly to: number },
  i: Indicators,
  now: Pick<z.infer<typeof indicatorsOut>, 'now' | 'below'>,
): z.infer<typeof indicatorsOut> {
  const isoOrNull = (t: number | null) => (t === null ? null : iso(t));
  const inSeconds = (t: number | null) => (t === null ? null : t / 1_000);
  return {
    from: iso(range.from),
    to: iso(range.to),
    raised: i.raised,
    raisedHidden: i.raisedHidden,
    per10min: { average: rounded(i.rate.average), peak: i.rate.peak, peakAt: isoOrNull(i.rate.peakAt) },
    flood: {
      count: i.flood.count,
      share: rounded(i.flood.share),
      longestMinutes: rounded(i.flood.longest / 60_000),
    },
    top: i.top.map(sourceJson),
    topShare: rounded(i.topShare),
    chattering: i.chattering.map(sourceJson),
    stale: { count: i.stale.count, oldestRaisedAt: isoOrNull(i.stale.oldestRaisedAt) },
    byLevel: { '1': i.byLevel[1], '2': i.byLevel[2], '3': i.byLevel[3], '4': i.byLevel[4] },
    acknowledged: {
      count: i.acknowledged.count,
      p50Seconds: inSeconds(i.acknowledged.p50),
      p95Seconds: inSeconds(i.acknowledged.p95),
    },
    assessed: {
      count: i.assessed.count,
      false: i.assessed.false,
      falseRate: i.assessed.falseRate === null ? null : rounded(i.assessed.falseRate),
    },
    shelved: i.shelved,
    ...now,
  };
}

/** Four places: a hundredth of a per cent still shows. */
const rounded = (x: number): number => Math.round(x * 1e4) / 1e4;
