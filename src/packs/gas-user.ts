import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import { methane, propane } from './gases.ts';
import { CLOSE_VALVE } from './language/commands.ts';
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
  ownState,
  quantity,
  R,
  silence,
  stateRule,
  step,
  V,
} from './language/common.ts';

const user = as.lifeline('gas-user');
/** Heartbeat of a home alarm (R); on alarm and on recovery it reports at once. */
const EVERY = hours(24);

/** 燃气用户终端: alarms, valves and meters in homes, kitchens and boiler rooms. */
export const GAS_USER: Pack = {
  lifeline: user,
  name: { zh: '燃气用户终端', en: 'gas at the user' },
  capCategories: ['Infra', 'Safety'],
  metrics: [
    methane(EVERY),
    propane(EVERY),
    quantity(
      'co',
      '一氧化碳浓度',
      'carbon monoxide',
      'ppm',
      [0, 10_000, D('ten times the usual cell: a stronger cell must not read as a fault')],
      EVERY,
      from(['mg/m³', 0.859, D('24.06 L/mol at 20 °C, 28.01 g/mol')]),
    ),
    quantity(
      'pressure',
      '灶前压力',
      'pressure at the appliance',
      'kPa',
      [0, 100, R('low-pressure gas is near 2 kPa')],
      EVERY,
      from(['Pa', 0.001, D('1,000 Pa = 1 kPa')]),
    ),
    quantity('flow', '瞬时流量', 'flow', 'm³/h', [0, 1000, R('household and commercial meters')], EVERY),
    flag('alarm', '报警器报警', 'the alarm itself sounds', EVERY),
    flag('valveClosed', '切断阀关闭', 'cut-off valve closed', EVERY),
    flag('valveFault', '切断阀故障', 'cut-off valve fault', EVERY),
    flag('leakFlow', '微小流量持续', 'small flow that does not end', EVERY),
    flag('endOfLife', '到期', 'past its date', EVERY),
    flag('powerLoss', '失电', 'power lost', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    limits(
      user,
      'ch4',
      ['室内燃气泄漏', 'gas in the room'],
      '%LEL',
      [
        step(
          2,
          above(10),
          { deadband: 1, offDelay: minutes(5) },
          R('household set-points lie between 5 and 25 %LEL'),
          advice(
            '电话通知用户：开窗、关阀、到室外打电话，勿开关电器；联系不上的通知燃气公司和物业上门（1 小时内）。',
            'Call the user: windows open, valve shut, telephone from outside, touch no switch; no answer: gas company and caretaker go there within the hour.',
          ),
        ),
        step(
          1,
          above(25),
          { deadband: 1, offDelay: minutes(5) },
          V(
            'GB/T 50493-2019 §5.5.2: first alarm at no more than 25 %LEL [S24]; detector default low alarm 25 %LEL [S46]',
          ),
          advice(
            '核对切断阀已关；燃气抢修、消防 119 同时出动，疏散本单元上下层住户，楼道断电由楼外操作，严禁敲门用电铃。检测合格后复位。',
            'Is the valve shut? Gas crew and fire brigade together, clear the staircase above and below, power off from outside, no bell. Reset when it measures clean.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(
      user,
      'c3h8',
      ['室内液化气泄漏', 'LPG in the room'],
      '%LEL',
      [
        step(
          2,
          above(10),
          { deadband: 1, offDelay: minutes(5) },
          R('household set-points lie between 5 and 25 %LEL'),
          advice(
            '同燃气泄漏；液化气比空气重，注意地沟、地下室，扫帚驱散勿用电扇。',
            'As for gas; it is heavier than air: mind drains and cellars, sweep it out, no electric fan.',
          ),
        ),
        step(
          1,
          above(25),
          { deadband: 1, offDelay: minutes(5) },
          V('GB/T 50493-2019 §5.5.2: first alarm at no more than 25 %LEL [S24]'),
          advice(
            '关瓶阀、疏散并呼 119，低洼处警戒，检测合格后复位。',
            'Shut the bottle, clear the house, 119, cordon off low places. Reset when it measures clean.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(
      user,
      'co',
      ['一氧化碳超限', 'carbon monoxide over limit'],
      'ppm',
      [
        step(
          2,
          above(50),
          { deadband: 10, onDelay: seconds(60), offDelay: minutes(5) },
          R('home CO alarms act between 50 and 300 ppm, the sooner the more'),
          advice(
            '立即联系用户撤到室外、停用热水器；无人应答的派员上门，疑中毒呼 120。',
            'Call the user: out, heater off; no answer: go there, 120 if poisoned.',
          ),
        ),
        step(
          1,
          above(160),
          { deadband: 20, offDelay: minutes(5) },
          V('confined-space detector, high alarm 160 ppm [S47]'),
          advice(
            '致命浓度：同时派 119、120 和物业破门通风救人，排查同烟道住户。',
            'It kills: 119, 120 and the caretaker break in, air it and get people out; look at all homes on the same flue.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      user,
      'alarm',
      ['报警器自身报警', 'the alarm itself sounds'],
      2,
      R('a home alarm acts on its own set-point and may send no concentration'),
      advice(
        '按室内燃气泄漏联系用户核实；误报登记原因（酒精、油烟、杀虫剂）。',
        'Treat as gas in the room and call the user; if false, note why (alcohol, cooking, insecticide).',
      ),
    ),
    stateRule(
      user,
      'leakFlow',
      ['微小流量持续', 'small flow that does not end'],
      3,
      R('meters report a small flow over hours'),
      advice(
        '疑胶管、接头微漏或小火未关：联系用户检查，24 小时内入户检漏。',
        'A hose or joint leaks, or a pilot burns: call the user, check within a day.',
      ),
    ),
    stateRule(
      user,
      'valveClosed',
      ['切断阀关闭', 'cut-off valve closed'],
      3,
      V('the solenoid valve is watched at the user end, T/GAL 002-2024 [S15]'),
      advice(
        '先查是否泄漏切断；确认安全、用户在场后方可复位通气，严禁远程自动开阀。',
        'Did it shut for a leak? Open only when safe and with the user there, never from afar.',
      ),
    ),
    stateRule(
      user,
      'valveFault',
      ['切断阀故障', 'cut-off valve fault'],
      3,
      V('solenoid valve state, T/GAL 002-2024 [S15]; cut-off valves last 10 years [S53]'),
      advice(
        '泄漏时无法切断：3 日内更换，期间提醒用户人走关阀。',
        'It would not shut: replace within three days; the user shuts the tap when they leave.',
      ),
    ),
    stateRule(
      user,
      'powerLoss',
      ['失电', 'power lost'],
      4,
      R('mains-fed alarms report it'),
      advice(
        '提醒用户恢复供电；失电即失去监测。',
        'Ask the user to switch it on: without power nothing is watched.',
      ),
    ),
    stateRule(
      user,
      'endOfLife',
      ['报警器到期', 'alarm past its date'],
      4,
      V('detectors last 5 years in homes, 3 in commerce and industry, CJJ/T 146-2011 [S53]'),
      advice('通知用户更换，更换前重点入户安检。', 'Have it replaced; inspect this home first until then.'),
    ),
    deviceTrouble(user, 'fault'),
    silence(user, EVERY, 3, V('offline after 72 h [S42]; 3 × the daily heartbeat')),
    lowBattery(user),
  ],
  commands: [CLOSE_VALVE],
  levelNote: {
    zh: '家用报警器只有“报警”一级；室内有人居住，泄漏第一级即 → 2 橙，25 %LEL 或一氧化碳 160 ppm → 1 红；阀门、微漏 → 3 黄；设备自身问题、到期 → 4 蓝。',
    en: 'Home alarms know one alarm. People live there, so the first step is 2 orange, 25 %LEL or 160 ppm of CO 1 red; valves and small leaks 3 yellow; what ails the device itself, and its date, 4 blue.',
  },
};
