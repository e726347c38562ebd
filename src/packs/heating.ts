import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes } from '../domain/time.ts';
import { SET_VALVE } from './language/commands.ts';
import {
  AGAIN,
  above,
  advice,
  below,
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

const heating = as.lifeline('heating');
/** Stations and nets (R). */
const NET = minutes(5);
/** Indoor sensors (R). */
const ROOM = hours(1);

/** 供热: nets, stations, chambers, and whether people are warm. Limits of a net are examples, set per point. */
export const HEATING: Pack = {
  lifeline: heating,
  name: { zh: '供热', en: 'district heating' },
  metrics: [
    quantity('roomTemp', '室内温度', 'room temperature', '℃', [-40, 80, R('indoor sensors')], ROOM),
    quantity(
      'supplyTemp',
      '供水温度',
      'supply temperature',
      '℃',
      [-40, 200, R('primary nets run up to 130–150 ℃')],
      NET,
    ),
    quantity('returnTemp', '回水温度', 'return temperature', '℃', [-40, 200, R('primary nets')], NET),
    quantity(
      'supplyPressure',
      '供水压力',
      'supply pressure',
      'MPa',
      [0, 4, R('transmitters to 2.5 or 4 MPa')],
      NET,
      from(['kPa', 0.001, D('1,000 kPa = 1 MPa')], ['bar', 0.1, D('10 bar = 1 MPa')]),
    ),
    quantity(
      'returnPressure',
      '回水压力',
      'return pressure',
      'MPa',
      [0, 4, R('transmitters to 2.5 or 4 MPa')],
      NET,
      from(['kPa', 0.001, D('1,000 kPa = 1 MPa')], ['bar', 0.1, D('10 bar = 1 MPa')]),
    ),
    quantity('flow', '循环流量', 'circulating flow', 'm³/h', [0, 50_000, R('trunk mains')], NET),
    quantity('makeUp', '补水流量', 'make-up flow', 'm³/h', [0, 5000, R('make-up pumps')], NET),
    quantity(
      'chamberTemp',
      '小室温度',
      'chamber temperature',
      '℃',
      [-40, 200, R('steam and hot water chambers')],
      NET,
    ),
    quantity(
      'soilTemp',
      '管沟土壤温度',
      'soil temperature beside the pipe',
      '℃',
      [-40, 120, R('buried probes')],
      NET,
    ),
    flag('flooded', '小室积水', 'water in the chamber', NET),
    flag('pumpFault', '循环泵故障', 'circulation pump fault', NET),
    flag('powerLoss', '换热站失电', 'station without power', NET),
    flag('water', '设备进水', 'water in the device', NET),
    flag('fault', '设备故障', 'device fault', NET),
    ...ownState(NET),
  ],
  rules: [
    limits(
      heating,
      'roomTemp',
      ['室温不达标', 'room too cold'],
      '℃',
      [
        step(
          3,
          below(18),
          { deadband: 0.5, onDelay: hours(2), offDelay: hours(1) },
          V('18 ℃ is the standard [S94]'),
          advice(
            '看同楼栋、同换热站其他测点：成片偏低调整换热站，单户查阀门、堵塞，24 小时内入户处理并回访。',
            'Other rooms of the house and station? Many: adjust the station. One: valve or blockage, visit within a day and ask again.',
          ),
        ),
        step(
          2,
          below(14),
          { deadband: 0.5, onDelay: hours(2), offDelay: hours(1) },
          R('well below the standard: pipes and old people are at risk'),
          advice(
            '疑似停热。核对换热站运行，通知供热公司抢修；孤老、医院、学校先安排临时取暖。',
            'The heat seems off. Check the station, send the crew; old people, hospitals and schools first get heaters.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(heating, 'supplyTemp', ['供水温度高', 'supply too hot'], '℃', [
      step(
        3,
        above(120),
        { deadband: 2, onDelay: minutes(5) },
        R('usual design of primary nets is 120–130 ℃; per net'),
        advice(
          '通知热源厂降温，防止补偿器、保温失效和汽化。',
          'Have the plant lower it: expansion joints and insulation suffer, water may flash into steam.',
        ),
      ),
      step(
        2,
        above(130),
        { deadband: 2 },
        R('usual design of primary nets is 120–130 ℃; per net'),
        advice(
          '超设计温度：热源厂立即降负荷，巡查补偿器和小室，人员远离。',
          'Beyond design: the plant cuts load at once, joints and chambers are looked at from a distance.',
        ),
      ),
    ]),
    limits(
      heating,
      'supplyPressure',
      ['供水压力高', 'supply pressure high'],
      'MPa',
      [
        step(
          3,
          above(1.4),
          { deadband: 0.02, onDelay: minutes(1) },
          R('design pressure 1.6 MPa, nine tenths of it; per net'),
          advice('调度降泵、查误关阀门。', 'Lower the pumps, look for a valve that was shut.'),
        ),
        step(
          1,
          above(1.6),
          { deadband: 0.02 },
          R('design pressure 1.6 MPa; per net'),
          advice(
            '达到设计压力：立即泄压停泵，沿线清空作业人员，防高温水喷出烫伤。',
            'Design pressure: relieve and stop the pumps, clear everybody off the line, scalding water may burst out.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.soon },
    ),
    limits(
      heating,
      'supplyPressure',
      ['供水压力骤降', 'pressure falling fast'],
      'MPa/min',
      [
        step(
          1,
          below(-0.05),
          { deadband: 0.01, offDelay: minutes(10) },
          R('a rupture takes tenths of a MPa in a minute; no standard gives a number'),
          advice(
            '疑似爆管，高温水可致烫伤和路面塌陷。立即关断两端阀门，交警封路围挡，严禁靠近冒汽积水处；通知医院、学校停热。',
            'Probably a rupture: scalding water, a hollow under the road. Shut both ends, police close the road, nobody near steam or puddles; tell hospitals and schools.',
          ),
        ),
      ],
      { kind: 'rate', signal: { of: 'rate', window: minutes(3) }, latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(heating, 'makeUp', ['补水量大', 'much make-up water'], 'm³/h', [
      step(
        3,
        above(20),
        { deadband: 2, onDelay: minutes(30), offDelay: minutes(30) },
        R('per net; a tight net needs about 1 % of its flow'),
        advice(
          '系统失水：分段关阀查漏，查用户放水，必要时热成像巡线。',
          'The net loses water: shut it section by section, look for people who draw it, walk the line with a thermal camera.',
        ),
      ),
      step(
        2,
        above(60),
        { deadband: 2, onDelay: minutes(5), offDelay: minutes(30) },
        R('three times the first step'),
        advice(
          '大量失水：按爆管处置，先看压力骤降的管段。',
          'Much is lost: treat as a rupture, first where pressure fell.',
        ),
      ),
    ]),
    limits(heating, 'chamberTemp', ['小室温度高', 'chamber hot'], '℃', [
      step(
        3,
        above(45),
        { deadband: 2, onDelay: minutes(10), offDelay: minutes(10) },
        R('nobody works above 40 ℃; valves leak before that'),
        advice(
          '疑有泄漏：禁止入室，通知供热公司通风降温后检查阀门、补偿器。',
          'Something leaks: no entry, ventilate and cool, then look at valves and joints.',
        ),
      ),
      step(
        2,
        above(60),
        { deadband: 2, offDelay: minutes(10) },
        R('hot water or steam escapes'),
        advice(
          '高温水汽外泄：井口围挡防烫伤，关断上下游阀门，查相邻电缆、燃气设施。',
          'Hot water or steam escapes: fence the cover, shut both valves, look at cables and gas beside it.',
        ),
      ),
    ]),
    limits(
      heating,
      'soilTemp',
      ['管沟土壤温度高', 'soil warm beside the pipe'],
      '℃',
      [
        step(
          3,
          above(40),
          { deadband: 2, onDelay: hours(1), offDelay: hours(1) },
          R('buried pipe loses heat through wet insulation; per point'),
          advice(
            '疑保温进水或渗漏，安排检漏，路面查空洞。',
            'Wet insulation or a leak: search for it and for a hollow under the road.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    stateRule(
      heating,
      'flooded',
      ['小室积水', 'water in the chamber'],
      3,
      R('water under a hot pipe destroys its insulation'),
      advice(
        '抽水前先测温测气，防烫伤中毒；查是渗漏还是外水。',
        'Measure heat and gas before pumping; does it leak, or come from outside?',
      ),
    ),
    stateRule(
      heating,
      'pumpFault',
      ['循环泵故障', 'circulation pump fault'],
      3,
      R('reported by the station'),
      advice(
        '切换备用泵；严寒期停运超过 2 小时须防冻泄水。',
        'Standby pump on; in hard frost drain after two hours without flow.',
      ),
    ),
    stateRule(
      heating,
      'powerLoss',
      ['换热站失电', 'station without power'],
      2,
      R('reported by the station'),
      advice(
        '通知供电抢修，防止水击、汽化；长时间停热启动应急。',
        'Call the power company; beware of water hammer; start the emergency plan if it lasts.',
      ),
    ),
    deviceTrouble(heating, 'water'),
    deviceTrouble(heating, 'fault'),
    metricSilence(heating, 'supplyPressure', ['供水压力', 'supply pressure'], NET),
    silence(heating, ROOM, 3, D('3 × the longest expected interval, that of indoor sensors')),
    lowBattery(heating),
  ],
  commands: [SET_VALVE],
  levelNote: {
    zh: '供热无统一报警分级，本包自定：设计压力、爆管迹象（可致烫伤、塌陷）→ 1 红；超温、失电、大量失水、严重低温 → 2 橙；室温不足 18 ℃ 等 → 3 黄；设备自身问题 → 4 蓝。管网限值随工况，须按点改。',
    en: 'There is no common grading: here design pressure and signs of a rupture are 1 red; overheating, loss of power, much lost water and deep cold 2 orange; rooms below 18 ℃ and the like 3 yellow; what ails the device itself 4 blue. Limits of a net depend on its design and are to be set per point.',
  },
};
