import { randomUUID } from 'node:crypto';
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket, type Subscription } from 'aedes';
import { as, type DeviceCode } from '../../domain/ids.ts';
import type {
  Address,
  AdmittedClient,
  Broker,
  CommandHeard,
  DownPacket,
  ForeignTopics,
  Gate,
  Intake,
  Offence,
  TlsMaterial,
} from '../../flow/ports/broker.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { parseTopic } from '../../wire/mqtt/topics.ts';
import { CannotListen, type Listens } from '../shared/cannot-listen.ts';
import { isLoopback } from '../shared/peer-address.ts';
import { type AedesInternals, type AedesPacket, type Distribution, noteAlive } from './aedes-internals.ts';
import { Backpressure } from './backpressure.ts';
import type { ConnectRefusal } from './connect-packet.ts';
import { connectForbidden } from './connect-rights.ts';
import { DownLines, deviceIn } from './down/down-lines.ts';
import { publishesIn } from './early-packets.ts';
import { learnTopic, takePlain } from './fast-path.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { CutOff, type CutOffTeller, type DeviceLink, tellCutOff } from './link.ts';
import { Links } from './links.ts';
import { type ConnectRequest, Listener, type OpenTls } from './listener.ts';
import { Paces, type PublishPace } from './pace.ts';
import { type Forwarded, PublishIntake } from './publish-intake.ts';
import { QuietLog } from './quiet-log.ts';
import { identity, mayReceive, maySubscribe, ownClientId, publishingForbidden } from './rights.ts';
import { newSession, SESSION_MARK, Sessions } from './sessions.ts';
import { SubscribedTopics } from './subscribed-topics.ts';

export { DEFAULT_LIMITS, type Limits, type OpenTls };

export type BrokerAedesOptions = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly intake: Intake;
  /** Left out: no topic but our own is taken. */
  readonly foreign?: ForeignTopics;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly meters: Meters;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** A second listener, for TLS 1.2 and 1.3; with `ca`, whoever has a certificate of that authority is its name. */
  readonly tls?: TlsMaterial & { readonly host: string; readonly port: number; readonly open: OpenTls };
  /** Hears of everything that a client may not do, each time. */
  readonly offended?: (o: Offence) => void;
  /** A device is there and has asked for its commands. */
  readonly listens?: (device: DeviceCode) => void;
  /** A client may call itself anything, and is known under its own name and that. Left out: it is refused. */
  readonly anyClientId?: boolean;
  /** What lies above an area, for systems that are bound to areas. */
  readonly parentOf?: (area: string) => string | null;
  /** What devices had last said of themselves, for subscribers that come after a restart. */
  readonly retainedStatuses?: readonly { readonly topic: string; readonly payload: string }[];
};

/** How long each step of `stop` may take: acknowledgements still held, last bytes of sockets, aedes itself. */
const LAST_WORDS = 800;

/**
 * The embedded broker: aedes (MQTT 3.1.1) behind a door of our own. A PUBACK or PUBREC leaves when the
 * intake has released the packet as kept, in the order of arrival, and not before.
 *
 * `docs/decisions/0003-broker.md` says what is ours, what is aedes's, and where we differ from the standard.
 */
export class BrokerAedes implements Broker {
  readonly #o: BrokerAedesOptions;
  readonly #limits: Limits;
  readonly #log: QuietLog;
  readonly #cutOff: CutOffTeller;
  readonly #listener: Listener;
  readonly #backpressure: Backpressure;
  readonly #intake: PublishIntake;
  readonly #links = new WeakMap<object, DeviceLink>();
  readonly #connected: Links;
  readonly #down: DownLines;
  readonly #paces = new Paces();
  readonly #offended: (o: Offence) => void;
  readonly #parentOf: (area: string) => string | null;
  #aedes: AedesInternals | null = null;
  #sessions: Sessions | null = null;
  /** Topics that something in this process listens to. */
  #inProcess: SubscribedTopics | null = null;
  #stopping = false;

