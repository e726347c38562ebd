import { z } from 'zod';
import { COMMAND_NAME } from '../../../domain/device-command/catalogue.ts';
import { DEVICE_COMMAND_STATES, type DeviceCommand } from '../../../domain/device-command/device-command.ts';
import { actorName, iso } from '../../alarm.ts';
import { route } from '../route.ts';
import { codeIn, instantOut, lifelineIn, pageOf, paging, secondPersonIn, textIn } from '../shapes.ts';
import { knownCommandsOut } from './known-commands.ts';

const ofDevice = z.strictObject({ code: codeIn });
const ofCommand = z.strictObject({ code: codeIn, id: z.string().regex(/^[A-Za-z0-9]{1,64}$/) });
/** Chosen by whoever asks. */
const commandIdIn = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
  .describe('chosen by you; the same one again repeats the answer, not the act');
const WEEK = 7 * 86_400;

const stateOut = z.enum(DEVICE_COMMAND_STATES);
const wayOut = z
  .enum(['mqtt', 'hj212', 'sl651', 'modbus', 'gb26875'])
  .nullable()
  .describe('by which way it went; null: it has not left');

export const deviceCommandOut = z
  .object({
    id: z.string().describe('goes down with it, and comes back in `up/reply`'),
    device: codeIn,
    lifeline: lifelineIn,
    kind: z.enum(['command', 'config']).describe('on which topic it goes: down/command or down/config'),
    name: z.string(),
    params: z.record(z.string(), z.unknown()),
    note: z.string().nullable(),
    by: z.string(),
    second: z.string().nullable().describe('who agreed to it beside them'),
    madeAt: instantOut,
    expiresAt: instantOut.describe('it leaves before then, or not at all'),
    state: stateOut.describe(
      'PENDING waits for its device; SENT has left; DELIVERED: the device has it; SUCCESSFUL, FAILED: by its own word, or by `why`; EXPIRED',
    ),
    revision: z.number().int(),
    sends: z.number().int().describe('how often it has left; from the second time on it says `repeated`'),
    way: wayOut,
    why: z
      .enum([
        'link-lost',
        'device',
        'not-spoken',
        'no-answer',
        'overdue',
        'clock-set',
        'late-answer',
        'withdrawn',
      ])
      .nullable()
      .describe('why it stands where it does; null: nothing special'),
    said: z.string().nullable().describe('in the words of the device or of its protocol'),
    result: z.unknown().describe('what the device gave back; null: nothing'),
    steps: z.array(
      z.object({
        state: stateOut,
        at: instantOut,
        way: wayOut,
        why: z.string().nullable(),
        said: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'DeviceCommand' });

export const deviceCommandBody = z
  .strictObject({
    name: z
      .string()
      .regex(COMMAND_NAME)
      .describe('one of `commands` of GET /lifelines, or one that the vendor’s manual names'),
    params: z.record(z.string().max(64), z.unknown()).default({}),
    kind: z.enum(['command', 'config']).optional().describe('left out: as its pack has it, else command'),
    expiresInS: z
      .number()
      .int()
      .min(5)
      .max(WEEK)
      .default(600)
      .describe('how long it may wait until it leaves; a sleeping device needs more'),
    note: textIn(500).nullish(),
    second: secondPersonIn.describe(
      'a second person who may command devices too: needed where something in the city moves, and for names that no pack knows',
    ),
    commandId: commandIdIn,
  })
  .meta({
    id: 'CommandDevice',
    examples: [{ name: 'set-interval', params: { seconds: 300 }, commandId: 'desk-1-0001' }],
  });

const withdrawCommandBody = z
  .strictObject({ commandId: commandIdIn })
  .meta({ id: 'WithdrawDeviceCommand', examples: [{ commandId: 'desk-1-0002' }] });

export function deviceCommandJson(c: DeviceCommand): z.input<typeof deviceCommandOut> {
  const last = c.steps[c.steps.length - 1];
  return {
    id: c.id,
    device: c.device,
    lifeline: c.lifeline,
    kind: c.kind,
    name: c.name,
    params: { ...c.params },
    note: c.note,
    by: actorName(c.by),
    second: c.second,
    madeAt: iso(c.madeAt),
    expiresAt: iso(c.expiresAt),
    state: c.state,
    revision: c.revision,
    sends: c.sends,
    way: last?.way ?? null,
    why: last?.why ?? null,
    said: last?.said ?? null,
    result: c.result ?? null,
    steps: c.steps.map((s) => ({ ...s, at: iso(s.at) })),
  };
}

/** What devices are told to do (docs/device-commands.md). */
export const COMMAND_ROUTES = {
  deviceCommands: route({
    method: 'GET',
    path: '/api/v1/devices/{code}/commands',
    who: 'session',
    tag: 'devices',
    does: {
      zh: '下发给设备的指令及其状态，最新在前',
      en: 'What a device was told to do, and what became of it; newest first',
    },
    act: { zh: '查看设备指令', en: 'See commands to a device' },
    right: 'picture.see',
    audited: false,
    params: ofDevice,
    query: z.strictObject(paging),
    answer: { status: 200, type: 'json', schema: pageOf(deviceCommandOut) },
    refusals: ['not-found'],
  }),
  knownCommands: route({
    method: 'GET',
    path: '/api/v1/devices/{code}/known-commands',
    who: 'session',
    tag: 'devices',
    does: {
      zh: '该设备已知可执行的指令：由其线路的映射给出名称、单位和上下限，否则按行业包',
      en: 'What a device is known to take: as the mapping of its line names it, with unit and limits, else by its pack',
    },
    act: { zh: '查看设备可执行的指令', en: 'See what a device takes' },
    right: 'picture.see',
    audited: false,
    params: ofDevice,
    answer: { status: 200, type: 'json', schema: knownCommandsOut },
    refusals: ['not-found'],
  }),
  withdrawCommand: route({
    method: 'POST',
    path: '/api/v1/devices/{code}/commands/{id}/withdraw',
    who: 'session',
    tag: 'devices',
    does: {
      zh: '撤回尚未发出的指令；已发出的不能撤回',
      en: 'Withdraw a command that has not left yet; one that has left cannot be',
    },
    act: { zh: '撤回设备指令', en: 'Withdraw a command to a device' },
    right: 'device.command',
    audited: true,
    params: ofCommand,
    body: { type: 'json', schema: withdrawCommandBody, atMost: 1_024 },
    answer: { status: 200, type: 'json', schema: deviceCommandOut },
    refusals: ['not-found', 'command-left', 'command-reused'],
  }),
  commandDevice: route({
    method: 'POST',
    path: '/api/v1/devices/{code}/commands',
    who: 'session',
    tag: 'devices',
    does: {
      zh: '向设备下发指令；201 表示已落盘，随后发出；设备不在线则等待至到期',
      en: 'Tell a device to do something; 201: it is on disk and leaves then; a device that is not there is waited for until it expires',
    },
    act: { zh: '下发设备指令', en: 'Command a device' },
    right: 'device.command',
    audited: true,
    params: ofDevice,
    body: { type: 'json', schema: deviceCommandBody, atMost: 16 * 1_024 },
    answer: { status: 201, type: 'json', schema: deviceCommandOut },
    problems: ['wrong-credentials', 'second-factor-needed', 'too-many-attempts', 'too-busy'],
    refusals: [
      'not-found',
      'command-unsound',
      'command-second-needed',
      'command-second-missing',
      'too-many-commands',
      'command-reused',
    ],
  }),
};
