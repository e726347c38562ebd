import type { LifelineKey, MetricKey, PointCode } from '../../domain/ids.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Point } from '../../domain/register/register.ts';
import type { Reach, Rule } from '../../domain/rule.ts';
import { isJudgedAtEach } from '../judging/combinations.ts';
import { Neighbours } from '../judging/neighbours.ts';
import type { RegisterView } from '../ports/service.ts';

export type UnitSeries = { readonly point: PointCode; readonly metric: MetricKey };

/** What has to be replayed together for a rule to be judged at one point. */
export type ReplayUnit = {
  /** Where the rule is judged. */
  readonly anchor: Point;
  /** The anchor among them. */
  readonly points: readonly Point[];
  readonly series: readonly UnitSeries[];
};

/** @param asked the points that a draft is about; where a rule is judged at none of them, there is no unit */
export function unitsOf(
  pack: Pack,
  rule: Rule,
  asked: readonly Point[],
  register: Pick<RegisterView, 'points'>,
): readonly ReplayUnit[] {
  const { signal } = rule;
  if ('over' in signal) return together(rule, signal.over, asked, new Neighbours(register));
  const metrics = metricsOf(pack, rule);
  return asked.map((anchor) => ({
    anchor,
    points: [anchor],
    series: metrics.map((metric) => ({ point: anchor.code, metric })),
  }));
}

/** What a rule of one point looks at there. */
function metricsOf(pack: Pack, { metric, signal }: Rule): readonly MetricKey[] {
  // A rule of the whole point hears everything. Waveforms are heard by their features, as their windows close.
  if (metric === null) return pack.metrics.filter((m) => m.kind !== 'waveform').map((m) => m.key);
  if (signal.of === 'silentFor' && signal.restsWhile !== undefined) return [metric, signal.restsWhile.metric];
  if (signal.of === 'deviation' && signal.compensate !== undefined) return [metric, signal.compensate.metric];
  return [metric];
}

/**
 * Each anchor with all that it has in reach: points that two anchors share are read for both, so that what is held in
 * memory does not grow with the city.
 */
function together(
  rule: Rule,
  over: Reach,
  asked: readonly Point[],
  reaches: Neighbours,
): readonly ReplayUnit[] {
  const members = membersOf(rule);
  const anchors = isJudgedAtEach(rule, over)
    ? asked
    : asked.filter((p) => reaches.of(p, over).find((q) => q.lifeline === rule.lifeline)?.code === p.code);
  return anchors.map((anchor) => {
    const series: UnitSeries[] = [];
    const points = reaches.of(anchor, over).filter((p) => {
      const watched = members.get(p.lifeline) ?? [];
      for (const metric of watched) series.push({ point: p.code, metric });
      return p.code === anchor.code || watched.length > 0;
    });
    return { anchor, points, series };
  });
}

function membersOf({ lifeline, metric, signal }: Rule): ReadonlyMap<LifelineKey, readonly MetricKey[]> {
  const found = new Map<LifelineKey, MetricKey[]>();
  const add = (of: LifelineKey, key: MetricKey): void => {
    const known = found.get(of) ?? [];
    if (!known.includes(key)) found.set(of, [...known, key]);
  };
  if (signal.of === 'together') for (const m of signal.members) add(m.lifeline ?? lifeline, m.metric);
  else if (metric !== null) add(lifeline, metric);
  return found;
}
