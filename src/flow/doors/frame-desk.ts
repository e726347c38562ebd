import type { MappedWrite } from '../../domain/device-command/catalogue.ts';
import type { DeviceCode } from '../../domain/ids.ts';
import type { Duration } from '../../domain/time.ts';
import { mapFrame } from '../../wire/mapping/frames.ts';
import { entryOf } from '../../wire/mapping/gather.ts';
import { type Mapped, type MappedPacket, NO_MAPPED, type UnknownStation } from '../../wire/mapping/mapped.ts';
import type { FrameMapping } from '../../wire/mapping/schema.ts';
import { TimeReader } from '../../wire/mapping/times.ts';
import { fromHex, fromLatin1 } from '../../wire/protocols/bytes.ts';
import { asksOf } from '../../wire/protocols/modbus/plan.ts';
import type { Doors } from '../ports/doors.ts';
import type {
  BusLine,
  DoorHeard,
  DoorKey,
  DoorStation,
  ForeignFrame,
  FrameDesk,
} from '../ports/frames/frame-desk.ts';
import type { Mappings } from '../ports/mappings.ts';
import type { Meters } from '../ports/meters.ts';

/** Devices that have been heard through a door are remembered, for their pages. */
const HEARD_AT_MOST = 100_000;

type Found = {
  readonly mapping: FrameMapping;
  readonly device: DeviceCode | null;
  readonly isKnown: boolean;
};

/**
 * Frames of foreign standards → telemetry of our devices, by mappings that are data; what nothing can be made of is set
 * aside with the bytes as they came. A frame is released when everything that became of it is durable.
 */
export class Frames implements FrameDesk {
  readonly #doors: Pick<Doors, 'mappings' | 'directory' | 'offer'>;
  readonly #meters: Meters;
  readonly #heard = new Map<DeviceCode, DoorHeard>();
  readonly #noted: (device: DeviceCode) => void;
  /** By door, of the files as they were listed last: asked for several times a frame. */
  readonly #byDoor = new Map<DoorKey, readonly FrameMapping[]>();
  #from: ReturnType<Mappings['list']> | null = null;

  constructor(o: {
    doors: Pick<Doors, 'mappings' | 'directory' | 'offer'>;
    meters: Meters;
    /** A device has spoken: now it can be told something. */
    noted?: (device: DeviceCode) => void;
  }) {
    this.#noted = o.noted ?? (() => undefined);
    this.#doors = o.doors;
    this.#meters = o.meters;
  }

  /** `undefined`: it has not been heard through a door since the start. */
  heardOf(device: DeviceCode): DoorHeard | undefined {
    return this.#heard.get(device);
  }

  station(door: DoorKey, station: string): DoorStation {
    const found = this.#mappingOf(door, station);
    return {
      isKnown: found?.isKnown ?? false,
      offset: found === null ? BEIJING : offsetOf(found.mapping.zone),
      sums: found?.mapping.check?.crc ?? 'hj',
    };
  }

