import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import { SET_GATE, START_PUMP, STOP_PUMP } from './language/commands.ts';
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
  ownState,
  quantity,
  R,
  rule,
  silence,
  step,
  stuck,
  temperature,
  V,
} from './language/common.ts';

const waterlogging = as.lifeline('waterlogging');
/** Drainage stations sample every 5 min, faster once past their alert value [S133]. */
const EVERY = minutes(5);

/** 排水防涝: water on roads and in underpasses, rain, and drains that fill up. */
export const WATERLOGGING: Pack = {
  lifeline: waterlogging,
  name: { zh: '排水防涝', en: 'water-logging' },
  capCategories: ['Met', 'Infra'],
  forecast: {
    metric: as.metric('depth'),
    rule: as.rule('waterlogging.depth.limit'),
    // An eye over a dry road sees half a centimetre of nothing; a puddle of three is none [S62].
    wet: 1,
    counts: 3,
    rain: {
      reports: as.metric('rain'),
      hours: as.metric('rain1h'),
      toCome: as.metric('rainNext30m'),
    },
  },
  metrics: [
    quantity(
      'depth',
      '积水深度',
      'water depth',
      'cm',
      // Not the 150 cm of a buried logger [S71]: past the range a reading is bad and judged no more, and a deep flood is no fault.
      [0, 700, V('radar stations measure to 7 m [S133]')],
      EVERY,
      from(['mm', 0.1, D('10 mm = 1 cm')], ['m', 100, D('1 m = 100 cm')]),
    ),
    quantity(
      'rain1h',
      '1 小时雨量',
      'rain in one hour',
      'mm',
      [0, 300, D('201.9 mm in one hour, Zhengzhou 2021-07-20 [S68]; 300 leaves room')],
      EVERY,
    ),
    quantity(
      'level',
      '管渠液位',
      'level in the drain',
      'm',
      [0, 7, V('radar level to 7 m ±3 mm [S133]')],
      EVERY,
      from(['cm', 0.01, D('100 cm = 1 m')], ['mm', 0.001, D('1,000 mm = 1 m')]),
    ),
    quantity(
      'airHeight',
      '井内空高',
      'air above the water',
      'm',
      [0, 7, V('radar level to 7 m [S133]')],
      EVERY,
    ),
    quantity(
      'flow',
      '管渠流速',
      'flow velocity in the drain',
      'm/s',
      [-5, 5, D('Doppler flow 0.02–5 m/s [S133]; negative is backflow')],
      EVERY,
    ),
    quantity(
      'rain',
      '时段雨量',
      'rain since the last report',
      'mm',
      [0, 300, D('201.9 mm in one hour, Zhengzhou 2021-07-20 [S68]; 300 leaves room')],
      EVERY,
    ),
    quantity(
      'rainNext30m',
      '未来 30 分钟预报雨量',
      'rain forecast for the next 30 min',
      'mm',
      [0, 300, D('201.9 mm in one hour, Zhengzhou 2021-07-20 [S68]; 300 leaves room')],
      // Of a radar's or a weather service's nowcast, which is made anew every 5 to 10 minutes (R).
      minutes(10),
    ),
    temperature('温度', 'temperature', EVERY),
    flag('water', '设备进水', 'water in the device', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    rule(waterlogging, {
      metric: 'depth',
      kind: 'limit',
      name: { zh: '路面积水超限', en: 'water on the road' },
      unit: 'cm',
      steps: [
        step(
          3,
          above(10),
          // Two samples of a gauge that sends one a minute, which are 59 s apart as often as 61.
          { deadband: 2, onDelay: seconds(50), offDelay: minutes(5) },
          V('3–10 cm light, 10–25 cm moderate [S62]'),
          advice(
            '通知排水公司抢险队到点值守，清掏雨箅子、检查泵站运行；调取该点视频核实水面。通知交警关注，做好设置警示和分流准备；提醒沿线地下空间（地铁口、车库）准备挡水。',
            'Send the drainage crew to the spot: clear the gullies, check the pumps; look at the camera. Warn the traffic police, get signs and diversion ready; warn basements and underground entrances along the road.',
          ),
        ),
        step(
          2,
          above(15),
          { deadband: 2, onDelay: seconds(30), offDelay: minutes(5) },
          V(
            'public code sample of 20 flood points: orange at 15 cm [S63]; at most 15 cm on one lane in the design storm (GB 50014, R)',
          ),
          advice(
            '通知交警现场限行，小型车绕行，非机动车和行人不得涉水；抢险队架设移动泵强排。叫应该点包保责任人到岗，下穿通道立即关闭预告屏、准备断路。提醒附近井盖可能移位，设专人看守。',
            'Have the traffic police restrict the road: no small cars, bicycles or people through the water. Mobile pumps. Call the person responsible for this spot; prepare to close the underpass. Covers may have shifted: post a guard.',
          ),
        ),
        step(
          1,
          above(27),
          { deadband: 2, offDelay: minutes(5) },
          V(
            'Beijing underpasses: red line at 27 cm, police close the road [S59]; other cities 25 cm [S58][S60]',
          ),
          advice(
            '立即通知交警断路，两端落杆、亮禁行屏，并安排人员在路口拦车——不得只发通知不封路。先确认通道内有无被困车辆和人员，有则呼 119 救援；通知供电切断通道内带电设备。向防汛指挥部报告，水位未降到安全线以下、未经现场查看，不得放行。',
            'Have the police close the road at both ends now, with people at the barrier: a message alone closes nothing. Look for cars and people inside, call 119; have live equipment in the underpass switched off. Report to flood control. Open only after the water is down and someone has looked.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    rule(waterlogging, {
      metric: 'depth',
      kind: 'rate',
      name: { zh: '积水上涨过快', en: 'water rising fast' },
      unit: 'cm/min',
      signal: { of: 'rate', window: minutes(5) },
      steps: [
        step(
          2,
          above(2),
          { deadband: 0.5, onDelay: seconds(60), offDelay: minutes(5) },
          D(
            'of 869 recorded street floods (FloodNet, New York) 36 rise so fast; all of them passed 10 cm, 29 passed 15 cm, and 27 cm came 7 min later (median). Window of 300 s from [S42]; early closure when it rises fast [S61]',
          ),
          advice(
            '积水快速上涨，按“早封路”处置：不等水深到限，先通知交警准备断路、劝离低洼处车辆人员，抢险队赶赴现场；查上游泵站是否停机、河道是否倒灌。',
            'It rises fast, so close early: do not wait for the depth. Have the police ready to close, clear people and cars from the low spot, send the crew; check whether a pump has stopped or the river runs back.',
          ),
        ),
        step(
          1,
          above(5),
          { deadband: 0.5, offDelay: minutes(5) },
          D(
            'the Zhengzhou tunnel went from ankle to roof in under 10 min [S68], about 14 cm/min; no street flood of 869 reached 5. A vendor rule of 50 cm/min [S42] would have stayed silent',
          ),
          advice(
            '数分钟内可能没顶。立即通知交警断路、清空隧道和下穿通道，广播要求车内人员弃车撤离到高处；同时呼 119 并报防汛指挥部。任何人不得再驶入。',
            'Over a car in minutes. Close the road and empty the tunnel now; by loudspeaker: leave your cars, go up. Call 119 and flood control. Nobody drives in any more.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    rule(waterlogging, {
      metric: 'rain1h',
      kind: 'limit',
      name: { zh: '小时雨量超限', en: 'heavy rain' },
      unit: 'mm',
      steps: [
        step(
          4,
          above(16),
          { deadband: 2 },
          V('drainage vendor, alarm at 16 mm/h [S42]'),
          advice(
            '通知易涝点责任人到岗、泵站提前降低管网水位，加密查看该片积水点和视频。',
            'Call the people responsible for flood-prone spots, have pumps draw the drains down beforehand, watch the depth points and cameras of this quarter closely.',
          ),
        ),
        step(
          2,
          above(50),
          { deadband: 2 },
          D('50 mm in one hour are 50 mm within 3 h: orange rainstorm signal [S64]'),
          advice(
            '达到暴雨橙色标准。抢险队伍和移动泵车前置到下穿通道，通知交警、地铁、学校做好避险；“叫应”街道和社区责任人，转移低洼处住户和地下空间人员。',
            'Orange rainstorm. Post crews and pump trucks at the underpasses; warn police, metro, schools; call street and community leaders to bring people out of low houses and basements.',
          ),
        ),
        step(
          1,
          above(100),
          { deadband: 2 },
          D('100 mm in one hour are 100 mm within 3 h: red rainstorm signal [S64]'),
          advice(
            '达到暴雨红色标准。报防汛指挥部启动相应响应：提前封闭全部下穿通道和隧道，停止地下空间营业，组织人员转移。值班领导到岗，不得等积水报警再行动。',
            'Red rainstorm. Report to flood control: close all underpasses and tunnels beforehand, shut underground premises, move people. The leader on duty comes in. Do not wait for the depth alarms.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.shift,
    }),
    rule(waterlogging, {
      metric: 'level',
      kind: 'limit',
      name: { zh: '管渠液位高', en: 'drain filling up' },
      unit: 'm',
      steps: [
        step(
          3,
          above(2),
          { deadband: 0.05, onDelay: seconds(60), offDelay: minutes(5) },
          V('drainage vendor, warning at 2.0 m [S42]; to be set per well'),
          advice(
            '通知排水公司查下游泵站是否开启、闸门是否关闭、管道是否堵塞；晴天高水位重点查外水入侵和施工封堵未拆。',
            'Have the drainage company check pumps, gates and blockages downstream; in dry weather look for inflow from outside or a plug left in after works.',
          ),
        ),
        step(
          2,
          above(2.5),
          { deadband: 0.05, offDelay: minutes(5) },
          V('drainage vendor, alarm at 2.5 m [S42]; to be set per well'),
          advice(
            '即将冒溢。通知排水公司全开下游泵站、调度错峰，派员到井口设警示、防井盖冲移；通知周边低洼点责任人到岗。',
            'About to spill. All pumps downstream on, crew to the well, mark it, the cover may be lifted; call the people responsible for the low spots around.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.shift,
    }),
    rule(waterlogging, {
      metric: 'airHeight',
      kind: 'limit',
      name: { zh: '井内空高不足', en: 'drain nearly full' },
      unit: 'm',
      steps: [
        step(
          3,
          below(0.5),
          { deadband: 0.05, onDelay: seconds(60), offDelay: minutes(5) },
          V('drainage vendor, air height 0.5 m [S42]'),
          advice(
            '水面距井口不足 0.5 米。通知排水公司检查下游泵站、闸门和堵塞，派员到点观察。',
            'Water within half a metre of the cover. Have pumps, gates and blockages checked, send somebody to watch.',
          ),
        ),
        step(
          2,
          below(0.3),
          { deadband: 0.05, offDelay: minutes(5) },
          V('drainage vendor, air height 0.3 m [S42]'),
          advice(
            '即将冒溢，井盖可能被顶开。派员到井口设围挡警示并看守，不得无人值守；下游泵站全开，通知交警关注该路段。',
            'About to spill, the cover may lift. Fence and guard it, never leave it alone; all pumps on, warn the traffic police.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.shift,
    }),
    limits(
      waterlogging,
      'rain',
      ['12 小时累计雨量', 'rain in 12 hours'],
      'mm',
      [
        step(
          4,
          above(50),
          { deadband: 2 },
          V('blue rainstorm signal: 12 h ≥ 50 mm [S64]'),
          advice(
            '达到暴雨蓝色标准：易涝点责任人待命，泵站预降水位。',
            'Blue rainstorm: those responsible for low spots stand by, pumps draw the drains down.',
          ),
        ),
      ],
      { kind: 'h12', signal: { of: 'statistic', stat: 'sum', window: hours(12) }, reAlarmAfter: AGAIN.shift },
    ),
    limits(
      waterlogging,
      'rain',
      ['6 小时累计雨量', 'rain in 6 hours'],
      'mm',
      [
        step(
          3,
          above(50),
          { deadband: 2 },
          V('yellow rainstorm signal: 6 h ≥ 50 mm [S64]'),
          advice(
            '达到暴雨黄色标准：抢险队前置下穿通道，巡查地下空间挡水设施。',
            'Yellow rainstorm: crews at the underpasses, look at the flood boards of basements.',
          ),
        ),
      ],
      { kind: 'h6', signal: { of: 'statistic', stat: 'sum', window: hours(6) }, reAlarmAfter: AGAIN.shift },
    ),
    limits(
      waterlogging,
      'rain',
      ['3 小时累计雨量', 'rain in 3 hours'],
      'mm',
      [
        step(
          2,
          above(50),
          { deadband: 2 },
          V('orange rainstorm signal: 3 h ≥ 50 mm [S64][S66]'),
          advice(
            '达到暴雨橙色标准：交警准备封闭下穿通道，叫应社区责任人转移低洼人员。',
            'Orange rainstorm: police ready to close underpasses, community leaders bring people out of low places.',
          ),
        ),
        step(
          1,
          above(100),
          { deadband: 2 },
          V('red rainstorm signal: 3 h ≥ 100 mm [S64][S66]'),
          advice(
            '达到暴雨红色标准：提前封闭全部下穿通道、隧道和地下空间，报防汛指挥部。',
            'Red rainstorm: close all underpasses, tunnels and basements beforehand, report to flood control.',
          ),
        ),
      ],
      { kind: 'h3', signal: { of: 'statistic', stat: 'sum', window: hours(3) }, reAlarmAfter: AGAIN.shift },
    ),
    limits(
      waterlogging,
      'depth',
      ['强降雨中路面起水', 'water on the road in heavy rain'],
      '',
      [
        step(
          3,
          above(2),
          { offDelay: minutes(10) },
          D(
            'half of the lowest depth step (10 cm [S62]) while a gauge within 2 km has 16 mm in the hour [S42]',
          ),
          advice(
            '雨仍大、水已起：不等 10 cm，先派抢险队清雨箅子、开泵，通知交警关注该点。',
            'It rains hard and the water comes: do not wait for 10 cm, clear the gullies, start the pumps, warn the police.',
          ),
        ),
      ],
      {
        kind: 'rain',
        reAlarmAfter: null,
        signal: {
          of: 'together',
          over: { to: 'distance', metres: 2000 },
          within: minutes(15),
          counting: 'members',
          members: [
            { at: 'here', metric: as.metric('depth'), holds: { by: 'limit', limit: above(5) } },
            { at: 'near', metric: as.metric('rain1h'), holds: { by: 'limit', limit: above(16) } },
          ],
        },
      },
    ),
    deviceTrouble(waterlogging, 'water'),
    deviceTrouble(waterlogging, 'fault'),
    stuck(
      waterlogging,
      'depth',
      '积水深度',
      'water depth',
      { within: 0.05, onlyAbove: 2 },
      hours(24),
      R(
        'standing water soaks away and dries; a day without half a millimetre of change is mud on the sensor',
      ),
    ),
    {
      ...silence(
        waterlogging,
        EVERY,
        3,
        D(
          '3 × the expected interval; RTUs store nothing when dry [S70], so a gauge whose last word was 0 mm is given a day',
        ),
      ),
      signal: {
        of: 'silentFor',
        restsWhile: { metric: as.metric('rain1h'), limit: below(0), upTo: hours(24) },
      },
    },
    lowBattery(waterlogging),
  ],
  commands: [START_PUMP, STOP_PUMP, SET_GATE],
  levelNote: {
    zh: '积水深度各地不一（北京 20/27 cm，沈阳、上海 25 cm，他处 15/30 cm），本包缺省 10/15/27 cm → 3 黄、2 橙、1 红，逐点可改。雨量按暴雨预警信号本身的颜色取级。液位、空高的“预警/报警”→ 3 黄、2 橙：水还在井里，封路与否以积水深度为准。设备自身问题 → 4 蓝。',
    en: 'Depth limits differ by city (Beijing 20/27 cm, Shenyang and Shanghai 25, others 15/30); the default 10/15/27 cm is 3 yellow, 2 orange, 1 red and can be set per point. Rain takes the colour of the rainstorm signal itself. Level and air height, warning/alarm, are 3 yellow and 2 orange: the water is still in the drain, and the road is closed by its depth. What ails the device itself is 4 blue.',
  },
};
