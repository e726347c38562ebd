import { encodeTurn } from '../src/adapters/journal-rows/encode.ts';
import { as, type LifelineKey, type MetricKey } from '../src/domain/ids.ts';
import type { PointMemory } from '../src/domain/judge/memory.ts';
import { median } from '../src/domain/median.ts';
import type { DeviceQuality } from '../src/domain/quality/device.ts';
import type { RegisterChange } from '../src/domain/register/register.ts';
import { Core } from '../src/flow/core/core.ts';
import type { Packet } from '../src/flow/ports/broker.ts';
import type { Clock } from '../src/flow/ports/clock.ts';
import type { Journal, Recovered, TurnRecord } from '../src/flow/ports/journal.ts';
import type { Log } from '../src/flow/ports/log.ts';
import { Meters } from '../src/flow/ports/meters.ts';
import { Turn } from '../src/flow/turn.ts';
import { PACKS } from '../src/packs/index.ts';
import { fromExactJson, toExactJson } from '../src/wire/files/exact-json.ts';
import { type CostFigure, costFigure, cpuNanos, FEW, MANY } from './cost-figure.ts';
import { pointOf, recoveredWith } from './points.ts';

/** Which metric of which pack; all of the pack's rules on it run over each reading. */
export type WholeKind = { readonly name: string; readonly lifeline: LifelineKey; readonly metric: MetricKey };

export const WHOLE_KINDS: readonly WholeKind[] = [
  { name: 'gas: limit, background, stuck', lifeline: as.lifeline('gas'), metric: as.metric('ch4') },
  { name: 'bridge wind: 10-min mean, stuck', lifeline: as.lifeline('bridge'), metric: as.metric('wind') },
  {
    name: 'water depth: limit, rate, stuck',
    lifeline: as.lifeline('waterlogging'),
    metric: as.metric('depth'),
  },
];

/** Packets in one turn: what a busy service finds waiting. */
const PER_TURN = 256;
/** Ten seconds apart: a day, the longest that a rule here looks back, and some more. */
const UNTIL_FULL = 9_000;
/** So many readings apart are the points in the life of their windows: none of them move house in the same round. */
const PHASES = 32;
const ROUNDS_AFTER = 2;
const RUNS = 5;
const READINGS_PER_RUN = 200_000;

const FROM = 1_764_547_200_000;
const EVERY = 10_000;

/** What one point of the kind, and its device, have in mind after so many readings. */
type Grown = { readonly memory: string; readonly quality: string };

export async function wholeReadings(): Promise<CostFigure[]> {
  const figures: CostFigure[] = [];
  for (const kind of WHOLE_KINDS)
    figures.push(costFigure(kind.name, await wholeReading(kind, FEW), await wholeReading(kind, MANY)));
  return figures;
}

/**
 * What one reading costs from the packet's bytes to the journal's: decoded, placed, judged by all of its metric's rules,
 * encoded with its turn. Points are registered and their windows full before the clock runs; each sends in its turn, a
 * packet a reading, in order. There is no broker, and the journal drops what it is given.
 *
 * @returns nanoseconds, median of five runs
 */
export async function wholeReading(kind: WholeKind, points: number): Promise<number> {
  const phases = await grownMemories(kind);
  const service = new Service(kind, points, (p) => phases[p % PHASES] as Grown);
  // Those that are further have sent less since they were put back: they come in later.
  for (let round = 0; round < PHASES + ROUNDS_AFTER; round++)
    await service.round(round, (p) => p % PHASES <= round);
  const rounds = Math.max(2, READINGS_PER_RUN / points);
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    let nanos = 0;
    for (let r = 0; r < rounds; r++) nanos += await service.round(PHASES + ROUNDS_AFTER + run * rounds + r);
    runs.push(nanos / (rounds * points));
  }
  service.mustHaveKept();
  return median(runs);
}

/** One point as it is before it comes in: in round 0, in round 1, … */
async function grownMemories(kind: WholeKind): Promise<readonly Grown[]> {
  const one = new Service(kind, 1, null);
  for (let i = -UNTIL_FULL; i < 0; i++) await one.round(i);
  const grown: Grown[] = [];
  for (let phase = 0; phase < PHASES; phase++) {
    grown.push(one.grown());
    await one.round(phase);
  }
  one.mustHaveKept();
  return grown;
}

/** Core and turn as the service has them, over a journal that takes bytes and drops them. */
class Service {
  readonly #kind: WholeKind;
  readonly #core: Core;
  readonly #turn: Turn;
  readonly #topics: readonly Buffer[];
  #now = FROM - 2 * UNTIL_FULL * EVERY;
  #sent = 0;
  #kept = 0;
  #bytes = 0;
  #aside = 0;

