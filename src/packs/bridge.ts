import { as } from '../domain/ids.ts';
import type { Metric } from '../domain/metric.ts';
import type { Pack } from '../domain/pack.ts';
import type { Baseline, Rule } from '../domain/rule.ts';
import type { Bilingual } from '../domain/text.ts';
import { type Duration, days, hours, minutes } from '../domain/time.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  deviceTrouble,
  FAULT_VALUES,
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
  step,
  stuck,
  temperature,
  V,
  V2,
} from './language/common.ts';

const bridge = as.lifeline('bridge');
/** Features and slow quantities come every 1–10 min (fact sheet §6.1). */
const EVERY = minutes(10);

const TABLE_9 = 'JT/T 1037-2022 table 9, as applied in two monthly reports [S40][S41]';

const ACCELERATION = {
  unit: 'm/s²',
  range: { min: -20, max: 20, source: R('±2 g accelerometers') },
  // A mix-up of mm/s² and m/s² has been seen in practice [S81].
  ...from(
    ['mm/s²', 0.001, D('1,000 mm/s² = 1 m/s²')],
    ['cm/s²', 0.01, D('100 cm/s² = 1 m/s²')],
    ['g', 9.80665, D('standard gravity')],
  ),
} as const;

/** Twenty to a hundred samples a second are usual, some cables are sampled ten times as fast. */
const SPACING = {
  min: 0.1,
  max: 1000,
  source: D(
    'bridges sample at 20–100 Hz [S40]; from 1 Hz to 10 kHz leaves room for every logger of the kind',
  ),
};

function waveform(
  key: string,
  zh: string,
  en: string,
  shape: Pick<Metric, 'unit' | 'conversions'> & { readonly range: NonNullable<Metric['range']> },
): Metric {
  return {
    key: as.metric(key),
    name: { zh, en },
    kind: 'waveform',
    sentinels: FAULT_VALUES,
    expectedInterval: minutes(1),
    spacing: SPACING,
    ...shape,
  };
}

const STATS = [
  ['rms', 'rms', '均方根', 'RMS'],
  ['pp', 'peakToPeak', '峰峰值', 'peak-to-peak'],
  ['max', 'max', '最大值', 'maximum'],
  ['min', 'min', '最小值', 'minimum'],
  ['mean', 'mean', '平均值', 'mean'],
] as const;

/** Over how long, and how that is called. */
type Cut = { readonly suffix: string; readonly window: Duration; readonly zh: string; readonly en: string };

/**
 * A waveform with what is cut from it: all five statistics over 10 min, RMS and peak-to-peak over 1 min; of strain its mean as well, by
 * which a support that gives way is told in the minute in which it does.
 */
function withFeatures(wave: Metric): readonly Metric[] {
  const cut = (stat: (typeof STATS)[number], { suffix, window, zh, en }: Cut): Metric => {
    const [short, of, zhStat, enStat] = stat;
    const { min, max, source } = wave.range as NonNullable<Metric['range']>;
    // RMS and peak-to-peak are never negative; the latter reaches across the whole range.
    const range =
      of === 'rms'
        ? { min: 0, max: Math.max(-min, max), source }
        : of === 'peakToPeak'
          ? { min: 0, max: max - min, source }
          : { min, max, source };
    return {
      key: as.metric(`${wave.key}.${short}${suffix}`),
      name: { zh: `${wave.name.zh} ${zh}${zhStat}`, en: `${wave.name.en}, ${en} ${enStat}` },
      unit: wave.unit,
      kind: 'number',
      range,
      sentinels: FAULT_VALUES,
      expectedInterval: window,
      feature: { of: wave.key, stat: of, window },
    };
  };
  return [
    wave,
    ...STATS.map((s) => cut(s, { suffix: '', window: minutes(10), zh: '10 分钟', en: '10 min' })),
    ...STATS.filter(
      ([short]) => short === 'rms' || short === 'pp' || (short === 'mean' && wave.unit === 'µε'),
    ).map((s) => cut(s, { suffix: '.1m', window: minutes(1), zh: '1 分钟', en: '1 min' })),
  ];
}

const WAVES = [
  waveform('ax', '纵桥向加速度', 'acceleration along the bridge', ACCELERATION),
  waveform('ay', '横桥向加速度', 'acceleration across the bridge', ACCELERATION),
  waveform('az', '竖向加速度（不含重力）', 'vertical acceleration, gravity taken out', ACCELERATION),
  waveform('cableAcc', '拉索（吊杆）加速度', 'cable or hanger acceleration', {
    ...ACCELERATION,
    range: { min: -100, max: 100, source: R('cable accelerometers, ±10 g') },
  }),
  waveform('strainDyn', '动应变', 'dynamic strain', {
    unit: 'µε',
    range: { min: -5000, max: 5000, source: R('strain gauges; steel yields near 2,000 µε') },
  }),
];

