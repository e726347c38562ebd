import { as, type LifelineKey } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Limit, Rule, Signal, Step } from '../../domain/rule.ts';
import type { Bilingual, Source } from '../../domain/text.ts';
import { type Duration, hours, minutes } from '../../domain/time.ts';

/*
 * What the packs share: how to write a source, a metric, a step; and what every device sends about itself.
 *
 * `[Sn]` in a source is the fact sheet's source table (docs/packs/sources.md).
 *
 * A house rule on delays: the gravest step takes hold on the very sample; milder ones wait for a second witness,
 * except where a device reports once and then sleeps, so that the second witness would come a day later.
 */

export const V = (ref: string): Source => ({ mark: 'V', ref });
export const V2 = (ref: string): Source => ({ mark: 'V2', ref });
export const R = (ref: string): Source => ({ mark: 'R', ref });
export const D = (ref: string): Source => ({ mark: 'D', ref });

export const above = (limit: number): Limit => ({ is: 'above', limit });
export const below = (limit: number): Limit => ({ is: 'below', limit });
export const outside = (low: number, high: number): Limit => ({ is: 'outside', low, high });

/**
 * How devices say "no value": 9999 (rain and water RTUs, [S70]), all bits set (FF…FF, [S56][S106]) and the code before
 * it, and the ends of 16- and 32-bit registers. What they are in other scales is known by itself (`fault-codes.ts`).
 */
export const FAULT_VALUES: readonly number[] = [
  9999, -9999, 99_999, -99_999, 65_535, 65_534, 32_767, -32_768, 4_294_967_295, 2_147_483_647, -2_147_483_648,
];

type More = Partial<Pick<Metric, 'maxChangePerMinute' | 'conversions' | 'sentinels' | 'arrivesWithin'>>;

export function quantity(
  key: string,
  zh: string,
  en: string,
  unit: string,
  range: readonly [min: number, max: number, source: Source],
  expectedInterval: Duration,
  more: More = {},
): Metric {
  const [min, max, source] = range;
  return {
    key: as.metric(key),
    name: { zh, en },
    unit,
    kind: 'number',
    range: { min, max, source },
    sentinels: FAULT_VALUES,
    expectedInterval,
    ...more,
  };
}

export function flag(key: string, zh: string, en: string, expectedInterval: Duration): Metric {
  return { key: as.metric(key), name: { zh, en }, unit: '', kind: 'flag', sentinels: [], expectedInterval };
}

/** Units that vendors name for our metric: value × factor gives ours. */
export function from(
  ...ways: readonly (readonly [unit: string, factor: number, source: Source])[]
): Pick<Metric, 'conversions'> {
  return { conversions: ways.map(([unit, factor, source]) => ({ from: unit, factor, source })) };
}

/** Air, soil and chamber temperature: the one quantity that cannot leap, and whose leap hides no danger. */
export function temperature(zh: string, en: string, expectedInterval: Duration): Metric {
  return quantity(
    'temp',
    zh,
    en,
    '℃',
    [-40, 80, R('range of outdoor and chamber thermometers')],
    expectedInterval,
    {
      maxChangePerMinute: {
        value: 10,
        source: D(
          'air and masonry change by tenths of a degree a minute; 10 leaves room for a probe that is moved',
        ),
      },
    },
  );
}

export function advice(zh: string, en: string): Bilingual {
  return { zh, en };
}

type Delays = Partial<Pick<Step, 'deadband' | 'onDelay' | 'offDelay'>>;

export function step(level: Level, limit: Limit, delays: Delays, source: Source, say: Bilingual): Step {
  return { level, limit, deadband: 0, onDelay: 0, offDelay: 0, ...delays, source, advice: say };
}

type RuleShape = {
  readonly metric: string;
  /** Last part of the id, what kind of behaviour: limit, flag, rate, stuck, baseline, combined, … */
  readonly kind: string;
  readonly name: Bilingual;
  readonly unit: string;
  readonly signal?: Signal;
  readonly steps: readonly Step[];
  readonly latching?: boolean;
  readonly reAlarmAfter: Duration | null;
} & Pick<Rule, 'judges' | 'explainedByWorks' | 'consequenceOf'>;

