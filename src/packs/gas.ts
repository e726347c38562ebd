import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/metric.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  flag,
  from,
  lowBattery,
  outside,
  ownState,
  quantity,
  R,
  rule,
  silence,
  step,
  stuck,
  temperature,
  V,
} from './common.ts';
import { hydrogenSulphide, hydrogenSulphideLimits, methane, methaneLimits } from './gases.ts';

const gas = as.lifeline('gas');
/** Sampling while normal (R, typical tender text); on alarm and on recovery such detectors report at once [S57]. */
const EVERY = minutes(30);

/** 燃气: detectors in spaces next to gas mains, regulator stations and yards. */
export const GAS: Pack = {
  lifeline: gas,
  name: { zh: '燃气', en: 'gas' },
  metrics: [
    methane(EVERY),
    quantity(
      'o2',
      '氧气浓度',
      'oxygen',
      '%VOL',
      [0, 30, D('air holds 20.9 %VOL; oxygen cells read 0–30')],
      EVERY,
    ),
    hydrogenSulphide(EVERY),
    quantity(
      'co',
      '一氧化碳浓度',
      'carbon monoxide',
      'ppm',
      [0, 10_000, D('ten times the usual cell (0–1,000 ppm): a stronger cell must not read as a fault')],
      EVERY,
      from(['mg/m³', 0.859, D('24.06 L/mol at 20 °C, 28.01 g/mol')]),
    ),
    temperature('井内温度', 'temperature in the chamber', EVERY),
    quantity('humidity', '相对湿度', 'relative humidity', '%RH', [0, 100, D('a percentage')], EVERY),
    flag('water', '探测器进水', 'water in the detector', EVERY),
    flag('fault', '探测器故障', 'detector fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    methaneLimits(gas),
    rule(gas, {
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
    }),
    hydrogenSulphideLimits(gas),
    rule(gas, {
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
    }),
    rule(gas, {
      metric: 'water',
      kind: 'flag',
      name: { zh: '探测器进水', en: 'water in the detector' },
      unit: '',
      steps: [
        step(
          4,
          above(1),
          {},
          V('status bit 0x20 of a well detector: water ingress [S56]'),
          advice(
            '探头浸水，浓度读数（含 0）一律不可信，该井视为失去监测。通知运维单位抽水、烘干或更换探头；恢复前由燃气公司人工巡检该井。',
            'The head is under water: no reading of it, and no 0 either, may be believed; the chamber is unwatched. Have it pumped out and the head dried or replaced; the gas company patrols until then.',
          ),
        ),
      ],
      reAlarmAfter: null,
    }),
    rule(gas, {
      metric: 'fault',
      kind: 'flag',
      name: { zh: '探测器故障', en: 'detector fault' },
      unit: '',
      steps: [
        step(
          4,
          above(1),
          {},
          V('status bit 0x08 of a well detector: sensor fault [S56]'),
          advice(
            '探测器自报故障，浓度读数不可信。通知运维单位 当日到场检修或换机，更换后用标气核对；修复前由燃气公司人工巡检该井。',
            'The detector says itself that it has failed: do not believe its readings. Repair or replace the same day and check with test gas; the gas company patrols until then.',
          ),
        ),
      ],
      reAlarmAfter: null,
    }),
    stuck(
      gas,
      'ch4',
      '甲烷浓度',
      'methane',
      { within: 0.05, onlyAbove: 5 },
      hours(24),
      R('gas in a chamber follows temperature and traffic; a day without a tenth of change is a frozen head'),
    ),
    silence(gas, EVERY, 3, D('3 × the expected interval; the fact sheet gives 2–3 ×')),
    lowBattery(gas),
  ],
  levelNote: {
    zh: '探测器标准（GB/T 50493）一级最低、二级最高，与突发事件分级相反。本包取：可燃气体一级（20 %LEL，派人复核）→ 3 黄，二级（50 %LEL，可能爆炸，须封路疏散）→ 1 红；有毒气体和氧气只危及下井人员，一级 → 3 黄、二级 → 2 橙；设备自身问题（进水、故障、失联、卡滞、低电量）→ 4 蓝。',
    en: 'Detector standards (GB/T 50493) count upwards: 一级 is the lowest. Here combustible gas 一级 (20 %LEL, go and measure) is 3 yellow and 二级 (50 %LEL, may explode, clear the street) is 1 red; poison and oxygen endanger only who goes down, so 一级 is 3 yellow and 二级 2 orange; what ails the device itself is 4 blue.',
  },
};
