import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { days, hours, minutes } from '../domain/time.ts';
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
  rule,
  silence,
  stateRule,
  step,
  temperature,
  V,
} from './language/common.ts';

const supply = as.lifeline('water-supply');
/** Pressure and flow of the net (R). */
const NET = minutes(5);
/** Quality in secondary supply is brought up to date every 15 min [S36]. */
const QUALITY = minutes(15);
/** A leak logger listens from 02:00 to 04:00 and speaks once [S92]. */
const NIGHTLY = hours(24);

/** 供水: pressure and flow of the net, water quality, and loggers that listen for leaks. */
export const WATER_SUPPLY: Pack = {
  lifeline: supply,
  name: { zh: '供水', en: 'water supply' },
  metrics: [
    quantity(
      'pressure',
      '管网压力',
      'pressure in the net',
      'MPa',
      [0, 2.5, R('transmitters to 1.6 or 2.5 MPa')],
      NET,
      from(
        ['kPa', 0.001, D('1,000 kPa = 1 MPa')],
        ['bar', 0.1, D('10 bar = 1 MPa')],
        ['m', 0.009_807, D('a metre of water is 9.807 kPa')],
      ),
    ),
    quantity(
      'flow',
      '管网流量',
      'flow in the net',
      'm³/h',
      [-50_000, 50_000, R('mains up to DN2000; negative is backflow')],
      NET,
      from(['L/s', 3.6, D('1 L/s = 3.6 m³/h')]),
    ),
    quantity(
      'chlorine',
      '余氯',
      'residual chlorine',
      'mg/L',
      [0, 20, R('amperometric cells, 0–20 mg/L')],
      QUALITY,
    ),
    quantity('turbidity', '浊度', 'turbidity', 'NTU', [0, 4000, V('probe range 0–4,000 NTU [S91]')], QUALITY),
    quantity('ph', '酸碱度 pH', 'pH', 'pH', [0, 14, D('the scale of pH')], QUALITY),
    quantity(
      'tankLevel',
      '水箱液位',
      'level in the tank',
      'm',
      [0, 20, R('tanks and clear wells')],
      QUALITY,
      from(['cm', 0.01, D('100 cm = 1 m')]),
    ),
    quantity(
      'noise',
      '漏水噪声（夜间最小值）',
      'leak noise, nightly minimum',
      'dB',
      [0, 140, R('noise loggers')],
      NIGHTLY,
    ),
    quantity(
      'leak',
      '漏水判定（0 无 1 疑似 2 漏水）',
      'leak verdict: 0 none, 1 possible, 2 leak',
      '',
      [0, 2, V('loggers say leak / possible / none against the 14 nights before [S92][S93]')],
      NIGHTLY,
    ),
    temperature('水温', 'water temperature', QUALITY),
    flag('pumpFault', '泵组故障', 'pump fault', NET),
    flag('open', '箱门（井盖）开启', 'cabinet or cover open', NET),
    flag('water', '设备进水', 'water in the device', NET),
    flag('fault', '设备故障', 'device fault', NET),
    ...ownState(NET),
  ],
  rules: [
    limits(supply, 'pressure', ['管网压力低', 'pressure low'], 'MPa', [
      step(
        3,
        below(0.14),
        { deadband: 0.01, onDelay: minutes(5), offDelay: minutes(5) },
        V('end of the net at least 0.14 MPa [S90]'),
        advice(
          '通知供水公司调度核对泵站出压、阀门和相邻压力点；非计划停水的查爆管和大用户抢水，通知二次供水泵房防止抽空。',
          'Supply dispatch checks pumps, valves and the neighbouring gauges; if nothing was planned, look for a burst and warn the pump rooms of tall buildings.',
        ),
      ),
      step(
        2,
        below(0.07),
        { deadband: 0.01, onDelay: minutes(1), offDelay: minutes(5) },
        R('about 7 m of water: nothing above the first floor'),
        advice(
          '大面积失压。立即启动应急供水，关阀隔离可疑管段，通知医院、学校等重点用户；恢复后先排放、检测水质再供水，防止负压吸入污染。',
          'Pressure is gone over an area. Emergency water, isolate the suspect main, warn hospitals and schools; flush and test before supply is restored, negative pressure draws dirt in.',
        ),
      ),
    ]),
    limits(
      supply,
      'pressure',
      ['管网压力高', 'pressure high'],
      'MPa',
      [
        step(
          3,
          above(0.6),
          { deadband: 0.02, onDelay: minutes(1), offDelay: minutes(5) },
          R('usual upper limit of a distribution net; to be set per zone'),
          advice(
            '通知调度降泵、核对减压阀；高压持续易爆管，老旧管段加派巡线。',
            'Dispatch lowers the pumps and checks the reducing valves; old mains burst under lasting pressure: patrol them.',
          ),
        ),
      ],
      { kind: 'high' },
    ),
    limits(
      supply,
      'pressure',
      ['压力骤降', 'pressure falling fast'],
      'MPa/min',
      [
        step(
          2,
          below(-0.02),
          { deadband: 0.005, offDelay: minutes(10) },
          R('a burst takes tenths of a MPa within minutes; to be set per zone, no standard gives a number'),
          advice(
            '疑似爆管。看流量是否突增、相邻点是否同步下降；通知供水抢修到场定位关阀，交警防护路面塌陷，通知燃气、电力、地铁查相邻设施。',
            'Probably a burst. Has the flow jumped, do neighbours fall too? Crew finds it and shuts the valves, police guard against a collapsing road, gas, power and metro check what lies beside it.',
          ),
        ),
      ],
      { kind: 'rate', signal: { of: 'rate', window: minutes(5) }, reAlarmAfter: AGAIN.soon },
    ),
    limits(
      supply,
      'flow',
      ['夜间最小流量抬升', 'more flows at night'],
      '×',
      [
        step(
          4,
          above(6),
          { deadband: 2 },
          D(
            'six usual spreads (12 % at least) above the median of the 14 nights before, 02–04 as leak loggers listen [S92]; no standard gives a number',
          ),
          advice(
            '夜间无人用水时流量抬升，疑新发漏失：核对夜间施工、消防取水和大用户；连续两夜的按分区逐段关阀听漏。',
            'More flows while nobody uses it, perhaps a new leak: rule out works, hydrants and large users; two nights in succession: narrow it down by valves and listen.',
          ),
        ),
        step(
          3,
          above(20),
          { deadband: 2 },
          D('twenty usual spreads (40 % at least): more than one service pipe; no standard gives a number'),
          advice(
            '夜间漏失量大：当日派检漏队，看路面、管沟和邻近压力点；位于道路、地铁旁的查空洞。',
            'A large leak: leak crew today; look at road surface, ducts and the gauges beside it; beside roads and metro look for a hollow.',
          ),
        ),
      ],
      { kind: 'night', reAlarmAfter: null, signal: { of: 'night', from: 2, to: 4, nights: 14 } },
    ),
    limits(supply, 'chlorine', ['余氯低', 'residual chlorine low'], 'mg/L', [
      step(
        3,
        below(0.2),
        { deadband: 0.02, onDelay: minutes(15), offDelay: minutes(15) },
        V('secondary supply: below 0.2 mg/L is a third-level warning, crew within 30 min [S36]'),
        advice(
          '30 分钟内派员到泵房复测余氯，检查加氯机、水箱停留时间和清洗记录；复测不合格的停用该水箱、排空消毒。',
          'Somebody at the pump room within 30 min to measure again; check dosing, age of the water and cleaning. Still low: take the tank out, drain and disinfect.',
        ),
      ),
      step(
        2,
        below(0.05),
        { deadband: 0.02, offDelay: minutes(15) },
        R('end of the net at least 0.05 mg/L (GB 5749)'),
        advice(
          '水质已无消毒余量。停止该处供水并告知用户勿饮用，取样送检，通报卫生、供水主管部门；查回流和外源污染。',
          'No disinfectant left. Stop supply there, tell people not to drink it, take samples, inform health and water authorities; look for backflow and pollution.',
        ),
      ),
    ]),
    limits(supply, 'turbidity', ['浊度超限', 'turbidity over limit'], 'NTU', [
      step(
        3,
        above(1),
        { deadband: 0.1, onDelay: minutes(15), offDelay: minutes(15) },
        R('drinking water at most 1 NTU (GB 5749)'),
        advice(
          '通知供水公司排放冲洗该段，核对是否抢修、换向引起；复测合格前告知用户。',
          'Have the section flushed; was there a repair or a change of direction? Tell the users until it measures clean.',
        ),
      ),
      step(
        2,
        above(3),
        { deadband: 0.2, onDelay: minutes(5), offDelay: minutes(15) },
        R('the bound of GB 5749 for small supplies, here gross turbidity'),
        advice(
          '疑有泥沙或污水进入。停供该段，取样检测微生物，查负压倒吸和交叉连接，通报卫生部门。',
          'Silt or sewage may have got in. Stop this section, test for germs, look for backflow and cross-connections, tell the health authority.',
        ),
      ),
    ]),
    limits(supply, 'ph', ['pH 超限', 'pH out of bounds'], 'pH', [
      step(
        3,
        { is: 'outside', low: 6.5, high: 8.5 },
        { deadband: 0.1, onDelay: minutes(15), offDelay: minutes(15) },
        R('drinking water 6.5–8.5 (GB 5749)'),
        advice(
          '现场复测，核对电极校准；确实超限的查加药和来水，取样送检，必要时停供。',
          'Measure on site and check the electrode; if it is so, look at dosing and source, take samples, stop supply if need be.',
        ),
      ),
    ]),
    limits(
      supply,
      'leak',
      ['漏水监测仪报漏', 'leak heard'],
      '',
      [
        step(
          4,
          above(1),
          {},
          V('loggers say leak / possible / none against the 14 nights before [S92][S93]'),
          advice(
            '疑似漏水：连看两夜，与相邻记录仪（约 200 米内）比对；仍报的安排听漏。',
            'Possible leak: watch two more nights, compare with the loggers within about 200 m; if it goes on, send a listener.',
          ),
        ),
        step(
          3,
          above(2),
          {},
          V('loggers say leak / possible / none against the 14 nights before [S92]'),
          advice(
            '安排检漏队相关定位，确认后开挖抢修；位于道路、地铁、燃气管旁的同时排查路面空洞。',
            'Leak crew locates it by correlation, then repair; beside roads, metro or gas mains look for a hollow under the surface as well.',
          ),
        ),
      ],
      { reAlarmAfter: null },
    ),
    limits(
      supply,
      'noise',
      ['漏水噪声高于自身本底', 'louder than its own nights'],
      'dB',
      [
        step(
          4,
          above(6),
          { deadband: 1 },
          R('twice the sound pressure of the 14 nights before, which is what loggers compare with [S92]'),
          advice(
            '夜间最小噪声明显抬升，疑新发漏点：与相邻记录仪比对，连续两夜的安排听漏。',
            'The quietest minute of the night has become louder, perhaps a new leak: compare with the neighbours; two nights in succession: send a listener.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        reAlarmAfter: null,
        signal: {
          of: 'deviation',
          as: 'difference',
          from: { is: 'learned', quantile: 0.5, over: days(14), window: 'rolling' },
        },
      },
    ),
    rule(supply, {
      metric: 'tankLevel',
      kind: 'limit',
      name: { zh: '水箱液位低', en: 'tank nearly empty' },
      unit: 'm',
      reAlarmAfter: AGAIN.hourly,
      steps: [
        step(
          3,
          below(0.5),
          { deadband: 0.1, onDelay: minutes(5) },
          R('pumps run dry near half a metre; to be set per tank'),
          advice(
            '通知物业（供水公司）查进水阀、市政来水，停泵防止抽空。',
            'Check inlet valve and street supply; stop the pumps before they run dry.',
          ),
        ),
      ],
    }),
    stateRule(
      supply,
      'pumpFault',
      ['泵组故障', 'pump fault'],
      3,
      R('reported by the pump controller'),
      advice(
        '切换备用泵，通知维保到场；影响住户的先告知并安排应急供水。',
        'Change over to the standby pump, call maintenance; tell the residents and bring water if it lasts.',
      ),
    ),
    stateRule(
      supply,
      'open',
      ['箱门（井盖）开启', 'cabinet or cover open'],
      3,
      R('tamper contact; any pack needs one (fact sheet §6.2)'),
      advice(
        '核对作业计划；无计划的派员到场，调视频，取水口和水箱被动过的须先检测水质。',
        'Is work planned? If not, send somebody, look at the camera; test the water where intake or tank was touched.',
      ),
    ),
    deviceTrouble(supply, 'water'),
    deviceTrouble(supply, 'fault'),
    metricSilence(supply, 'pressure', ['管网压力', 'pressure'], NET),
    metricSilence(supply, 'chlorine', ['余氯', 'chlorine'], QUALITY),
    silence(supply, NIGHTLY, 3, V('offline after 72 h [S42]; three nights of a logger')),
    lowBattery(supply),
  ],
  commands: [SET_VALVE],
  levelNote: {
    zh: '二次供水余氯低于 0.2 mg/L 的来源称“三级预警”，本包取 3 黄；失压、爆管迹象、无余氯 → 2 橙。漏水疑似 → 4 蓝、漏水 → 3 黄（不危及人身，限时修复）。压力限值随分区，须按点改。设备自身问题 → 4 蓝。',
    en: 'What the source calls a third-level warning (chlorine below 0.2 mg/L) is 3 yellow; lost pressure, signs of a burst and no chlorine at all are 2 orange. A possible leak is 4 blue, a leak 3 yellow: nobody is in danger, but it has a date. Pressures differ by zone and are to be set per point. What ails the device itself is 4 blue.',
  },
};
