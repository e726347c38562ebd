import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { minutes, seconds } from '../domain/time.ts';
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

const lift = as.lifeline('lift');
/** Gateways of lifts report by the minute while idle, and at once what happens (R). */
const EVERY = minutes(5);

/** 电梯: people who are shut in, cars that run away, doors that do not shut. */
export const LIFT: Pack = {
  lifeline: lift,
  name: { zh: '电梯', en: 'lifts' },
  metrics: [
    flag('trapped', '困人', 'people trapped', EVERY),
    flag('alarmButton', '轿厢求助', 'call for help from the car', EVERY),
    flag('overspeed', '超速', 'over-speed', EVERY),
    flag('openRun', '开门走车', 'moving with doors open', EVERY),
    flag('betweenFloors', '平层外停梯', 'stopped between floors', EVERY),
    flag('doorFault', '反复开关门', 'door opens again and again', EVERY),
    flag('topBottom', '冲顶或蹲底', 'hit the top or the pit', EVERY),
    flag('powerLoss', '停电', 'power lost', EVERY),
    flag('pitWater', '底坑进水', 'water in the pit', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    quantity('speed', '运行速度', 'speed', 'm/s', [0, 20, R('the fastest lifts run near 20 m/s')], EVERY),
    quantity(
      'vibration',
      '轿厢振动',
      'vibration of the car',
      'm/s²',
      [0, 50, R('accelerometers of a gateway')],
      EVERY,
      from(['gal', 0.01, D('1 gal = 1 cm/s²')], ['g', 9.80665, D('standard gravity')]),
    ),
    quantity('motorTemp', '曳引机温度', 'machine temperature', '℃', [-40, 200, R('surface probes')], EVERY),
    quantity(
      'roomTemp',
      '机房温度',
      'machine room temperature',
      '℃',
      [-40, 100, R('room thermometers')],
      EVERY,
    ),
    quantity('floor', '所在楼层', 'floor', '', [-20, 200, R('the tallest buildings have under 170')], EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    stateRule(
      lift,
      'trapped',
      ['电梯困人', 'people trapped'],
      1,
      V(
        'a maintainer is on site within 30 min, else level 2, then the fire brigade [S37]; reported by the gateway, DB34/T 4006-2021 [S96]',
      ),
      advice(
        '立即通过对讲安抚乘客、告知勿扒门；通知维保单位（30 分钟内到场），逾时叫应备用救援，再逾时呼 119。有伤病的同时呼 120。放出人员、查明原因后复位。',
        'Speak to them over the intercom: do not force the doors. The maintainer must be there within 30 min; late: the next rescue station, then 119. Hurt or ill: 120 as well. Reset when they are out and the cause is known.',
      ),
      { latching: true, reAlarmAfter: minutes(15) },
    ),
    stateRule(
      lift,
      'alarmButton',
      ['轿厢求助', 'call for help from the car'],
      2,
      V('one-key alarm in the car [S96]'),
      advice(
        '对讲核实：困人按困人处置，误按的登记。',
        'Ask over the intercom: trapped, or pressed by mistake?',
      ),
      { reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      lift,
      'overspeed',
      ['电梯超速', 'over-speed'],
      1,
      V('over-speed is monitored [S37][S96]'),
      advice(
        '立即停梯，确认有无人员受困受伤；维保、检验到场查明安全钳、限速器后方可恢复。',
        'Stop it, is anybody inside or hurt? Governor and safety gear are inspected before it runs again.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      lift,
      'openRun',
      ['开门走车', 'moving with doors open'],
      1,
      R('unintended car movement'),
      advice(
        '剪切危险：立即停梯封层门，维保到场检查制动器、门锁，检验合格前不得使用。',
        'It can cut: stop it and close the landings; brake and door locks are inspected before anybody uses it.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      lift,
      'topBottom',
      ['冲顶或蹲底', 'hit the top or the pit'],
      1,
      R('end-of-travel contacts'),
      advice(
        '立即停梯救人，呼 120；保护现场，报市场监管部门。',
        'Stop it, get people out, 120; leave the site as it is, report to the supervisor of lifts.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      lift,
      'betweenFloors',
      ['平层外停梯', 'stopped between floors'],
      3,
      R('stopped outside a door zone; a car that levels again within a minute is none'),
      advice(
        '查看轿厢视频有无人员，有人按困人处置，无人通知维保。',
        'Is anybody in the car? Then people are trapped; if not, call the maintainer.',
      ),
      { onDelay: seconds(60) },
    ),
    stateRule(
      lift,
      'doorFault',
      ['反复开关门', 'door opens again and again'],
      4,
      V('repeated door movement is monitored [S37][S96]'),
      advice(
        '提醒物业清理地坎异物，当日检修门机。',
        'Have the sill cleared and the door drive seen to the same day.',
      ),
      { onDelay: minutes(2) },
    ),
    stateRule(
      lift,
      'powerLoss',
      ['电梯停电', 'power lost'],
      3,
      V('backup power is demanded [S96]'),
      advice(
        '确认有无困人，核对应急平层和备用电源。',
        'Is anybody inside? Did it reach a floor on backup power?',
      ),
    ),
    stateRule(
      lift,
      'pitWater',
      ['底坑进水', 'water in the pit'],
      3,
      R('float switch in the pit'),
      advice(
        '停梯并停到高层，断电后抽水，检查底坑开关、随行电缆。',
        'Stop it at an upper floor, power off, pump out, inspect switches and cable.',
      ),
    ),
    limits(
      lift,
      'vibration',
      ['轿厢振动大', 'rough ride'],
      'm/s²',
      [
        step(
          4,
          above(0.35),
          { deadband: 0.05, onDelay: minutes(30), offDelay: minutes(30) },
          R('ride quality limits lie near 0.3 m/s² peak to peak'),
          advice('安排维保检查导靴、导轨和曳引轮。', 'Have shoes, rails and sheave seen to.'),
        ),
      ],
      { reAlarmAfter: null },
    ),
    limits(lift, 'motorTemp', ['曳引机过热', 'machine hot'], '℃', [
      step(
        3,
        above(85),
        { deadband: 5, onDelay: minutes(2) },
        R('surface of a winding of class B to F'),
        advice('停梯降温，查制动器拖滞和通风。', 'Stop it to cool; does the brake drag, is there air?'),
      ),
      step(
        2,
        above(110),
        { deadband: 5 },
        R('surface of a winding of class B to F'),
        advice(
          '有起火危险：断电，机房备灭火器，维保到场。',
          'May catch fire: power off, extinguisher ready, maintainer on site.',
        ),
      ),
    ]),
    limits(
      lift,
      'roomTemp',
      ['机房温度高', 'machine room hot'],
      '℃',
      [
        step(
          4,
          above(40),
          { deadband: 2, onDelay: minutes(10) },
          R('machine rooms are kept between 5 and 40 ℃'),
          advice('开启空调通风。', 'Cool and ventilate.'),
        ),
      ],
      { reAlarmAfter: null },
    ),
    deviceTrouble(lift, 'fault'),
    silence(lift, EVERY, 3, D('3 × the expected interval')),
    lowBattery(lift),
  ],
  levelNote: {
    zh: '来源中的困人“二级、三级”是逾时升级的救援层级（维保 → 救援站 → 119），不是报警等级。本包：危及人身（困人、超速、开门走车、冲顶蹲底）→ 1 红；求助、过热 → 2 橙；停梯、停电 → 3 黄；门机、振动和设备自身 → 4 蓝。',
    en: 'Level 2 and 3 in the source are who comes next when the maintainer is late, not grades of alarm. Here danger to people (trapped, over-speed, moving with open doors, top or pit) is 1 red; a call for help and overheating 2 orange; stopped or without power 3 yellow; doors, rough ride and the device itself 4 blue.',
  },
};
