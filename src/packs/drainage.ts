import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import { hydrogenSulphide, hydrogenSulphideLimits, methane, methaneLimits } from './gases.ts';
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
  outside,
  ownState,
  quantity,
  R,
  silence,
  stateRule,
  step,
  temperature,
  V,
} from './language/common.ts';

const drainage = as.lifeline('drainage');
/** Stations sample every 5 min, faster once past their alert value [S133]. */
const EVERY = minutes(5);
/** Vendor: collect every 15 min, upload every hour [S42]. */
const QUALITY = minutes(15);
const HOURLY_UPLOAD = { arrivesWithin: hours(1) } as const;

/** 排水: the daily run of sewers and pumps, and what is led into them; floods on the road are in 排水防涝. */
export const DRAINAGE: Pack = {
  lifeline: drainage,
  name: { zh: '排水', en: 'drainage' },
  capCategories: ['Met', 'Infra'],
  metrics: [
    quantity(
      'level',
      '管渠液位',
      'level in the sewer',
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
      'velocity',
      '流速',
      'flow velocity',
      'm/s',
      [-5, 5, D('Doppler flow 0.02–5 m/s [S133]; negative is backflow')],
      EVERY,
    ),
    quantity(
      'flow',
      '流量',
      'flow',
      'm³/h',
      [-50_000, 50_000, R('trunk sewers; negative is backflow')],
      EVERY,
      from(['L/s', 3.6, D('1 L/s = 3.6 m³/h')]),
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
      'cod',
      '化学需氧量',
      'chemical oxygen demand',
      'mg/L',
      [0, 5000, R('UV probes and analysers')],
      QUALITY,
      HOURLY_UPLOAD,
    ),
    quantity(
      'nh3n',
      '氨氮',
      'ammonia nitrogen',
      'mg/L',
      [0, 1000, R('ion electrodes')],
      QUALITY,
      HOURLY_UPLOAD,
    ),
    quantity('ph', '酸碱度 pH', 'pH', 'pH', [0, 14, D('the scale of pH')], QUALITY, HOURLY_UPLOAD),
    quantity(
      'turbidity',
      '浊度',
      'turbidity',
      'NTU',
      [0, 4000, V('probe range 0–4,000 NTU [S91]')],
      QUALITY,
      HOURLY_UPLOAD,
    ),
    quantity(
      'conductivity',
      '电导率',
      'conductivity',
      'µS/cm',
      [0, 200_000, R('sea water is near 50,000')],
      QUALITY,
      HOURLY_UPLOAD,
    ),
    temperature('水温', 'water temperature', QUALITY),
    methane(EVERY),
    hydrogenSulphide(EVERY),
    flag('pumpFault', '泵故障', 'pump fault', EVERY),
    flag('powerLoss', '泵站失电', 'pumping station without power', EVERY),
    flag('overflow', '满溢', 'overflow', EVERY),
    flag('water', '设备进水', 'water in the device', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    limits(
      drainage,
      'level',
      ['管渠液位高', 'sewer filling up'],
      'm',
      [
        step(
          3,
          above(2),
          { deadband: 0.05, onDelay: seconds(60), offDelay: minutes(5) },
          V('drainage vendor, warning at 2.0 m [S42]; to be set per well'),
          advice(
            '通知排水公司查下游泵站、闸门和堵塞；晴天高水位查外水、雨污混接和未拆封堵。',
            'Check pumps, gates and blockages downstream; in dry weather look for inflow from outside and plugs left after works.',
          ),
        ),
        step(
          2,
          above(2.5),
          { deadband: 0.05, offDelay: minutes(5) },
          V('drainage vendor, alarm at 2.5 m [S42]; to be set per well'),
          advice(
            '即将冒溢。全开下游泵、调度调蓄，派员到井口警示；污水冒溢同时通知环保。',
            'About to spill. All pumps and storage on, guard the well; tell environment protection where it is sewage.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      drainage,
      'airHeight',
      ['井内空高不足', 'sewer nearly full'],
      'm',
      [
        step(
          3,
          below(0.5),
          { deadband: 0.05, onDelay: seconds(60), offDelay: minutes(5) },
          V('drainage vendor, air height 0.5 m [S42]'),
          advice(
            '水面距井口不足 0.5 米，派员观察并查下游。',
            'Water within half a metre of the cover: send somebody, look downstream.',
          ),
        ),
        step(
          2,
          below(0.3),
          { deadband: 0.05, offDelay: minutes(5) },
          V('drainage vendor, air height 0.3 m [S42]'),
          advice(
            '即将冒溢，井口设围挡看守，下游泵站全开。',
            'About to spill: fence and guard the cover, all pumps on.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      drainage,
      'level',
      ['液位骤升', 'level rising fast'],
      'm/min',
      [
        step(
          2,
          above(0.5),
          { deadband: 0.1, offDelay: minutes(5) },
          V('vendor rule: rate of change 0.5 m/min over 300 s [S42]'),
          advice(
            '管内水位骤升：井下有人的立即撤出。查上游泄水、闸门误动和暴雨，通知下游泵站。',
            'It rises fast: whoever is down comes up at once. Was water let in upstream, a gate moved, a cloudburst? Warn the pumps downstream.',
          ),
        ),
      ],
      { kind: 'rate', signal: { of: 'rate', window: minutes(5) }, reAlarmAfter: AGAIN.soon },
    ),
    limits(
      drainage,
      'rain1h',
      ['小时雨量超限', 'heavy rain'],
      'mm',
      [
        step(
          4,
          above(8),
          { deadband: 1 },
          V('drainage vendor, warning at 8 mm/h [S42]'),
          advice(
            '泵站值守到岗，预降管网水位，检查雨箅子。',
            'Pumps manned, draw the sewers down beforehand, look at the gullies.',
          ),
        ),
        step(
          3,
          above(16),
          { deadband: 2 },
          V('drainage vendor, alarm at 16 mm/h [S42]'),
          advice(
            '启动雨天调度：开泵强排、截流闸按预案动作，暂停井下作业。',
            'Wet-weather plan: pumps on, gates by plan, nobody works below ground.',
          ),
        ),
      ],
      { reAlarmAfter: null },
    ),
    limits(
      drainage,
      'cod',
      ['化学需氧量超限', 'COD over limit'],
      'mg/L',
      [
        step(
          3,
          above(30),
          { deadband: 2, onDelay: minutes(15), offDelay: minutes(30) },
          V('drainage vendor, COD warning 30 mg/L [S42]; for storm drains and receiving water'),
          advice(
            '雨水口晴天超限疑有污水混接，通知排水、环保溯源，取样留证。',
            'In a storm drain in dry weather: sewage is led in. Trace it, take samples.',
          ),
        ),
        step(
          2,
          above(40),
          { deadband: 2, offDelay: minutes(30) },
          V('drainage vendor, COD alarm 40 mg/L [S42]'),
          advice(
            '污染入河在即：关闭截流闸，通知环保执法到排口取证，向上游逐井排查。',
            'About to reach the river: close the gate, environment officers at the outlet, trace it well by well.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      drainage,
      'nh3n',
      ['氨氮超限', 'ammonia over limit'],
      'mg/L',
      [
        step(
          3,
          above(1.5),
          { deadband: 0.1, onDelay: minutes(15), offDelay: minutes(30) },
          V('drainage vendor, NH3-N warning 1.5 mg/L [S42]'),
          advice(
            '查生活污水混接，结合电导率、COD 判断来源，取样留证。',
            'Household sewage led in? Judge with conductivity and COD, take samples.',
          ),
        ),
        step(
          2,
          above(2),
          { deadband: 0.1, offDelay: minutes(30) },
          V('drainage vendor, NH3-N alarm 2.0 mg/L [S42]'),
          advice(
            '通知环保和排水联合溯源，必要时截流，不得直排入河。',
            'Environment and drainage trace it together; divert it, it must not reach the river.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(drainage, 'ph', ['pH 超限', 'pH out of bounds'], 'pH', [
      step(
        3,
        outside(6.5, 8.5),
        { deadband: 0.1, onDelay: minutes(15), offDelay: minutes(30) },
        V('drainage vendor, pH 6.5–8.5 warning [S42]'),
        advice(
          '复测并核对电极；属实的查上游企业预处理。',
          'Measure again, check the electrode; if so, look at the treatment of factories upstream.',
        ),
      ),
      step(
        2,
        outside(6, 9),
        { deadband: 0.1, offDelay: minutes(30) },
        V('drainage vendor, pH 6–9 alarm [S42]'),
        advice(
          '疑有酸碱废液排入：井下禁止作业（可能析出毒气），通知环保、应急到场，污水厂做好截流。',
          'Acid or lye was let in: nobody goes down (it may set poison free), environment and emergency services on site, the treatment plant prepares to divert.',
        ),
      ),
    ]),
    limits(
      drainage,
      'turbidity',
      ['浊度超限', 'turbidity over limit'],
      'NTU',
      [
        step(
          3,
          above(50),
          { deadband: 5, onDelay: minutes(15), offDelay: minutes(30) },
          V('drainage vendor, turbidity warning 50 NTU [S42]'),
          advice('查工地泥浆、管道破损塌陷。', 'Slurry from a building site, or a broken pipe?'),
        ),
        step(
          2,
          above(100),
          { deadband: 5, offDelay: minutes(30) },
          V('drainage vendor, turbidity alarm 100 NTU [S42]'),
          advice(
            '疑有泥浆直排或管道塌陷：通知城管执法，路面查空洞，必要时内窥检测。',
            'Slurry is let in or the pipe has collapsed: enforcement, look for a hollow under the road, inspect by camera.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    methaneLimits(drainage),
    hydrogenSulphideLimits(drainage),
    stateRule(
      drainage,
      'overflow',
      ['井口满溢', 'overflowing'],
      2,
      V('overflow float of cover monitors [S57]'),
      advice(
        '派员看守井口、抢险强排；污水冒溢通知环保并冲洗消毒。',
        'Guard the well, pump it down; sewage: tell environment protection, wash and disinfect.',
      ),
    ),
    stateRule(
      drainage,
      'pumpFault',
      ['泵故障', 'pump fault'],
      3,
      R('reported by the pump controller'),
      advice(
        '切换备用泵，通知维修；雨天同时前置移动泵车。',
        'Standby pump on, call the mechanics; in rain send a mobile pump as well.',
      ),
    ),
    stateRule(
      drainage,
      'powerLoss',
      ['泵站失电', 'station without power'],
      2,
      R('reported by the station; without pumps the sewer backs up'),
      advice(
        '启用双电源或发电机，通知供电抢修；通知上游井和下穿通道责任人。',
        'Second feed or generator on, call the power company; warn wells and underpasses upstream.',
      ),
    ),
    deviceTrouble(drainage, 'water'),
    deviceTrouble(drainage, 'fault'),
    silence(drainage, minutes(60), 3, D('vendor: upload every hour [S42], three of them')),
    lowBattery(drainage),
  ],
  commands: [START_PUMP, STOP_PUMP, SET_GATE],
  levelNote: {
    zh: '厂家两级“预警/报警”→ 3 黄、2 橙（雨量 8/16 mm/h → 4 蓝、3 黄：降雨本身尚非险情）。水质限值是雨水口和受纳水体的，污水管网须按点改。井内气体同燃气包。设备自身问题 → 4 蓝。',
    en: 'The vendor’s warning and alarm are 3 yellow and 2 orange (rain of 8 and 16 mm/h 4 blue and 3 yellow: rain is no danger yet). Quality limits are those of storm drains and receiving water; for sewers they are to be set per point. Gas as in the gas pack. What ails the device itself is 4 blue.',
  },
};
