import { HOUR, type Scenario } from './scenario.ts';

export const quiet: Scenario = {
  title: 'an ordinary day: nothing may alarm',
  plot: () => ({ incidents: [], expected: [], forms: [], durationMs: HOUR }),
};
