import { createServer, type Server, type Socket } from 'node:net';
import { seconds } from '../../domain/time.ts';
import type { Address, Offence } from '../../flow/ports/broker.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { CommandNews } from '../../flow/ports/down/ways.ts';
import type { DoorKey, FrameDesk } from '../../flow/ports/frames/frame-desk.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import type { Unseal } from '../../wire/protocols/hj212/dialogue.ts';
import type { TotalsMemory } from '../../wire/protocols/sl651/totals.ts';
import type { StationCommand } from '../../wire/protocols/told.ts';
import { CannotListen, type Listens } from '../shared/cannot-listen.ts';
import { addressBlock, addressesIn, isLoopback } from '../shared/peer-address.ts';
import { TokenBuckets } from '../shared/token-bucket.ts';
import { unitOf } from './gb-talk.ts';
import { DOOR_LIMITS, type DoorLimits } from './limits.ts';
import { DoorLine, type LineParts } from './line.ts';
import { talkOf } from './talks.ts';

export type DoorTcpOptions = {
  readonly door: DoorKey;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Whence stations may come; empty: from everywhere. */
  readonly networks: readonly string[];
  readonly desk: FrameDesk;
  readonly clock: Clock;
  readonly isClockDoubted: () => boolean;
  readonly meters: Meters;
  readonly log: Log;
  readonly offended: (o: Offence) => void;
  readonly unsealOf?: (station: string) => Unseal | null;
  readonly limits?: Partial<DoorLimits>;
};

/** Addresses without a connection that are remembered. */
const REMEMBERED = 10_000;
/** How long answers still held may take when the door closes. */
const LAST_WORDS = 800;
const SWEEP = seconds(5);
const TCP_KEEP_ALIVE = 60_000;
const LISTENS: Readonly<Record<DoorKey, Listens>> = {
  sl651: 'DOOR_SL651',
  hj212: 'DOOR_HJ212',
  gb26875: 'DOOR_GB26875',
  modbus: 'DOOR_MODBUS',
  szy206: 'DOOR_SZY206',
};

/**
 * A listener for the devices of one standard. Who a line is stands inside its frames, and no password worth the name
 * protects it: a station is bound to the register and to networks, and its line is taken over only by a good frame, which
 * is traced.
 */
export class DoorTcp {
  readonly #o: DoorTcpOptions;
  readonly #limits: DoorLimits;
  readonly #server: Server;
  readonly #lines = new Set<DoorLine>();
  readonly #lineOf = new Map<string, DoorLine>();
  readonly #perAddress = new TokenBuckets(REMEMBERED);
  readonly #unknown = new TokenBuckets(REMEMBERED);
  readonly #held = { bytes: 0 };
  readonly #waiting = new Set<DoorLine>();
  readonly #totals: TotalsMemory = new Map();
  readonly #isAllowed: (address: string) => boolean;
  readonly #parts: LineParts;
  #endSweep: (() => void) | null = null;

