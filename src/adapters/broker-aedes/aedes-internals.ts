import type { Aedes, Client, Subscription } from 'aedes';

/**
 * What we use of aedes 1.2.0 beyond its typings, in one place: look here first when the version, which is
 * pinned, is raised.
 */
export type AedesInternals = Aedes & { persistence: Persistence; readonly mq: Distribution };

/** aedes's mqemitter: hands each packet to the listeners of its topic, in this process. */
export type Distribution = {
  on(topic: string, listener: unknown, done?: () => void): unknown;
  emit(packet: AedesPacket, done?: (e?: Error) => void): unknown;
  readonly closed: boolean;
  readonly _matcher: { match(topic: string): readonly unknown[] };
};

export type AedesPacket = {
  cmd: string;
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  dup: boolean;
  messageId?: number | undefined;
  brokerId?: string;
  brokerCounter?: number;
};

type InsideClient = Client & {
  readonly connackSent: boolean;
  /** Packets that came before the CONNACK, until they are through. */
  readonly _parser: { readonly _queue: readonly unknown[] | null };
  readonly _keepaliveInterval: number;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
};

/** True once nothing of a client waits in aedes any more that came before its CONNACK. */
export function mayTakeFastPath(client: Client | null): boolean {
  const inside = client as InsideClient | null;
  return inside?.connackSent === true && !inside.closed && inside._parser._queue === null;
}

/** What aedes does for every packet that it sees ([MQTT-3.1.2-24]). */
export function noteAlive(client: Client | null): void {
  const inside = client as InsideClient | null;
  if (inside !== null && inside._keepaliveInterval > 0) inside._keepaliveTimer?.refresh();
}

type Who = { readonly id: string };

/** Everything that aedes calls on its persistence. Session methods get the `Client`, or `{ id }` alone. */
export interface Persistence {
  storeRetained(packet: AedesPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): NodeJS.ReadableStream;

  addSubscriptions(client: Who, subs: readonly Subscription[]): Promise<void>;
  removeSubscriptions(client: Who, filters: readonly string[]): Promise<void>;
  subscriptionsByClient(client: Who): Promise<Subscription[]>;
  subscriptionsByTopic(topic: string): Promise<Subscription[]>;
  cleanSubscriptions(client: Who): Promise<void>;

  outgoingEnqueue(sub: { readonly clientId: string }, packet: AedesPacket): Promise<void>;
  outgoingEnqueueCombi(subs: readonly { readonly clientId: string }[], packet: AedesPacket): Promise<void>;
  outgoingUpdate(client: Who, packet: AedesPacket): Promise<void>;
  outgoingClearMessageId(client: Who, packet: AedesPacket): Promise<AedesPacket | undefined>;
  outgoingStream(client: Who): NodeJS.ReadableStream;

  incomingStorePacket(client: Who, packet: AedesPacket): Promise<void>;
  /** Rejects when there is none. */
  incomingGetPacket(client: Who, packet: AedesPacket): Promise<object>;
  incomingDelPacket(client: Who, packet: AedesPacket): Promise<void>;
  cleanIncoming(client: Who): Promise<void>;

  putWill(client: Who, will: AedesPacket): Promise<void>;
  delWill(client: Who): Promise<void>;
  streamWill(): NodeJS.ReadableStream;
}
