import type { AlarmJson } from '../../../../../../src/wire/alarm.ts';

export type Verdict = NonNullable<AlarmJson['assessment']>['verdict'];

/** In the order in which one asks oneself; `false` of former days has no reason, and is not offered any more. */
const OFFERED = {
  real: true,
  biogas: true,
  works: true,
  test: true,
  instrument: true,
  environment: true,
  duplicate: true,
  unclear: true,
} as const satisfies Partial<Record<Verdict, true>>;
export const VERDICTS = Object.keys(OFFERED) as (keyof typeof OFFERED)[];
