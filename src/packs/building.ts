import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { days, hours, minutes } from '../domain/time.ts';
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
  step,
  temperature,
} from './language/common.ts';

const building = as.lifeline('building');
/** Loggers on houses (R). */
const EVERY = hours(1);

/** 建筑: old and dangerous houses, and those beside a dig. All limits are of the project: the engineer sets them per point. */
export const BUILDING: Pack = {
  lifeline: building,
  name: { zh: '建筑', en: 'buildings' },
  metrics: [
    quantity(
      'tilt',
      '倾斜率',
      'tilt',
      '‰',
      [-200, 200, R('inclinometers to ±10°')],
      EVERY,
      from(['°', 17.453, D('tan 1° = 17.45 ‰')]),
    ),
    quantity(
      'settlement',
      '累计沉降',
      'settlement so far',
      'mm',
      [-1000, 1000, R('hydrostatic levels; up is negative')],
      EVERY,
      from(['cm', 10, D('1 cm = 10 mm')]),
    ),
    quantity('crack', '裂缝宽度', 'crack width', 'mm', [0, 100, R('crack gauges')], EVERY),
    quantity('strain', '应变', 'strain', 'µε', [-5000, 5000, R('strain gauges')], EVERY),
    quantity(
      'vibration',
      '振动速度',
      'vibration, peak velocity',
      'mm/s',
      [0, 500, R('geophones')],
      minutes(10),
    ),
    temperature('温度', 'temperature', EVERY),
    flag('displaced', '构件位移（脱落）', 'member moved or fallen', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    limits(
      building,
      'tilt',
      ['房屋倾斜', 'house leaning'],
      '‰',
      [
        step(
          3,
          outside(-4, 4),
          { deadband: 0.3, onDelay: hours(1), offDelay: hours(1) },
          R('GB 50007 allows 4 ‰ up to 24 m of height; per house'),
          advice(
            '通知产权人和鉴定机构复测，查周边基坑、降水、挖墙。',
            'Owner and assessor measure again; look for digging, pumping and walls taken out.',
          ),
        ),
        step(
          2,
          outside(-7, 7),
          { deadband: 0.3, offDelay: hours(1) },
          R('seven tenths of the dangerous tilt; per house'),
          advice(
            '限制使用，撤出上部住户，周边施工停工，鉴定机构当日到场。',
            'Upper floors out, digging beside it stops, assessor the same day.',
          ),
        ),
        step(
          1,
          outside(-10, 10),
          { deadband: 0.3, offDelay: hours(1) },
          R('JGJ 125: dangerous from 10 ‰; per house'),
          advice(
            '立即撤离全楼并设警戒，断气断电，报住建和应急部门；未经鉴定不得返回取物。',
            'Everybody out now, cordon, gas and power off, report; nobody goes back for things before the assessor says so.',
          ),
        ),
      ],
      { latching: true },
    ),
    limits(
      building,
      'settlement',
      ['累计沉降大', 'settled far'],
      'mm',
      [
        step(
          3,
          above(20),
          { deadband: 1, onDelay: hours(1), offDelay: hours(1) },
          R('usual warning for houses beside a dig, 10–60 mm by GB 50497; per project'),
          advice(
            '加密监测，通知基坑施工和设计单位核查降水、支护。',
            'Measure more often; the dig’s builder and designer check pumping and shoring.',
          ),
        ),
        step(
          2,
          above(40),
          { deadband: 1, offDelay: hours(1) },
          R('twice the first step; per project'),
          advice(
            '基坑停工回填或注浆，撤离受影响住户，管线单位查燃气供水。',
            'Stop the dig, fill or grout, those affected out, gas and water mains checked.',
          ),
        ),
      ],
      { latching: true },
    ),
    limits(
      building,
      'settlement',
      ['沉降过快', 'settling fast'],
      'mm/d',
      [
        step(
          2,
          above(3),
          { deadband: 0.5, offDelay: hours(6) },
          R('2–3 mm a day for houses beside a dig (GB 50497); per project'),
          advice(
            '沉降加速：立即停工，查渗漏涌砂，准备撤人。',
            'It speeds up: stop work, look for water and sand that runs in, be ready to clear the house.',
          ),
        ),
      ],
      { kind: 'rate', signal: { of: 'rate', window: days(1), per: days(1) } },
    ),
    limits(
      building,
      'crack',
      ['裂缝宽', 'crack wide'],
      'mm',
      [
        step(
          3,
          above(1.5),
          { deadband: 0.1, onDelay: hours(1), offDelay: hours(1) },
          R('houses beside a dig, 1.5–3 mm (GB 50497); per crack'),
          advice(
            '派员查看是否贯通、新增，承重构件的请鉴定机构到场。',
            'Does it go through, are there new ones? In a bearing member: assessor on site.',
          ),
        ),
        step(
          2,
          above(3),
          { deadband: 0.1, offDelay: hours(1) },
          R('houses beside a dig, 1.5–3 mm (GB 50497); per crack'),
          advice(
            '限制使用并临时支护，撤出相邻房间，当日鉴定。',
            'Prop it, clear the rooms beside it, assessor the same day.',
          ),
        ),
      ],
      { latching: true },
    ),
    limits(building, 'strain', ['应变超限', 'strain over limit'], 'µε', [
      step(
        2,
        outside(-300, 300),
        { deadband: 15, onDelay: minutes(30) },
        R('to be set per member from the design'),
        advice(
          '核对温度和相邻测点，属实的支护并限载。',
          'Check temperature and neighbours; if so, prop it and take load off.',
        ),
      ),
    ]),
    limits(building, 'vibration', ['振动大', 'strong vibration'], 'mm/s', [
      step(
        3,
        above(5),
        { deadband: 0.5, offDelay: minutes(30) },
        R('old and brick houses, a few mm/s (GB 6722 by frequency)'),
        advice(
          '查爆破、打桩、强夯，联系施工方降低强度。',
          'Blasting, piling or compaction nearby? Have it done more gently.',
        ),
      ),
      step(
        2,
        above(15),
        { deadband: 1, offDelay: minutes(30) },
        R('ordinary houses 15–30 mm/s (GB 6722 by frequency)'),
        advice(
          '责令停工，检查开裂坠物，文物建筑请主管部门到场。',
          'Work stops; look for cracks and loose parts; for a monument call its guardian.',
        ),
      ),
    ]),
    limits(
      building,
      'displaced',
      ['构件位移（脱落）', 'member moved or fallen'],
      '',
      [
        step(
          1,
          above(1),
          {},
          R('wire and contact sensors on facades, signs and slabs'),
          advice(
            '立即在下方围挡封路，排查坠落和人员受伤，呼 119、120。',
            'Close the ground below at once; did it fall, is anybody hurt? 119, 120.',
          ),
        ),
      ],
      { kind: 'flag', latching: true, reAlarmAfter: AGAIN.soon },
    ),
    deviceTrouble(building, 'fault'),
    silence(building, EVERY, 3, D('3 × the expected interval')),
    lowBattery(building),
  ],
  levelNote: {
    zh: '建筑监测限值均为项目值，来源为工程惯例（R），须由鉴定（设计）单位按点确认：预警 → 3 黄，报警 → 2 橙，危险状态（倾斜 10 ‰、构件脱落）→ 1 红；设备自身问题 → 4 蓝。',
    en: 'Limits are of the project: those here are usual ones (R) which the engineer must confirm per point. Warning is 3 yellow, alarm 2 orange, a dangerous state (10 ‰ of tilt, a fallen member) 1 red; what ails the device itself 4 blue.',
  },
};
