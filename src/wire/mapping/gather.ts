import { as, type DeviceCode } from '../../domain/ids.ts';
import { toMetricUnit } from '../../domain/judge/units.ts';
import { Flaws, kind, quoted } from '../mqtt/telemetry-flaw.ts';
import { isDeviceCode } from '../mqtt/topics.ts';
import type {
  DeviceDirectory,
  KnownDevice,
  Mapped,
  MappedInstant,
  MappedPacket,
  UnknownStation,
} from './mapped.ts';
import type { LiveTake, Mapping } from './schema.ts';
import { scaled, tidy } from './take.ts';

/** Stations of one packet at most: a platform that sends more sends several packets. */
const STATIONS_AT_MOST = 1_000;

type Building = {
  readonly station: string;
  readonly device: DeviceCode | null;
  readonly known: KnownDevice | undefined;
  readonly local: { readonly plus: Numbers | undefined; readonly times: Numbers | undefined };
  readonly instants: Map<string, MappedInstant>;
  readonly metrics: Set<string>;
  seq: number | null;
};
type Numbers = Readonly<Record<string, number>>;

/** One raw value on its way: where it belongs and what is said of it. */
export type RawItem = {
  readonly station: string;
  /** Epoch milliseconds, or what came where that could not be read; `null`: none. */
  readonly at: number | string | null;
  /** How the packet calls it. */
  readonly code: string;
  readonly raw: unknown;
  readonly take: LiveTake;
  /** "doubtful:…", "bad:…": of the flag beside it; `null`: good. */
  readonly said: string | null;
};

/** Collects the values of one packet by device and instant, in our metrics and units. */
export class Gathering {
  readonly flaws = new Flaws();
  readonly #mapping: Mapping;
  readonly #directory: DeviceDirectory;
  readonly #stations = new Map<string, Building>();

  constructor(mapping: Mapping, directory: DeviceDirectory) {
    this.#mapping = mapping;
    this.#directory = directory;
  }

  /** @returns false where there are too many stations in one packet */
  heard(station: string, seq: number | null = null): boolean {
    const building = this.#station(station);
    if (building !== null && seq !== null) building.seq = Math.max(seq, building.seq ?? 0);
    return building !== null;
  }

  add({ station, at, code, raw, take, said }: RawItem): void {
    const building = this.#station(station);
    if (building === null) return;
    building.metrics.add(take.metric);
    const { known } = building;
    if (known === undefined) return;
    const value = this.#value(building, { code, raw, take });
    if (value === null) return;
    const key = String(at);
    let instant = building.instants.get(key);
    if (instant === undefined) {
      instant = at === null ? { values: {} } : { ts: at, values: {} };
      building.instants.set(key, instant);
    }
    instant.values[take.metric] = value.number;
    const quality = value.quality ?? (said?.startsWith('good') === true ? null : said);
    if (quality !== null) instant.quality = { ...instant.quality, [take.metric]: quality };
    else if (instant.quality !== undefined) delete instant.quality[take.metric];
  }

  /** What was said of other values of the same station: they are no better than this. */
  mark(station: string, metrics: readonly string[], as: string): void {
    if (as.startsWith('good')) return;
    for (const instant of this.#stations.get(station)?.instants.values() ?? []) {
      for (const metric of metrics) {
        if (!Object.hasOwn(instant.values, metric)) continue;
        if (instant.quality?.[metric]?.startsWith('bad') === true) continue;
        instant.quality = { ...instant.quality, [metric]: as };
      }
    }
  }

  done(): Mapped {
    const packets: MappedPacket[] = [];
    const unknown: UnknownStation[] = [];
    for (const { station, device, known, instants, metrics, seq } of this.#stations.values()) {
      if (device === null || known === undefined) {
        const lifeline = this.#mapping.lifeline ?? null;
        unknown.push({ station, device: device ?? proposedCode(station), lifeline, metrics: [...metrics] });
      } else if (instants.size > 0) {
        packets.push({ station, device, lifeline: known.lifeline, instants: [...instants.values()], seq });
      }
    }
    return { packets, unknown, flaws: this.flaws.list(), leftOut: false };
  }

  #station(station: string): Building | null {
    const before = this.#stations.get(station);
    if (before !== undefined) return before;
    if (this.#stations.size >= STATIONS_AT_MOST) {
      this.flaws.add(
        'too-many-stations',
        `More than ${STATIONS_AT_MOST} stations in one packet: send several.`,
      );
      return null;
    }
    const entry = entryOf(this.#mapping, station);
    const { only } = this.#mapping.station;
    const { device } = entry;
    const isForeign =
      device !== null && only !== undefined && !only.some((start) => device.startsWith(start));
    if (isForeign)
      this.flaws.add(
        'not-its-device',
        `${quoted(device)} does not begin as "only" of the mapping ${this.#mapping.name} has it.`,
      );
    const building: Building = {
      station,
      device,
      known: device === null || isForeign ? undefined : this.#directory(device, this.#mapping.lifeline),
      local: { plus: entry.plus, times: entry.times },
      instants: new Map(),
      metrics: new Set(),
      seq: null,
    };
    this.#stations.set(station, building);
    return building;
  }

