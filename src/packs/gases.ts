import type { LifelineKey } from '../domain/ids.ts';
import type { Metric } from '../domain/metric.ts';
import type { Rule } from '../domain/rule.ts';
import { type Duration, minutes, seconds } from '../domain/time.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  FAULT_VALUES,
  from,
  outside,
  quantity,
  rule,
  step,
  V,
} from './language/common.ts';

/*
 * Gases in wells and chambers: the same below a gas main's neighbour (gas pack) and below any manhole cover.
 *
 * Ranges reach as far as any instrument of the kind can truthfully say, not as far as the common one does: a
 * reading past the range is bad and bad readings are not judged, so a narrow range would hide the worst leak.
 */

/** All 14 value bits of a well detector's frame set, with none, one or two decimals [S56]. */
const FOURTEEN_BITS = [16_383, 1_638.3, 163.83];

export function methane(expectedInterval: Duration): Metric {
  return quantity(
    'ch4',
    '甲烷浓度',
    'methane',
    '%LEL',
    [
      0,
      2000,
      D('100 %VOL at 20 %LEL each; detectors past 100 %LEL are a class of their own in GB 15322.1 [S52]'),
    ],
    expectedInterval,
    {
      sentinels: [...FAULT_VALUES, ...FOURTEEN_BITS],
      ...from(
        ['%VOL', 20, V('lower explosive limit of CH4 is 5 %VOL [S43]: 1 %VOL = 20 %LEL')],
        ['ppm', 0.002, D('10,000 ppm = 1 %VOL = 20 %LEL [S43]')],
      ),
    },
  );
}

/** The same unit as methane, another gas: its lower explosive limit, and so every conversion, is its own. */
export function propane(expectedInterval: Duration): Metric {
  const perCent = 100 / 1.5;
  return quantity(
    'c3h8',
    '液化石油气浓度',
    'LPG (propane, butane)',
    '%LEL',
    [0, 6700, D('100 %VOL at 66.7 %LEL each')],
    expectedInterval,
    {
      sentinels: [...FAULT_VALUES, ...FOURTEEN_BITS],
      ...from(
        ['%VOL', perCent, V('LPG explodes from 1.5 %VOL [S44]: 1 %VOL = 66.7 %LEL')],
        ['ppm', perCent / 10_000, D('10,000 ppm = 1 %VOL = 66.7 %LEL [S44]')],
      ),
    },
  );
}

export function hydrogenSulphide(expectedInterval: Duration): Metric {
  return quantity('h2s', '硫化氢浓度', 'hydrogen sulphide', 'ppm', [0, 1000, R1000], expectedInterval, {
    sentinels: [...FAULT_VALUES, ...FOURTEEN_BITS],
    ...from(['mg/m³', 0.706, D('24.06 L/mol at 20 °C, 34.08 g/mol')]),
  });
}

const R1000 = D('ten times the usual cell (0–100 ppm): a stronger cell must not read as a fault');

/** Explosive gas: the first limit sends the gas company to look, the second clears the street. */
export function methaneLimits(lifeline: LifelineKey): Rule {
  // Off-delay rather than on-delay, because every one of these needs a person [S119]; and chatter round the limit
  // then stays one alarm.
  const calm = { deadband: 1, offDelay: minutes(5) };
  return rule(lifeline, {
    metric: 'ch4',
    kind: 'limit',
    name: { zh: '可燃气体浓度超限', en: 'combustible gas over limit' },
    unit: '%LEL',
    steps: [
      step(
        3,
        above(20),
        calm,
        V(
          'Hefei well detectors prompt at 1 %VOL = 20 %LEL [S32][S43]; below the 25 %LEL of GB/T 50493-2019 §5.5.2 level 1 [S24]',
        ),
        advice(
          '1 分钟内电话通知燃气公司抢修值班，派员携检测仪到场复核浓度、乙烷和扩散范围；同时核对井型与周边燃气管线，污水井、化粪池旁注意辨别沼气。通知权属单位在井口设围挡、劝离行人。严禁开盖动火、吸烟、启停井边电器；未经检测合格严禁下井。浓度继续上升按红色处置。',
          'Call the gas company within a minute; they measure on site (concentration, ethane, spread). Check the kind of well and the mains near it: beside sewers and septic tanks it may be biogas. Have the owner fence the cover off. No open flame, no switching of electrical gear at the cover, nobody goes down untested. Rising: treat as red.',
        ),
      ),
      step(
        1,
        above(50),
        calm,
        V(
          'GB/T 50493-2019 §5.5.2: second alarm at no more than 50 %LEL [S24]; detector default high alarm 50 %LEL [S46]',
        ),
        advice(
          '立即同时通知燃气公司抢险、消防 119、公安交警封控道路，报带班领导启动燃气泄漏预案。令燃气公司查明并关闭上游阀门；按预案划定警戒区、疏散下风向和临街人员，排查相邻雨污水井、电力通信井和沿街地下室。警戒区内严禁一切火源、严禁开关电器和发动车辆、严禁用铁器撬盖。稀释散尽、现场检测合格并由现场负责人回报后方可复位。',
          'At once and together: gas emergency crew, fire brigade 119, traffic police; tell the leader on duty. Have the valve upstream closed. Cordon off and clear the street and what lies down wind; check neighbouring wells and basements. Inside the cordon no flame, no switch, no engine, no iron on the cover. Reset only after the crew has measured clean and said so.',
        ),
      ),
    ],
    // A look on site is demanded: a flooded or failed head also reads 0, and 0 must not end a gas alarm by itself.
    latching: true,
    reAlarmAfter: AGAIN.soon,
  });
}