  /** @param has what each point begins with; `null`: nothing */
  constructor(kind: WholeKind, points: number, has: ((p: number) => Grown) | null) {
    this.#kind = kind;
    const clock: Clock = { now: () => this.#now, every: () => () => undefined, after: () => () => undefined };
    this.#core = new Core({
      packs: PACKS,
      ids: { alarm: () => as.alarm('A0') },
      meters: new Meters(),
      limits: { shelveAtMost: 0, shelveLevel1: true },
      autoRegister: false,
    });
    this.#core.restore(recovered(kind, points, has), this.#now);
    this.#topics = Array.from({ length: points }, (_, p) =>
      Buffer.from(`lifeline/v1/${kind.lifeline}/${codeOf(p)}/telemetry`),
    );
    this.#turn = new Turn({
      core: this.#core,
      journal: { commit: (record: TurnRecord) => this.#commit(record) } as Journal,
      clock,
      log: LOUD,
      released: () => undefined,
      failed: (why) => {
        throw why;
      },
    });
  }

  /** Every point sends once. @returns nanoseconds between packets and bytes, making up the packets not among them */
  async round(round: number, whose: (p: number) => boolean = () => true): Promise<number> {
    const at = FROM + round * EVERY;
    let nanos = 0;
    let packets: Packet[] = [];
    for (let p = 0; p < this.#topics.length; p++) {
      if (whose(p)) packets.push(this.#packet(p, round, at));
      if (packets.length < PER_TURN && p < this.#topics.length - 1) continue;
      this.#now = at + 300;
      nanos += await this.#take(packets);
      packets = [];
    }
    return nanos;
  }

  grown(): Grown {
    const memory = this.#core.points.of(as.point(codeOf(0)))?.memory;
    const quality = this.#core.quality.of(as.device(codeOf(0)));
    if (memory === undefined || quality === undefined) throw new Error('the point has not heard anything');
    return { memory: toExactJson(memory), quality: JSON.stringify(quality) };
  }

  mustHaveKept(): void {
    if (this.#aside > 0 || this.#kept !== this.#sent || this.#bytes < 30 * this.#kept)
      throw new Error(
        `${this.#kind.name}: ${this.#sent} sent, ${this.#kept} kept in ${this.#bytes} bytes, ${this.#aside} set aside or alarmed`,
      );
  }

  async #take(packets: readonly Packet[]): Promise<number> {
    const from = cpuNanos();
    for (const packet of packets) this.#turn.intake(packet, () => undefined);
    await this.#turn.settle();
    return cpuNanos() - from;
  }

  /** As a broker hands it over: strings and bytes that nobody has looked at yet. */
  #packet(p: number, round: number, at: number): Packet {
    this.#sent++;
    const text = `{"ts":${at},"values":{"${this.#kind.metric}":${valueAt(p + round)}}}`;
    return {
      topic: (this.#topics[p] as Buffer).toString('latin1'),
      payload: Buffer.from(text),
      qos: 1,
      retain: false,
      receivedAt: at + 250,
    };
  }

  #commit(record: TurnRecord): Promise<void> {
    const row = encodeTurn(record);
    this.#bytes += row.body?.length ?? 0;
    this.#kept += record.readings.length;
    this.#aside += row.quarantined.length + row.events.length;
    return Promise.resolve();
  }
}

function recovered(kind: WholeKind, points: number, has: ((p: number) => Grown) | null): Recovered {
  const register: RegisterChange[] = [];
  const memories: Recovered['memories'][number][] = [];
  for (let p = 0; p < points; p++) {
    const point = as.point(codeOf(p));
    const device = as.device(codeOf(p));
    register.push({
      kind: 'point',
      point: pointOf(point, kind.lifeline),
    });
    register.push({
      kind: 'device',
      device: {
        code: device,
        lifeline: kind.lifeline,
        point,
        vendor: null,
        serial: null,
        installedAt: null,
        unverified: false,
      },
    });
    if (has === null) continue;
    const { memory, quality } = has(p);
    register.push({
      kind: 'quality',
      quality: { ...(JSON.parse(quality) as DeviceQuality), device, point },
    });
    memories.push({ point, turn: as.turn(1), memory: fromExactJson(memory) as PointMemory });
  }
  return recoveredWith(register, memories);
}

const codeOf = (p: number): string => `bench-${p}`;
/** Far below every limit, never the same twice running. */
const valueAt = (i: number): number => 1 + (((i % 7) + 7) % 7) / 10;
const LOUD: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => {
    throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
};
