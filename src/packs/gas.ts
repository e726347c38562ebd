import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { days, hours, minutes } from '../domain/time.ts';
import {
  carbonMonoxide,
  carbonMonoxideLimits,
  hydrogenSulphide,
  hydrogenSulphideLimits,
  methane,
  methaneLimits,
  oxygen,
  oxygenLimits,
} from './gases.ts';
import { CLOSE_VALVE } from './language/commands.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  flag,
  from,
  limits,
  lowBattery,
  outside,
  ownState,
  quantity,
  R,
  rule,
  silence,
  stateRule,
  step,
  stuck,
  temperature,
  V,
} from './language/common.ts';

const gas = as.lifeline('gas');
/** Sampling while normal (R, typical tender text); on alarm and on recovery such detectors report at once [S57]. */
const EVERY = minutes(30);
const STATUS =
  'status bits of a well detector: 0x02 low alarm, 0x04 high alarm, 0x10 battery low, 0x40 low temperature [S56]';

/** 燃气: detectors in spaces next to gas mains, regulator stations and yards. */
export const GAS: Pack = {
  lifeline: gas,
  name: { zh: '燃气', en: 'gas' },
  capCategories: ['Infra', 'Safety'],
  leakOrBiogas: { methane: as.metric('ch4'), ethane: as.metric('c2h6'), temperature: as.metric('temp') },
  metrics: [
    methane(EVERY),
    oxygen(EVERY),
    hydrogenSulphide(EVERY),
    carbonMonoxide(EVERY),
    temperature('井内温度', 'temperature in the chamber', EVERY),
    quantity('humidity', '相对湿度', 'relative humidity', '%RH', [0, 100, D('a percentage')], EVERY),
    flag('water', '探测器进水', 'water in the detector', EVERY),
    flag('fault', '探测器故障', 'detector fault', EVERY),
    quantity(
      'c2h6',
      '乙烷浓度',
      'ethane',
      'ppm',
      [0, 1_000_000, D('all of the air')],
      EVERY,
      from(['%VOL', 10_000, D('1 %VOL = 10,000 ppm')]),
    ),
    quantity(
      'ch4Trace',
      '甲烷（微量）',
      'methane, traces',
      'ppm',
      [0, 100_000, D('from the open air, 2 ppm, to two limits of explosion')],
      minutes(1),
      from(['%VOL', 10_000, D('1 %VOL = 10,000 ppm')], ['%LEL', 500, D('1 %VOL = 20 %LEL [S43]')]),
    ),
    flag('alarmLow', '探测器低限报警', "the detector's own low alarm", EVERY),
    flag('alarmHigh', '探测器高限报警', "the detector's own high alarm", EVERY),
    // Kept beside our own limits: a device alarms on what is set in it.
    quantity(
      'setLow',
      '探测器低限设定',
      "the detector's own low set-point",
      '%LEL',
      [0, 2000, D('the range of methane')],
      EVERY,
    ),
    quantity(
      'setHigh',
      '探测器高限设定',
      "the detector's own high set-point",
      '%LEL',
      [0, 2000, D('the range of methane')],
      EVERY,
    ),
    flag('batteryLow', '电池欠压', 'battery low by its own word', EVERY),
    flag('lowTemp', '探测器低温', 'detector too cold', EVERY),
    quantity(
      'pressure',
      '燃气压力',
      'gas pressure',
      'MPa',
      [0, 10, R('high-pressure mains exceed 1.6 MPa (GB 50028 grades)')],
      EVERY,
      from(['kPa', 0.001, D('1,000 kPa = 1 MPa')], ['bar', 0.1, D('10 bar = 1 MPa')]),
    ),
    quantity('flow', '燃气流量', 'gas flow', 'm³/h', [0, 1_000_000, R('city gate stations')], EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    methaneLimits(gas),
    oxygenLimits(gas),
    hydrogenSulphideLimits(gas),
    carbonMonoxideLimits(gas),
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
    stateRule(
      gas,
      'alarmLow',
      ['探测器低限报警', "detector's own low alarm"],
      3,
      V(STATUS),
      advice(
        '探测器按自身设定报警，平台读数可能未到限：核对设定值，按可燃气体黄色处置派员复核。',
        'It alarms on its own set-point, ours may not be reached: look at the set-point, treat as yellow gas and have it measured.',
      ),
    ),
    stateRule(
      gas,
      'alarmHigh',
      ['探测器高限报警', "detector's own high alarm"],
      2,
      V(STATUS),
      advice(
        '探测器自报高限，即使浓度读数缺失也按泄漏处置：通知燃气抢修到场，井口围挡、断火源；浓度属实的按红色处置。',
        'A high alarm by its own word counts even where no concentration comes: gas crew on site, fence the cover, no flame; confirmed, treat as red.',
      ),
      { reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      gas,
      'batteryLow',
      ['探测器欠压', 'detector battery low'],
      4,
      V(STATUS),
      advice('尽快换电池；耗尽即失去监测。', 'Change the battery soon: an empty one is a blind point.'),
    ),
    stateRule(
      gas,
      'lowTemp',
      ['探测器低温', 'detector too cold'],
      4,
      V(STATUS),
      advice(
        '低于工作温度，浓度读数可能偏低；寒潮期加派人工巡检。',
        'Below its working temperature it may read low; patrol while the frost lasts.',
      ),
    ),
    limits(
      gas,
      'ch4',
      ['甲烷高于自身本底', 'methane above its own background'],
      '%LEL',
      [
        step(
          4,
          above(5),
          { deadband: 1, onDelay: minutes(10), offDelay: minutes(30) },
          D(
            'a quarter of the first limit of 20 %LEL [S32], over the median of the last day; no standard gives a number',
          ),
          advice(
            '低于报警限但明显高于该井本底：看相邻井是否同步抬升、乙烷和硫化氢。渐升随温度起伏的多为沼气，突升并持续的按微漏安排检漏。',
            'Below the limit, but well above what this well has: do the neighbours rise, is there ethane or hydrogen sulphide? What swells with warmth is biogas; what leaps and stays is a small leak: search for it.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        reAlarmAfter: null,
        signal: {
          of: 'deviation',
          from: { is: 'learned', quantile: 0.5, over: days(1), window: 'rolling' },
          as: 'difference',
        },
      },
    ),
    limits(
      gas,
      'ch4Trace',
      ['微量甲烷高于自身本底', 'traces of methane above the background'],
      'ppm',
      [
        step(
          4,
          above(0.5),
          { deadband: 0.3, offDelay: minutes(3) },
          D(
            'half a ppm over the lower quartile of the last half hour found each of six recorded plumes of controlled releases and nothing else (Chilbolton, docs/truth.md); none of those records is of a night or a city',
          ),
          advice(
            '光路附近有微量泄漏：看风向，沿上风向用检漏仪查找；多条光路同时抬升的，泄漏点在其间。远低于爆炸下限，不封路。',
            'A little gas in the path: walk upwind with a detector; where several paths rise, it lies between them. Far below what explodes: no road is closed.',
          ),
        ),
        step(
          3,
          above(50),
          { deadband: 10, offDelay: minutes(3) },
          D('a hundred times the step below it, and a tenth of 1 %LEL; no standard gives a number'),
          advice(
            '光路上甲烷显著抬升：当日检漏定位，场站内先查阀门、法兰和放散。',
            'A lot more than the air has: find it today; in a yard look at valves, flanges and vents first.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        reAlarmAfter: null,
        signal: {
          of: 'deviation',
          from: { is: 'learned', quantile: 0.25, over: minutes(30), window: 'rolling' },
          as: 'difference',
          smoothedBy: minutes(1),
        },
      },
    ),
    limits(
      gas,
      'ch4',
      ['疑为管道燃气（含乙烷）', 'pipe gas: ethane with the methane'],
      '',
      [
        step(
          2,
          above(2),
          { offDelay: minutes(10) },
          R('ethane present means pipe gas; 5 %LEL of natural gas with 4 % of ethane is 100 ppm'),
          advice(
            '甲烷伴有乙烷，判为管道燃气泄漏而非沼气：通知燃气公司抢修定位关阀，围挡井口，不等浓度到限。',
            'Methane with ethane is no biogas: the main leaks. Gas crew finds it and shuts the valve; fence the cover, do not wait for the limit.',
          ),
        ),
      ],
      {
        kind: 'pipegas',
        signal: {
          of: 'together',
          over: { to: 'point' },
          within: minutes(30),
          counting: 'members',
          members: [
            { at: 'here', metric: as.metric('ch4'), holds: { by: 'limit', limit: above(5) } },
            { at: 'here', metric: as.metric('c2h6'), holds: { by: 'limit', limit: above(100) } },
          ],
        },
      },
    ),
    limits(
      gas,
      'ch4',
      ['疑为沼气（伴硫化氢）', 'perhaps biogas: hydrogen sulphide with it'],
      '',
      [
        step(
          4,
          above(2),
          { offDelay: minutes(10) },
          R(
            'sewage gas carries hydrogen sulphide; a hint for the assessment, no all-clear. Biogas is a class of its own in Hefei [S26]',
          ),
          advice(
            '甲烷伴硫化氢，提示沼气：仍按浓度等级处置，现场测乙烷后研判归类，通知排水清掏通风。',
            'Methane with hydrogen sulphide hints at biogas: act by the level all the same, measure ethane, then classify; have the sewer cleaned and aired.',
          ),
        ),
      ],
      {
        kind: 'biogas',
        reAlarmAfter: null,
        signal: {
          of: 'together',
          over: { to: 'point' },
          within: minutes(30),
          counting: 'members',
          members: [
            { at: 'here', metric: as.metric('ch4'), holds: { by: 'limit', limit: above(20) } },
            { at: 'here', metric: as.metric('h2s'), holds: { by: 'limit', limit: above(6) } },
          ],
        },
      },
    ),
    limits(gas, 'pressure', ['燃气压力异常', 'gas pressure out of bounds'], 'MPa', [
      step(
        3,
        outside(0.1, 0.4),
        { deadband: 0.01, onDelay: minutes(1), offDelay: minutes(5) },
        R('medium pressure, grade A 0.2–0.4 MPa (GB 50028); to be set per point'),
        advice(
          '通知燃气调度核对调压器和上下游压力。',
          'Gas dispatch checks regulator and pressures up and down stream.',
        ),
      ),
      step(
        2,
        outside(0.05, 0.44),
        { deadband: 0.01, offDelay: minutes(5) },
        R('a tenth above the grade, or supply failing; to be set per point'),
        advice(
          '超压：切断、放散并查调压器；失压：查断管、误关阀，停气恢复须逐户置换，严禁直接送气。',
          'Too high: shut off, vent, look at the regulator. Too low: a broken main or a shut valve; gas comes back only house by house.',
        ),
      ),
    ]),
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
  commands: [CLOSE_VALVE],
  levelNote: {
    zh: '探测器标准（GB/T 50493）一级最低、二级最高，与突发事件分级相反。本包取：可燃气体一级（20 %LEL，派人复核）→ 3 黄，二级（50 %LEL，可能爆炸，须封路疏散）→ 1 红；有毒气体和氧气只危及下井人员，一级 → 3 黄、二级 → 2 橙；设备自身问题（进水、故障、失联、卡滞、低电量）→ 4 蓝。',
    en: 'Detector standards (GB/T 50493) count upwards: 一级 is the lowest. Here combustible gas 一级 (20 %LEL, go and measure) is 3 yellow and 二级 (50 %LEL, may explode, clear the street) is 1 red; poison and oxygen endanger only who goes down, so 一级 is 3 yellow and 二级 2 orange; what ails the device itself is 4 blue.',
  },
};
