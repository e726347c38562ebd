import type { DeviceCode, LifelineKey } from '../../domain/ids.ts';
import type { Codes } from '../../domain/judge/fault-codes.ts';
import type { Metric } from '../../domain/metric.ts';
import type { TelemetryFlaw } from '../mqtt/telemetry-flaw.ts';

/** What a mapping must know of a device of ours: its lifeline, and that lifeline's metrics. */
export type KnownDevice = {
  readonly lifeline: LifelineKey;
  metric(key: string): { readonly metric: Metric; readonly codes: Codes } | undefined;
};

/** @param proposed the lifeline that the mapping names: where devices register themselves, of that */
export type DeviceDirectory = (device: DeviceCode, proposed: string | undefined) => KnownDevice | undefined;

/** One instant of a telemetry packet (interfaces §2). */
export type MappedInstant = {
  /** Epoch milliseconds; as it came where it could not be read; absent: time of receipt. */
  ts?: number | string;
  readonly values: Record<string, number | null>;
  quality?: Record<string, string>;
};

/** What a packet of somebody else's becomes: telemetry of our devices. */
export type MappedPacket = {
  readonly station: string;
  readonly device: DeviceCode;
  readonly lifeline: LifelineKey;
  readonly instants: readonly MappedInstant[];
  readonly seq: number | null;
};

/** A station that speaks and that nobody has registered. */
export type UnknownStation = {
  readonly station: string;
  /** What it would be called; `null`: nothing of its name can be a device code. */
  readonly device: DeviceCode | null;
  readonly lifeline: string | null;
  /** Metrics of ours that it would bring. */
  readonly metrics: readonly string[];
};

export type Mapped = {
  readonly packets: readonly MappedPacket[];
  readonly unknown: readonly UnknownStation[];
  readonly flaws: readonly TelemetryFlaw[];
  /** It is known and left out on purpose: nothing to keep, nothing to set aside. */
  readonly leftOut: boolean;
};

export const NO_MAPPED: Mapped = { packets: [], unknown: [], flaws: [], leftOut: false };

/** Without the devices that whoever brought it may not speak for. */
export function whoseOwn(mapped: Mapped, mine: ((device: DeviceCode) => boolean) | undefined): Mapped {
  if (mine === undefined) return mapped;
  const theirs = mapped.packets.filter((p) => !mine(p.device));
  if (theirs.length === 0) return mapped;
  const detail = `Whoever brought this may not speak for ${theirs
    .map((p) => p.device)
    .slice(0, 5)
    .join(', ')}.`;
  return {
    ...mapped,
    packets: mapped.packets.filter((p) => mine(p.device)),
    flaws: [...mapped.flaws, { code: 'not-theirs', detail }],
  };
}