/** Girder vibration: never a peak, always the 10-min RMS [S40][S81]. */
function girderVibration(metric: string, name: Bilingual): Rule {
  return rule(bridge, {
    metric,
    kind: 'limit',
    name,
    unit: 'm/s²',
    steps: [
      step(
        3,
        above(0.315),
        { deadband: 0.015, onDelay: minutes(30) },
        V2(`${TABLE_9}: girder, 10-min RMS ≥ 31.5 cm/s² and lasting over 30 min, 一级`),
        advice(
          '调风速风向、交通视频和频谱，判断是风致涡振、车致还是设备异常；通知桥梁管养单位到场观察，加密监测。确为涡振的，通知交警准备限速、封桥。',
          'Look at wind, traffic and spectrum: vortex shedding, traffic, or the sensor? Have the bridge owner watch on site. If it is vortex shedding, police prepare to slow or close the bridge.',
        ),
      ),
      step(
        2,
        above(0.5),
        { deadband: 0.015 },
        V2(`${TABLE_9}: girder, 10-min RMS ≥ 50 cm/s², 二级`),
        advice(
          '振动已影响行车。立即通知交警限速、视情封桥，禁止大型货车和行人上桥；管养单位和设计单位到场研判，检查拉索阻尼器、支座、伸缩缝。振幅持续增大的立即封桥。',
          'Drivers feel it. Slow the traffic, close the bridge if need be, no lorries or people on foot; owner and designer judge on site: dampers, bearings, joints. Growing amplitude: close at once.',
        ),
      ),
    ],
    reAlarmAfter: AGAIN.hourly,
  });
}

/** Amplitude that keeps growing: the one-minute RMS, two minutes at a time. */
function divergence(axis: 'ax' | 'ay' | 'az'): Rule {
  return limits(
    bridge,
    `${axis}.rms.1m`,
    ['振幅持续增大', 'amplitude keeps growing'],
    '',
    [
      step(
        1,
        above(5),
        { offDelay: minutes(10) },
        V2(
          `${TABLE_9}: amplitude keeps growing, divergent, 三级; five times in succession by 0.05 m/s² within ten minutes is ours (D)`,
        ),
        advice(
          '振动发散，桥可能失稳：立即封桥清空桥面桥下，报带班领导，设计单位到场；停振后未经检测不得开放。',
          'The swing feeds itself: close and clear the bridge and what is below now, leader on duty, designer on site; not opened before it is inspected.',
        ),
      ),
    ],
    {
      kind: 'trend',
      latching: true,
      reAlarmAfter: AGAIN.soon,
      signal: { of: 'trend', stat: 'max', window: minutes(2), going: 'up', by: 0.05 },
    },
  );
}

/** Off what it was in the last half hour: too short for the sun to do it. */
function shifted(
  metric: string,
  [zh, en]: readonly [zh: string, en: string],
  unit: string,
  o: {
    readonly by: number;
    readonly deadband: number;
    readonly as: 'difference' | 'percent';
    readonly source: ReturnType<typeof D>;
  },
): readonly Rule[] {
  const limit = outside(-o.by, o.by);
  const signal: Rule['signal'] = {
    of: 'deviation',
    as: o.as,
    from: { is: 'learned', quantile: 0.5, over: minutes(30), window: 'rolling' },
  };
  return [
    limits(
      bridge,
      metric,
      [`${zh}突变`, `${en} has changed`],
      unit,
      [
        step(
          4,
          limit,
          { deadband: o.deadband, offDelay: minutes(2) },
          o.source,
          advice(
            '受力突变：看视频是否有重车停留，比对同断面、相邻支座测点；车走即回落的为车辆荷载。',
            'The load path has changed: does a lorry stand there? Compare the section and the bearings beside it; what comes back when the lorry leaves was the lorry.',
          ),
        ),
      ],
      { kind: 'change', reAlarmAfter: null, signal },
    ),
    limits(
      bridge,
      metric,
      [`${zh}偏移未回落`, `${en} has changed and stays`],
      unit,
      [
        step(
          3,
          limit,
          { deadband: o.deadband, onDelay: minutes(10), offDelay: minutes(10) },
          o.source,
          advice(
            '十分钟未回落，不是车辆荷载：通知管养单位到场检查支座、墩台沉降和裂缝，重车限行；设计单位研判。',
            'Ten minutes and not back: no passing vehicle does that. Owner inspects bearings, settlement and cracks, lorries kept off; the designer judges.',
          ),
        ),
      ],
      { kind: 'shift', reAlarmAfter: AGAIN.shift, signal },
    ),
  ];
}