  /** @returns `null` where nothing can be made of it: a flaw says why */
  #value(
    { known, local }: Building,
    { code, raw, take }: Pick<RawItem, 'code' | 'raw' | 'take'>,
  ): { readonly number: number | null; readonly quality: string | null } | null {
    const ours = known?.metric(take.metric);
    if (known === undefined || ours === undefined) {
      this.flaws.add(
        'unknown-metric',
        `${quoted(take.metric)}, which the mapping makes of ${quoted(code)}, is no metric of ${known?.lifeline ?? ''}.`,
      );
      return null;
    }
    const number = this.#number(code, raw, take);
    if (number === undefined) return null;
    if (number === null) return { number: null, quality: null };
    if (this.#isSentinel(number, take)) return { number: null, quality: 'bad:sentinel' };
    const inUnit = scaled(take, number);
    if (inUnit === null) {
      this.flaws.add(
        'no-bits',
        `${quoted(code)} is ${quoted(raw)}: bits are those of a whole number from 0.`,
      );
      return null;
    }
    const converted = this.#converted(inUnit, take, ours.metric);
    if (converted === null) return null;
    const times = local.times?.[take.metric];
    const plus = local.plus?.[take.metric];
    const value =
      times === undefined && plus === undefined ? converted : tidy(converted * (times ?? 1) + (plus ?? 0));
    if (value === number) return { number: value, quality: null };
    // A code for a fault is one as it was sent: 65535 ppm is none of 131 %LEL.
    const suspicion = take.bit === undefined ? ours.codes.of(number, value) : null;
    if (suspicion === 'fault') return { number: null, quality: 'bad:sentinel' };
    return { number: value, quality: suspicion === 'perhaps' ? 'doubtful:sentinel' : null };
  }

  /** @returns `null`: no value, and it is one that is kept as bad; `undefined`: a flaw has been said */
  #number(code: string, raw: unknown, take: LiveTake): number | null | undefined {
    if (
      take.words !== undefined &&
      (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean')
    ) {
      const word = String(raw);
      if (Object.hasOwn(take.words, word)) {
        const meant = take.words[word];
        return typeof meant === 'boolean' ? Number(meant) : (meant ?? null);
      }
      this.flaws.add(
        'unknown-word',
        `${quoted(code)} is ${quoted(raw)}, which the mapping's words do not hold.`,
      );
      return undefined;
    }
    if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
    if (typeof raw === 'boolean') return raw ? 1 : 0;
    if (raw === null) return null;
    if (typeof raw === 'string') {
      if (take.text === true && NUMBER.test(raw.trim())) return Number(raw);
      this.flaws.add(
        'text-value',
        `${quoted(code)} is the text ${quoted(raw)}: "words" or "text" of the mapping would say what number it is.`,
      );
      return take.text === true ? null : undefined;
    }
    this.flaws.add('wrong-shape', `${quoted(code)} is ${kind(raw)}; a number would be right.`);
    return undefined;
  }

  #isSentinel(number: number, take: LiveTake): boolean {
    return this.#mapping.sentinels.includes(number) || take.sentinels?.includes(number) === true;
  }

  #converted(value: number, take: LiveTake, metric: Parameters<typeof toMetricUnit>[0]): number | null {
    const { unit } = take;
    if (unit === undefined) return value;
    const plain = plainUnit(unit);
    if (plain === plainUnit(metric.unit)) return value;
    const way = [metric.unit, ...(metric.conversions ?? []).map((c) => c.from)].find(
      (u) => plainUnit(u) === plain,
    );
    const converted = way === undefined ? undefined : toMetricUnit(metric, value, way);
    if (converted !== undefined) return tidy(converted);
    const known = [metric.unit, ...(metric.conversions ?? []).map((c) => c.from)].join(', ');
    this.flaws.add(
      'unknown-unit',
      `${metric.key} cannot be converted from ${quoted(unit)}; known are ${known}.`,
    );
    return null;
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** m3/h is m³/h, ug is µg: as a keyboard has it. */
const plainUnit = (unit: string): string =>
  unit
    .replaceAll('³', '3')
    .replaceAll('²', '2')
    .replaceAll('^', '')
    .replaceAll(/[μu]/g, 'µ')
    .replaceAll('°C', '℃');

/** Which device of ours a station is. */
export function entryOf(
  { station: { device, table } }: Mapping,
  station: string,
): {
  readonly device: DeviceCode | null;
  readonly plus?: Numbers | undefined;
  readonly times?: Numbers | undefined;
} {
  const entry = Object.hasOwn(table, station) ? table[station] : undefined;
  if (typeof entry === 'string') return { device: as.device(entry) };
  if (entry !== undefined) return { device: as.device(entry.device), plus: entry.plus, times: entry.times };
  if (device === 'table') return { device: null };
  const code = device === 'as-is' ? station : `${device.slice('prefix:'.length)}${station}`;
  return { device: isDeviceCode(code) ? code : null };
}

/** A device code of what stands in a station's name. */
function proposedCode(station: string): DeviceCode | null {
  const code = station
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  return isDeviceCode(code) ? code : null;
}

/** The bytes of a telemetry packet of ours. */
export function telemetryOf({ instants, seq }: MappedPacket): string {
  const [first] = instants;
  if (instants.length === 1 && first !== undefined)
    return JSON.stringify(seq === null ? first : { ...first, seq });
  return JSON.stringify(seq === null ? instants : instants.map((i) => ({ ...i, seq })));
}
