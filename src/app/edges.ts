import { join, resolve } from 'node:path';
import { BrokerAedes, type OpenTls } from '../adapters/broker-aedes/index.ts';
import type { BrokerOutside } from '../adapters/broker-outside/index.ts';
import { ConsoleHttp } from '../adapters/console-http/index.ts';
import { ConsoleWs } from '../adapters/console-ws/index.ts';
import { ControlSocket } from '../adapters/control-socket/index.ts';
import type { Hello } from '../adapters/control-socket/protocol.ts';
import { DoorAmqp } from '../adapters/door-amqp/index.ts';
import { amqpPlace } from '../adapters/door-amqp/place.ts';
import { readDrawing } from '../adapters/drawing-files/index.ts';
import { Handshakes } from '../adapters/handshakes/index.ts';
import { packBundle } from '../adapters/incident-bundle/index.ts';
import { MAPS, MapDir } from '../adapters/map-dir/index.ts';
import type { Shares } from '../adapters/open-files/shares.ts';
import { writeSheet } from '../adapters/sheet-xlsx/index.ts';
import { TlsThread } from '../adapters/tls-thread/index.ts';
import type { Config } from '../config/read.ts';
import { as } from '../domain/ids.ts';
import type { ListenerTls } from '../domain/listener-tls.ts';
import { seconds } from '../domain/time.ts';
import { KeyDesk } from '../flow/access/key-desk.ts';
import { Offenders } from '../flow/access/offenders.ts';
import { BacktestJobs } from '../flow/backtest/jobs.ts';
import { ThresholdSuggestions } from '../flow/backtest/threshold-suggestions.ts';
import type { Frames } from '../flow/doors/frame-desk.ts';
import type { Doors } from '../flow/ports/doors.ts';
import type { DeviceCommands } from '../flow/ports/down/commands.ts';
import type { DeviceStatus } from '../flow/ports/journal.ts';
import type { RegisterView } from '../flow/ports/service.ts';
import { LifelineService } from '../flow/service.ts';
import { BESIDE_THE_PRESENT, StockDesk } from '../flow/storage/stock-desk.ts';
import { PACKS } from '../packs/index.ts';
import { PLATFORM } from '../packs/platform.ts';
import { statusTopic } from '../wire/mqtt/topics.ts';
import type { buildAnswering } from './answering.ts';
import { buildCommands } from './commands.ts';
import { buildDoorListeners } from './door-listeners.ts';
import { buildDoors, secretsOf } from './doors.ts';
import type { Flow } from './flow.ts';
import type { buildForecasts } from './forecasts.ts';
import type { Ground } from './ground.ts';
import type { buildNotices } from './notices.ts';
import { openFileShares } from './open-files.ts';
import { buildOutsideBroker, commandedOver } from './outside-broker.ts';
import type { People } from './people.ts';
import type { buildResponses } from './responses.ts';
import type { Storage } from './storage.ts';
import type { buildUpstreams } from './upstreams.ts';
import type { Watch } from './watch.ts';

export type Inside = {
  storage: Storage;
  people: People;
  flow: Flow;
  watch: Watch;
  notices: ReturnType<typeof buildNotices>;
  responses: Awaited<ReturnType<typeof buildResponses>>;
  answering: ReturnType<typeof buildAnswering>;
  upstreams: ReturnType<typeof buildUpstreams>;
  forecasts: ReturnType<typeof buildForecasts>;
};

export type Edges = ReturnType<typeof buildEdges>;

/** Where the outside comes in: devices by MQTT, people by HTTP and WebSocket. Nobody listens yet. */
export function buildEdges(ground: Ground, inside: Inside) {
  const { config, clock, log, meters, ahead } = ground;
  const doors = buildDoors(ground, inside.flow);
  const listeners = buildDoorListeners(ground, inside.storage, doors);
  const shares = openFileShares(ground);
  const { broker, keys } = buildBroker(ground, inside, { doors, shares });
  const outside = buildOutsideBroker(ground, inside, doors);
  if (outside !== null) ahead.tell = (topic, payload) => outside.tell(topic, payload);
  const commands = buildCommands(ground, inside, {
    broker: commandedOver(broker, outside),
    doors: listeners.way,
    frames: listeners.frames,
  });
  const { http, live } = buildConsole(ground, inside, {
    keys,
    doors,
    shares,
    frames: listeners.frames,
    commands: commands.office,
    outside,
  });
  const queues = (config.LIFELINE_AMQP_URL ?? []).map(
    (queue) => new DoorAmqp({ place: amqpPlace(queue), doors, clock, log, meters }),
  );
  return { broker, outside, keys, http, live, doors, listeners, queues, commands };
}

