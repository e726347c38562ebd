import { connect, type Socket } from 'node:net';
import { DoorTcp, type DoorTcpOptions } from '../../../src/adapters/door-tcp/index.ts';
import type { Offence } from '../../../src/flow/ports/broker.ts';
import type { CommandNews } from '../../../src/flow/ports/down/ways.ts';
import type { DoorKey, ForeignFrame, FrameDesk } from '../../../src/flow/ports/frames/frame-desk.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { ManualClock } from '../../memory/clock.ts';
import { eventually } from '../../support/eventually.ts';

type Held = { readonly frame: ForeignFrame; readonly release: (outcome: 'kept' | 'failed') => void };

/** A door with a desk that keeps what it is told to, when it is told to. */
export class DoorRig {
  readonly taken: Held[] = [];
  readonly offences: Offence[] = [];
  readonly meters = new Meters();
  readonly clock = new ManualClock(Date.UTC(2026, 7, 1, 1, 30));
  readonly #door: DoorTcp;
  readonly #sockets: Socket[] = [];
  known: (station: string) => boolean = () => true;
  /** At once, unless told otherwise. */
  keeps: 'at-once' | 'later' = 'at-once';
  busLine: FrameDesk['busLine'] = () => null;
  port = 0;
  #told = 0;

  constructor(door: DoorKey, more: Partial<DoorTcpOptions> = {}) {
    const desk: FrameDesk = {
      station: (_door, station) => ({
        isKnown: this.known(station),
        offset: 8 * 3_600_000,
        sums: 'either',
      }),
      take: (frame, release) => {
        this.taken.push({ frame, release });
        if (this.keeps === 'at-once') queueMicrotask(() => release('kept'));
      },
      busLine: (first) => this.busLine(first),
    };
    this.#door = new DoorTcp({
      door,
      host: '127.0.0.1',
      port: 0,
      networks: [],
      desk,
      clock: this.clock,
      isClockDoubted: () => false,
      meters: this.meters,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      offended: (o) => this.offences.push(o),
      ...more,
    });
  }

  async open(): Promise<this> {
    ({ port: this.port } = await this.#door.start());
    return this;
  }

  reaches = (station: string): boolean => this.#door.reaches(station);

  /** Tells a station something. @returns what is heard of it, as it comes */
  tell(station: string, name: string, params: Record<string, unknown> = {}, within = 600_000): CommandNews[] {
    const news: CommandNews[] = [];
    const notAfter = this.clock.now() + within;
    this.#door.tell({ id: `C${++this.#told}`, station, name, params, notAfter }, (n) => news.push(n));
    return news;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#door.stop();
  }

  async dial(): Promise<Peer> {
    const socket = connect(this.port, '127.0.0.1');
    this.#sockets.push(socket);
    const peer = new Peer(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return peer;
  }
}

/** The other end of a line. */
export class Peer {
  readonly #socket: Socket;
  heard = Buffer.alloc(0);
  isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.heard = Buffer.concat([this.heard, chunk]);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  say(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Waits until so many bytes have come. */
  async hears(bytes: number): Promise<Buffer> {
    await eventually(async () => this.heard.length >= bytes);
    return this.heard;
  }

  async closed(): Promise<void> {
    await eventually(async () => this.isClosed);
  }
}
