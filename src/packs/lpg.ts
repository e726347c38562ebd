import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes } from '../domain/time.ts';
import { propane } from './gases.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  deviceTrouble,
  flag,
  from,
  limits,
  lowBattery,
  metricSilence,
  ownState,
  quantity,
  R,
  silence,
  stateRule,
  step,
  V,
} from './language/common.ts';

const lpg = as.lifeline('lpg');
/** Stations are wired (R). */
const STATION = minutes(5);
/** Bottles and interlocks report daily (R). */
const BOTTLE = hours(24);

/** 瓶装液化气: filling stations, tanks, vehicles, bottles and the shops that use them. */
export const LPG: Pack = {
  lifeline: lpg,
  name: { zh: '瓶装液化气', en: 'bottled LPG' },
  capCategories: ['Infra', 'Safety'],
  metrics: [
    propane(STATION),
    quantity('tankLevel', '储罐液位', 'level in the tank', '%', [0, 100, D('a percentage')], STATION),
    quantity(
      'tankPressure',
      '储罐压力',
      'tank pressure',
      'MPa',
      [0, 4, R('tanks are designed for 1.77 MPa')],
      STATION,
      from(['kPa', 0.001, D('1,000 kPa = 1 MPa')]),
    ),
    quantity('tankTemp', '储罐温度', 'tank temperature', '℃', [-40, 120, R('tank thermometers')], STATION),
    quantity(
      'weight',
      '气瓶余重',
      'weight left in the bottle',
      'kg',
      [0, 200, R('bottles up to 50 kg and their own weight')],
      BOTTLE,
    ),
    flag('valveOpen', '瓶阀开启', 'bottle valve open', BOTTLE),
    flag('displaced', '气瓶离位', 'bottle not where it belongs', BOTTLE),
    flag('offRoute', '配送车偏离路线', 'vehicle off its route', STATION),
    flag('expired', '气瓶超检', 'bottle past its inspection', BOTTLE),
    flag('interlockOff', '智能联锁离线', 'interlock off', BOTTLE),
    flag('tamper', '拆改', 'tampered with', BOTTLE),
    flag('fault', '设备故障', 'device fault', STATION),
    ...ownState(BOTTLE),
  ],
  rules: [
    limits(
      lpg,
      'c3h8',
      ['液化气泄漏', 'LPG leaking'],
      '%LEL',
      [
        step(
          2,
          above(10),
          { deadband: 1, offDelay: minutes(5) },
          R('usual set-points for LPG rooms lie between 5 and 25 %LEL'),
          advice(
            '通知站（店）关阀、断火、停止充装，开门自然通风并检查地沟；非防爆电器一律不动。',
            'The station shuts valves, puts out fires and stops filling; doors open, drains checked, no ordinary switch touched.',
          ),
        ),
        step(
          1,
          above(25),
          { deadband: 1, offDelay: minutes(5) },
          V(
            'GB/T 50493-2019 §5.5.2: first alarm at no more than 25 %LEL [S24]; LPG explodes from 1.5 %VOL [S44]',
          ),
          advice(
            '启动紧急切断、喷淋，呼 119，向上风向疏散并封路；液化气沉积低洼处，严禁车辆驶入。检测合格后复位。',
            'Emergency shut-down and water spray, 119, clear up wind and close the road; it lies in low places: no vehicle in. Reset when it measures clean.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(lpg, 'tankLevel', ['储罐液位高', 'tank too full'], '%', [
      step(
        3,
        above(85),
        { deadband: 1 },
        R('tanks are filled to 85–90 % at most'),
        advice('停止进液，核对液位计。', 'Stop filling, check the gauge.'),
      ),
      step(
        1,
        above(90),
        { deadband: 1 },
        R('tanks are filled to 85–90 % at most'),
        advice(
          '超装：温升可致破裂。立即停止进液、倒罐减量，启动喷淋降温，站内禁火清人。',
          'Overfilled: warmth may burst it. Stop, transfer, cool with water, no flame, everybody out of the yard.',
        ),
      ),
    ]),
    limits(
      lpg,
      'tankPressure',
      ['储罐压力高', 'tank pressure high'],
      'MPa',
      [
        step(
          3,
          above(1.4),
          { deadband: 0.05, onDelay: minutes(1) },
          R('eight tenths of the design pressure of 1.77 MPa'),
          advice('启动喷淋降温，核对安全阀，暂停装卸。', 'Spray, check the relief valve, no loading.'),
        ),
        step(
          1,
          above(1.6),
          { deadband: 0.05 },
          R('nine tenths of the design pressure of 1.77 MPa: the relief valve is about to open'),
          advice(
            '安全阀即将起跳：全站断火疏散，呼 119，持续喷淋，周边道路封控。',
            'The relief valve is about to open: no flame, clear the yard, 119, keep spraying, close the roads.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.soon },
    ),
    limits(lpg, 'tankTemp', ['储罐温度高', 'tank hot'], '℃', [
      step(
        3,
        above(40),
        { deadband: 1, onDelay: minutes(5) },
        R('spraying starts at 40 ℃'),
        advice('启动喷淋，加密巡查压力。', 'Spray, watch the pressure.'),
      ),
      step(
        2,
        above(48),
        { deadband: 1 },
        R('design temperature is 50 ℃'),
        advice(
          '接近设计温度：停止作业、持续喷淋，查外部火源。',
          'Close to the design temperature: stop work, keep spraying, look for fire outside.',
        ),
      ),
    ]),
    stateRule(
      lpg,
      'displaced',
      ['气瓶离位', 'bottle not where it belongs'],
      3,
      V('bottle position is watched, T/GAL 002-2024 [S15]'),
      advice(
        '核对流转记录，查是否倒卖、移入地下室或人员密集场所。',
        'Check its record: sold on, taken to a cellar or a crowded place?',
      ),
    ),
    stateRule(
      lpg,
      'valveOpen',
      ['非用气时瓶阀开启', 'valve open out of hours'],
      3,
      V('bottle valve state, T/GAL 002-2024 [S15]'),
      advice('联系用户关阀并检漏。', 'Call the user: shut it and look for leaks.'),
      { onDelay: hours(12) },
    ),
    stateRule(
      lpg,
      'offRoute',
      ['配送车偏离路线', 'vehicle off its route'],
      3,
      V('vehicle position is tracked [S25]'),
      advice('联系驾驶员，联系不上通报交警、交通执法。', 'Call the driver; no answer: traffic police.'),
      { onDelay: minutes(5) },
    ),
    stateRule(
      lpg,
      'expired',
      ['气瓶超检', 'bottle past its inspection'],
      3,
      R('bottles are inspected every 4 years'),
      advice('禁止充装，召回送检或报废。', 'Must not be filled: call it back, inspect or scrap it.'),
      { reAlarmAfter: null },
    ),
    stateRule(
      lpg,
      'tamper',
      ['联锁拆改', 'tampered with'],
      2,
      R('reported by smart interlocks'),
      advice(
        '派员到店核查，私拆的停止供气并移交执法。',
        'Go and look; if it was taken apart, stop supply and hand it to enforcement.',
      ),
    ),
    stateRule(
      lpg,
      'interlockOff',
      ['智能联锁离线', 'interlock off'],
      4,
      V('online rate of smart interlocks is tracked [S25]'),
      advice(
        '联系用户通电联网，离线期间不予配送。',
        'Have the user switch it on; no delivery while it is off.',
      ),
    ),
    deviceTrouble(lpg, 'fault'),
    metricSilence(lpg, 'c3h8', ['液化气浓度', 'LPG reading'], STATION),
    silence(lpg, BOTTLE, 3, V('offline after 72 h [S42]; 3 × the daily heartbeat')),
    lowBattery(lpg),
  ],
  levelNote: {
    zh: '储罐、泄漏按危及程度自定：25 %LEL、超装 90 %、压力 1.6 MPa → 1 红；10 %LEL、拆改、48 ℃ → 2 橙；气瓶、车辆管理类 → 3 黄；设备自身问题 → 4 蓝。LPG 限值细节未读到标准（R）。',
    en: 'Ours: 25 %LEL, 90 % full or 1.6 MPa is 1 red; 10 %LEL, tampering and 48 ℃ 2 orange; what concerns bottles and vehicles 3 yellow; what ails the device itself 4 blue. Details for LPG were read in no standard (R).',
  },
};
