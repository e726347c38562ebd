import type { DeviceCode } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** A packet 报文: bytes on a topic, as they came from a client whose right to that topic was checked. */
export type Packet = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Our clock, when the broker had it. */
  readonly receivedAt: Millis;
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

/** Who a client is: decided by the broker's gate at CONNECT. */
export type Credential = {
  readonly clientId: string;
  readonly username: string | null;
  readonly password: Uint8Array | null;
  readonly address: string;
};

export type Admission =
  | { readonly as: 'device'; readonly device: DeviceCode } // may publish below its own code
  | { readonly as: 'anonymous' } // loopback only: may publish below any device code
  | { readonly as: 'system' } // operators' and systems' clients: may read alarm topics
  | { readonly as: 'refused'; readonly why: string };

/** The gate: who may in. Full credentials come in their own issue; this is the seam. */
export type Gate = (who: Credential) => Promise<Admission>;

export interface Broker {
  /** Listens; resolves to the address in use. */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Publishes to subscribers (alarm topics). */
  tell(topic: string, payload: string, qos: 0 | 1, retain?: boolean): void;
  /** Refuses new connections and packets; those in hand are still released. */
  stopAccepting(): void;
  stop(): Promise<void>;
}
