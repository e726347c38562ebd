import type { IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet';
import { type Duration, type Millis, seconds } from '../../domain/time.ts';
import type { Address, AdmittedClient, ForeignTopics, Intake } from '../../flow/ports/broker.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { isForeignTopic } from '../../wire/mqtt/topics.ts';
import type { BrokerSession } from './kept-session.ts';
import { BrokerLine, SPEAKS_OLDER } from './line.ts';
import { Outgoing } from './outgoing.ts';
import type { BrokerPlace } from './place.ts';
import { TakenPackets } from './taken-packets.ts';

const AGAIN_FIRST: Duration = seconds(1);
/** Ours: a broker that starts anew is back sooner. */
const AWAY_FROM: Duration = seconds(5);
const AGAIN_AT_MOST: Duration = seconds(30);
/** Mappings come and go while we serve: how often it is looked which topics they name. */
const LOOK_EVERY: Duration = seconds(5);
const OURS = ['telemetry', 'status', 'event', 'up/reply'].map((kind) => `lifeline/v1/+/+/${kind}`);
/** Who may publish there is the broker's to say. */
const WHOEVER: AdmittedClient = { as: 'system', name: 'outside-broker', areas: null };

export type BrokerOutsideOptions = {
  readonly places: readonly BrokerPlace[];
  readonly session: BrokerSession;
  readonly intake: Intake;
  readonly foreign: Pick<ForeignTopics, 'fromTopic'>;
  /** Filters of topics that mappings name, now. */
  readonly foreignFilters: () => readonly string[];
  /** The broker does not have the session that it should have. Resolves when that is noted for good. */
  readonly lost: (why: string) => Promise<void>;
  readonly clock: Clock;
  readonly meters: Meters;
  readonly log: Log;
};

/**
 * Takes packets from a broker that somebody else runs, over one lasting session: what we have not acknowledged the broker keeps,
 * and it is acknowledged, in order, after the turn that holds it. When 2,048 are in hand the broker waits.
 */
export class BrokerOutside {
  readonly #o: BrokerOutsideOptions;
  readonly #taken = new TakenPackets();
  readonly #outgoing: Outgoing;
  #line: BrokerLine | null = null;
  #version: 5 | 4 = 5;
  #place = 0;
  #again = AGAIN_FIRST;
  #isUp = false;
  #awaySince: Millis;
  #subscribed = new Set<string>();
  #asked = new Map<number, readonly string[]>();
  #lastId = 0;
  #cancel: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;
  #isAccepting = true;
  #hasStopped = false;
  /** Acknowledgements of one turn leave together. */
  #acking = false;

  constructor(options: BrokerOutsideOptions) {
    this.#o = options;
    this.#awaySince = options.clock.now();
    this.#outgoing = new Outgoing({
      send: (packet) => this.#line?.send([packet]),
      now: () => options.clock.now(),
      dropped: () => options.meters.count('mqtt_outside_untold_total'),
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Where it is, if it has been away for longer than a connection takes; `null`: it is there. */
  get away(): string | null {
    return !this.#isUp && this.#o.clock.now() - this.#awaySince >= AWAY_FROM ? this.shown : null;
  }

  /** Where it is, or is being sought. */
  get shown(): string {
    return this.#o.places[this.#place]?.shown ?? '';
  }

  /** Of the one that is used, or sought. */
  get address(): Address {
    const { host = '', port = 0 } = this.#o.places[this.#place] ?? {};
    return { host, port };
  }

  /** Connects, and again whenever the connection is lost: nobody waits for it. */
  start(): void {
    this.#o.meters.set('mqtt_outside_connected', 0);
    this.#connect();
    this.#look();
  }

  /**
   * At QoS 1 until the broker has it: over a lost connection, too, not over a restart.
   *
   * @param until given to nobody after this instant of our clock
   */
  tell(topic: string, payload: string, until?: Millis): void {
    this.#outgoing.add({ topic, payload, until });
  }

  /** Nothing more is taken; what is in hand is still acknowledged. */
  stopAccepting(): void {
    this.#isAccepting = false;
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#cancel();
    this.#cancelLook();
    this.#line?.close('we stop');
  }

  #connect(): void {
    const place = this.#o.places[this.#place];
    if (this.#hasStopped || place === undefined) return;
    const line: BrokerLine = new BrokerLine(place, {
      clientId: this.#o.session.clientId,
      version: this.#version,
      heard: {
        connected: ({ sessionPresent }) => void this.#connected(line, sessionPresent === true),
        publish: (packet) => this.#publish(line, packet),
        answer: (packet) => this.#answered(packet),
        lost: (why) => this.#lost(why),
      },
    });
    this.#line = line;
  }

  async #connected(line: BrokerLine, sessionPresent: boolean): Promise<void> {
    const { session, log, meters, lost } = this.#o;
    this.#isUp = true;
    this.#again = AGAIN_FIRST;
    meters.set('mqtt_outside_connected', 1);
    log.info('connected to the broker', {
      at: this.shown,
      mqtt: line.version === 5 ? '5' : '3.1.1',
      sessionPresent,
    });
    if (!sessionPresent) {
      this.#taken.sessionLost();
      this.#subscribed = new Set();
      if (session.isExpected) {
        const why = `the broker ${this.shown} did not have our session any more: what it had kept for us meanwhile is gone, and how much nobody knows`;
        log.error('the broker has lost what it kept for us', { at: this.shown });
        await lost(why).catch((e) => log.error('that loss could not be noted', { why: String(e) }));
      }
    }
    if (line !== this.#line) return;
    this.#subscribe();
    this.#outgoing.connected();
  }

  #subscribe(): void {
    const line = this.#line;
    if (line === null || !this.#isUp) return;
    const wanted = [...OURS, ...this.#o.foreignFilters()];
    const fresh = wanted.filter((filter) => !this.#subscribed.has(filter));
    const gone = [...this.#subscribed].filter((filter) => !wanted.includes(filter));
    if (gone.length > 0) {
      for (const filter of gone) this.#subscribed.delete(filter);
      line.send([{ cmd: 'unsubscribe', messageId: this.#nextId(), unsubscriptions: gone }]);
    }
    if (fresh.length === 0) return;
    for (const filter of fresh) this.#subscribed.add(filter);
    const messageId = this.#nextId();
    this.#asked.set(messageId, fresh);
    // Of a subscription that is there already its retained statuses are known.
    const more = line.version === 5 ? { rh: 1, nl: false, rap: true } : {};
    line.send([
      {
        cmd: 'subscribe',
        messageId,
        subscriptions: fresh.map((topic) => ({ topic, qos: 1 as const, ...more })),
      },
    ]);
  }

  #look(): void {
    this.#cancelLook = this.#o.clock.after(LOOK_EVERY, () => {
      this.#subscribe();
      this.#look();
    });
  }

  #answered(packet: Packet): void {
    if (packet.cmd === 'suback') this.#granted(packet);
    else if (packet.cmd === 'puback' && packet.messageId !== undefined) this.#outgoing.has(packet.messageId);
  }

  #granted({ messageId, granted }: ISubackPacket): void {
    const asked = this.#asked.get(messageId ?? 0) ?? [];
    this.#asked.delete(messageId ?? 0);
    const refused = asked.filter((_, i) => Number(granted[i]) >= 0x80);
    const weak = asked.filter((_, i) => Number(granted[i]) === 0);
    if (weak.length > 0)
      this.#o.log.warn('the broker gives these topics at QoS 0 only: what is lost there is not repeated', {
        at: this.shown,
        topics: weak.join(' '),
      });
    if (refused.length === 0) {
      this.#expectSession();
      return;
    }
    this.#o.log.error(
      'the broker does not let us read what we must: its access rules should let our user read it',
      {
        at: this.shown,
        topics: refused.join(' '),
      },
    );
    for (const filter of refused) this.#subscribed.delete(filter);
    this.#line?.close('it refused a subscription');
  }

  #publish(line: BrokerLine, packet: IPublishPacket): void {
    const { topic, retain } = packet;
    const payload = Buffer.from(packet.payload);
    const { intake, foreign, clock, meters } = this.#o;
    const id = packet.messageId ?? 0;
    if (!this.#isAccepting) return;
    let became: ReturnType<TakenPackets['take']> = null;
    if (packet.qos > 0) {
      became = this.#taken.take(id, topic, payload, packet.dup);
      if (became === null) {
        meters.count('mqtt_sent_again_total');
        this.#ackSoon();
        return;
      }
    }
    meters.count(packet.qos === 0 ? 'mqtt_packets_total{qos="0"}' : 'mqtt_packets_total{qos="1"}');
    const release: Parameters<Intake>[1] = (outcome) => {
      became?.(outcome);
      if (outcome === 'kept') this.#ackSoon();
      else if (outcome === 'failed') line.close('nothing can be kept');
      else meters.count('mqtt_dropped_total');
    };
    const qos = packet.qos === 0 ? 0 : 1;
    const given = { topic, payload, qos, retain, receivedAt: clock.now() } as const;
    try {
      if (isForeignTopic(topic)) foreign.fromTopic(WHOEVER, given, release);
      else intake(given, release);
    } catch (e) {
      this.#o.log.error('the intake threw', { error: String(e), topic });
      release('failed', []);
    }
  }

  /** A disk that refuses this takes nothing from the watch: a loss of the session would not be known over a restart. */
  #expectSession(): void {
    try {
      this.#o.session.begun();
    } catch (e) {
      this.#o.log.error('it could not be written down that the broker has a session of ours', {
        why: String(e),
      });
    }
  }

  #ackSoon(): void {
    if (this.#acking) return;
    this.#acking = true;
    setImmediate(() => {
      this.#acking = false;
      this.#line?.send(this.#taken.due().map((messageId) => ({ cmd: 'puback', messageId })));
    });
  }

  #lost(why: string): void {
    const { clock, log, meters, places } = this.#o;
    const wasUp = this.#isUp;
    if (wasUp) this.#awaySince = clock.now();
    this.#line = null;
    this.#isUp = false;
    this.#asked.clear();
    this.#taken.connectionLost();
    this.#outgoing.lost();
    meters.set('mqtt_outside_connected', 0);
    if (this.#hasStopped) return;
    if (why === SPEAKS_OLDER && this.#version === 5) {
      this.#version = 4;
      this.#connect();
      return;
    }
    log.warn('the broker is away', { at: this.shown, why, againInMs: this.#again });
    // The one that we had may be back at once; another is sought where it is not.
    if (!wasUp) this.#place = (this.#place + 1) % places.length;
    this.#version = 5;
    this.#cancel = clock.after(this.#again, () => this.#connect());
    this.#again = Math.min(this.#again * 2, AGAIN_AT_MOST);
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % 0x7fff) + 1;
    return this.#lastId;
  }
}