/** Poison, to whoever goes down: no danger to the street, so never red. */
export function hydrogenSulphideLimits(lifeline: LifelineKey): Rule {
  return rule(lifeline, {
    metric: 'h2s',
    kind: 'limit',
    name: { zh: '硫化氢超限', en: 'hydrogen sulphide over limit' },
    unit: 'ppm',
    steps: [
      step(
        3,
        above(6),
        { deadband: 2, onDelay: seconds(60), offDelay: minutes(5) },
        V('confined-space detector, low alarm 6 ppm [S47]'),
        advice(
          '通知权属单位：该井禁止下井作业，正在井内的人员立即撤出。排查上游污水、化粪池来源，强制通风后复测。下井须持有限空间作业票、正压呼吸器，专人监护。',
          'Tell the owner: nobody goes down, whoever is down comes up. Look for the sewage it comes from, ventilate, measure again. Entry only with permit, breathing apparatus and a second person above.',
        ),
      ),
      step(
        2,
        above(20),
        { deadband: 2, offDelay: minutes(5) },
        V(
          'confined-space detector, high alarm 20 ppm [S47]; GBZ 2.1-2019: never above 10 mg/m³ (7 ppm) [S75]',
        ),
        advice(
          '剧毒。立即通知权属单位和消防 119 待命：井内有人的，禁止盲目下井施救，须佩戴正压式空气呼吸器。封闭井口、上风向警戒，强制通风，查明来源后复测合格方可恢复作业。',
          'Deadly. Call the owner, fire brigade on standby. If somebody is down, no rescue without breathing apparatus: rescuers die too. Close off the cover, stay up wind, ventilate, find the source, measure clean before any work.',
        ),
      ),
    ],
    reAlarmAfter: AGAIN.hourly,
  });
}

export function oxygen(expectedInterval: Duration): Metric {
  return quantity(
    'o2',
    '氧气浓度',
    'oxygen',
    '%VOL',
    [0, 30, D('air holds 20.9 %VOL; oxygen cells read 0–30')],
    expectedInterval,
  );
}

export function carbonMonoxide(expectedInterval: Duration): Metric {
  return quantity(
    'co',
    '一氧化碳浓度',
    'carbon monoxide',
    'ppm',
    [0, 10_000, D('ten times the usual cell (0–1,000 ppm): a stronger cell must not read as a fault')],
    expectedInterval,
    from(['mg/m³', 0.859, D('24.06 L/mol at 20 °C, 28.01 g/mol')]),
  );
}

/** Too little to breathe, or so much that things burn. */
export function oxygenLimits(lifeline: LifelineKey): Rule {
  return rule(lifeline, {
    metric: 'o2',
    kind: 'limit',
    name: { zh: '氧气浓度异常', en: 'oxygen out of bounds' },
    unit: '%VOL',
    steps: [
      step(
        3,
        outside(19.5, 23.5),
        { deadband: 0.3, onDelay: seconds(60), offDelay: minutes(5) },
        V('GB/T 50493-2019: O2 19.5 / 23.5 %VOL [S24]; safe band 19.5–23.5 [S75]'),
        advice(
          '通知权属单位：该井（室）禁止进入，已在内作业的立即撤出。缺氧的先强制通风，并查有无燃气、沼气置换；富氧的查氧气管线泄漏，严禁明火。复测 19.5%～23.5% 后方可进入。',
          'Tell the owner: no entry, whoever is inside comes out. Too little: ventilate, and look for gas that has displaced the air. Too much: look for an oxygen leak, no flame. Entry only after 19.5–23.5 % is measured.',
        ),
      ),
    ],
    reAlarmAfter: AGAIN.shift,
  });
}

/** From exhaust, fire, or a cable that smoulders. */
export function carbonMonoxideLimits(lifeline: LifelineKey): Rule {
  return rule(lifeline, {
    metric: 'co',
    kind: 'limit',
    name: { zh: '一氧化碳超限', en: 'carbon monoxide over limit' },
    unit: 'ppm',
    steps: [
      step(
        3,
        above(24),
        { deadband: 20, onDelay: seconds(60), offDelay: minutes(5) },
        V('confined-space detector, low alarm 24 ppm [S47]'),
        advice(
          '通知权属单位禁止下井，井内人员撤出；排查附近燃烧、尾气倒灌和电缆过热冒烟。强制通风后复测。',
          'Tell the owner: nobody goes down, whoever is down comes up. Look for fire, exhaust or a smouldering cable nearby. Ventilate, measure again.',
        ),
      ),
      step(
        2,
        above(160),
        { deadband: 20, offDelay: minutes(5) },
        V('confined-space detector, high alarm 160 ppm [S47]'),
        advice(
          '疑有阴燃或电缆着火。立即通知消防 119 和电力抢修到场，封闭井口、疏散周边；沿街地下室、商铺逐户排查并通风。严禁无呼吸器进入施救。',
          'Something smoulders, perhaps a cable. Call fire brigade and power crew at once, close off the cover, search and air the basements along the street. No rescue without breathing apparatus.',
        ),
      ),
    ],
    reAlarmAfter: AGAIN.hourly,
  });
}
