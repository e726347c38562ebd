import { as } from '../../../src/domain/ids.ts';
import type { Level } from '../../../src/domain/level.ts';
import type { Limit, Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';

const SOURCE = { mark: 'D', ref: 'made up for a test' } as const;
const ADVICE = { zh: '去看', en: 'go and look' };

export function step(level: Level, limit: Limit, over: Partial<Step> = {}): Step {
  return { level, limit, deadband: 0, onDelay: 0, offDelay: 0, source: SOURCE, advice: ADVICE, ...over };
}

export const above = (limit: number): Limit => ({ is: 'above', limit });
export const below = (limit: number): Limit => ({ is: 'below', limit });
export const outside = (low: number, high: number): Limit => ({ is: 'outside', low, high });

export function rule(signal: Signal, ...steps: Step[]): Rule {
  return {
    id: as.rule('test.metric.kind'),
    version: 1,
    lifeline: as.lifeline('test'),
    metric: signal.of === 'silentFor' ? null : as.metric('metric'),
    name: { zh: '试验', en: 'test' },
    signal,
    unit: '',
    steps,
    latching: false,
    reAlarmAfter: null,
  };
}

const SLOW = { onDelay: minutes(2), offDelay: minutes(3), deadband: 2 };
/** The rule of architecture §5's case table: 20→3, 40→2, 60→1, onDelay 2 min, offDelay 3 min, deadband 2. */
export const THREE_STEPS = rule(
  { of: 'value' },
  step(3, above(20), SLOW),
  step(2, above(40), SLOW),
  step(1, above(60), SLOW),
);