export function rule(lifeline: LifelineKey, r: RuleShape): Rule {
  return {
    id: as.rule(`${lifeline}.${r.metric}.${r.kind}`),
    version: 1,
    lifeline,
    metric: as.metric(r.metric),
    name: r.name,
    signal: r.signal ?? { of: 'value' },
    unit: r.unit,
    steps: r.steps,
    ...(r.judges === undefined ? {} : { judges: r.judges }),
    ...(r.explainedByWorks ? { explainedByWorks: true } : {}),
    ...(r.consequenceOf ? { consequenceOf: r.consequenceOf } : {}),
    latching: r.latching ?? false,
    reAlarmAfter: r.reAlarmAfter,
  };
}

type Name = readonly [zh: string, en: string];
type How = Partial<
  Pick<
    RuleShape,
    'kind' | 'signal' | 'judges' | 'latching' | 'reAlarmAfter' | 'explainedByWorks' | 'consequenceOf'
  >
>;

/** A rule on the reading itself, unless `how` says otherwise; re-alarmed by the hour. */
export function limits(
  lifeline: LifelineKey,
  metric: string,
  [zh, en]: Name,
  unit: string,
  steps: readonly Step[],
  how: How = {},
): Rule {
  return rule(lifeline, {
    metric,
    kind: 'limit',
    name: { zh, en },
    unit,
    steps,
    reAlarmAfter: AGAIN.hourly,
    ...how,
  });
}

/** A state that a device reports as yes or no. */
export function stateRule(
  lifeline: LifelineKey,
  metric: string,
  name: Name,
  level: Level,
  source: Source,
  say: Bilingual,
  how: How & Pick<Delays, 'onDelay' | 'offDelay'> = {},
): Rule {
  const { onDelay = 0, offDelay = 0, ...more } = how;
  return limits(lifeline, metric, name, '', [step(level, above(1), { onDelay, offDelay }, source, say)], {
    kind: 'flag',
    // What ails the device is a work order, and the list of alarms need not remind of it.
    reAlarmAfter: level === 4 ? null : AGAIN.hourly,
    ...more,
  });
}

/** The device says itself that it has failed, or that water got in: what it measures is no measurement then. */
export function deviceTrouble(lifeline: LifelineKey, what: 'fault' | 'water'): Rule {
  return what === 'fault'
    ? stateRule(
        lifeline,
        'fault',
        ['设备故障', 'device fault'],
        4,
        R('reported by the device itself'),
        advice(
          '设备自报故障，读数不可信。通知运维当日到场检修或换机，期间人工巡查。',
          'The device says itself that it has failed: do not believe its readings. Repair or replace it, patrol until then.',
        ),
      )
    : stateRule(
        lifeline,
        'water',
        ['设备进水', 'water in the device'],
        4,
        R('reported by devices in wells and cellars'),
        advice(
          '设备浸水，读数（含 0）不可信。通知运维抽水、检查密封或换机，期间人工巡查。',
          'The device is wet: believe no reading of it, and no 0 either. Pump out, mend the seal or change it; patrol until then.',
        ),
      );
}

/** Battery and radio: any point may send them. */
export function ownState(expectedInterval: Duration): readonly Metric[] {
  return [
    quantity('battery', '电池电量', 'battery', '%', [0, 100, D('a percentage')], expectedInterval),
    quantity(
      'rssi',
      '信号强度',
      'signal strength',
      'dBm',
      [-150, 0, R('NB-IoT receivers hear down to about −140 dBm')],
      expectedInterval,
    ),
  ];
}

