import { Readable } from 'node:stream';
import type { Subscription } from 'aedes';
import type { Meters } from '../../flow/ports/meters.ts';
import type { AedesPacket, Persistence } from './aedes-internals.ts';
import type { Limits } from './limits.ts';
import { Retained } from './retained.ts';
import { SubscribedTopics } from './subscribed-topics.ts';

/** A QoS 2 packet between PUBLISH and PUBREL. `again` are the same packet sent again meanwhile. */
export type Half = { state: 'held' | 'kept' | 'stored'; readonly again: (() => void)[] };

/** What MQTT 3.1.1 §3.1.2.4 calls session state, apart from the subscriptions. */
export type MqttSession = {
  readonly id: string;
  /** See `identity`: nobody else resumes it. */
  readonly owner: string;
  readonly clean: boolean;
  /** It was here before this connection. */
  present: boolean;
  online: boolean;
  readonly half: Map<number, Half>;
  queue: AedesPacket[];
};

/** A session of which nothing is kept yet. */
export const newSession = (id: string, owner: string, clean: boolean): MqttSession => ({
  id,
  owner,
  clean,
  present: false,
  online: true,
  half: new Map(),
  queue: [],
});

/**
 * aedes takes a session to be present when it has subscriptions; a publisher's session has none. So it is
 * given one that it can never have: `authorizeSubscribe` refuses it and nothing comes of it.
 */
export const SESSION_MARK = '$session';

/**
 * Session state and retained messages, all of it bounded, in place of the store that aedes brings along:
 * that one keeps an entry for every client id that ever acknowledged, the whole payload of every QoS 2
 * packet in flight, and an unbounded queue for each absent subscriber. Subscriptions stay with it.
 *
 * In memory only: after a restart no session is present, which 3.1.1 allows, and clients send again what
 * was not acknowledged.
 */
export class Sessions implements Persistence {
  readonly #limits: Limits;
  readonly #meters: Meters;
  readonly #subscriptions: Persistence;
  /** The session of a connected client, whatever its id has become since. */
  readonly #sessionOf: (client: object) => MqttSession | undefined;
  readonly #mayReceive: (client: object, filter: string) => boolean;
  readonly #acked: (client: object, messageId: number) => void;
  /** What nobody subscribes to is put into nobody's queue, and is not looked up again. */
  readonly #subscribed = new SubscribedTopics();
  /** Sessions that outlive their connection, the longest untouched first. */
  readonly #lasting = new Map<string, MqttSession>();
  readonly #retained = new Retained();
  #queuedBytes = 0;

  constructor(o: {
    limits: Limits;
    meters: Meters;
    /** aedes's own store. */
    subscriptions: Persistence;
    sessionOf: (client: object) => MqttSession | undefined;
    mayReceive: (client: object, filter: string) => boolean;
    /** Hears of every PUBACK. */
    acked?: (client: object, messageId: number) => void;
  }) {
    this.#limits = o.limits;
    this.#meters = o.meters;
    this.#subscriptions = o.subscriptions;
    this.#sessionOf = o.sessionOf;
    this.#mayReceive = o.mayReceive;
    this.#acked = o.acked ?? (() => undefined);
  }

  /** A CONNECT was admitted: the session it goes on with, or a new one ([MQTT-3.1.2-4], [MQTT-3.1.2-6]). */
  open(id: string, owner: string, clean: boolean): MqttSession {
    const old = this.#lasting.get(id);
    if (old !== undefined && !clean && old.owner === owner) {
      old.present = true;
      old.online = true;
      this.#touch(old);
      return old;
    }
    if (old !== undefined) this.#forget(old);
    const session = newSession(id, owner, clean);
    if (!clean) {
      this.#touch(session);
      this.#makeRoom();
    }
    return session;
  }

  /** Its connection has ended, and no other has gone on with it. */
  left(session: MqttSession): void {
    session.online = false;
    if (this.#lasting.get(session.id) === session) this.#touch(session);
  }

  /** Nobody of that identity goes on where they were. */
  forgetOf(owner: string): void {
    for (const session of this.#lasting.values()) if (session.owner === owner) this.#forget(session);
  }

  get count(): number {
    return this.#lasting.size;
  }

  hasRoomToRetain(topic: string): boolean {
    return this.#retained.has(topic) || this.#retained.size < this.#limits.retainedTopics;
  }

  #touch(session: MqttSession): void {
    this.#lasting.delete(session.id);
    this.#lasting.set(session.id, session);
  }

  #makeRoom(): void {
    for (const session of this.#lasting.values()) {
      if (this.#lasting.size <= this.#limits.sessions) return;
      if (!session.online) {
        this.#meters.count('mqtt_sessions_forgotten_total');
        this.#forget(session);
      }
    }
  }

  #forget(session: MqttSession): void {
    this.#lasting.delete(session.id);
    this.#queuedBytes -= bytesOf(session.queue);
    session.queue = [];
    void this.#subscriptions.cleanSubscriptions({ id: session.id });
  }

  async storeRetained(packet: AedesPacket): Promise<void> {
    this.#retained.store(packet);
  }

