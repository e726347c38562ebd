import type { DeviceCode } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** What a packet was made of, where it came in another form than ours: by a mapping, from the door of that name. */
export type Origin = {
  readonly bytes: Uint8Array;
  /** What the mapping could not use of it. */
  readonly flaws: readonly Flaw[];
  /** Of what nobody has registered: how it would be called. */
  readonly stranger?: DeviceCode;
};

/** A packet 报文: bytes on a topic, as they came from a client whose right to that topic was checked. */
export type Packet = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Our clock, when the broker had it. */
  readonly receivedAt: Millis;
  /** Absent: it came as it is. */
  readonly origin?: Origin;
  /** The service's own word about itself: no client can set this. */
  readonly own?: true;
};

/** Something wrong with a packet or a part of it: a stable code, and a sentence that says what would be right. */
export type Flaw = { readonly code: string; readonly detail: string };

/**
 * Takes a packet. `release` is called exactly once, in the order of delivery: `kept` after the turn that
 * holds the packet is durable (with what was set aside of it), `dropped` for a QoS 0 packet that found the
 * intake full, `failed` when the journal has failed and nothing may be acknowledged any more.
 */
export type Intake = (
  packet: Packet,
  release: (outcome: 'kept' | 'dropped' | 'failed', flaws: readonly Flaw[]) => void,
) => void;

/** Topics that are none of ours, of other platforms: who may publish there, and where it goes. */
export type ForeignTopics = {
  /** @returns why not; `null`: it may */
  forbidden(who: AdmittedClient, topic: string): string | null;
  /** Released as by an `Intake`. */
  fromTopic(who: AdmittedClient, packet: Packet, release: Parameters<Intake>[1]): void;
};

/** What a client says of itself at CONNECT, for the gate to judge. */
export type Credential = {
  readonly clientId: string;
  readonly username: string | null;
  readonly password: Uint8Array | null;
  readonly address: string;
  /** Common name of a client certificate that our authority has signed; `null`: it came without. */
  readonly certificate: string | null;
};

/** Who a client is. `key`: what opened to it, so that it can be cut off when that ends. */
export type Admission =
  /** May publish below its own code. */
  | { readonly as: 'device'; readonly device: DeviceCode; readonly key?: number }
  /** Loopback only: may publish below any device code. */
  | { readonly as: 'anonymous' }
  /** Clients of operators and systems: may read alarm topics, of its areas where it has some. */
  | {
      readonly as: 'system';
      readonly name?: string;
      readonly key?: number;
      readonly areas?: readonly string[] | null;
    }
  | { readonly as: 'refused'; readonly why: string };

export type AdmittedClient = Exclude<Admission, { readonly as: 'refused' }>;

/** The gate: who may in. */
export type Gate = (who: Credential) => Promise<Admission>;

/** Something that a client tried and may not do, or did too much of. Told each time. */
export type Offence = {
  /** `device DEV-A`, or what a stranger called themselves; `null`: nobody said. */
  readonly by: string | null;
  readonly address: string;
  /** Stable, for counting: `topic-forbidden`, `credential`, `too-fast`, … */
  readonly code: string;
  readonly why: string;
};

/** Certificate and key of a listener, and the authority whose client certificates it asks for; PEM. */
export type TlsMaterial = { readonly cert: string; readonly key: string; readonly ca: string | null };

export type Address = { readonly host: string; readonly port: number };

/** A command for one device. */
export type DownPacket = {
  readonly device: string;
  readonly topic: string;
  readonly payload: string;
  /** Our clock: nobody may be given it afterwards. */
  readonly until: Millis;
};

/** `delivered`: the device has acknowledged it; `gone`: its connection has ended before it did. */
export type CommandHeard = (news: 'delivered' | 'gone') => void;

export interface Broker {
  /** Listens; resolves to the addresses in use. */
  start(): Promise<Address & { readonly tls: Address | null }>;
  /** Ends the connections of whom `whose` picks. @returns how many there were */
  cutOff(whose: (who: AdmittedClient) => boolean, code: string, why: string): number;
  /** Drops what is kept for a client of this credential for when it comes back: subscriptions and messages. */
  forget(holder: string): void;
  /** Publishes to subscribers (alarm topics). */
  tell(topic: string, payload: string, qos: 0 | 1, retain?: boolean): void;
  /** Whether the device is connected and has subscribed there. */
  reaches(device: string, topic: string): boolean;
  /** To the device's own connection, at the QoS that it asked for, and kept for nobody who is not there. At QoS 0 nothing is heard of it. */
  command(packet: DownPacket, heard: CommandHeard): void;
  /** Refuses new connections and packets; those in hand are still released. */
  stopAccepting(): void;
  stop(): Promise<void>;
}
