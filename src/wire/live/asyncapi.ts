import { SchemaBook } from '../http/documents/schema-book.ts';
import { downPayload, replyPayload } from '../mqtt/down.ts';
import { eventPayload, statusPayload, telemetryPayload } from '../mqtt/telemetry-schema.ts';
import { ALARMS_ROOT, ORDERS_ROOT, TOPIC_ROOT, WARNINGS_ROOT } from '../mqtt/topics.ts';
import { LIVE_CLOSE, liveFrame, liveQuery, liveRequest } from './live.ts';

type Json = Record<string, unknown>;

const FRAMES = {
  hello: 'first frame; `epoch` changes only when the journal was replaced',
  snapshot: 'all open alarms and orders; sent when there is nothing to resume from',
  alarm: 'one per journal event, in order, without gaps',
  incident: 'one per event of an incident 事件, in one sequence with alarms',
  handover: 'one per event of a hand-over 交接班, without its contents, in one sequence with alarms',
  report: 'one per event of a report 报告, without its figures, in one sequence with alarms',
  warning: 'one per event of a warning 预警, in one sequence with alarms',
  drill:
    'a drill 演练 has begun or ended, in one sequence with alarms; only where `?drill=on` asks for drills, as all frames with `drill` in them',
  order: 'one per event of an order 工单, in one sequence with alarms',
  readings: 'of the points asked for with `watch`; newest wins, at most one frame a second',
  signals:
    'of the open alarms of the points asked for with `watch`: the number of their rule (`Alarm.signal`), at most one frame a second',
  deviceCommand:
    'a command to a device was made, has moved or was withdrawn: as `GET /devices/{code}/commands` has it; without `seq`: after a `resync`, or a connection anew, the list is asked for',
  selfCheck:
    'the self-check 系统自检 has failed, or is well again; told without the disk, also while no event can be journaled',
  floods:
    'which floods 报警泛滥 are on, at most once a second as that changes; an empty list: none any more; without `seq`, for nothing is lost with it',
  notice:
    'a notice did not arrive: `undeliverable`, or `expired` before it could be sent; in the sequence of alarms',
  resync: 'you fell behind; a snapshot follows',
  ping: 'every 10 s, or every `pingEvery` seconds where the client asked for that; one that has heard nothing for 25 s, or for three pings of those, says so and reconnects',
} as const;

/** Where this service listens, `host:port`; `null`: not there. */
export type ListensAt = {
  readonly mqtt: string | null;
  readonly mqtts: string | null;
  readonly live: { readonly host: string; readonly isTls: boolean };
  /** Devices need no credential. */
  readonly anonymous: boolean;
};

