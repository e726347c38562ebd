import {
  type DeviceCommandAct,
  decideDeviceCommand,
  evolveDeviceCommand,
} from '../../../src/domain/device-command/decide.ts';
import {
  DEVICE_COMMAND_STATES,
  type DeviceCommand,
  type DeviceCommandBirth,
  type DeviceCommandState,
} from '../../../src/domain/device-command/device-command.ts';
import { as } from '../../../src/domain/ids.ts';
import { minutes } from '../../../src/domain/time.ts';

export const T0 = Date.UTC(2026, 5, 1);
export const UNTIL = T0 + minutes(10);
export const LI = { kind: 'operator', account: 'li', name: '李值班' } as const;

export const BIRTH: DeviceCommandBirth = {
  id: as.deviceCommand('C1'),
  device: as.device('D-1'),
  lifeline: as.lifeline('gas'),
  point: null,
  area: null,
  kind: 'command',
  name: 'set-clock',
  params: {},
  note: null,
  second: null,
  expiresAt: UNTIL,
};
const create: DeviceCommandAct = { do: 'create', birth: BIRTH, by: LI };
export const send: DeviceCommandAct = { do: 'send', way: 'mqtt' };
export const deliver: DeviceCommandAct = { do: 'deliver' };
export const lose: DeviceCommandAct = { do: 'lose' };
export const yes: DeviceCommandAct = { do: 'answer', ok: true, result: { seconds: 60 }, said: null };
export const refusal: DeviceCommandAct = { do: 'answer', ok: false, result: null, said: 'busy' };
export const fail: DeviceCommandAct = { do: 'fail', why: 'not-spoken', said: 'no frame says this' };
export const tick: DeviceCommandAct = { do: 'tick' };
export const withdraw: DeviceCommandAct = { do: 'withdraw', by: LI };

/** @throws where one of them is no move */
export function story(...acts: readonly (readonly [DeviceCommandAct, number])[]): DeviceCommand {
  let now: DeviceCommand | null = null;
  for (const [act, at] of [[create, T0] as const, ...acts]) {
    const decided = decideDeviceCommand(now, act, at);
    if (!decided.ok) throw new Error(`${act.do}: ${decided.error}`);
    for (const event of decided.value) now = evolveDeviceCommand(now, event);
  }
  return now as DeviceCommand;
}

const IN_STATE: Readonly<Record<DeviceCommandState, DeviceCommand>> = {
  PENDING: story(),
  SENT: story([send, T0]),
  DELIVERED: story([send, T0], [deliver, T0]),
  SUCCESSFUL: story([send, T0], [yes, T0]),
  FAILED: story([send, T0], [refusal, T0]),
  EXPIRED: story([send, T0], [deliver, T0], [tick, UNTIL + minutes(2)]),
};

const LATER = UNTIL + minutes(2);
const ACTS: Readonly<Record<string, readonly [DeviceCommandAct, number]>> = {
  'send (in time)': [send, T0 + 1],
  'send (too late)': [send, UNTIL],
  'line gone': [lose, T0 + 1],
  'device has it': [deliver, T0 + 1],
  'device: done': [yes, T0 + 1],
  'device: not done': [refusal, T0 + 1],
  'cannot be carried out': [fail, T0 + 1],
  'withdrawn by a person': [withdraw, T0 + 1],
  'clock, at its end': [tick, UNTIL],
  'clock, 2 min later': [tick, LATER],
};

function cell(command: DeviceCommand, [act, at]: readonly [DeviceCommandAct, number]): string {
  const decided = decideDeviceCommand(command, act, at);
  if (!decided.ok) return `\`${decided.error}\``;
  const after = decided.value.reduce<DeviceCommand>((c, e) => evolveDeviceCommand(c, e), command);
  return after === command ? '–' : after.state;
}

/** The table of `docs/device-commands.md`, printed from `decideDeviceCommand` itself. */
export function printed(): string {
  const rows = DEVICE_COMMAND_STATES.map((state) => {
    const is = IN_STATE[state];
    if (is.state !== state) throw new Error(`the builder of ${state} builds ${is.state}`);
    return `| ${[state, ...Object.values(ACTS).map((act) => cell(is, act))].join(' | ')} |`;
  });
  return [
    `| state | ${Object.keys(ACTS).join(' | ')} |`,
    `|${'---|'.repeat(Object.keys(ACTS).length + 1)}`,
    ...rows,
  ].join('\n');
}
