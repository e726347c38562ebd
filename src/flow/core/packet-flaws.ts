import type { PointState } from '../judging/point-state.ts';
import type { Flaw } from '../ports/broker.ts';
import type { MetricPlan } from '../rules/rule-book.ts';

export const RESERVED: Flaw = {
  code: 'reserved-lifeline',
  detail: 'Only the service itself reports under this lifeline; use the lifeline that your device watches.',
};

export function unknownLifeline(lifeline: string): Flaw {
  return {
    code: 'unknown-lifeline',
    detail: `There is no lifeline "${lifeline}"; the second-to-last levels of a topic are a pack's key and the device's code.`,
  };
}

export function unknownMetric(
  key: string,
  point: Pick<PointState, 'plan'>,
  plan: MetricPlan | undefined,
): Flaw {
  const lifeline = point.plan.pack.lifeline;
  if (plan !== undefined) {
    return {
      code: 'wrong-shape',
      detail:
        plan.metric.kind === 'waveform'
          ? `"${key}" is a waveform: send it as {"t0":…,"dt":…,"series":{"${key}":[…]}}.`
          : `"${key}" is a single value: send it as {"ts":…,"values":{"${key}":…}}.`,
    };
  }
  const known = [...point.plan.metrics.keys()].slice(0, 12).join(', ');
  return {
    code: 'unknown-metric',
    detail: `"${key}" is not a metric of ${lifeline}; known are ${known}${point.plan.metrics.size > 12 ? ', …' : ''}.`,
  };
}
