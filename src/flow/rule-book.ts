import { as, type LifelineKey, type MetricKey, type RuleId } from '../domain/ids.ts';
import { LATENESS } from '../domain/judge/place.ts';
import type { Metric, Pack } from '../domain/metric.ts';
import type { Rule } from '../domain/rule.ts';
import { type Duration, minutes } from '../domain/time.ts';
import { silentAfter } from './silence.ts';

/** A lifeline's pack, laid out for judging: each reading finds its metric and rules in one look-up. */
export type Plan = {
  readonly pack: Pack;
  readonly metrics: ReadonlyMap<string, MetricPlan>;
  /** Rules driven by our clock, not by readings. */
  readonly silence: readonly Rule[];
  readonly silenceIds: ReadonlySet<RuleId>;
  /** Minutes of silence at which the first of them can take hold; Infinity without one. */
  readonly silentAfter: number;
  readonly rules: ReadonlyMap<RuleId, Rule>;
};

export type MetricPlan = {
  readonly metric: Metric;
  readonly rules: readonly Rule[];
  /** How long after `observedAt` a reading still counts as on time. */
  readonly lateness: Duration;
  /** Windows over this waveform, each with the feature metrics that it feeds. */
  readonly windows: readonly FeatureWindow[];
};

export type FeatureWindow = {
  readonly key: MetricKey;
  readonly length: Duration;
  readonly metrics: readonly Metric[];
};

/** A feature's window can close only when the frame after it arrives: frames of up to a minute are on time. */
const FRAME_AT_MOST = minutes(1);

/**
 * Which rules are in force where. Today a point's rules are its lifeline's pack; area and point overrides
 * join here, so that nothing else needs to know whose number it was.
 */
export class RuleBook {
  readonly #plans: ReadonlyMap<string, Plan>;

  constructor(packs: readonly Pack[]) {
    this.#plans = new Map(packs.map((p) => [p.lifeline as string, plan(p)]));
  }

  planOf(lifeline: LifelineKey): Plan | undefined {
    return this.#plans.get(lifeline);
  }
}

function plan(pack: Pack): Plan {
  const metrics = new Map<string, MetricPlan>();
  for (const metric of pack.metrics) {
    metrics.set(metric.key, {
      metric,
      rules: judgedByReadings(pack.rules, metric.key),
      lateness:
        metric.arrivesWithin ?? (metric.feature === undefined ? LATENESS : LATENESS + FRAME_AT_MOST),
      windows: windowsOver(pack, metric.key),
    });
  }
  const silence = pack.rules.filter((r) => r.signal.of === 'silentFor');
  return {
    pack,
    metrics,
    silence,
    silenceIds: new Set(silence.map((r) => r.id)),
    silentAfter: silentAfter(silence),
    rules: new Map(pack.rules.map((r) => [r.id, r])),
  };
}

/** In the order in which they are judged: a count comes after what it counts. */
function judgedByReadings(rules: readonly Rule[], metric: MetricKey): readonly Rule[] {
  const own = rules.filter((r) => r.metric === metric && !DRIVEN_OTHERWISE.has(r.signal.of));
  return own.sort((a, b) => Number(a.signal.of === 'count') - Number(b.signal.of === 'count'));
}

/** By our clock, or by readings of several points. */
const DRIVEN_OTHERWISE: ReadonlySet<string> = new Set(['silentFor', 'together', 'spread']);

function windowsOver(pack: Pack, waveform: MetricKey): readonly FeatureWindow[] {
  const byLength = new Map<Duration, Metric[]>();
  for (const metric of pack.metrics) {
    if (metric.feature?.of !== waveform) continue;
    byLength.set(metric.feature.window, [...(byLength.get(metric.feature.window) ?? []), metric]);
  }
  return [...byLength].map(([length, metrics]) => ({
    key: as.metric(`${waveform}@${length}`),
    length,
    metrics,
  }));
}
