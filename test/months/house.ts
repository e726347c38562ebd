import { as } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';
import type { Pack } from '../../src/domain/pack.ts';
import { type Duration, minutes } from '../../src/domain/time.ts';
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

const gas = PACKS.find((p) => p.lifeline === 'gas') as Pack;

/** Gas with two rules of the readings themselves, one that waits and latches and one that does neither, and the pack's silence. */
export const HOUSE: Pack = {
  ...gas,
  rules: [
    ...WATCHED.map((w) => ({
      ...rule(
        { of: 'value' },
        ...w.limits.map(({ level, over }) =>
          step(level, above(over), { deadband: over / 10, onDelay: w.onDelay, offDelay: w.offDelay }),
        ),
      ),
      id: as.rule(w.rule),
      lifeline: as.lifeline('gas'),
      metric: as.metric(w.metric),
      latching: w.metric === 'co',
    })),
    ...gas.rules.filter((r) => r.signal.of === 'silentFor'),
  ],
};

/** @returns the level that a value of it would put in force, had it lasted */
export function levelOf(w: Watched, value: number): Level | null {
  return w.limits.find((l) => value > l.over)?.level ?? null;
}
