import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { minutes, seconds } from '../domain/time.ts';
import { hydrogenSulphide, methane } from './gases.ts';
import { START_FAN, STOP_FAN } from './language/commands.ts';
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
  outside,
  ownState,
  quantity,
  R,
  silence,
  stateRule,
  step,
  V,
} from './language/common.ts';

const gallery = as.lifeline('gallery');
/** Wired sensors of a gallery (R). */
const EVERY = minutes(1);

/** 综合管廊: air, water, fire and intruders in utility tunnels. */
export const GALLERY: Pack = {
  lifeline: gallery,
  name: { zh: '综合管廊', en: 'utility galleries' },
  metrics: [
    quantity(
      'temp',
      '环境温度',
      'temperature',
      '℃',
      [-40, 150, R('sensors that must survive the beginning of a fire')],
      EVERY,
    ),
    quantity('humidity', '相对湿度', 'relative humidity', '%RH', [0, 100, D('a percentage')], EVERY),
    quantity(
      'o2',
      '氧气浓度',
      'oxygen',
      '%VOL',
      [0, 30, D('air holds 20.9 %VOL; oxygen cells read 0–30')],
      EVERY,
    ),
    hydrogenSulphide(EVERY),
    methane(EVERY),
    quantity(
      'sump',
      '集水坑水位',
      'level in the sump',
      'm',
      [0, 10, R('sump pits')],
      EVERY,
      from(['cm', 0.01, D('100 cm = 1 m')]),
    ),
    quantity(
      'cableTemp',
      '电缆表面温度',
      'cable temperature',
      '℃',
      [-40, 300, R('fibre and probe sensors')],
      EVERY,
    ),
    flag('smoke', '烟雾', 'smoke', EVERY),
    flag('intruder', '入侵', 'intruder', EVERY),
    flag('open', '井盖（逃生口）开启', 'hatch open', EVERY),
    flag('fanFault', '风机故障', 'fan fault', EVERY),
    flag('pumpFault', '排水泵故障', 'sump pump fault', EVERY),
    flag('powerLoss', '配电失电', 'power lost', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    flag('water', '设备进水', 'water in the device', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    limits(gallery, 'temp', ['环境温度异常', 'temperature out of bounds'], '℃', [
      step(
        3,
        outside(5, 40),
        { deadband: 1, onDelay: minutes(5), offDelay: minutes(5) },
        V('gallery: at most 40 ℃, at least 5 ℃ [S95]'),
        advice(
          '启动机械通风降温，查电缆过载和热力管泄漏；低温查保温和进风口。人员不得进入。',
          'Fans on; overloaded cable or leaking heat pipe? Too cold: insulation and inlets. Nobody enters.',
        ),
      ),
      step(
        2,
        outside(-10, 60),
        { deadband: 1 },
        R('heat detectors act near 57–65 ℃'),
        advice(
          '疑起火：核对烟雾和视频，停相邻区间通风、关防火门，通知消防待命，撤出人员。',
          'Perhaps a fire: smoke and camera, stop the fans, shut the fire doors, fire brigade on standby, everybody out.',
        ),
      ),
    ]),
    limits(
      gallery,
      'humidity',
      ['湿度高', 'humid'],
      '%RH',
      [
        step(
          4,
          above(90),
          { deadband: 5, onDelay: minutes(30), offDelay: minutes(30) },
          R('condensation harms switchgear above about 85–90 %'),
          advice('启动除湿通风，查渗漏。', 'Ventilate and dry; look for seepage.'),
        ),
      ],
      { reAlarmAfter: null },
    ),
    limits(gallery, 'o2', ['氧气浓度异常', 'oxygen out of bounds'], '%VOL', [
      step(
        3,
        outside(19.5, 23.5),
        { deadband: 0.3, onDelay: seconds(60), offDelay: minutes(5) },
        V('O2 19.5 / 23.5 %VOL, GB/T 50493-2019 [S24]; one gallery page says 18–22 [S95]'),
        advice(
          '禁止进入，廊内人员立即撤出；启动通风后复测合格方可进入，同时查燃气、惰性气体泄漏。',
          'No entry, whoever is inside comes out; ventilate, measure again; look for gas that displaces the air.',
        ),
      ),
      step(
        2,
        outside(18, 25),
        { deadband: 0.3, offDelay: minutes(5) },
        V('gallery: at least 18 % [S95]; the upper bound is ours (D)'),
        advice(
          '窒息（富氧助燃）危险：确认廊内无人，有人的呼 119 佩呼吸器救援，全区间强制通风。',
          'People suffocate, or things burn: is anybody inside? Then 119, with breathing apparatus only; ventilate the whole section.',
        ),
      ),
    ]),
    limits(gallery, 'h2s', ['硫化氢超限', 'hydrogen sulphide over limit'], 'ppm', [
      step(
        3,
        above(7),
        { deadband: 2, onDelay: seconds(60), offDelay: minutes(5) },
        V('gallery: at most 10 mg/m³ [S95], which is 7 ppm (D)'),
        advice('禁止进入并通风，查污水舱泄漏。', 'No entry, ventilate, look for a leak in the sewage cabin.'),
      ),
      step(
        2,
        above(20),
        { deadband: 2, offDelay: minutes(5) },
        V('confined-space detector, high alarm 20 ppm [S47]'),
        advice(
          '剧毒：人员撤出、封闭出入口，无正压呼吸器严禁施救。',
          'Deadly: everybody out, entrances closed, no rescue without breathing apparatus.',
        ),
      ),
    ]),
    limits(
      gallery,
      'ch4',
      ['燃气舱甲烷超限', 'gas in the cabin'],
      '%LEL',
      [
        step(
          2,
          above(20),
          { deadband: 1, offDelay: minutes(5) },
          V(
            'gas cabin: alarm at no more than 20 %LEL starts accident ventilation of the section and its neighbours [S95][S48]',
          ),
          advice(
            '确认本区间及相邻区间事故风机已启动，通知燃气公司到场；禁止任何人进入，停止廊内一切作业和非防爆用电。',
            'Are the accident fans of this and the neighbouring sections running? Gas company on site; nobody enters, all work and ordinary electricity off.',
          ),
        ),
        step(
          1,
          above(25),
          { deadband: 1, offDelay: minutes(5) },
          V(
            'emergency cut-off at no more than 25 %LEL by one page, 35 % by another [S48][S49]: the smaller taken',
          ),
          advice(
            '令燃气公司立即关断两端切断阀，消防 119 到场，地面通风口、投料口周围警戒疏散，严禁火源；检测合格并现场回报后方可复位。',
            'Both shut-off valves closed now, fire brigade, clear the ground round the vents, no flame. Reset only after it measures clean on site.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(gallery, 'sump', ['集水坑水位高', 'sump filling'], 'm', [
      step(
        3,
        above(1),
        { deadband: 0.1, onDelay: seconds(60), offDelay: minutes(5) },
        R('start level of the second pump; per pit'),
        advice('核对排水泵启停，查渗漏和给水管爆管。', 'Are the pumps running? Seepage or a burst main?'),
      ),
      step(
        2,
        above(1.5),
        { deadband: 0.1, offDelay: minutes(5) },
        R('the pit is full; per pit'),
        advice(
          '廊内将进水：关断漏水管段，强排，防电力舱被淹，撤出人员。',
          'The gallery is about to flood: shut the leaking main, pump, keep water out of the power cabin, everybody out.',
        ),
      ),
    ]),
    limits(gallery, 'cableTemp', ['电缆温度高', 'cable hot'], '℃', [
      step(
        3,
        above(70),
        { deadband: 3, onDelay: minutes(5) },
        R('XLPE conductors run at up to 90 ℃, their surface near 70'),
        advice('通知供电公司核对负荷和接头。', 'Power company checks load and joints.'),
      ),
      step(
        2,
        above(90),
        { deadband: 3 },
        R('the conductor limit of XLPE reached at the surface'),
        advice(
          '通知供电公司转供停电，防起火，准备自动灭火。',
          'Power company takes the cable out, extinguishing system ready.',
        ),
      ),
    ]),
    stateRule(
      gallery,
      'smoke',
      ['烟雾报警', 'smoke'],
      1,
      R('reported by the fire detectors of the gallery'),
      advice(
        '视频确认；确认起火即关防火门、停风机、启动灭火，呼 119，断电，廊内人员撤离。',
        'Look at the camera; if it burns: fire doors, fans off, extinguish, 119, power off, everybody out.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      gallery,
      'intruder',
      ['人员入侵', 'intruder'],
      2,
      R('reported by the guard of the gallery'),
      advice(
        '核对入廊作业票；无票的视频跟踪、派员并报 110，防止盗割电缆和缺氧伤亡。',
        'A permit? If not, follow by camera, send somebody, 110: cables are cut, and air may be short.',
      ),
    ),
    stateRule(
      gallery,
      'open',
      ['井盖（逃生口）开启', 'hatch open'],
      3,
      R('reported by hatch contacts'),
      advice('核对作业票，无票派员关闭并查看。', 'A permit? If not, have it looked at and shut.'),
    ),
    stateRule(
      gallery,
      'fanFault',
      ['风机故障', 'fan fault'],
      3,
      R('reported by the controller'),
      advice(
        '该区间暂停入廊，立即维修；燃气舱风机故障按停气评估。',
        'No entry into this section, repair at once; in a gas cabin consider shutting the gas.',
      ),
    ),
    stateRule(
      gallery,
      'pumpFault',
      ['排水泵故障', 'sump pump fault'],
      3,
      R('reported by the controller'),
      advice('切换备用泵，雨天前置移动泵。', 'Standby pump; a mobile one in rain.'),
    ),
    stateRule(
      gallery,
      'powerLoss',
      ['配电失电', 'power lost'],
      2,
      R('reported by the switchboard'),
      advice(
        '切换应急电源；通风、排水、监测失效前撤出人员。',
        'Emergency supply on; everybody out before fans, pumps and sensors fail.',
      ),
    ),
    deviceTrouble(gallery, 'fault'),
    deviceTrouble(gallery, 'water'),
    silence(gallery, EVERY, 3, D('3 × the expected interval')),
    lowBattery(gallery),
  ],
  commands: [START_FAN, STOP_FAN],
  levelNote: {
    zh: '燃气舱两级：报警 20 %LEL（联动事故通风）→ 2 橙，紧急切断 → 1 红；封闭空间内比路面井危险，故第一级即橙。切断值来源不一（25 或 35 %LEL），取小。烟雾 → 1 红；缺氧、有毒按 3 黄、2 橙；设备自身问题 → 4 蓝。',
    en: 'A gas cabin knows two steps: alarm at 20 %LEL (accident fans) is 2 orange, cut-off 1 red; a closed tunnel is worse than a well in the street, so the first is orange already. Sources disagree on the cut-off (25 or 35 %LEL): the smaller is taken. Smoke is 1 red; oxygen and poison 3 yellow and 2 orange; what ails the device itself 4 blue.',
  },
};
