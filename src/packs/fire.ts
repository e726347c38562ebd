import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { minutes, seconds } from '../domain/time.ts';
import { DUTY_CHECK } from './language/commands.ts';
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
  V,
} from './language/common.ts';

const fire = as.lifeline('fire');
/** Transmission units poll their parts (R). */
const EVERY = minutes(30);
const CODES = 'part types of GB/T 26875.3-2011, full text read [S100]';

/** 消防: water for the fire brigade, smoke, and wiring that is about to burn. */
export const FIRE: Pack = {
  lifeline: fire,
  name: { zh: '消防', en: 'fire protection' },
  capCategories: ['Fire', 'Safety'],
  metrics: [
    quantity(
      'pressure',
      '消火栓（喷淋）水压',
      'hydrant or sprinkler pressure',
      'MPa',
      [0, 2.5, D('usual range 0–1.6 [S97]; a stronger gauge must not read as a fault')],
      EVERY,
      from(['kPa', 0.001, D('1,000 kPa = 1 MPa')], ['bar', 0.1, D('10 bar = 1 MPa')]),
    ),
    quantity('tankLevel', '消防水池液位', 'level in the fire tank', '%', [0, 100, D('a percentage')], EVERY),
    quantity(
      'residualCurrent',
      '剩余电流',
      'residual current',
      'mA',
      [0, 30_000, R('residual current monitors')],
      EVERY,
      from(['A', 1000, D('1 A = 1,000 mA')]),
    ),
    quantity('cableTemp', '线缆温度', 'cable temperature', '℃', [-40, 300, R('probes on terminals')], EVERY),
    quantity('voltage', '电源电压', 'supply voltage', 'V', [0, 1000, R('low-voltage supply')], EVERY),
    flag('smoke', '感烟火警', 'smoke detector', EVERY),
    flag('heat', '感温火警', 'heat detector', EVERY),
    flag('manual', '手动报警', 'manual call point', EVERY),
    flag('hydrantOpen', '消火栓异常开启', 'hydrant open', EVERY),
    flag('pumpFault', '消防泵故障', 'fire pump fault', EVERY),
    flag('notAuto', '消防泵非自动', 'fire pump not on automatic', EVERY),
    flag('powerLoss', '消防电源中断', 'fire power lost', EVERY),
    flag('exitBlocked', '疏散通道占用', 'escape route blocked', EVERY),
    flag('fault', '设备故障', 'device fault', EVERY),
    ...ownState(EVERY),
  ],
  rules: [
    limits(
      fire,
      'pressure',
      ['消防水压异常', 'fire water pressure out of bounds'],
      'MPa',
      [
        step(
          3,
          outside(0.15, 1),
          { deadband: 0.02, onDelay: minutes(1), offDelay: minutes(5) },
          V('low below 0.15, high above 1.0 MPa [S97]'),
          advice(
            '通知维保查阀门、稳压泵和漏点；市政消火栓同时通知供水公司。',
            'Maintainer checks valves, jockey pump and leaks; for a street hydrant the water company too.',
          ),
        ),
        step(
          2,
          outside(0.05, 1.4),
          { deadband: 0.02, onDelay: minutes(1), offDelay: minutes(5) },
          R('practically no water, or near the burst of fittings'),
          advice(
            '消防无水（超压）：通报辖区消防站改用他处水源，单位加强值守，立即抢修。',
            'No water, or too much pressure: tell the fire station to use another source, the house keeps watch, repair at once.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      fire,
      'tankLevel',
      ['消防水池液位低', 'fire tank low'],
      '%',
      [
        step(
          3,
          below(60),
          { deadband: 5, onDelay: minutes(10) },
          R('a tank holds the water of one fire; per tank'),
          advice('通知补水并查漏。', 'Refill it and look for leaks.'),
        ),
        step(
          2,
          below(20),
          { deadband: 5 },
          R('not enough for a fire; per tank'),
          advice(
            '立即补水，期间加强巡查，通报消防站。',
            'Refill at once, patrol until then, tell the fire station.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      fire,
      'residualCurrent',
      ['剩余电流大', 'residual current'],
      'mA',
      [
        step(
          3,
          above(300),
          { deadband: 20, onDelay: seconds(60), offDelay: minutes(5) },
          R('usual set-points lie between 300 and 500 mA'),
          advice(
            '电工逐回路查漏电，潮湿、老化线路优先。',
            'An electrician looks for it circuit by circuit, wet and old wiring first.',
          ),
        ),
        step(
          2,
          above(500),
          { deadband: 20, onDelay: seconds(30), offDelay: minutes(5) },
          V('above 500 mA the next level of distribution is suspect [S99]'),
          advice(
            '查上级配电，必要时断开该回路，防触电和起火。',
            'Look one level up, open the circuit if need be: shock and fire.',
          ),
        ),
      ],
      { reAlarmAfter: AGAIN.shift },
    ),
    limits(
      fire,
      'cableTemp',
      ['线缆过热', 'cable hot'],
      '℃',
      [
        step(
          3,
          above(70),
          { deadband: 5, onDelay: seconds(60) },
          R('settable between 45 and 140 ℃; PVC conductors are rated for 70'),
          advice('减载，检查接头紧固。', 'Take load off, tighten the joints.'),
        ),
        step(
          2,
          above(90),
          { deadband: 5 },
          R('settable between 45 and 140 ℃; XLPE conductors are rated for 90'),
          advice('断电检查，移开可燃物，备灭火器。', 'Switch it off, clear what burns, extinguisher ready.'),
        ),
        step(
          1,
          above(140),
          { deadband: 5 },
          R('the upper end of what detectors are set to'),
          advice('即将起火：立即断电、疏散、呼 119。', 'About to burn: power off, everybody out, 119.'),
        ),
      ],
      { reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      fire,
      'smoke',
      ['感烟火警', 'smoke'],
      2,
      V(CODES),
      advice(
        '1 分钟内核实：电话值班室、看视频；确认起火或无人应答即呼 119、启动疏散。',
        'Within a minute: call the control room, look at the camera; a fire or no answer: 119 and clear the house.',
      ),
      { reAlarmAfter: minutes(15) },
    ),
    stateRule(
      fire,
      'heat',
      ['感温火警', 'heat'],
      1,
      V(CODES),
      advice(
        '按起火处置：呼 119，疏散，关防火门，切非消防电源。',
        'It burns: 119, clear the house, fire doors, ordinary power off.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      fire,
      'manual',
      ['手动报警', 'manual call point'],
      1,
      V(CODES),
      advice(
        '有人报火：呼 119 并核实位置，启动疏散；误碰的现场复位。',
        'Somebody reports a fire: 119, where is it, clear the house; if by mistake, reset on site.',
      ),
      { latching: true, reAlarmAfter: AGAIN.soon },
    ),
    stateRule(
      fire,
      'hydrantOpen',
      ['消火栓异常开启', 'hydrant open'],
      3,
      R('cap and tilt contacts of hydrants'),
      advice(
        '核对是否火警、绿化取水；盗水、撞损的派员处置并通知供水。',
        'A fire, a water cart? Theft or damage: send somebody, tell the water company.',
      ),
    ),
    stateRule(
      fire,
      'pumpFault',
      ['消防泵故障', 'fire pump fault'],
      2,
      V(`pump is part 91 in the ${CODES}`),
      advice(
        '当日修复，期间启用备用泵并通报消防站。',
        'Mend it the same day, standby pump on, tell the fire station.',
      ),
    ),
    stateRule(
      fire,
      'notAuto',
      ['消防泵非自动', 'fire pump not on automatic'],
      3,
      R('switch position of the pump panel'),
      advice('令值班员恢复自动，检修的登记时限。', 'Back to automatic; during works note until when.'),
      { onDelay: minutes(30) },
    ),
    stateRule(
      fire,
      'powerLoss',
      ['消防电源中断', 'fire power lost'],
      2,
      R('power monitors of fire equipment'),
      advice(
        '切换备用电源，立即抢修，期间加强巡查。',
        'Second supply on, repair at once, patrol until then.',
      ),
    ),
    stateRule(
      fire,
      'exitBlocked',
      ['疏散通道占用', 'escape route blocked'],
      3,
      R('camera analysis of escape routes'),
      advice('通知单位立即清理，拒不清理的移交执法。', 'The house clears it now, else enforcement.'),
      { onDelay: minutes(10) },
    ),
    deviceTrouble(fire, 'fault'),
    silence(fire, EVERY, 3, D('3 × the expected interval')),
    lowBattery(fire),
  ],
  commands: [DUTY_CHECK],
  levelNote: {
    zh: '消防信号按是否确认起火定级：手动、感温 → 1 红，感烟（误报多，先核实）→ 2 橙；无水、停泵、断电 → 2 橙；水压、水位偏离和管理类 → 3 黄；设备自身问题 → 4 蓝。',
    en: 'By how sure a fire is: call point and heat 1 red, smoke (often false, look first) 2 orange; no water, pump or power 2 orange; pressure and level off their bounds, and housekeeping, 3 yellow; what ails the device itself 4 blue.',
  },
};