  constructor(options: DoorTcpOptions) {
    this.#o = options;
    const { door, desk, clock, meters, networks, isClockDoubted } = options;
    this.#limits = { ...DOOR_LIMITS, ...options.limits };
    const within = addressesIn(networks);
    this.#isAllowed = (address) => networks.length === 0 || within(address);
    this.#parts = {
      door,
      limits: this.#limits,
      desk,
      clock,
      meters,
      isClockDoubted,
      held: this.#held,
      speaksFor: (line, station) => this.#speaksFor(line, station),
      takesUnknown: (line) => this.#takesUnknown(line),
      cutOff: (line, code, why) => this.#cutOff(line, code, why),
      waiting: this.#waiting,
      released: () => this.#released(),
    };
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE },
      (socket) => this.#arrive(socket),
    );
    this.#server.maxConnections = this.#limits.connections;
    this.#server.on('drop', (peer) =>
      this.#refused(
        peer?.remoteAddress ?? 'unknown',
        'full',
        `all ${this.#limits.connections} lines are in use`,
      ),
    );
  }

  async start(): Promise<Address> {
    const { host, port, door, log, clock } = this.#o;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(port, host, () => {
          this.#server.off('error', reject);
          this.#server.on('error', (e) => log.warn('a door has an error', { door, error: String(e) }));
          resolve();
        });
      });
    } catch (cause) {
      throw new CannotListen(LISTENS[door], { host, port }, cause);
    }
    this.#endSweep = clock.every(SWEEP, () => this.#sweep());
    const at = this.#server.address() as { address: string; port: number };
    return { host: at.address, port: at.port };
  }

  /** Whether the station has a line on which it can be told something now. */
  reaches(station: string): boolean {
    const speaker = this.#speakerOf(station);
    return this.#lineOf.get(speaker)?.isFree(speaker) === true;
  }

  tell(command: StationCommand, tell: (news: CommandNews) => void): void {
    const station = this.#speakerOf(command.station);
    const line = this.#lineOf.get(station);
    if (line === undefined) tell({ is: 'gone' });
    else line.tell({ ...command, station }, tell);
  }

  /** A part has no line: its unit speaks for it. */
  #speakerOf(station: string): string {
    return this.#o.door === 'gb26875' ? unitOf(station) : station;
  }

  stopAccepting(): void {
    this.#server.close();
    for (const line of this.#lines) line.socket.pause();
  }

  /** What is held is still answered, within a moment. */
  async stop(): Promise<void> {
    this.stopAccepting();
    this.#endSweep?.();
    this.#endSweep = null;
    const until = performance.now() + LAST_WORDS;
    while (this.#held.bytes > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const gone = [...this.#lines].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const { socket } of this.#lines) socket.destroySoon();
    const late = setTimeout(() => {
      for (const { socket } of this.#lines) socket.destroy();
    }, LAST_WORDS);
    await Promise.all(gone);
    clearTimeout(late);
  }

  #arrive(socket: Socket): void {
    const { door, meters, desk, unsealOf } = this.#o;
    socket.on('error', ignore);
    const address = socket.remoteAddress ?? 'unknown';
    const why = this.#isAllowed(address) ? this.#enter(address) : 'network';
    if (why !== null) {
      this.#refused(address, why, REFUSED[why]);
      socket.destroy();
      return;
    }
    const talk = talkOf(door, { desk, unsealOf: unsealOf ?? (() => null), totals: this.#totals });
    const line = new DoorLine(socket, address, talk, this.#parts);
    this.#lines.add(line);
    meters.set(`door_lines{door="${door}"}`, this.#lines.size);
    socket.once('close', () => {
      this.#lines.delete(line);
      meters.set(`door_lines{door="${door}"}`, this.#lines.size);
      for (const station of line.stations)
        if (this.#lineOf.get(station) === line) this.#lineOf.delete(station);
      if (!this.#isExempt(address)) this.#perAddress.release(addressBlock(address), performance.now());
    });
  }

  #enter(address: string): 'address-rate' | 'address-full' | null {
    if (this.#isExempt(address)) return null;
    const { newPerSecondPerAddress, newAtOncePerAddress, connectionsPerAddress } = this.#limits;
    const rate = { perSecond: newPerSecondPerAddress, atOnce: newAtOncePerAddress };
    const [block, now] = [addressBlock(address), performance.now()];
    const bucket = this.#perAddress.of(block, rate, now);
    if (!bucket.take(now)) return 'address-rate';
    if (bucket.holders >= connectionsPerAddress) return 'address-full';
    this.#perAddress.hold(block, rate, now);
    return null;
  }

  #isExempt(address: string): boolean {
    return this.#limits.loopbackExempt && isLoopback(address);
  }

  /** The newest line of a station is its line: a modem that has lost the old one comes back before we notice. */
  #speaksFor(line: DoorLine, station: string): string | null {
    const holder = this.#lineOf.get(station);
    if (holder === line) return null;
    if (!line.stations.has(station) && line.stations.size >= this.#limits.stationsPerLine) {
      const why = `it speaks for more than ${this.#limits.stationsPerLine} stations`;
      this.#cutOff(line, 'too-many-stations', why);
      return why;
    }
    line.stations.add(station);
    this.#lineOf.set(station, line);
    if (holder === undefined) return null;
    holder.stations.delete(station);
    const { door, meters, offended } = this.#o;
    const why = `the line of station ${station} at ${holder.address} was replaced by one from ${line.address}, which spoke a good frame`;
    meters.count(`door_taken_over_total{door="${door}"}`);
    offended({ by: `station ${station}`, address: line.address, code: 'line-taken-over', why });
    if (holder.stations.size === 0) holder.socket.destroy();
    return null;
  }

  #takesUnknown(line: DoorLine): boolean {
    const { unknownPerSecond, unknownAtOnce } = this.#limits;
    const now = performance.now();
    const bucket = this.#unknown.of(
      addressBlock(line.address),
      { perSecond: unknownPerSecond, atOnce: unknownAtOnce },
      now,
    );
    const { door, meters, offended } = this.#o;
    const [station = ''] = line.stations;
    offended({
      by: `station ${station}`,
      address: line.address,
      code: 'unknown-station',
      why: `station ${station} is known to no mapping of the door ${door}, or its device stands not in the register`,
    });
    if (bucket.take(now)) return true;
    meters.count(`door_unknown_dropped_total{door="${door}"}`);
    return false;
  }

  #released(): void {
    if (this.#held.bytes > this.#limits.heldBytes) return;
    for (const line of [...this.#waiting]) line.resume();
  }

  #sweep(): void {
    const { clock } = this.#o;
    const now = clock.now();
    for (const line of this.#lines) {
      if (line.socket.destroyed) continue;
      if (!line.hasSpoken && now - line.since > this.#limits.frameWithin)
        this.#cutOff(line, 'late', `no good frame came within ${this.#limits.frameWithin / 1_000} s`);
      else if (now - line.lastHeardAt > this.#limits.idle && line.heldFrames === 0)
        this.#cutOff(line, 'idle', `it has said nothing for ${this.#limits.idle / 60_000} min`);
    }
  }

  #cutOff(line: DoorLine, code: string, why: string): void {
    const { door, meters, offended } = this.#o;
    const [station] = line.stations;
    meters.count(`door_cut_off_total{door="${door}",why="${code}"}`);
    if (code !== 'idle' && code !== 'not-kept')
      offended({ by: station === undefined ? null : `station ${station}`, address: line.address, code, why });
    line.socket.destroy();
  }

  #refused(address: string, code: string, why: string): void {
    const { door, meters, offended } = this.#o;
    meters.count(`door_lines_refused_total{door="${door}",why="${code}"}`);
    offended({ by: null, address, code, why });
  }
}

const REFUSED = {
  network: 'it is of no network from which stations of this door may come',
  'address-rate': 'it opens lines too fast',
  'address-full': 'it has too many lines open',
} as const;

function ignore(): void {}
