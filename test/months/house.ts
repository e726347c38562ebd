import { as } from '../../src/domain/ids.ts';
import type { Correlation } from '../../src/domain/incident/correlation.ts';
import type { Level } from '../../src/domain/level.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { type Duration, hours, minutes } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import { above, rule, step } from '../domain/judge/rules.ts';

/** What can be over its limit in a month, and by which numbers. The observer reads these, and none of the code that judges. */
export type Watched = {
  readonly metric: 'ch4' | 'co';
  readonly rule: string;
  readonly limits: readonly { readonly level: Level; readonly over: number }[];
  readonly onDelay: Duration;
  readonly offDelay: Duration;
};

export const WATCHED: readonly Watched[] = [
  {
    metric: 'ch4',
    rule: 'gas.ch4.limit',
    limits: [
      { level: 1, over: 20 },
      { level: 3, over: 10 },
    ],
    onDelay: 0,
    offDelay: 0,
  },
  {
    metric: 'co',
    rule: 'gas.co.limit',
    limits: [{ level: 2, over: 50 }],
    onDelay: minutes(10),
    offDelay: minutes(10),
  },
];

/** What a value must be below, at least, to end what one above a limit began. */
export const DEADBAND = 0.1;

/** Rules that judge what follows from several readings, by the numbers that their observer goes by. */
export const DERIVED = {
  /** Mean of 10 minutes, %LEL. */
  mean: { rule: 'gas.ch4.mean', over: 10, window: minutes(10) },
  /** Rise over 10 minutes, %LEL a minute. */
  rate: { rule: 'gas.ch4.rate', over: 1, window: minutes(10) },
  /** Both at one point, at the newest reading of each. */
  both: { rule: 'gas.ch4.both', ch4: 10, co: 50, within: minutes(10) },
} as const;

const ofGas = (id: string, made: Rule): Rule => ({
  ...made,
  id: as.rule(id),
  lifeline: as.lifeline('gas'),
  metric: as.metric('ch4'),
});

const derived: readonly Rule[] = [
  ofGas(
    DERIVED.mean.rule,
    rule(
      { of: 'statistic', stat: 'mean', window: DERIVED.mean.window },
      step(3, above(DERIVED.mean.over), { deadband: 1 }),
    ),
  ),
  ofGas(
    DERIVED.rate.rule,
    rule({ of: 'rate', window: DERIVED.rate.window }, step(3, above(DERIVED.rate.over))),
  ),
  ofGas(
    DERIVED.both.rule,
    rule(
      {
        of: 'together',
        ...{ over: { to: 'point' }, within: DERIVED.both.within, counting: 'members' },
        members: (['ch4', 'co'] as const).map((metric) => ({
          at: 'here',
          metric: as.metric(metric),
          holds: { by: 'limit', limit: above(DERIVED.both[metric]) },
        })),
      },
      step(1, above(2)),
    ),
  ),
];

const gas = PACKS.find((p) => p.lifeline === 'gas') as Pack;

/** Gas with two rules of the readings themselves, one that waits and latches and one that does neither, and the pack's silence. */
export const HOUSE: Pack = {
  ...gas,
  rules: [
    ...WATCHED.map((w) => ({
      ...rule(
        { of: 'value' },
        // From the mildest on, as packs have them.
        ...w.limits
          .toReversed()
          .map(({ level, over }) =>
            step(level, above(over), { deadband: over * DEADBAND, onDelay: w.onDelay, offDelay: w.offDelay }),
          ),
      ),
      id: as.rule(w.rule),
      lifeline: as.lifeline('gas'),
      metric: as.metric(w.metric),
      latching: w.metric === 'co',
      ...(w.metric === 'co' ? { explainedByWorks: true as const } : {}),
    })),
    ...derived,
    ...gas.rules.filter((r) => r.signal.of === 'silentFor'),
  ],
};

/** Alarms that belong together, where nothing is placed: of one area, within two hours. */
export const TOGETHER: Correlation = {
  id: 'gas-spread',
  by: 'k-of-n',
  name: { zh: '疑似泄漏扩散', en: 'a leak that spreads' },
  sides: [['gas.*']],
  except: ['.silence'],
  ...{ k: 3, formsFrom: 2, counted: 'alarms', within: hours(2), withinM: null, same: 'area' },
  ...{ raises: 1, confidence: 0.7 },
  source: { mark: 'D', ref: 'docs/incidents.md' },
};

/** And bridges as the pack has them, whose loggers send waveforms. */
export const HOUSES: readonly Pack[] = [HOUSE, ...PACKS.filter((p) => p.lifeline === 'bridge')];

/** @returns the level that a value of it would put in force, had it lasted */
export function levelOf(w: Watched, value: number): Level | null {
  return w.limits.find((l) => value > l.over)?.level ?? null;
}
