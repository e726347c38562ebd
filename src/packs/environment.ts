import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours, minutes } from '../domain/time.ts';
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
} from './language/common.ts';

const environment = as.lifeline('environment');
/** Outfalls are sampled every 2 h, stations by the hour (R); HJ 212 devices send minute and hour means [S105]. */
const EVERY = hours(1);
const OUTFALL = 'GB 18918 class 1A, the discharge of town treatment plants';
const AIR = 'GB 3095-2012 class 2, hourly mean';

/** 环境: sewage outfalls, rivers, air and noise, online. */
export const ENVIRONMENT: Pack = {
  lifeline: environment,
  name: { zh: '环境', en: 'environment' },
  capCategories: ['Env'],
  metrics: [
    quantity('cod', '排口化学需氧量', 'COD at the outfall', 'mg/L', [0, 5000, R('analysers')], EVERY),
    quantity('nh3n', '排口氨氮', 'ammonia nitrogen at the outfall', 'mg/L', [0, 1000, R('analysers')], EVERY),
    quantity('tp', '排口总磷', 'total phosphorus at the outfall', 'mg/L', [0, 200, R('analysers')], EVERY),
    quantity('tn', '排口总氮', 'total nitrogen at the outfall', 'mg/L', [0, 1000, R('analysers')], EVERY),
    quantity('ph', '酸碱度 pH', 'pH', 'pH', [0, 14, D('the scale of pH')], EVERY),
    quantity(
      'flow',
      '排口流量',
      'flow at the outfall',
      'm³/h',
      [0, 50_000, R('flumes and meters')],
      EVERY,
      from(['L/s', 3.6, D('1 L/s = 3.6 m³/h')]),
    ),
    quantity(
      'dissolvedOxygen',
      '水体溶解氧',
      'dissolved oxygen in the river',
      'mg/L',
      [0, 30, R('optical probes')],
      EVERY,
    ),
    quantity(
      'pm25',
      '细颗粒物 PM2.5',
      'PM2.5',
      'µg/m³',
      [0, 5000, R('beta and light scattering')],
      EVERY,
      from(['mg/m³', 1000, D('1 mg = 1,000 µg')]),
    ),
    quantity(
      'pm10',
      '可吸入颗粒物 PM10',
      'PM10',
      'µg/m³',
      [0, 10_000, R('beta and light scattering')],
      EVERY,
      from(['mg/m³', 1000, D('1 mg = 1,000 µg')]),
    ),
    quantity(
      'so2',
      '二氧化硫',
      'sulphur dioxide',
      'µg/m³',
      [0, 20_000, R('analysers')],
      EVERY,
      from(['mg/m³', 1000, D('1 mg = 1,000 µg')], ['ppb', 2.66, D('24.06 L/mol at 20 °C, 64.06 g/mol')]),
    ),
    quantity(
      'no2',
      '二氧化氮',
      'nitrogen dioxide',
      'µg/m³',
      [0, 20_000, R('analysers')],
      EVERY,
      from(['mg/m³', 1000, D('1 mg = 1,000 µg')], ['ppb', 1.91, D('24.06 L/mol at 20 °C, 46.01 g/mol')]),
    ),
    quantity(
      'o3',
      '臭氧',
      'ozone',
      'µg/m³',
      [0, 2000, R('analysers')],
      EVERY,
      from(['mg/m³', 1000, D('1 mg = 1,000 µg')], ['ppb', 2, D('24.06 L/mol at 20 °C, 48 g/mol')]),
    ),
    quantity(
      'co',
      '一氧化碳',
      'carbon monoxide',
      'mg/m³',
      [0, 1000, R('analysers')],
      EVERY,
      from(['ppm', 1.164, D('24.06 L/mol at 20 °C, 28.01 g/mol')]),
    ),
    quantity('noise', '噪声', 'noise', 'dB(A)', [0, 160, R('sound level meters')], minutes(10)),
    temperature('温度', 'temperature', EVERY),
    flag('bypass', '直排（旁通）开启', 'bypass open', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    ...(
      [
        ['cod', '化学需氧量', 'COD', 50, 100],
        ['nh3n', '氨氮', 'ammonia', 5, 10],
        ['tp', '总磷', 'phosphorus', 0.5, 1],
        ['tn', '总氮', 'nitrogen', 15, 30],
      ] as const
    ).map(([metric, zh, en, limit, twice]) =>
      limits(environment, metric, [`排口${zh}超标`, `${en} over the discharge limit`], 'mg/L', [
        step(
          3,
          above(limit),
          { deadband: limit * 0.04, onDelay: hours(1), offDelay: hours(1) },
          R(`${OUTFALL}: ${limit} mg/L; the permit of the plant goes before it`),
          advice(
            '通知排污单位核对仪表、查工艺，留样复测；连续超标移交执法。',
            'The plant checks instrument and process, keeps a sample; if it goes on, enforcement.',
          ),
        ),
        step(
          2,
          above(twice),
          { deadband: limit * 0.04, offDelay: hours(1) },
          R('twice the discharge limit'),
          advice(
            '疑设施停运或偷排：关闭排口、切换事故池，执法到场取证，通知下游取水口。',
            'The plant stands still or discharges in secret: close the outfall, emergency basin, officers take samples, warn intakes downstream.',
          ),
        ),
      ]),
    ),
    limits(environment, 'ph', ['pH 超标', 'pH out of bounds'], 'pH', [
      step(
        3,
        outside(6, 9),
        { deadband: 0.1, onDelay: hours(1), offDelay: hours(1) },
        R(`${OUTFALL}: 6–9`),
        advice(
          '核对电极，属实查来水酸碱，留样。',
          'Check the electrode; if so, where does acid or lye come from? Keep a sample.',
        ),
      ),
      step(
        2,
        outside(4, 11),
        { deadband: 0.1, offDelay: hours(1) },
        R('acid or lye that kills fish'),
        advice(
          '关闭排口、切换事故池，应急监测，通知下游。',
          'Close the outfall, emergency basin, measure downstream and warn it.',
        ),
      ),
    ]),
    limits(
      environment,
      'dissolvedOxygen',
      ['溶解氧低', 'oxygen low in the river'],
      'mg/L',
      [
        step(
          4,
          below(5),
          { deadband: 0.2, onDelay: hours(2), offDelay: hours(1) },
          R('GB 3838 class III: at least 5 mg/L'),
          advice('加密监测，查沿线排口。', 'Measure more often, look at the outfalls along it.'),
        ),
        step(
          3,
          below(2),
          { deadband: 0.2, onDelay: hours(1), offDelay: hours(1) },
          R('black and foul below 2 mg/L; fish die'),
          advice(
            '启动曝气补水，排查溢流和偷排，清理死鱼。',
            'Aerate, add water, look for overflows and secret outfalls, clear dead fish.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    ...(
      [
        ['so2', '二氧化硫', 'sulphur dioxide', 500, 1000, 'µg/m³'],
        ['no2', '二氧化氮', 'nitrogen dioxide', 200, 700, 'µg/m³'],
        ['o3', '臭氧', 'ozone', 200, 400, 'µg/m³'],
        ['co', '一氧化碳', 'carbon monoxide', 10, 35, 'mg/m³'],
      ] as const
    ).map(([metric, zh, en, limit, graver, unit]) =>
      limits(
        environment,
        metric,
        [`${zh}小时浓度高`, `${en}, hourly`],
        unit,
        [
          step(
            4,
            above(limit),
            { deadband: limit * 0.05 },
            R(`${AIR}: ${limit} ${unit}`),
            advice(
              '核对仪表和邻站，发布健康提示。',
              'Check the instrument and the neighbouring stations, publish advice.',
            ),
          ),
          step(
            3,
            above(graver),
            { deadband: limit * 0.05 },
            R('the bound of the next class of HJ 633'),
            advice(
              '排查上风向企业，提请重污染天气会商。',
              'Look at what lies up wind, ask for the pollution conference.',
            ),
          ),
        ],
        { reAlarmAfter: null },
      ),
    ),
    ...(
      [
        ['pm25', '细颗粒物', 'PM2.5', 115, 150, 250],
        ['pm10', '可吸入颗粒物', 'PM10', 250, 350, 420],
      ] as const
    ).map(([metric, zh, en, moderate, heavy, severe]) =>
      limits(
        environment,
        metric,
        [`${zh} 24 小时均值高`, `${en}, mean of a day`],
        'µg/m³',
        [
          step(
            4,
            above(moderate),
            { deadband: moderate * 0.05 },
            R(`HJ 633: from ${moderate} µg/m³ in 24 h moderately polluted`),
            advice(
              '发布健康提示，核查扬尘、露天焚烧和工业源。',
              'Publish advice; look for dust, open fires and industry.',
            ),
          ),
          step(
            3,
            above(heavy),
            { deadband: moderate * 0.05 },
            R(`HJ 633: from ${heavy} µg/m³ in 24 h heavily polluted`),
            advice(
              '提请重污染天气会商，工地停土方、加密洒水。',
              'Ask for the pollution conference; no earthworks, more water on the streets.',
            ),
          ),
          step(
            2,
            above(severe),
            { deadband: moderate * 0.05 },
            R(`HJ 633: from ${severe} µg/m³ in 24 h severely polluted`),
            advice(
              '严重污染：按应急预案减排，学校停止户外活动。',
              'Severe: cut emissions by plan, schools stay indoors.',
            ),
          ),
        ],
        { kind: 'mean24', reAlarmAfter: null, signal: { of: 'statistic', stat: 'mean', window: hours(24) } },
      ),
    ),
    limits(
      environment,
      'noise',
      ['噪声超标', 'noise'],
      'dB(A)',
      [
        step(
          4,
          above(70),
          { deadband: 2, onDelay: minutes(30), offDelay: minutes(30) },
          R('GB 3096 class 4a by day: 70 dB(A); by night 55'),
          advice(
            '核对工地、夜市和交通，通知城管处置。',
            'Building site, night market or traffic? Tell enforcement.',
          ),
        ),
      ],
      { reAlarmAfter: null },
    ),
    stateRule(
      environment,
      'bypass',
      ['直排（旁通）开启', 'bypass open'],
      2,
      R('valve contact of the outfall'),
      advice(
        '核对是否报备检修或暴雨溢流；未报备的立即关闭并执法。',
        'Was it announced, or a storm overflow? If not, close it: enforcement.',
      ),
    ),
    deviceTrouble(environment, 'fault'),
    silence(environment, EVERY, 3, D('3 × the expected interval')),
    lowBattery(environment),
  ],
  levelNote: {
    zh: '排口以许可（GB 18918 一级 A 为例）为第一级 → 3 黄，两倍或直排 → 2 橙；空气质量以国标小时限值 → 4 蓝、重一级 → 3 黄，重污染天气预警另由会商发布；设备自身问题 → 4 蓝。标准原文未读（R）。',
    en: 'At an outfall the permit (for example GB 18918 class 1A) is 3 yellow, twice it or a bypass 2 orange; air by the hourly national limit 4 blue, the next class 3 yellow: smog warnings are issued by a conference, not by a sensor; what ails the device itself 4 blue. The standards’ texts were not read (R).',
  },
};