  constructor(options: BrokerAedesOptions) {
    const { meters, log, intake, clock } = options;
    this.#o = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#log = new QuietLog(log, clock);
    this.#offended = options.offended ?? (() => undefined);
    this.#parentOf = options.parentOf ?? (() => null);
    this.#cutOff = tellCutOff(meters, this.#log, this.#offended);
    this.#connected = new Links({
      limits,
      meters,
      log: this.#log,
      offended: this.#offended,
      cutOff: this.#cutOff,
    });
    this.#down = new DownLines((identity) => this.#connected.ofIdentity(identity));
    this.#intake = new PublishIntake({
      limits,
      intake,
      ...(options.foreign === undefined ? {} : { foreign: options.foreign.fromTopic }),
      clock,
      meters,
      log,
      cutOff: this.#cutOff,
      waits: (link) => this.#backpressure.keepReading(link),
      released: () => this.#backpressure.resume(),
      forward: (packet) => this.#forward(packet),
    });
    this.#backpressure = new Backpressure({
      limits,
      cutOff: this.#cutOff,
      held: () => this.#intake.holds,
      wait: (link) => this.#wait(link),
      fastPath: (link, chunk) => this.#fastPath(link, chunk),
    });
    this.#listener = new Listener({
      limits,
      meters,
      log: this.#log,
      offended: this.#offended,
      tls: options.tls ?? null,
      admit: (request) => this.#admit(request),
    });
  }

  async start(): Promise<Address & { readonly tls: Address | null }> {
    const aedes = await this.#createAedes();
    this.#aedes = aedes;
    this.#sessions = new Sessions({
      limits: this.#limits,
      meters: this.#o.meters,
      subscriptions: aedes.persistence,
      sessionOf: (client) => this.#linkOf(client as Client)?.session,
      mayReceive: (client, filter) => this.#linkOf(client as Client)?.filters.has(filter) ?? false,
      acked: (client, messageId) => {
        const link = this.#linkOf(client as Client);
        if (link !== undefined) this.#down.acked(link, messageId);
      },
    });
    aedes.persistence = this.#sessions;
    for (const { topic, payload } of this.#o.retainedStatuses ?? []) {
      await this.#sessions.storeRetained({
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: 1,
        retain: true,
        dup: false,
      });
    }
    const { host, port, tls } = this.#o;
    const listening = async (
      what: Listens,
      where: Address,
      listen: () => Promise<Address>,
    ): Promise<Address> => {
      try {
        return await listen();
      } catch (cause) {
        this.#listener.shut();
        aedes.close();
        throw new CannotListen(what, where, cause);
      }
    };
    const plain = await listening('MQTT', { host, port }, () => this.#listener.listen(host, port));
    if (tls === undefined) return { ...plain, tls: null };
    return {
      ...plain,
      tls: await listening('MQTTS', tls, () => this.#listener.listenTls(tls.host, tls.port)),
    };
  }

  /** New certificates, for connections from now on. @throws when they are none; the old ones stay then */
  renew(tls: TlsMaterial): void {
    this.#listener.renew(tls);
  }

  cutOff(whose: (who: AdmittedClient) => boolean, code: string, why: string): number {
    const ended = this.#connected.of(whose);
    for (const { clientId, address, socket } of ended) {
      this.#o.meters.count(`mqtt_cut_off_total{why="${code}"}`);
      this.#o.log.info(`an MQTT client was cut off: ${why}`, { code, clientId, address });
      socket.destroy();
    }
    return ended.length;
  }

  forget(holder: string): void {
    const [, name] = /^system:(.*)$/.exec(holder) ?? [];
    this.#sessions?.forgetOf(
      identity(name === undefined ? { as: 'device', device: as.device(holder) } : { as: 'system', name }),
    );
  }

  tell(topic: string, payload: string, qos: 0 | 1, retain = false): void {
    this.#o.meters.count('mqtt_told_total');
    this.#forward({ topic, payload: Buffer.from(payload), qos, retain });
  }

  reaches(device: string, topic: string): boolean {
    return !this.#stopping && this.#down.reaches(device, topic);
  }

  command(packet: DownPacket, heard: CommandHeard): void {
    this.#down.send(packet, heard);
  }

  stopAccepting(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#listener.shut();
    this.#backpressure.close();
  }

  /** Ends within about three times `LAST_WORDS`, whatever the intake and the clients do. */
  async stop(): Promise<void> {
    this.stopAccepting();
    await within(LAST_WORDS, this.#intake.holds.empty());
    await this.#listener.clear(LAST_WORDS);
    const aedes = this.#aedes;
    this.#aedes = null;
    if (aedes !== null) await within(LAST_WORDS, new Promise((resolve) => aedes.close(() => resolve())));
    this.#log.tellRest();
  }

  async #createAedes(): Promise<AedesInternals> {
    const aedes = await Aedes.createBroker({
      // 0: with a bound, one frozen subscriber stops all delivery.
      concurrency: 0,
      drainTimeout: this.#limits.drainWithin,
      connectTimeout: this.#limits.connectWithin,
      maxClientsIdLength: this.#limits.clientIdChars,
      maxTopicLevels: this.#limits.topicLevels,
      maxInflightInbound: this.#limits.halfDelivered,
      // A client may send before it has its CONNACK (MQTT 3.1.1 §3.1.4); what comes is bounded in bytes.
      queueLimit: 4_096,
      preConnect: (client, packet, done) => {
        const link = this.#linkOf(client);
        if (link === undefined || this.#stopping) {
          done(new CutOff('not admitted'), false);
          return;
        }
        packet.clientId = link.clientId;
        // A client that asks for none would have us remember a dead peer for ever.
        packet.keepalive = Math.min(packet.keepalive || Infinity, this.#limits.keepAliveSeconds);
        if (packet.will?.retain) packet.will.retain = this.#mayRetain(packet.will);
        done(null, true);
      },
      authorizePublish: (client, packet, done) =>
        this.#publish(client, packet as PublishPacket & AedesPacket, done),
      authorizeSubscribe: (client, sub, done) => done(null, this.#grant(client, sub) ? sub : null),
      authorizeForward: (client, packet) => this.#mindSlow(client, packet) as AedesPublishPacket,
    });
    // Not in the typings; without a listener it would end the process.
    (aedes as NodeJS.EventEmitter).on('error', (e: unknown) =>
      this.#o.log.error('the MQTT broker has an error', { error: String(e) }),
    );
    aedes.on('clientError', (client, e) => this.#ended(client, e));
    aedes.on('connectionError', (client, e) => this.#ended(client, e));
    aedes.on('clientReady', (client) => {
      const link = this.#linkOf(client);
      if (link === undefined) return;
      link.beginning = null;
      this.#backpressure.keepReading(link);
      this.#listens(link, [...link.filters]);
    });
    aedes.on('subscribe', (subs, client) => {
      const link = this.#linkOf(client);
      if (link !== undefined)
        this.#listens(
          link,
          subs.map((s) => s.topic),
        );
    });
    aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#linkOf(client)?.filters.delete(filter);
    });
    this.#inProcess = rememberUnsubscribed((aedes as AedesInternals).mq);
    return aedes as AedesInternals;
  }

  /** Whoever asks for commands may have some waiting. */
  #listens(link: DeviceLink, filters: readonly string[]): void {
    if (this.#stopping || link.who.as === 'system') return;
    for (const device of new Set(filters.map(deviceIn)))
      if (device !== null) this.#o.listens?.(as.device(device));
  }

  #linkOf(client: Client | null): DeviceLink | undefined {
    return client === null ? undefined : this.#links.get(client.conn);
  }

  /** aedes has closed a connection: because of what came over it, or because nothing came. */
  #ended(client: Client, e: Error): void {
    const link = this.#linkOf(client);
    if (e instanceof CutOff || link === undefined || this.#stopping || e.message === 'connection closed')
      return;
    const why = 'code' in e ? 'network' : e.message === 'keep alive timeout' ? 'keep-alive' : 'protocol';
    if (why === 'protocol') this.#cutOff(link, why, e.message);
    else this.#o.meters.count(`mqtt_cut_off_total{why="${why}"}`);
  }

  /** The gate, and everything that the CONNECT asks for; then aedes may read it. */
  async #admit({
    socket,
    address,
    connect,
    early,
    connectBytes,
    certificate,
  }: ConnectRequest): Promise<ConnectRefusal | null> {
    const { username, password, clean } = connect;
    const who = await this.#o.gate({
      clientId: connect.clientId,
      username,
      password,
      address,
      certificate,
    });
    if (who.as === 'refused')
      return { returnCode: username === null ? 5 : 4, code: 'credential', why: who.why };
    if (this.#stopping || this.#sessions === null) return null;

    const asked = this.#o.anyClientId === true ? ownClientId(who, connect.clientId) : connect.clientId;
    const clientId = asked || `auto-${randomUUID()}`;
    const holder = this.#connected.holder(clientId)?.who;
    const forbidden = connectForbidden({ ...connect, clientId: asked }, who, holder, this.#limits);
    if (forbidden !== null) return forbidden;

    this.#o.meters.count('mqtt_connects_total');
    // Whoever has gone already takes nobody's place.
    const session = socket.destroyed
      ? newSession(clientId, identity(who), true)
      : this.#sessions.open(clientId, identity(who), clean);
    const link: DeviceLink = {
      socket,
      address,
      who,
      clientId,
      session,
      client: null,
      beginning: { connectBytes, early },
      topic: null,
      known: [],
      acks: [],
      filters: new Set(),
      heldBytes: 0,
      nudges: 0,
      paces: this.#pacesOf(who, address),
      pause: null,
    };
    if (socket.destroyed) this.#gone(link);
    else this.#link(link);
    return null;
  }

  /** Anonymous clients are for trying out, on this machine; loopback is a gateway, and has its devices' paces. */
  #pacesOf(who: AdmittedClient, address: string): PublishPace[] {
    if (who.as === 'anonymous') return [];
    const { messagesPerDevice, messagesAtOncePerDevice, messagesPerAddress, loopbackExempt } = this.#limits;
    const device = { perSecond: messagesPerDevice, atOnce: messagesAtOncePerDevice };
    const site = { perSecond: messagesPerAddress, atOnce: 10 * messagesPerAddress };
    const ofDevice = this.#paces.of(identity(who), device);
    return loopbackExempt && isLoopback(address)
      ? [ofDevice]
      : [ofDevice, this.#paces.of(`address ${address}`, site)];
  }

  /** Milliseconds until a client that was too fast may go on. */
  #wait(link: DeviceLink): number {
    let ms = 0;
    for (const pace of link.paces) ms = Math.max(ms, this.#paces.wait(pace));
    if (ms > 0) {
      const { address, clientId } = link;
      const why = `it sends more than ${link.paces[0]?.limit.perSecond} messages a second, or its address more than ${this.#limits.messagesPerAddress}; it is read more slowly`;
      this.#o.meters.count('mqtt_slowed_total');
      this.#offended({ by: identity(link.who), address, code: 'too-fast', why });
      this.#log.warn(address, `too-fast ${clientId}`, `an MQTT client is too fast: ${why}`, { clientId });
    }
    return ms;
  }

  /** Its connection has ended. Reset before aedes was through with its CONNECT: what it had said is said all the same. */
  #gone(link: DeviceLink): void {
    const { beginning } = link;
    if (beginning !== null) for (const packet of publishesIn(beginning.early)) this.#takeEarly(link, packet);
    if (link.paces.length > 0) this.#paces.left(identity(link.who));
    if (link.paces.length > 1) this.#paces.left(`address ${link.address}`);
    const isLast = this.#connected.leave(link);
    this.#down.left(link);
    if (isLast) this.#sessions?.left(link.session);
  }

  #link(link: DeviceLink): void {
    const { socket } = link;
    this.#links.set(socket, link);
    this.#connected.enter(link);
    socket.once('close', () => this.#gone(link));
    this.#backpressure.fit(link);
    // A turn later, because a 'readable' listener that has just been taken off still counts within this one.
    setImmediate(() => {
      if (socket.destroyed || this.#aedes === null || this.#stopping) socket.destroy();
      else link.client = this.#aedes.handle(socket);
    });
  }

  // Keep before ack: aedes acknowledges QoS 1 before subscribers run, and right after this hook calls back,
  // so that it is the last moment at which the client still holds the only copy. Last wills come here too.
  #publish(
    client: Client | null,
    packet: PublishPacket & AedesPacket,
    done: (e?: Error | null) => void,
  ): void {
    const link = this.#linkOf(client);
    // Stopping: neither taken nor acknowledged, so that the client sends it again when we are back. Nor do
    // last wills count: we are the ones who go, and they would say that the whole city is offline. The
    // standard lets a server that shuts down put them off (MQTT 3.1.1 §3.1.2.5).
    if (link === undefined || this.#stopping) return;
    const forbidden = this.#forbidden(link, packet);
    if (forbidden !== null) done(forbidden);
    else this.#intake.take(link, packet, done);
  }

  /** @returns why it may not publish this packet; else its pace is spent, and a flag that means nothing here is gone */
  #forbidden(link: DeviceLink, packet: AedesPacket): CutOff | null {
    if (packet.topic !== link.topic) {
      const forbidden = publishingForbidden(link.who, packet.topic, this.#limits, this.#o.foreign?.forbidden);
      if (forbidden !== null) return this.#cutOff(link, 'topic-forbidden', forbidden);
      link.topic = packet.topic;
      learnTopic(link, packet.topic);
    }
    for (const pace of link.paces) this.#paces.spend(pace);
    if (packet.retain) packet.retain = this.#mayRetain(packet);
    return null;
  }

  /** A packet of a client that aedes has not come to know. Nobody waits for its acknowledgement. */
  #takeEarly(link: DeviceLink, packet: AedesPacket): void {
    if (this.#stopping || this.#forbidden(link, packet) !== null) return;
    this.#intake.takeEarly(link, packet);
  }

  /** @returns what is left of the chunk for aedes; `null`: nothing */
  #fastPath(link: DeviceLink, chunk: Buffer): Buffer | null {
    if (this.#stopping) return chunk;
    const receivedAt = this.#o.clock.now();
    let taken = 0;
    const left = takePlain(link, chunk, {
      hasNoSubscriber: this.#hasNoSubscriber,
      take: (packet) => {
        taken++;
        for (const pace of link.paces) this.#paces.spend(pace);
        this.#intake.takePlain(link, packet, receivedAt);
      },
    });
    if (taken > 0) {
      noteAlive(link.client);
      this.#o.meters.count('mqtt_short_cut_total', taken);
    }
    return left;
  }

  /** Known since the last subscription of anybody. At QoS 0 aedes asks for those who are connected alone. */
  readonly #hasNoSubscriber = (topic: string, qos: 0 | 1): boolean =>
    this.#inProcess?.of(topic) === false && (qos === 0 || this.#sessions?.hasNoSubscriber(topic) === true);

  #forward(packet: Forwarded): void {
    const { topic, payload, qos, retain } = packet;
    this.#aedes?.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => {});
  }

  /** Retained is the state of a device's link, and nothing else: readings and alarms have their own store. */
  #mayRetain(packet: { readonly topic: string; readonly payload: Buffer | string }): boolean {
    const topic = parseTopic(packet.topic);
    const may =
      topic.ok &&
      topic.value.kind === 'status' &&
      packet.payload.length <= this.#limits.retainedBytes &&
      (packet.payload.length === 0 || this.#sessions?.hasRoomToRetain(packet.topic) === true);
    if (!may) this.#o.meters.count('mqtt_retain_ignored_total');
    return may;
  }

  #grant(client: Client, sub: Subscription): boolean {
    const link = this.#linkOf(client);
    if (link === undefined || sub.topic === SESSION_MARK) return false;
    const room = link.filters.has(sub.topic) || link.filters.size < this.#limits.subscriptionsPerClient;
    if (room && maySubscribe(link.who, sub.topic, this.#limits, this.#parentOf)) {
      link.filters.add(sub.topic);
      this.#o.meters.count('mqtt_subscriptions_total');
      return true;
    }
    this.#o.meters.count('mqtt_subscriptions_refused_total');
    this.#offended({
      by: identity(link.who),
      address: link.address,
      code: 'subscription-forbidden',
      why: `it may not subscribe to ${JSON.stringify(sub.topic.slice(0, this.#limits.topicChars))}`,
    });
    this.#log.warn(link.address, 'subscription', 'an MQTT subscription was refused', {
      clientId: link.clientId,
      filter: sub.topic.slice(0, this.#limits.topicChars),
    });
    return false;
  }

  /**
   * Holds back what is not of its areas: `null` takes the packet out of its session as well. Cuts off a
   * subscriber that does not read.
   */
  #mindSlow(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const link = this.#linkOf(client);
    if (link !== undefined && !mayReceive(link.who, packet.topic, this.#parentOf)) return null;
    if (
      link !== undefined &&
      !link.socket.destroyed &&
      link.socket.writableLength > this.#limits.unreadBytes
    ) {
      this.#cutOff(link, 'slow-subscriber', 'it does not read what it subscribed to');
      link.socket.destroy();
    }
    return packet;
  }
}

async function within(ms: number, done: Promise<void>): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    late = setTimeout(resolve, ms);
  });
  await Promise.race([done, bound]);
  clearTimeout(late);
}

/** What nobody in this process listens to is not looked up again for every packet. @returns what is known of that */
function rememberUnsubscribed(mq: Distribution): SubscribedTopics {
  const heard = new SubscribedTopics();
  const on = mq.on.bind(mq);
  const emit = mq.emit.bind(mq);
  mq.on = (topic, listener, done) => {
    heard.somebodySubscribed();
    return on(topic, listener, done);
  };
  mq.emit = (packet, done) => {
    const { topic } = packet;
    const listened = heard.of(topic) ?? heard.learn(topic, mq._matcher.match(topic).length > 0);
    if (listened || mq.closed || done === undefined) return emit(packet, done);
    done();
    return mq;
  };
  return heard;
}
