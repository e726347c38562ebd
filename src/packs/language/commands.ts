import type { CommandParam, KnownCommand } from '../../domain/device-command/catalogue.ts';

const percent: CommandParam = {
  key: 'opening',
  name: { zh: '开度', en: 'opening' },
  type: 'number',
  unit: '%',
  min: 0,
  max: 100,
};

/** What changes how a device reports, and nothing in the city: one person is enough. */
export const HOUSEKEEPING: readonly KnownCommand[] = [
  {
    name: 'set-clock',
    does: { zh: '校时', en: 'set the clock' },
    kind: 'command',
    params: [],
    byTwo: false,
  },
  {
    name: 'set-interval',
    does: { zh: '设置上报间隔', en: 'set how often it reports' },
    kind: 'config',
    params: [
      {
        key: 'seconds',
        name: { zh: '间隔', en: 'interval' },
        type: 'number',
        unit: 's',
        min: 1,
        max: 86_400,
      },
    ],
    byTwo: false,
  },
  {
    name: 'read-now',
    does: { zh: '立即上报一次', en: 'report once now' },
    kind: 'command',
    params: [],
    byTwo: false,
  },
  {
    name: 'restart',
    does: { zh: '重启设备', en: 'restart the device' },
    kind: 'command',
    params: [],
    byTwo: false,
  },
];

/** Something in the city moves: a second person must agree. */
const moves = (name: string, zh: string, en: string, params: readonly CommandParam[] = []): KnownCommand => ({
  name,
  does: { zh, en },
  kind: 'command',
  params,
  byTwo: true,
});

/** Gas is turned on again on site, with the user there, and by nobody from afar. */
export const CLOSE_VALVE = moves('close-valve', '关闭阀门', 'close the valve');
export const SET_VALVE = moves('set-valve', '调节阀门开度', 'set the valve', [percent]);
export const SET_GATE = moves('set-gate', '调节闸门开度', 'set the gate', [percent]);
export const START_PUMP = moves('start-pump', '启动水泵', 'start the pump');
export const STOP_PUMP = moves('stop-pump', '停止水泵', 'stop the pump');
export const START_FAN = moves('start-fan', '启动风机', 'start the fan');
export const STOP_FAN = moves('stop-fan', '停止风机', 'stop the fan');
export const UNLOCK = moves('unlock', '开锁', 'unlock');

/** 查岗: whoever is on duty presses a button within those minutes. */
export const DUTY_CHECK: KnownCommand = {
  name: 'duty-check',
  does: { zh: '查岗', en: 'check that somebody is on duty' },
  kind: 'command',
  params: [
    {
      key: 'minutes',
      name: { zh: '应答时限', en: 'to be answered within' },
      type: 'number',
      unit: 'min',
      min: 1,
      max: 10,
      optional: true,
    },
  ],
  byTwo: false,
};