/** Beside the raw value: what the temperature of a fortnight does not explain, off what was usual in the last week. */
function unexplained(
  metric: string,
  [zh, en]: readonly [zh: string, en: string],
  unit: string,
  o: {
    readonly by: number;
    readonly deadband: number;
    readonly smoothedBy?: Duration;
    readonly basis: string;
  },
): Rule {
  return limits(
    bridge,
    metric,
    [`${zh}偏离温度规律`, `${en} is off what the temperature explains`],
    unit,
    [
      step(
        4,
        outside(-o.by, o.by),
        { deadband: o.deadband, offDelay: minutes(10) },
        D(o.basis),
        advice(
          '扣除温度后仍有偏移：看是否有重车停留，比对同断面测点和视频；车走即回落的为车辆荷载，不回落的安排到场检查支座、裂缝。',
          'Off although the temperature is taken out: does a lorry stand there? Compare the section. What comes back with the lorry was the lorry; what stays is looked at on site: bearings, cracks.',
        ),
      ),
    ],
    {
      kind: 'residual',
      reAlarmAfter: null,
      signal: {
        of: 'deviation',
        as: 'difference',
        from: { is: 'learned', quantile: 0.5, over: days(7), window: 'rolling' },
        compensate: { metric: as.metric('temp'), over: days(14) },
        ...(o.smoothedBy === undefined ? {} : { smoothedBy: o.smoothedBy }),
      },
    },
  );
}

/** As built where the register says it (attribute `baseline.<metric>`), else what the first month was. */
const AS_BUILT: Baseline = {
  is: 'stored',
  orElse: { is: 'learned', quantile: 0.5, over: days(30), window: 'first' },
};

function overweight(
  metric: 'load' | 'axle',
  name: Bilingual,
  limits: readonly [number, number],
  what: string,
): Rule {
  // One value per passing vehicle: the next car would end the alarm in the same second, so it holds for 10 min
  // and a convoy is one alarm.
  const convoy = { offDelay: minutes(10) };
  return rule(bridge, {
    metric,
    kind: 'limit',
    name,
    unit: 't',
    steps: [
      step(
        3,
        above(limits[0]),
        convoy,
        V2(`${TABLE_9}: ${what} 1.5 × design vehicle, 一级`),
        advice(
          '超限车辆上桥。调抓拍核对车牌和重量，通报交警、交通执法在下游拦检；观察同时刻挠度、应变，有异常按结构报警处置。',
          'Overweight vehicle. Take plate and weight from the camera, have it stopped downstream; look at deflection and strain of that moment, and treat any breach as structural.',
        ),
      ),
      step(
        2,
        above(limits[1]),
        convoy,
        V2(`${TABLE_9}: ${what} 2.0 × design vehicle, 二级`),
        advice(
          '严重超限。立即通知交警拦停并引导车辆下桥（保持慢速匀速、禁止桥上急刹和停车），后续车辆暂缓上桥；通知市政管养单位到场检查主梁、支座，比对挠度应变后决定是否限行。',
          'Grossly overweight. Police guide it off the bridge, slow and steady, no braking and no stopping on it; hold back those behind. The owner inspects girder and bearings; deflection and strain decide on restrictions.',
        ),
      ),
    ],
    reAlarmAfter: null,
  });
}