function buildBroker(
  ground: Ground,
  { storage, people, flow, watch }: Inside,
  { doors, shares }: { readonly doors: Doors; readonly shares: Shares },
) {
  const { config, clock, log, meters, onStop, ahead } = ground;
  const { core, turn } = flow;
  const { audit, recovered } = storage;
  const offenders = new Offenders({ audit, clock, meters });
  onStop('tell the last offences', seconds(1), async () => offenders.close());
  const broker: BrokerAedes = new BrokerAedes({
    host: config.LIFELINE_MQTT_HOST,
    port: config.LIFELINE_MQTT_PORT,
    intake: watch.probeAccess.intake(turn.intake),
    foreign: {
      forbidden: (who, topic) => doors.forbidden(who, topic),
      fromTopic: (who, packet, release) => doors.fromTopic(who, packet, release),
    },
    gate: async (who) => watch.probeAccess.admit(who) ?? keys.admit(who),
    limits: { ...brokerLimits(config), connections: shares.devices },
    ...mqttTls(config, watch.tls.mqtts),
    offended: offenders.hear,
    listens: (device) => ahead.listens(device),
    anyClientId: config.LIFELINE_MQTT_CLIENT_IDS === 'any',
    parentOf: (area) => core.register.area(as.area(area))?.parent ?? null,
    clock,
    meters,
    log,
    retainedStatuses: retainedStatuses(recovered.statuses, core.register),
  });
  ahead.tell = (topic, payload) => broker.tell(topic, payload, 1);
  const keys = new KeyDesk({
    keys: people.deviceKeys,
    audit,
    clock,
    log,
    register: core.register,
    anonymous: config.LIFELINE_MQTT_ANONYMOUS,
    cutOff: (whose, code, why) => broker.cutOff(whose, code, why),
    forget: (holder) => broker.forget(holder),
  });
  return { broker, keys };
}

function buildConsole(
  ground: Ground,
  inside: Inside,
  given: {
    keys: KeyDesk;
    doors: Doors;
    frames: Frames;
    commands: DeviceCommands;
    shares: Shares;
    outside: BrokerOutside | null;
  },
) {
  const { keys, doors, frames, commands, shares, outside } = given;
  const { storage, people, flow, watch, notices } = inside;
  const { options, config, clock, log, meters, ahead } = ground;
  const { core, turn, registrar, board, drain, spool, breathe, history } = flow;
  const { journal, edgeAudit, startedAt } = storage;
  const { accounts } = people;
  const { probe, probeAccess, auditWatch, certificates, tls } = watch;
  const service = new LifelineService({
    core,
    turn,
    registrar,
    board,
    journal,
    drain,
    packs: [...(options.packs ?? PACKS), PLATFORM],
    startedAt,
    exchange: () => ({
      stalledUp: inside.upstreams.sender.stalled(clock.now()),
      silentBelow: inside.upstreams.office.sources().flatMap((s) => (s.silent ? [s.link.source] : [])),
    }),
    selfCheck: () => (probe.failing ? 'failing' : 'ok'),
    spool,
    audit: auditWatch,
    certificates: () => certificates.health(clock.now()),
    pair: () => options.pair?.health() ?? null,
    brokerAway: () => outside?.away ?? null,
  });
  const backtests = new BacktestJobs({ core, history, journal, clock, breathe });
  const suggestions = new ThresholdSuggestions({ core, history, journal, backtests, breathe });
  const http = new ConsoleHttp({
    host: config.LIFELINE_HTTP_HOST,
    port: config.LIFELINE_HTTP_PORT,
    tls: tls.https,
    pace: (server) => new Handshakes(seconds(10)).pace(server),
    keys,
    service,
    journal,
    history,
    backtests,
    suggestions,
    forecasts: inside.forecasts.desk,
    leakSigns: inside.forecasts.leakSigns,
    notices: notices.office,
    responses: inside.responses.office,
    handovers: inside.answering.handovers,
    reports: inside.answering.reports,
    upstreams: inside.upstreams.office,
    drills: inside.answering.drills,
    risks: inside.answering.risks,
    citizens: inside.answering.citizens,
    exportProfiles: inside.answering.exportProfiles,
    attachments: inside.responses.files,
    capIssuer: inside.responses.capIssuer,
    packBundle,
    writeSheet,
    readDrawing,
    maps: new MapDir({
      dataDir: config.LIFELINE_DATA_DIR,
      folder: config.LIFELINE_MAP_DIR ?? join(resolve(config.LIFELINE_DATA_DIR), MAPS),
    }),
    doors,
    commands,
    doorHeard: (device) => frames.heardOf(device),
    doorSecrets: secretsOf(config.LIFELINE_DOOR_SECRETS),
    accounts,
    audit: edgeAudit,
    clock,
    log,
    meters,
    consoleDir: options.consoleDir,
    version: options.version,
    trustOrigins: config.LIFELINE_TRUSTED_ORIGINS,
    trustProxies: config.LIFELINE_TRUSTED_PROXIES,
    tileHosts: config.LIFELINE_MAP_TILE_HOSTS,
    rate: config.LIFELINE_HTTP_RATE,
    connections: shares.consoles,
    ...(options.pair === undefined ? {} : { mayAnswer: () => options.pair?.lease.isGood() === true }),
    closed: {
      metrics: config.LIFELINE_METRICS_ACCESS === 'role',
      docs: config.LIFELINE_DOCS_ACCESS === 'role',
    },
    shelveLevel1: config.LIFELINE_SHELVE_LEVEL_1 !== 'never',
    secondPersonForLevel1: config.LIFELINE_SHELVE_LEVEL_1 === 'two-persons',
    secondPersonToAssess: config.LIFELINE_ASSESS_LEVEL_1 === 'two-persons',
    handoverPersons: Number(config.LIFELINE_HANDOVER_PERSONS),
    loginBanner: config.LIFELINE_LOGIN_BANNER || null,
    mqttPort: () => ahead.self?.mqttPort ?? null,
    listening: () => {
      const { self } = ahead;
      if (self === null) return null;
      const of = (url: string) => url.replace(/^[a-z]+:\/\/|\/$/g, '');
      return {
        mqtt: of(self.mqtt),
        mqtts: self.mqtts === null ? null : of(self.mqtts),
        live: { host: of(self.http), isTls: self.http.startsWith('https:') },
        anonymous: config.LIFELINE_MQTT_ANONYMOUS,
      };
    },
  });
  const live = new ConsoleWs({
    service,
    journal,
    accounts: probeAccess.accounts(accounts),
    probeToken: probeAccess.secret,
    audit: edgeAudit,
    clock,
    log,
    meters,
    trustOrigins: config.LIFELINE_TRUSTED_ORIGINS,
    trustProxies: config.LIFELINE_TRUSTED_PROXIES,
  });
  return { http, live };
}