  createRetainedStreamCombi(filters: readonly string[]): NodeJS.ReadableStream {
    return Readable.from(filters.flatMap((filter) => [...this.#retained.matching(filter)]));
  }

  /** aedes brings what it refused along with what it granted. */
  async addSubscriptions(client: { id: string }, subs: readonly Subscription[]): Promise<void> {
    const granted = subs.filter((sub) => this.#mayReceive(client, sub.topic));
    if (granted.length === 0) return;
    await this.#subscriptions.addSubscriptions(client, granted);
    this.#subscribed.somebodySubscribed();
  }

  async removeSubscriptions(client: { id: string }, filters: readonly string[]): Promise<void> {
    await this.#subscriptions.removeSubscriptions(client, filters);
  }

  async subscriptionsByClient(client: { id: string }): Promise<Subscription[]> {
    const subs = await this.#subscriptions.subscriptionsByClient(client);
    const present = this.#lasting.get(client.id)?.present ?? false;
    return present ? [...subs, { topic: SESSION_MARK, qos: 0 }] : subs;
  }

  /** Asked since the last subscription, and nobody has subscribed. */
  hasNoSubscriber(topic: string): boolean {
    return this.#subscribed.of(topic) === false;
  }

  async subscriptionsByTopic(topic: string): Promise<Subscription[]> {
    if (this.#subscribed.of(topic) === false) return [];
    const subs = await this.#subscriptions.subscriptionsByTopic(topic);
    this.#subscribed.learn(topic, subs.length > 0);
    return subs;
  }

  async cleanSubscriptions(client: { id: string }): Promise<void> {
    await this.#subscriptions.cleanSubscriptions(client);
  }

  async outgoingEnqueue(sub: { clientId: string }, packet: AedesPacket): Promise<void> {
    const session = this.#lasting.get(sub.clientId);
    if (session === undefined) return;
    if (
      session.queue.length >= this.#limits.queuedPerSession ||
      this.#queuedBytes > this.#limits.queuedBytes
    ) {
      // The newest says more than the oldest; a subscriber that was away for so long reads the list instead.
      const dropped = session.queue.shift();
      if (dropped !== undefined) this.#queuedBytes -= size(dropped);
      this.#meters.count('mqtt_queued_dropped_total');
      if (this.#queuedBytes > this.#limits.queuedBytes) return;
    }
    const kept = { ...packet, payload: Buffer.from(packet.payload), messageId: undefined };
    session.queue.push(kept);
    this.#queuedBytes += size(kept);
  }

  async outgoingEnqueueCombi(subs: readonly { clientId: string }[], packet: AedesPacket): Promise<void> {
    for (const sub of subs) await this.outgoingEnqueue(sub, packet);
  }

  /** Gives a queued packet its packet id, or replaces a PUBLISH by the PUBREL that followed it. */
  async outgoingUpdate(client: { id: string }, packet: AedesPacket): Promise<void> {
    const queue = this.#lasting.get(client.id)?.queue;
    if (queue === undefined) return;
    for (const [i, queued] of queue.entries()) {
      if (queued.brokerId !== undefined && queued.brokerId === packet.brokerId) {
        if (queued.brokerCounter !== packet.brokerCounter) continue;
        queued.messageId = packet.messageId;
        return;
      }
      if (queued.messageId === packet.messageId) {
        this.#queuedBytes += size(packet) - size(queued);
        queue[i] = packet;
        return;
      }
    }
    // Dropped for want of room meanwhile: it is sent all the same, once.
  }

  async outgoingClearMessageId(
    client: { id: string },
    packet: AedesPacket,
  ): Promise<AedesPacket | undefined> {
    if (packet.cmd === 'puback' && packet.messageId !== undefined) this.#acked(client, packet.messageId);
    const queue = this.#lasting.get(client.id)?.queue ?? [];
    // Without a packet id it is a second copy, from overlapping filters, that is not sent at all.
    const { messageId, brokerCounter } = packet;
    const i = queue.findIndex(
      (q) => q.messageId === messageId && (messageId !== undefined || q.brokerCounter === brokerCounter),
    );
    if (i < 0) return undefined;
    const [cleared] = queue.splice(i, 1) as [AedesPacket];
    this.#queuedBytes -= size(cleared);
    return cleared;
  }

  /** What an absent subscriber missed; what had been sent before is marked as sent again ([MQTT-3.3.1-1]). */
  outgoingStream(client: { id: string }): NodeJS.ReadableStream {
    const queue = this.#lasting.get(client.id)?.queue ?? [];
    return Readable.from(
      queue.map((p) => (p.cmd === 'publish' && p.messageId !== undefined ? { ...p, dup: true } : p)),
    );
  }

  async incomingStorePacket(client: object, packet: AedesPacket): Promise<void> {
    const half = this.#sessionOf(client)?.half.get(packet.messageId ?? 0);
    if (half !== undefined) half.state = 'stored';
  }

  async incomingGetPacket(client: object, packet: AedesPacket): Promise<object> {
    const half = this.#sessionOf(client)?.half.get(packet.messageId ?? 0);
    if (half?.state !== 'stored') throw new Error('no such packet');
    return half;
  }

  async incomingDelPacket(client: object, packet: AedesPacket): Promise<void> {
    if (!this.#sessionOf(client)?.half.delete(packet.messageId ?? 0)) throw new Error('no such packet');
  }

  /** Nothing to do: the session of a client that asked for a clean one ends with its connection. */
  async cleanIncoming(): Promise<void> {}

  // Wills live in aedes's client objects; a stored one is for brokers that outlive each other. aedes would
  // publish those of living clients too, after its clock had been set forward.
  async putWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): NodeJS.ReadableStream {
    return Readable.from([]);
  }
}

const size = (p: AedesPacket): number => 200 + (p.payload?.length ?? 0);
const bytesOf = (queue: readonly AedesPacket[]): number => queue.reduce((n, p) => n + size(p), 0);
