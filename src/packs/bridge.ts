import { as } from '../domain/ids.ts';
import type { Bilingual, Metric, Pack } from '../domain/metric.ts';
import type { Rule } from '../domain/rule.ts';
import { type Duration, hours, minutes } from '../domain/time.ts';
import {
  AGAIN,
  above,
  advice,
  D,
  FAULT_VALUES,
  from,
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
} from './common.ts';

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

/** A waveform with what is cut from it: all five statistics over 10 min, RMS and peak-to-peak over 1 min. */
function withFeatures(wave: Metric): readonly Metric[] {
  const cut = (
    suffix: string,
    stat: (typeof STATS)[number],
    window: Duration,
    zh: string,
    en: string,
  ): Metric => {
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
    ...STATS.map((s) => cut('', s, minutes(10), '10 分钟', '10 min')),
    ...STATS.slice(0, 2).map((s) => cut('.1m', s, minutes(1), '1 分钟', '1 min')),
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
      latching: true,
      reAlarmAfter: AGAIN.soon,
    }),
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