  take(frame: ForeignFrame, release: (outcome: 'kept' | 'failed') => void): void {
    const { door, station, bytes, receivedAt } = frame;
    const found = this.#mappingOf(door, station);
    if (found === null) {
      // Nothing says what becomes of it: as if nobody had listened.
      this.#meters.count(`door_without_mapping_total{door="${door}"}`);
      release('failed');
      return;
    }
    const mapped = this.#mapped(frame, found);
    if (mapped.packets.length + mapped.unknown.length + mapped.flaws.length === 0) {
      release('kept');
      return;
    }
    const { mapping } = found;
    const qos = frame.isAnswered ? 1 : 0;
    this.#doors.offer({ mapping, mapped, bytes, qos, receivedAt }, (outcome) =>
      // What may be dropped has no answer.
      release(outcome === 'failed' ? 'failed' : 'kept'),
    );
  }

  /** What commands may write on the line of a device, by its mapping; `null`: no mapping of a bus leads to it. */
  writesOf(device: DeviceCode): readonly MappedWrite[] | null {
    for (const mapping of this.#mappings('modbus')) {
      if (mapping.poll === undefined) continue;
      for (const station of Object.keys(mapping.station.table))
        if (entryOf(mapping, station).device === device)
          return mapping.poll.write.map(({ name, unit = '', min, max }) => ({ name, unit, min, max }));
    }
    return null;
  }

  busLine(first: Uint8Array): BusLine | 'more' | null {
    let mayBecome = false;
    for (const mapping of this.#mappings('modbus')) {
      if (mapping.poll === undefined) continue;
      for (const station of Object.keys(mapping.station.table)) {
        for (const name of [fromLatin1(station), fromHex(station)]) {
          if (name === null || name.length === 0) continue;
          if (begins(first, name)) return busLineOf(mapping, station);
          mayBecome ||= begins(name, first);
        }
      }
    }
    return mayBecome ? 'more' : null;
  }

  /** Several stations may speak in one frame. */
  #mapped(frame: ForeignFrame, first: Found): Mapped {
    const { door, station } = frame;
    if (frame.said.length === 0) {
      if (first.isKnown) this.#note(first.device as DeviceCode, frame, station);
      const unknown = first.isKnown
        ? []
        : [{ station, device: first.device, lifeline: first.mapping.lifeline ?? null, metrics: [] }];
      return { ...NO_MAPPED, unknown, flaws: frame.flaws };
    }
    const all = { packets: [] as MappedPacket[], unknown: [] as UnknownStation[], flaws: [...frame.flaws] };
    for (const said of frame.said) {
      const found = said.station === station ? first : (this.#mappingOf(door, said.station) ?? first);
      if (found.isKnown) this.#note(found.device as DeviceCode, frame, said.station);
      const mapped = mapFrame(found.mapping, said, this.#doors.directory);
      all.packets.push(...mapped.packets);
      all.unknown.push(...mapped.unknown);
      all.flaws.push(...mapped.flaws);
    }
    return { ...NO_MAPPED, ...all };
  }

  #note(device: DeviceCode, frame: ForeignFrame, station: string): void {
    const { door, kind, receivedAt: at, isAnswered } = frame;
    this.#heard.delete(device);
    this.#heard.set(device, { door, station, kind, at, isAnswered });
    this.#noted(device);
    if (this.#heard.size > HEARD_AT_MOST) this.#heard.delete(this.#heard.keys().next().value as DeviceCode);
  }

  /** The mapping that names the station, or the first one that leads it to a device that we know. */
  #mappingOf(
    door: DoorKey,
    station: string,
  ): {
    readonly mapping: FrameMapping;
    readonly device: DeviceCode | null;
    readonly isKnown: boolean;
  } | null {
    const mappings = this.#mappings(door);
    const named = mappings.find((m) => Object.hasOwn(m.station.table, station));
    let first: FrameMapping | null = null;
    for (const mapping of named === undefined ? mappings : [named]) {
      const { device } = entryOf(mapping, station);
      if (device !== null && this.#doors.directory(device, mapping.lifeline) !== undefined)
        return { mapping, device, isKnown: true };
      if (device !== null) first ??= mapping;
    }
    const mapping = first ?? mappings[0];
    return mapping === undefined
      ? null
      : { mapping, device: entryOf(mapping, station).device, isKnown: false };
  }

  #mappings(door: DoorKey): readonly FrameMapping[] {
    const files = this.#doors.mappings.list();
    if (files !== this.#from) {
      this.#from = files;
      this.#byDoor.clear();
    }
    const known = this.#byDoor.get(door) ?? mappingsOf(files, door);
    this.#byDoor.set(door, known);
    return known;
  }
}

/** What this installation has written goes before what came with the release. */
function mappingsOf(files: ReturnType<Mappings['list']>, door: DoorKey): readonly FrameMapping[] {
  const own: FrameMapping[] = [];
  const shipped: FrameMapping[] = [];
  for (const { inForce, from } of files)
    if (inForce?.protocol === door) (from === 'own' ? own : shipped).push(inForce as FrameMapping);
  return own.length === 0 ? shipped : [...own, ...shipped];
}

const BEIJING: Duration = 8 * 3_600_000;
const OFFSETS = new Map<string, Duration>();

/** What the clock on a wall of the zone is ahead of UTC. */
function offsetOf(zone: string): Duration {
  const known = OFFSETS.get(zone);
  if (known !== undefined) return known;
  const offset = -new TimeReader('auto', zone).instantOf(0);
  if (OFFSETS.size < 100) OFFSETS.set(zone, offset);
  return offset;
}

const begins = (bytes: Uint8Array, what: Uint8Array): boolean =>
  bytes.length >= what.length && what.every((b, i) => bytes[i] === b);

function busLineOf(mapping: FrameMapping, station: string): BusLine {
  const poll = mapping.poll as NonNullable<FrameMapping['poll']>;
  const slaves = Map.groupBy(poll.ask, (value) => value.slave);
  const { heartbeat } = poll;
  return {
    station,
    plan: {
      asks: [...slaves].flatMap(([slave, values]) => asksOf(slave, values)),
      every: poll.everySeconds * 1_000,
      gap: poll.gapMs,
      timeout: poll.timeoutMs,
    },
    writes: poll.write,
    heartbeat:
      heartbeat === undefined
        ? null
        : heartbeat.startsWith('hex:')
          ? fromHex(heartbeat.slice(4))
          : new TextEncoder().encode(heartbeat),
    tellsGone: mapping.take.some((t) => t.code === 'gone'),
  };
}