/** 桥梁: structure, loads and wind. Limits are examples of one bridge each: design values are set per point. */
export const BRIDGE: Pack = {
  lifeline: bridge,
  name: { zh: '桥梁', en: 'bridges' },
  metrics: [
    quantity(
      'strain',
      '静应变',
      'static strain',
      'µε',
      [-5000, 5000, R('strain gauges; steel yields near 2,000 µε')],
      hours(1),
    ),
    quantity(
      'deflection',
      '竖向位移',
      'vertical displacement',
      'mm',
      [-2000, 2000, R('hydrostatic levels and GNSS')],
      EVERY,
      from(['cm', 10, D('1 cm = 10 mm')], ['m', 1000, D('1 m = 1,000 mm')]),
    ),
    quantity('tilt', '倾角', 'tilt', '°', [-30, 30, R('±30° inclinometers')], EVERY),
    // Two metrics on purpose: the instantaneous maximum must never be judged as the mean [S81].
    quantity(
      'wind',
      '瞬时风速',
      'wind, instantaneous',
      'm/s',
      [0, 75, R('anemometers 0–60 or 0–75 m/s')],
      EVERY,
    ),
    quantity(
      'wind10',
      '10 分钟平均风速',
      'wind, 10-min mean',
      'm/s',
      [0, 75, R('anemometers 0–60 or 0–75 m/s')],
      EVERY,
    ),
    temperature('温度', 'temperature', EVERY),
    quantity(
      'load',
      '车辆总重',
      'gross vehicle weight',
      't',
      [0, 300, R('weigh-in-motion; special transports reach 200 t')],
      EVERY,
      from(['kg', 0.001, D('1,000 kg = 1 t')]),
    ),
    quantity(
      'axle',
      '车辆轴重',
      'axle weight',
      't',
      [0, 100, R('weigh-in-motion')],
      EVERY,
      from(['kg', 0.001, D('1,000 kg = 1 t')]),
    ),
    // 9999 lies inside: exactly that is far likelier a fault than a force.
    quantity('cableForce', '索力', 'cable force', 'kN', [0, 20_000, R('stay cables of long bridges')], EVERY),
    quantity(
      'bearingForce',
      '支座反力',
      'force on the bearing',
      'kN',
      [-20_000, 200_000, R('load cells in bearings of long girders; below zero it is pulled')],
      EVERY,
    ),
    quantity('frequency', '主频', 'main frequency', 'Hz', [0, 50, R('bridges and cables')], EVERY),
    quantity(
      'bearing',
      '支座（梁端）纵向位移',
      'bearing or girder-end displacement',
      'mm',
      [-2000, 2000, R('draw-wire and laser gauges')],
      EVERY,
      from(['cm', 10, D('1 cm = 10 mm')]),
    ),
    quantity(
      'settlement',
      '墩台沉降',
      'pier settlement',
      'mm',
      [-500, 500, R('hydrostatic levels; accurate to ±0.5 mm')],
      EVERY,
    ),
    quantity('crack', '裂缝宽度', 'crack width', 'mm', [0, 50, R('crack gauges')], hours(1)),
    quantity(
      'scour',
      '基础冲刷深度',
      'scour at the foundation',
      'm',
      [0, 50, R('scour gauges; accurate to 1 cm')],
      hours(1),
    ),
    quantity('humidity', '环境湿度', 'relative humidity', '%RH', [0, 100, D('a percentage')], EVERY),
    quantity(
      'boxHumidity',
      '封闭构件内湿度',
      'humidity in closed members',
      '%RH',
      [0, 100, D('a percentage')],
      EVERY,
    ),
    quantity(
      'pavingTemp',
      '桥面铺装温度',
      'deck paving temperature',
      '℃',
      [-60, 120, R('embedded probes')],
      EVERY,
    ),
    quantity('memberTemp', '构件温度', 'member temperature', '℃', [-60, 120, R('embedded probes')], EVERY),
    quantity(
      'pga',
      '地震动峰值加速度',
      'peak ground acceleration',
      'g',
      [0, 4, R('strong-motion instruments')],
      EVERY,
      from(['m/s²', 1 / 9.80665, D('standard gravity')], ['gal', 1 / 980.665, D('1 gal = 1 cm/s²')]),
    ),
    flag('ice', '结冰', 'ice', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    flag('water', '设备进水', 'water in the device', EVERY),
    ...WAVES.flatMap(withFeatures),
    ...ownState(EVERY),
  ],
  rules: [
    rule(bridge, {
      metric: 'deflection',
      kind: 'limit',
      name: { zh: '竖向位移超限', en: 'vertical displacement over limit' },
      unit: 'mm',
      steps: [
        step(
          2,
          outside(-48, 38.4),
          { deadband: 2, onDelay: minutes(1) },
          V2(`${TABLE_9}: girder vertical displacement, 0.8 × design, 二级; example −48 / 38.4 mm`),
          advice(
            '核对同时刻车重、温度和相邻测点，排除单点异常；通知管养单位立即到场检查，交警准备限载限速。有重车在桥的先疏导下桥。',
            'Check vehicle weight, temperature and neighbouring points of that moment. Owner inspects at once, police prepare weight and speed limits. Guide heavy vehicles off first.',
          ),
        ),
        step(
          1,
          outside(-60, 48),
          { deadband: 2 },
          V2(`${TABLE_9}: girder vertical displacement, design value, 三级; example −60 / 48 mm`),
          advice(
            '达到设计限值。立即通知交警封桥、疏散桥上桥下人员车辆，报市政主管部门和值班领导；管养、设计单位现场检测评估。未经评估不得恢复通行，不得因读数回落自行解除。',
            'The design value is reached. Close the bridge, clear it and what is below, report to the city and the leader on duty; owner and designer assess on site. No traffic before that, whatever the reading does.',
          ),
        ),
      ],
      // The load leaves, the reading returns, the damage stays: only a look on site ends it.
      latching: true,
      reAlarmAfter: AGAIN.soon,
    }),
    limits(
      bridge,
      'deflection',
      ['一月内多次超限', 'over limit again and again'],
      '',
      [
        step(
          1,
          above(10),
          {},
          V2(`${TABLE_9}: ten or more level-2 events within a month are 三级`),
          advice(
            '一月内十次达到 0.8 倍设计值，按设计限值处置：限载或封桥，设计单位评估承载力。',
            'Ten times at 0.8 of the design value within a month counts as the design value: limit weight or close the bridge, the designer assesses it.',
          ),
        ),
      ],
      {
        kind: 'count',
        latching: true,
        signal: {
          of: 'count',
          window: days(30),
          occurrence: { by: 'rule', rule: as.rule('bridge.deflection.limit'), level: 2 },
        },
      },
    ),
    rule(bridge, {
      metric: 'strain',
      kind: 'limit',
      name: { zh: '静应变超限', en: 'static strain over limit' },
      unit: 'µε',
      steps: [
        step(
          2,
          outside(-214, 217),
          { deadband: 10 },
          V2(`${TABLE_9}: static strain beyond the worst design load case, 二级; example +217 / −214 µε`),
          advice(
            '超过最不利荷载组合。先看同断面各测点是否同步（仅单点的查传感器），同步的通知管养单位到场检查该断面有无裂缝、变形，重车限行；结果报设计单位复核。',
            'Beyond the worst load case. Do the other gauges of the section agree? If not, look at the sensor. If so, owner inspects the section for cracks, lorries kept off, designer told.',
          ),
        ),
      ],
      latching: true,
      reAlarmAfter: AGAIN.hourly,
    }),
    rule(bridge, {
      metric: 'tilt',
      kind: 'limit',
      name: { zh: '倾角超限', en: 'tilt over limit' },
      unit: '°',
      steps: [
        step(
          2,
          outside(-0.038, 0.038),
          { deadband: 0.004, onDelay: minutes(1) },
          V('±0.038° level 2, ±0.057° level 3 in use on a city bridge [S41][S81]'),
          advice(
            '核对温度和相邻墩塔倾角，排除安装松动；通知管养单位到场测量，查周边基坑、堆载和河床冲刷。',
            'Check temperature and the neighbouring piers, rule out a loose mount. Owner measures on site; look for digging, spoil heaps and scour.',
          ),
        ),
        step(
          1,
          outside(-0.057, 0.057),
          { deadband: 0.004 },
          V('±0.038° level 2, ±0.057° level 3 in use on a city bridge [S41][S81]'),
          advice(
            '墩（塔）可能失稳。立即通知交警封桥、桥下断航断路，周边施工立即停工；管养、设计单位现场复测评估，未经评估不得恢复。',
            'A pier or tower may be giving way. Close the bridge and the road or water below, stop digging nearby; owner and designer measure again. No traffic before that.',
          ),
        ),
      ],
      // One sample shakes with the traffic: on a test bridge by 0.28° about a pier that stood still (docs/truth.md).
      signal: { of: 'statistic', stat: 'mean', window: minutes(10) },
      latching: true,
      reAlarmAfter: AGAIN.soon,
    }),
    limits(
      bridge,
      'strain',
      ['静应变创新高', 'static strain beyond its own extreme'],
      'µε',
      [
        step(
          3,
          above(10),
          { deadband: 2, offDelay: hours(1) },
          V2(
            `${TABLE_9}: static strain exceeds its own historical maximum, 一级; by 10 µε, twice the noise of a gauge (D), after a month of learning (D)`,
          ),
          advice(
            '超过该测点历史极值：比对温度、车重和同断面测点，记录并安排检查。',
            'Beyond all this gauge has seen: compare temperature, traffic and the section, note it and have it looked at.',
          ),
        ),
      ],
      { kind: 'extreme', reAlarmAfter: null, signal: { of: 'extreme', side: 'either', learnFor: days(30) } },
    ),
    unexplained('strain', ['静应变', 'static strain'], 'µε', {
      by: 50,
      deadband: 10,
      basis:
        'a lowered support of a test bridge moved it by 170 µε, a quiet half hour by 9; with a day of 8 ℃ over it a quiet fortnight stays within (docs/truth.md); no standard gives a number',
    }),
    unexplained('tilt', ['倾角', 'tilt'], '°', {
      by: 0.02,
      deadband: 0.004,
      smoothedBy: minutes(10),
      basis: 'half of what is level 2 for the tilt itself; no standard gives a number',
    }),
    ...shifted('strainDyn.mean.1m', ['分钟平均应变', 'strain, mean of a minute,'], 'µε', {
      by: 50,
      deadband: 10,
      as: 'difference',
      source: D(
        'a lowered support of a test bridge moved it by 170 µε, a load driven over by 8, a quiet half hour by 9 (docs/truth.md); no standard gives a number',
      ),
    }),
    ...shifted('bearingForce', ['支座反力', 'force on the bearing'], '%', {
      by: 6,
      deadband: 1,
      as: 'percent',
      source: D(
        'a lowered support of a test bridge took 10 % off it, a load driven over added 4 % (docs/truth.md); no standard gives a number',
      ),
    }),
    limits(
      bridge,
      'bearing',
      ['支座位移超限', 'bearing displacement over limit'],
      'mm',
      [
        step(
          2,
          above(80),
          { deadband: 3, onDelay: minutes(1) },
          V2(`${TABLE_9}: |x| ≥ 0.8 × design, 二级; example 80 mm`),
          advice(
            '核对温度位移和伸缩缝，管养单位到场检查支座、限位。',
            'Check it against the temperature; owner inspects bearings, joints and stops.',
          ),
        ),
        step(
          1,
          above(100),
          { deadband: 3 },
          V2(`${TABLE_9}: |x| ≥ design, 三级; example 100 mm`),
          advice(
            '有落梁危险：封桥，桥下断路断航，管养、设计单位现场评估。',
            'The girder may fall off: close the bridge and what is below; owner and designer assess on site.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon, signal: { of: 'value', magnitude: true } },
    ),
    limits(
      bridge,
      'cableForce',
      ['索力变化超限', 'cable force changed'],
      '%',
      [
        step(
          2,
          outside(-10, 10),
          { deadband: 1, offDelay: hours(1) },
          V2(`${TABLE_9}: cable force against as-built, change > 10 %, 二级`),
          advice(
            '核对温度和相邻索，管养单位复测索力、检查锚头和护套；重车限行。',
            'Check temperature and the cables beside it; owner measures again, looks at anchor and sheath; lorries kept off.',
          ),
        ),
        step(
          1,
          outside(-15, 15),
          { deadband: 1, offDelay: hours(1) },
          V2(`${TABLE_9}: cable force against as-built, change > 15 %, 三级`),
          advice(
            '拉索可能断丝滑移：封桥，设计单位评估换索，未经评估不得开放。',
            'Wires may have broken or slipped: close the bridge, the designer assesses; not opened before that.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        latching: true,
        reAlarmAfter: AGAIN.soon,
        signal: { of: 'deviation', as: 'percent', from: AS_BUILT, smoothedBy: hours(1) },
      },
    ),
    limits(
      bridge,
      'frequency',
      ['主频变化超限', 'main frequency changed'],
      '%',
      [
        step(
          2,
          outside(-3, 3),
          { deadband: 0.3, offDelay: hours(1) },
          V2(
            `${TABLE_9}: main frequency, environment removed, change > 3 %, 二级; here by the mean of a day (D), or set a compensation per point`,
          ),
          advice(
            '刚度可能变化：比对温度、交通，管养单位检查裂缝、支座和边界。',
            'The stiffness may have changed: compare temperature and traffic; owner looks for cracks, bearings, supports.',
          ),
        ),
        step(
          1,
          outside(-5, 5),
          { deadband: 0.3, offDelay: hours(1) },
          V2(`${TABLE_9}: main frequency, environment removed, change > 5 %, 三级`),
          advice(
            '结构明显损伤的征兆：限行或封桥，设计单位现场检测。',
            'A sign of grave damage: restrict or close it, the designer measures on site.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        latching: true,
        signal: { of: 'deviation', as: 'percent', from: AS_BUILT, smoothedBy: days(1) },
      },
    ),
    limits(
      bridge,
      'settlement',
      ['墩台沉降超限', 'pier settled'],
      'mm',
      [
        step(
          1,
          above(20),
          { deadband: 1 },
          V2(`${TABLE_9}: pier settlement, uniform ≥ 20 mm, 三级`),
          advice(
            '封桥或限行，查周边基坑、降水和冲刷，复测并由设计单位评估。',
            'Close or restrict it; look for digging, pumping and scour; measure again, the designer assesses.',
          ),
        ),
      ],
      { latching: true },
    ),
    limits(
      bridge,
      'settlement',
      ['相邻墩沉降差超限', 'neighbouring piers settle apart'],
      'mm',
      [
        step(
          1,
          above(10),
          { deadband: 1 },
          V2(
            `${TABLE_9}: pier settlement, neighbour difference ≥ 10 mm, 三级; here over all piers of the bridge`,
          ),
          advice(
            '封桥或限行，检查伸缩缝、支座脱空，复测沉降差并由设计单位评估。',
            'Close or restrict it; look at joints and bearings that hang free; measure again, the designer assesses.',
          ),
        ),
      ],
      {
        kind: 'difference',
        latching: true,
        signal: { of: 'spread', over: { to: 'asset' }, within: days(1) },
      },
    ),
    limits(bridge, 'crack', ['裂缝超限', 'crack over limit'], 'mm', [
      step(
        3,
        above(0.1),
        { deadband: 0.01, onDelay: hours(1), offDelay: hours(1) },
        V('prestressed concrete, non-structural 0.10 mm [S82]'),
        advice(
          '派员查看走向、长度和渗水，结构性裂缝的报设计单位。',
          'Look at its course, length and water; a structural one is for the designer.',
        ),
      ),
      step(
        2,
        above(0.2),
        { deadband: 0.01, onDelay: hours(1), offDelay: hours(1) },
        V(
          'reinforced concrete 0.20 mm [S82]; width over the code limit is 二级 (JT/T 1037-2022 table 9, V2 [S40][S41])',
        ),
        advice(
          '超规范限值：限载，管养、设计单位检测并封闭裂缝。',
          'Over the code: limit weight, have it measured and sealed.',
        ),
      ),
    ]),
    limits(
      bridge,
      'crack',
      ['裂缝增长', 'crack growing'],
      'mm/d',
      [
        step(
          2,
          above(0.01),
          { deadband: 0.002, offDelay: days(1) },
          V('growth > 0.01 mm a day [S83]; over a week (D)'),
          advice(
            '裂缝在发展：查荷载和沉降，加密观测，设计单位评估。',
            'It grows: look at loads and settlement, measure more often, the designer assesses.',
          ),
        ),
      ],
      { kind: 'rate', signal: { of: 'rate', window: days(7), per: days(1) } },
    ),
    limits(
      bridge,
      'boxHumidity',
      ['封闭构件内湿度高', 'humid inside closed members'],
      '%RH',
      [
        step(
          3,
          above(50),
          { deadband: 3, onDelay: hours(6), offDelay: hours(6) },
          V2(`${TABLE_9}: humidity in closed members ≥ 50 %, 一级`),
          advice(
            '启动除湿，检查密封和渗水，防止钢构件锈蚀。',
            'Dry it, look at seals and seepage: steel rusts.',
          ),
        ),
      ],
      { reAlarmAfter: null },
    ),
    limits(
      bridge,
      'pavingTemp',
      ['铺装温度超限', 'paving temperature out of bounds'],
      '℃',
      [
        step(
          3,
          outside(-20, 60),
          { deadband: 2, onDelay: minutes(30) },
          V2(`${TABLE_9}: deck paving > 60 or < −20 ℃, 一级`),
          advice(
            '限制重载，巡查铺装推移、开裂和结冰。',
            'Keep heavy loads off, look for rutting, cracks and ice.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      bridge,
      'pga',
      ['地震动超限', 'earthquake'],
      'g',
      [
        step(
          2,
          above(0.15),
          { deadband: 0.02, offDelay: minutes(30) },
          V2(`${TABLE_9}: peak acceleration, design E1, 二级; example 0.15 g`),
          advice(
            '停止重车上桥，管养单位震后巡检支座、墩柱、伸缩缝。',
            'No lorries; owner inspects bearings, piers and joints after the shock.',
          ),
        ),
        step(
          1,
          above(0.255),
          { deadband: 0.02, offDelay: minutes(30) },
          V2(`${TABLE_9}: peak acceleration, design E2, 三级; example 0.255 g`),
          advice(
            '立即封桥，疏散桥上桥下人员，设计单位检测评估后方可开放。',
            'Close it at once, clear it and what is below; opened only after the designer has assessed it.',
          ),
        ),
      ],
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    limits(
      bridge,
      'ice',
      ['桥面（拉索）结冰', 'ice on deck or cables'],
      '',
      [
        step(
          3,
          above(1),
          { offDelay: minutes(30) },
          V2(`${TABLE_9}: ice appears, 一级`),
          advice(
            '通知交警限速，撒布融雪剂，注意拉索坠冰。',
            'Police slow the traffic, spread salt, beware of ice that falls from the cables.',
          ),
        ),
      ],
      { kind: 'flag', reAlarmAfter: AGAIN.shift },
    ),
    deviceTrouble(bridge, 'fault'),
    deviceTrouble(bridge, 'water'),
    ...(['ax', 'ay', 'az'] as const).map((axis) => divergence(axis)),
    limits(
      bridge,
      'wind',
      ['10 分钟平均风速超限', 'wind, mean of ten minutes'],
      'm/s',
      [
        step(
          3,
          above(25),
          { deadband: 1.5 },
          V2(
            `${TABLE_9}: deck wind, 10-min mean 25 m/s, 一级; from the samples of an anemometer that sends no mean`,
          ),
          advice(
            '桥面限速，提示大型车辆和摩托车，检查临时设施。',
            'Lower the speed limit, warn high-sided vehicles and motorcycles, secure what is loose.',
          ),
        ),
        step(
          2,
          above(27),
          { deadband: 1.5 },
          V2(`${TABLE_9}: 0.8 × design basic deck wind, 二级; example 27 m/s`),
          advice(
            '禁止大型车辆、非机动车和行人上桥，加密观察振动。',
            'No large vehicles, bicycles or people on foot; watch the vibration.',
          ),
        ),
        step(
          1,
          above(34),
          { deadband: 1.5 },
          V2(`${TABLE_9}: design basic deck wind, 三级; example 34 m/s`),
          advice(
            '封桥清空桥面，风后检查拉索、支座、护栏方可开放。',
            'Close and clear it; opened after cables, bearings and railings are inspected.',
          ),
        ),
      ],
      { kind: 'mean10', signal: { of: 'statistic', stat: 'mean', window: minutes(10) } },
    ),
    rule(bridge, {
      metric: 'wind10',
      kind: 'limit',
      name: { zh: '桥面风速超限', en: 'wind on the deck' },
      unit: 'm/s',
      steps: [
        step(
          3,
          above(25),
          { deadband: 1.5 },
          V2(`${TABLE_9}: deck wind, 10-min mean 25 m/s, 一级`),
          advice(
            '通知交警和管养单位：桥面限速，提示大型厢式货车、客车和摩托车谨慎通行，检查桥面临时设施；关注振动读数。',
            'Tell police and owner: lower the speed limit, warn high-sided vehicles, coaches and motorcycles, secure what is loose on the deck; watch the vibration.',
          ),
        ),
        step(
          2,
          above(27),
          { deadband: 1.5 },
          V2(`${TABLE_9}: 0.8 × design basic deck wind, 二级; example 27 m/s`),
          advice(
            '通知交警禁止大型车辆、非机动车和行人上桥，其余车辆限速；管养单位到岗，加密观察拉索、主梁振动。',
            'No large vehicles, bicycles or people on foot; the rest slowly. Owner on duty, watch cables and girder.',
          ),
        ),
        step(
          1,
          above(34),
          { deadband: 1.5 },
          V2(`${TABLE_9}: design basic deck wind, 三级; example 34 m/s`),
          advice(
            '达到设计基准风速。立即通知交警封桥、清空桥面，报值班领导；风速回落后须由管养单位检查拉索、支座、护栏方可开放。',
            'Design wind. Close and clear the bridge, report to the leader on duty; open only after the owner has inspected cables, bearings and railings.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    overweight('load', { zh: '车辆总重超限', en: 'vehicle overweight' }, [82.5, 110], 'gross weight'),
    overweight('axle', { zh: '车辆轴重超限', en: 'axle overweight' }, [42, 56], 'axle weight'),
    girderVibration('ax.rms', { zh: '纵桥向振动超限', en: 'vibration along the bridge' }),
    girderVibration('ay.rms', { zh: '横桥向振动超限', en: 'vibration across the bridge' }),
    girderVibration('az.rms', { zh: '竖向振动超限', en: 'vertical vibration' }),
    rule(bridge, {
      metric: 'cableAcc.rms',
      kind: 'limit',
      name: { zh: '拉索（吊杆）振动超限', en: 'cable vibration' },
      unit: 'm/s²',
      steps: [
        step(
          3,
          above(1),
          { deadband: 0.05 },
          V2(`${TABLE_9}: hanger or cable, 10-min RMS ≥ 100 cm/s², 一级`),
          advice(
            '调风雨数据判断是否风雨激振；通知管养单位查看该索阻尼器和锚头，加密监测。',
            'Rain and wind? Have the owner look at the damper and the anchor of this cable; watch closely.',
          ),
        ),
        step(
          2,
          above(3),
          { deadband: 0.05 },
          V2(`${TABLE_9}: hanger or cable, 10-min RMS ≥ 300 cm/s² and frequent, 二级`),
          advice(
            '拉索大幅振动。通知交警限速、视情封闭临索车道；管养单位到场检查阻尼器失效、索体和锚固损伤，比对索力变化。',
            'The cable swings widely. Slow the traffic, close the lane beside it if need be; owner inspects damper, cable and anchor and compares the force.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    stuck(
      bridge,
      'strain',
      '静应变',
      'static strain',
      { within: 0 },
      hours(24),
      R('strain follows the temperature of the day; a day of one value is a frozen channel'),
    ),
    stuck(
      bridge,
      'deflection',
      '竖向位移',
      'vertical displacement',
      { within: 0 },
      hours(24),
      R('the girder moves with temperature and traffic'),
    ),
    stuck(
      bridge,
      'cableForce',
      '索力',
      'cable force',
      { within: 0 },
      hours(24),
      R('cable force follows temperature'),
    ),
    stuck(
      bridge,
      'wind',
      '瞬时风速',
      'wind',
      { within: 0, onlyAbove: 0.2 },
      hours(6),
      R('wind is never the same for hours; calm below 0.2 m/s may be'),
    ),
    silence(bridge, EVERY, 3, D('3 × the expected interval')),
    lowBattery(bridge),
  ],
  levelNote: {
    zh: 'JT/T 1037-2022 表 9 一级最轻、三级最重，与突发事件分级相反：本包一级 → 3 黄、二级 → 2 橙、三级 → 1 红。表中设计值因桥而异，此处为两座桥月报中的示例，须按测点改。温度限值（示例 40/0 ℃）在北方冬夜即超，缺省不报警。设备自身问题 → 4 蓝。',
    en: 'In JT/T 1037-2022 table 9 一级 is the mildest and 三级 the gravest: here 一级 is 3 yellow, 二级 2 orange, 三级 1 red. Its design values differ by bridge: those here are the examples of two monthly reports and are to be set per point. Temperature limits (example 40 / 0 ℃) would alarm on any winter night and have no default rule. What ails the device itself is 4 blue.',
  },
};
