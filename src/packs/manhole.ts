import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import type { Reach, Rule } from '../domain/rule.ts';
import { days, hours, minutes, seconds } from '../domain/time.ts';
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
import { UNLOCK } from './language/commands.ts';
import {
  AGAIN,
  above,
  advice,
  below,
  D,
  deviceTrouble,
  flag,
  limits,
  lowBattery,
  outside,
  ownState,
  quantity,
  rule,
  silence,
  stateRule,
  step,
  temperature,
  V,
} from './language/common.ts';

const manhole = as.lifeline('manhole');
/** Heartbeat of a cover (R); on alarm and on recovery it reports at once [S57]. */
const EVERY = hours(24);

/** Somebody opens a well that holds gas, or gas lifts its cover: two yellow facts that are one red one. */
function gasUnderMovedCover(
  kind: string,
  lifeline: string,
  name: readonly [string, string],
  over: Reach,
): readonly Rule[] {
  const gas = { metric: as.metric('ch4'), holds: { by: 'limit', limit: above(10) } } as const;
  return [
    limits(
      manhole,
      'tilt',
      name,
      '',
      [
        step(
          1,
          above(2),
          { offDelay: minutes(5) },
          D('10° [S57] while 10 %LEL, above which nobody may enter [S43], was there within half an hour'),
          advice(
            '有人可能正在有气的井上作业，或气压顶盖：立即令停、撤离、断火源，燃气和消防到场，严禁下井。',
            'Somebody may be at work on a well with gas in it, or gas lifts the cover: stop, clear off, no flame; gas crew and fire brigade on site, nobody goes down.',
          ),
        ),
      ],
      {
        kind,
        reAlarmAfter: AGAIN.soon,
        signal: {
          of: 'together',
          over,
          within: minutes(30),
          counting: 'members',
          members: [
            { at: 'here', metric: as.metric('tilt'), holds: { by: 'limit', limit: above(10) } },
            over.to === 'point'
              ? { at: 'here', ...gas }
              : { at: 'near', lifeline: as.lifeline(lifeline), ...gas },
          ],
        },
      },
    ),
  ];
}

