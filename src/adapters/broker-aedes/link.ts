import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { AdmittedClient, Offence } from '../../flow/ports/broker.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import type { PublishPace } from './pace.ts';
import type { QuietLog } from './quiet-log.ts';
import { identity } from './rights.ts';
import type { MqttSession } from './sessions.ts';

/** A topic that a connection has published on before, rightly; its bytes as they come. */
export type KnownTopic = { readonly topic: string; readonly bytes: Uint8Array };

/** A connection: a `net.Socket`, or what stands for one whose TLS ends elsewhere. */
export type Conn = Duplex & {
  readonly remoteAddress?: string | undefined;
  destroySoon(): void;
  /** Where there is one: is given what comes while nothing is buffered. @returns false when it goes into the stream instead */
  taker?: ((bytes: Buffer) => boolean) | null;
};

/** One admitted client and its connection. */
export type DeviceLink = {
  readonly socket: Conn;
  readonly address: string;
  readonly who: AdmittedClient;
  readonly clientId: string;
  readonly session: MqttSession;
  /** `null` until aedes has it. */
  client: Client | null;
  /** `null` once it has its CONNACK. Until then aedes is given the CONNECT alone, of so many bytes. */
  beginning: { readonly connectBytes: number; readonly early: Uint8Array } | null;
  /** The topic it last published on, and rightly: mostly it is the next one too. */
  topic: string | null;
  /** Topics whose packets take the fast path. */
  readonly known: KnownTopic[];
  /** Packet ids whose PUBACKs leave with the next write. */
  readonly acks: number[];
  /** Filters granted on this connection. */
  readonly filters: Set<string>;
  /** Bytes of its packets that the intake has not released yet. */
  heldBytes: number;
  /** Packets that aedes is to be told not to wait for. */
  nudges: number;
  /** How fast it may send; of the device, and of its address. */
  readonly paces: readonly PublishPace[];
  /** Reading goes on when it fires: it was too fast. */
  pause: NodeJS.Timeout | null;
};

/** The connection is to be closed, and the reason has been told already. */
export class CutOff extends Error {}

/** Counts and tells why a connection ends that we end; the error makes aedes close it. */
export type CutOffTeller = (link: DeviceLink, code: string, why: string) => CutOff;

export const tellCutOff =
  (meters: Meters, log: QuietLog, offended: (o: Offence) => void): CutOffTeller =>
  (link, code, why) => {
    meters.count(`mqtt_cut_off_total{why="${code}"}`);
    offended({ by: identity(link.who), address: link.address, code, why });
    log.warn(link.address, code, `an MQTT client was cut off: ${why}`, { code, clientId: link.clientId });
    return new CutOff(why);
  };