/** What devices last said of their link, put back as retained messages: the broker's own memory is gone with it. */
function retainedStatuses(
  statuses: readonly DeviceStatus[],
  register: RegisterView,
): { topic: string; payload: string }[] {
  return statuses.flatMap(({ device, online }) => {
    const lifeline = register.device(device)?.lifeline;
    return lifeline === undefined || online === null
      ? []
      : [{ topic: statusTopic(lifeline, device), payload: JSON.stringify({ online }) }];
  });
}

function brokerLimits(config: Config) {
  return {
    messagesPerDevice: config.LIFELINE_MQTT_DEVICE_RATE,
    messagesAtOncePerDevice: config.LIFELINE_MQTT_DEVICE_BURST,
    connectionsPerDevice: config.LIFELINE_MQTT_DEVICE_CONNECTIONS,
    messagesPerAddress: config.LIFELINE_MQTT_ADDRESS_RATE,
    connectionsPerAddress: config.LIFELINE_MQTT_ADDRESS_CONNECTIONS,
    // With its topic.
    packetBytes: config.LIFELINE_MQTT_PACKET_MAX_KB * 1024 + 512,
  };
}

function mqttTls(config: Config, tls: ListenerTls | null) {
  const { LIFELINE_MQTTS_HOST: host, LIFELINE_MQTTS_PORT: port } = config;
  if (port === undefined || tls === null) return {};
  const { cert, key, ca } = tls;
  const open: OpenTls = (o) => new TlsThread(o);
  return { tls: { host, port, cert, key, ca, open } };
}

/** The door for programs of the same user on the same machine. */
export function buildControl(
  ground: Ground,
  { storage, flow }: Inside,
  keys: KeyDesk,
  hello: Hello,
): ControlSocket {
  const { config, clock, log } = ground;
  const { history, embedded } = storage;
  const { core, turn, drain } = flow;
  const keepDays = config.LIFELINE_KEEP_DAYS;
  const stock = new StockDesk({ core, turn, drain, history, keepDays, clock, pace: BESIDE_THE_PRESENT });
  const dir = config.LIFELINE_DATA_DIR;
  const control = new ControlSocket({ dir, hello, history: embedded, keys, stock, clock, log });
  ground.ahead.giveUpCopy = () => control.giveUpCopy();
  return control;
}