/** 窨井盖: covers that are opened, tilted, lost, or lifted by water. */
export const MANHOLE: Pack = {
  lifeline: manhole,
  name: { zh: '窨井盖', en: 'manhole covers' },
  metrics: [
    quantity(
      'tilt',
      '倾角变化',
      'tilt from the installed angle',
      '°',
      [0, 180, D('an angle between two positions')],
      EVERY,
    ),
    quantity('angle', '倾角（绝对）', 'tilt as it lies', '°', [-180, 180, D('an angle')], EVERY),
    flag('open', '井盖开启', 'cover open', EVERY),
    quantity(
      'level',
      '水面距井盖',
      'water level below the cover',
      'm',
      [0, 7, D('anti-theft variant with level 0–5 m [S72]; drain radar to 7 m [S133]')],
      EVERY,
    ),
    flag('overflow', '满溢', 'overflow', EVERY),
    methane(EVERY),
    hydrogenSulphide(EVERY),
    carbonMonoxide(EVERY),
    oxygen(EVERY),
    temperature('井内温度', 'temperature in the well', EVERY),
    quantity('humidity', '相对湿度', 'relative humidity', '%RH', [0, 100, D('a percentage')], EVERY),
    flag('batteryLow', '电池欠压', 'battery low by its own word', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    flag('water', '设备进水', 'water in the device', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    rule(manhole, {
      metric: 'tilt',
      kind: 'limit',
      explainedByWorks: true,
      name: { zh: '井盖倾斜', en: 'cover tilted' },
      unit: '°',
      // No delays here: the device holds against vibration itself (2 s), speaks once, and then sleeps until its
      // next heartbeat. A second witness, or a second word of recovery, would come a day later.
      steps: [
        step(
          2,
          above(10),
          { deadband: 2 },
          V(
            'tilt from the installed baseline, default 10° [S57]; wake-up to system response ≤ 30 s, GB/T 41401-2022 [S74]',
          ),
          advice(
            '井盖移位，行人车辆有坠落危险。先核对有无该井的开井作业票；无票的立即通知权属单位到场，调附近视频，通知就近网格员或环卫人员先行看守、摆放警示，不得留空井无人。',
            'The cover has moved: people and cars may fall in. Is there a permit to open it? If not, owner on site at once, look at the cameras, and have the nearest warden stand by it with a sign until then. Never leave an open well alone.',
          ),
        ),
        step(
          1,
          above(90),
          { deadband: 2 },
          V('past 90° the alarm is unconditional [S57]'),
          advice(
            '井盖翻倒或被盗，井口敞开。立即就近派人到场设围挡、夜间加灯看守，同时通知权属单位补盖、交警占道防护；疑被盗报 110。查看井内有无人员坠落，有则呼 119、120，严禁未检测下井。复盖并拍照回传后方可解除。',
            'Turned over or stolen: an open hole. Nearest person there now with barrier and light; owner brings a cover, traffic police guard the lane, 110 if stolen. Look whether anybody fell in: 119 and 120, nobody climbs down untested. Closed only after a photo of the cover in place.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    limits(
      manhole,
      'angle',
      ['井盖偏离安装角', 'cover off its installed angle'],
      '°',
      [
        step(
          2,
          outside(-10, 10),
          { deadband: 2 },
          V(
            '|angle − installed baseline| > 10° by default [S57]; baseline: attribute baseline.angle, else what it has lain at',
          ),
          advice(
            '井盖移位：核对开井作业票，无票的通知权属单位到场，派人看守。',
            'The cover has moved: is there a permit? If not, owner on site, somebody stands by it.',
          ),
        ),
        step(
          1,
          outside(-90, 90),
          { deadband: 2 },
          V('past 90° the alarm is unconditional [S57]'),
          advice(
            '井盖翻倒或被盗：就近派人围挡看守、补盖，查有无人员坠落。',
            'Turned over or stolen: fence and guard the hole, bring a cover, look whether anybody fell in.',
          ),
        ),
      ],
      {
        kind: 'baseline',
        explainedByWorks: true,
        signal: {
          of: 'deviation',
          as: 'difference',
          from: { is: 'stored', orElse: { is: 'learned', quantile: 0.5, over: days(8), window: 'first' } },
        },
      },
    ),
    ...gasUnderMovedCover('gas', 'manhole', ['井盖移位且井内有气', 'cover moved, gas in the well'], {
      to: 'point',
    }),
    ...gasUnderMovedCover('pipegas', 'gas', ['井盖移位且近旁燃气升高', 'cover moved, gas rising beside it'], {
      to: 'distance',
      metres: 30,
    }),
    rule(manhole, {
      metric: 'open',
      kind: 'flag',
      explainedByWorks: true,
      name: { zh: '井盖开启', en: 'cover open' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          {},
          V('open or displaced cover is what these devices are for [S57][S78]'),
          advice(
            '核对开井作业票：在作业时段内的登记为授权开启；无票的按非法开启处置，通知权属单位和就近网格员到场看守复盖，调视频取证，必要时报 110。',
            'Is there a permit for now? Then record it as authorised. If not, owner and nearest warden go there, guard it and close it; keep the video, call 110 if need be.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    rule(manhole, {
      metric: 'level',
      kind: 'limit',
      consequenceOf: [as.rule('manhole.overflow.flag')],
      name: { zh: '井内水位高', en: 'water near the cover' },
      unit: 'm',
      steps: [
        step(
          3,
          below(0.5),
          { deadband: 0.05, onDelay: seconds(60) },
          V('air height 0.5 m [S42]'),
          advice(
            '水面距井盖不足 0.5 米。通知排水公司查下游堵塞和泵站，派员到点观察。',
            'Water within half a metre of the cover. Drainage company checks blockages and pumps and sends somebody to watch.',
          ),
        ),
        step(
          2,
          below(0.3),
          { deadband: 0.05 },
          V('air height 0.3 m [S42]'),
          advice(
            '即将冒溢，井盖可能被顶起。派员到场设警示看守，防止井盖移位后行人落入浑水中的井口；下游泵站全开。',
            'About to spill, the cover may lift. Guard it: in murky water nobody sees the open well. All pumps on downstream.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.shift,
    }),
    rule(manhole, {
      metric: 'overflow',
      kind: 'flag',
      name: { zh: '井口满溢', en: 'well overflowing' },
      unit: '',
      steps: [
        step(
          2,
          above(1),
          {},
          V('overflow float of cover monitors [S57]'),
          advice(
            '井口冒水，井盖随时可能被顶开。立即通知排水公司抢险、派人看守井口并围挡，行人不得涉水经过；污水井冒溢同时通知环保，雨天通知防汛值班。',
            'Water comes out, the cover may go any moment. Drainage crew at once, guard and fence it, nobody wades past. Sewage: tell environment protection; in rain: flood duty.',
          ),
        ),
      ],
      reAlarmAfter: AGAIN.hourly,
    }),
    methaneLimits(manhole),
    hydrogenSulphideLimits(manhole),
    carbonMonoxideLimits(manhole),
    oxygenLimits(manhole),
    deviceTrouble(manhole, 'fault'),
    stateRule(
      manhole,
      'batteryLow',
      ['井盖监测器欠压', 'cover monitor battery low'],
      4,
      V('low-voltage report of cover monitors [S57]'),
      advice('尽快换电池；耗尽即失去监测。', 'Change the battery soon: an empty one is a blind point.'),
    ),
    rule(manhole, {
      metric: 'water',
      kind: 'flag',
      name: { zh: '设备进水', en: 'water in the device' },
      unit: '',
      steps: [
        step(
          4,
          above(1),
          {},
          V('water ingress is reported by covers and well detectors [S56]'),
          advice(
            '设备浸水，倾角、气体读数不可信。通知运维单位检查密封、更换设备；期间由权属单位人工巡查。',
            'The device is wet: do not believe tilt or gas. Have the seal checked or the device replaced; the owner patrols until then.',
          ),
        ),
      ],
      reAlarmAfter: null,
    }),
    silence(manhole, EVERY, 3, V('vendor rule: offline after 72 h [S42]; 3 × the daily heartbeat')),
    lowBattery(manhole),
  ],
  commands: [UNLOCK],
  levelNote: {
    zh: '井盖标准只有“报警”一级。本包取：移位、开启、满溢（有人可能坠落）→ 2 橙；翻倒、缺失（井口敞开）→ 1 红；井内气体同燃气包；设备自身问题 → 4 蓝。授权开启在作业窗口内记录而不显示；气体报警照常。',
    en: 'Cover standards know one alarm. Here moved, opened, overflowing (somebody may fall in) is 2 orange; turned over or gone (an open hole) is 1 red; gas as in the gas pack; what ails the device itself is 4 blue. Authorised opening is hidden during its work window, and recorded all the same; gas is not.',
  },
};