/** `/asyncapi.json`: MQTT topics and the live stream as AsyncAPI 3, with the servers as they are. */
export function asyncapi(version: string, listening: ListensAt): Json {
  const servers = serversOf(listening);
  const doors = Object.keys(servers).filter((name) => name !== 'http');
  const book = new SchemaBook();
  const messages: Record<string, Json> = {};
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};

  const message = (name: string, summary: string, payload: Json) => {
    messages[name] = { name, summary, contentType: 'application/json', payload };
    return { $ref: `#/components/messages/${name}` };
  };

  /** From where the service stands: it receives what devices send. */
  const mqtt = (
    name: string,
    {
      action,
      address,
      summary,
      payload,
    }: {
      readonly action: 'send' | 'receive';
      readonly address: string;
      readonly summary: string;
      readonly payload: Json;
    },
  ) => {
    const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, p]) => [p, PARAMETERS[p ?? '']]);
    channels[name] = {
      address,
      summary,
      servers: doors.map((name) => ({ $ref: `#/servers/${name}` })),
      parameters: Object.fromEntries(parameters),
      messages: { [name]: message(name, summary, payload) },
    };
    operations[`${action}-${name}`] = { action, channel: { $ref: `#/channels/${name}` }, summary };
  };

  const device = `${TOPIC_ROOT}/{lifeline}/{device}`;
  mqtt('telemetry', {
    action: 'receive',
    address: `${device}/telemetry`,
    summary: 'Readings; a PUBACK means that they are on disk',
    payload: book.in(telemetryPayload),
  });
  mqtt('status', {
    action: 'receive',
    address: `${device}/status`,
    summary: 'Retained, also as Last Will: is the device there',
    payload: book.in(statusPayload),
  });
  mqtt('event', {
    action: 'receive',
    address: `${device}/event`,
    summary: 'What the device itself alarms on',
    payload: book.in(eventPayload),
  });
  mqtt('reply', {
    action: 'receive',
    address: `${device}/up/reply`,
    summary:
      'What became of a command: the device’s own word, kept with it; a PUBACK means that it is on disk',
    payload: book.in(replyPayload),
  });
  mqtt('command', {
    action: 'send',
    address: `${device}/down/command`,
    summary:
      'A command, QoS 1, retained = false, to the one connection of its device that has subscribed; never queued for one that is away',
    payload: book.out(downPayload),
  });
  mqtt('config', {
    action: 'send',
    address: `${device}/down/config`,
    summary: 'A setting, in the same way',
    payload: book.out(downPayload),
  });
  const alarmFrame = liveFrame.options.find((o) => o.shape.type.value === 'alarm');
  mqtt('alarms', {
    action: 'send',
    address: `${ALARMS_ROOT}/{level}/{areaCode}`,
    summary: 'Every alarm event, retained = false, QoS 1: the frame of the live stream',
    payload: book.out(alarmFrame ?? liveFrame),
  });

  const orderFrame = liveFrame.options.find((o) => o.shape.type.value === 'order');
  mqtt('orders', {
    action: 'send',
    address: `${ORDERS_ROOT}/{unit}`,
    summary: 'Every event of an order of that unit, retained = false, QoS 1: the frame of the live stream',
    payload: book.out(orderFrame ?? liveFrame),
  });

  const warningFrame = liveFrame.options.find((o) => o.shape.type.value === 'warning');
  mqtt('warnings', {
    action: 'send',
    address: `${WARNINGS_ROOT}/{level}/{areaCode}`,
    summary: 'Every event of a warning that was issued, once for each of its areas, retained = false, QoS 1',
    payload: book.out(warningFrame ?? liveFrame),
  });

  const frames = liveFrame.options.map((option) => {
    const type = option.shape.type.value;
    return [type, message(`live-${type}`, FRAMES[type], book.out(option))] as const;
  });
  channels.live = {
    address: '/api/v1/live',
    summary: `The live stream. Cookie or bearer as for HTTP; the Origin header is checked. Closed with ${LIVE_CLOSE.restart} when the service stops, ${LIVE_CLOSE.sessionEnded} when the session ends, ${LIVE_CLOSE.policy} on nonsense, 1009 on a frame above 64 KiB.`,
    servers: [{ $ref: '#/servers/http' }],
    bindings: { ws: { method: 'GET', query: book.in(liveQuery) } },
    messages: {
      ...Object.fromEntries(frames),
      watch: message('live-watch', 'Which points to send readings of', book.in(liveRequest)),
    },
  };
  operations['send-live'] = {
    action: 'send',
    channel: { $ref: '#/channels/live' },
    messages: frames.map(([type]) => ({ $ref: `#/channels/live/messages/${type}` })),
  };
  operations['receive-live'] = {
    action: 'receive',
    channel: { $ref: '#/channels/live' },
    messages: [{ $ref: '#/channels/live/messages/watch' }],
  };

  return {
    asyncapi: '3.0.0',
    info: { title: 'lifeline-watch', version },
    defaultContentType: 'application/json',
    servers,
    channels,
    operations,
    components: { messages, schemas: book.named(), securitySchemes: SECURITY },
  };
}

function serversOf({ mqtt, mqtts, live, anonymous }: ListensAt): Record<string, Json> {
  const ofDevices = {
    protocolVersion: '3.1.1',
    ...(anonymous ? {} : { security: [{ $ref: '#/components/securitySchemes/device' }] }),
  };
  return {
    ...(mqtt === null ? {} : { mqtt: { host: mqtt, protocol: 'mqtt', ...ofDevices } }),
    ...(mqtts === null ? {} : { mqtts: { host: mqtts, protocol: 'secure-mqtt', ...ofDevices } }),
    http: {
      host: live.host,
      protocol: live.isTls ? 'wss' : 'ws',
      security: [
        { $ref: '#/components/securitySchemes/bearer' },
        { $ref: '#/components/securitySchemes/cookie' },
      ],
    },
  };
}

const SECURITY: Json = {
  device: {
    type: 'userPassword',
    description:
      'User name: the device code. Password: its secret, issued once (docs/devices.md). Client id: the code, or code:suffix.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'The token of a session, or of a wall.' },
  cookie: { type: 'httpApiKey', in: 'cookie', name: 'lifeline_session' },
};

const PARAMETERS: Readonly<Record<string, Json>> = {
  lifeline: { description: "a pack's key: gas, waterlogging, manhole, bridge, …" },
  device: { description: 'device code, [A-Za-z0-9_-]{1,64}' },
  level: { description: '1 (gravest) … 4', enum: ['1', '2', '3', '4'] },
  unit: { description: 'code of the unit 单位 that has the order' },
  areaCode: { description: 'administrative code of the area' },
};
