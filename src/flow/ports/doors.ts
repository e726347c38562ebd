import type { DeviceCode } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { DeviceDirectory, Mapped } from '../../wire/mapping/mapped.ts';
import type { JsonMapping, Mapping } from '../../wire/mapping/schema.ts';
import type { AdmittedClient, Intake, Packet } from './broker.ts';
import type { Mappings } from './mappings.ts';

/** A document of somebody's platform at a door of ours. */
export type DoorDocument = {
  readonly mapping: JsonMapping;
  readonly bytes: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** Our clock. */
  readonly receivedAt: Millis;
  /** What its topic said beside it. */
  readonly names?: Readonly<Record<string, string>>;
  /** Devices that whoever brought it may speak for; left out: all of the register. */
  mine?(device: DeviceCode): boolean;
};

/** What a mapping made of a packet that came by another way than as a document. */
export type Brought = {
  readonly mapping: Mapping;
  readonly mapped: Mapped;
  /** As it came. */
  readonly bytes: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly receivedAt: Millis;
};

/** As of `Intake`: `kept` after the turn that holds everything that came of it, and what was set aside, is durable. */
type Release = Parameters<Intake>[1];

/** Where other people's packets come in: what a mapping makes of them goes the way of our own. */
export interface Doors {
  readonly mappings: Mappings;
  /** The register as mappings see it. */
  readonly directory: DeviceDirectory;
  /** Takes a document. */
  take(arrival: DoorDocument, release: Release): void;
  /** Takes what a frame has become. */
  offer(brought: Brought, release: Release): void;
  /** The mapping that names a foreign MQTT topic, and the parts of the topic that it names; `null`: nobody does. */
  topic(
    topic: string,
  ): { readonly mapping: JsonMapping; readonly names: Readonly<Record<string, string>> } | null;
  /** Takes what came on a topic that is none of ours: of a device only what is its own, of a system what lies in its areas. */
  fromTopic(who: AdmittedClient, packet: Packet, release: Release): void;
  /** Why a client may not publish on a topic that a mapping names; `null`: it may. */
  forbidden(who: AdmittedClient, topic: string): string | null;
}