export function lowBattery(lifeline: LifelineKey): Rule {
  return rule(lifeline, {
    metric: 'battery',
    kind: 'limit',
    name: { zh: '电池电量低', en: 'battery low' },
    unit: '%',
    steps: [
      step(
        4,
        below(20),
        { deadband: 5 },
        D('devices report low voltage [S57]; 20 % leaves weeks on a battery of years (R)'),
        advice(
          '通知运维单位尽快更换电池，更换前确认备件型号；更换时按检修停用登记，换后核对首条读数。电量耗尽后该点失去监测，不得只确认不处理。',
          'Have maintenance replace the battery soon; mark the point out of service for the visit and check the first reading after it. An empty battery is a blind point: do not only acknowledge.',
        ),
      ),
    ],
    // The work order reminds people of it, not the alarm list.
    reAlarmAfter: null,
  });
}

/**
 * Nothing at all was heard from a point. Not latched, and never re-alarmed: a device that is known to be silent
 * is a matter for maintenance, and a nagging list is read by nobody.
 *
 * @param times of the expected interval, 2 … 3
 */
export function silence(
  lifeline: LifelineKey,
  expectedInterval: Duration,
  times: number,
  source: Source,
): Rule {
  const limit = (expectedInterval * times) / minutes(1);
  return {
    id: as.rule(`${lifeline}.any.silence`),
    version: 1,
    lifeline,
    metric: null,
    name: { zh: '监测点失联', en: 'point silent' },
    signal: { of: 'silentFor' },
    unit: 'min',
    steps: [
      step(
        4,
        above(limit),
        {},
        source,
        advice(
          '先看同一网关、同一运营商的其他点：多点同时失联按通信中断处理，通知通信运营商和运维单位；单点失联通知运维单位到场检查供电、天线和进水。该点有未解除报警时视为险情仍在，改为人工巡查，不得因无数据而解除。',
          'Look at other points of the same gateway or network first: many at once is a link failure, tell the carrier; a single one needs a visit (power, antenna, water). Where an alarm is open there, the danger counts as still present: send a patrol, never close it for want of data.',
        ),
      ),
    ],
    latching: false,
    reAlarmAfter: null,
  };
}

/**
 * One metric of a point is missed while others, which come less often, may still be heard. Only where the point has
 * ever sent it.
 */
export function metricSilence(lifeline: LifelineKey, metric: string, [zh, en]: Name, every: Duration): Rule {
  return limits(
    lifeline,
    metric,
    [`${zh}数据中断`, `no ${en} any more`],
    'min',
    [
      step(
        4,
        above((3 * every) / minutes(1)),
        {},
        D('3 × the expected interval of this metric'),
        advice(
          '该指标停报：先看同站其他指标和相邻点，单项停报的检修探头、接线，全部停报的查供电和通信；期间人工查看。',
          'This quantity has stopped: look at the others of the station and at the neighbours. Alone: probe or wiring. All: power or link. Look at it by hand until then.',
        ),
      ),
    ],
    { kind: 'silence', signal: { of: 'silentFor' }, reAlarmAfter: null },
  );
}

/** A quantity that always moves a little has stopped moving: the sensor, not the world, has stopped. */
export function stuck(
  lifeline: LifelineKey,
  metric: string,
  name: string,
  en: string,
  signal: { readonly within: number; readonly onlyAbove?: number },
  after: Duration,
  source: Source,
): Rule {
  return rule(lifeline, {
    metric,
    kind: 'stuck',
    name: { zh: `${name}数据卡滞`, en: `${en} stuck` },
    unit: 'min',
    signal: { of: 'unchangedFor', ...signal },
    steps: [
      step(
        4,
        above(after / minutes(1)),
        {},
        source,
        advice(
          '读数长时间不变，可能传感器卡死或采集故障。调同断面、相邻测点曲线比对，通知运维单位检查探头、采集仪和接线；修复前该点读数不作为研判依据。',
          'The value has not moved: probe or logger has probably failed. Compare with neighbouring points, have maintenance check probe, logger and wiring; until then do not rely on this point.',
        ),
      ),
    ],
    reAlarmAfter: null,
  });
}

/** Re-alarm while an acknowledged danger stays: sooner the faster it can kill. */
export const AGAIN = { soon: minutes(30), hourly: hours(1), shift: hours(8) } as const;
