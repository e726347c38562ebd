import { connect, type Socket } from 'node:net';
import { withCrc } from '../../src/wire/protocols/modbus/framer.ts';
import { modbusCrc } from '../../src/wire/protocols/sums.ts';
import type { DialledStation, Measured, Speech } from './speech.ts';

/** The one slave behind each DTU. */
const SLAVE = 1;
const HEARTBEAT = 'HB';
const HEARTBEAT_EVERY_MS = 30_000;
/** A register that commands may write: a gate, in per cent. */
const GATE = 1_000;
/** An instrument on RS-485 takes its time. */
const THINKS_MS = 20;
const BACK_MS = 500;

/**
 * A meter behind a DTU: it says who it is by its IMEI, keeps its newest values in registers (a float each, in the order of the metrics)
 * and answers when it is asked; commands may set its gate.
 */
export const modbusSpeech = (metrics: readonly string[]): Speech => ({
  station: (n) => imei(n),
  report: () => {
    throw new Error('a slave reports nothing by itself');
  },
  listener: () => () => [],
  dial: (station, at) => new BusStation(station, metrics, at),
  mapping: (devices, used) => ({
    name: 'modbus-simulated',
    protocol: 'modbus',
    station: { device: 'table', table: Object.fromEntries(devices) },
    take: used.map((metric) => ({ code: metric, metric })),
    poll: {
      everySeconds: 2,
      gapMs: 50,
      heartbeat: HEARTBEAT,
      ask: used.map((metric, i) => ({ code: metric, slave: SLAVE, addr: 2 * i, type: 'f32' })),
      write: [{ name: 'set-gate', slave: SLAVE, addr: GATE, min: 0, max: 100 }],
    },
  }),
});

/** 15 digits, the last by Luhn. */
function imei(n: number): string {
  const body = `86259205${String(n).padStart(6, '0')}`;
  const sum = [...body].reduce((s, d, i) => {
    const twice = Number(d) * (i % 2 === 0 ? 1 : 2);
    return s + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

class BusStation implements DialledStation {
  readonly #name: string;
  readonly #metrics: readonly string[];
  readonly #at: { readonly port: () => number; readonly host: string };
  readonly #registers: DataView;
  #gate = 0;
  /** What was measured and not asked for yet. */
  #unread: (() => void)[] = [];
  #socket: Socket | null = null;
  #timers: NodeJS.Timeout[] = [];
  #isClosed = false;

  constructor(
    name: string,
    metrics: readonly string[],
    at: { readonly port: () => number; readonly host: string },
  ) {
    this.#name = name;
    this.#metrics = metrics;
    this.#at = at;
    this.#registers = new DataView(new ArrayBuffer(4 * metrics.length));
    for (const i of metrics.keys()) this.#registers.setFloat32(4 * i, Number.NaN);
    this.#dial();
  }

  report({ values }: Measured): Promise<void> {
    for (const [i, metric] of this.#metrics.entries())
      if (metric in values) this.#registers.setFloat32(4 * i, values[metric] ?? Number.NaN);
    return new Promise((resolve) => this.#unread.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#socket?.destroy();
  }

  #dial(): void {
    if (this.#isClosed) return;
    const socket = connect(this.#at.port(), this.#at.host, () => socket.write(this.#name));
    this.#socket = socket;
    const beat = setInterval(() => socket.write(HEARTBEAT), HEARTBEAT_EVERY_MS);
    this.#timers.push(beat);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.#hear(chunk, socket));
    socket.on('close', () => {
      clearInterval(beat);
      if (!this.#isClosed) this.#timers.push(setTimeout(() => this.#dial(), BACK_MS));
    });
  }

  /** One question at a time, as a bus has it. */
  #hear(chunk: Uint8Array, socket: Socket): void {
    const crc = modbusCrc(chunk, 0, chunk.length - 2);
    if (chunk.length !== 8 || chunk[0] !== SLAVE || chunk[6] !== (crc & 0xff) || chunk[7] !== crc >> 8)
      return;
    const [, fn = 0, a = 0, b = 0, c = 0, d = 0] = chunk;
    const answer = this.#answer(fn, (a << 8) | b, (c << 8) | d) ?? Uint8Array.of(SLAVE, fn | 0x80, 2);
    const isRead = fn === 3 && answer[1] === 3;
    this.#timers.push(
      setTimeout(() => {
        this.#timers.shift();
        if (socket.destroyed) return;
        socket.write(withCrc(answer));
        if (isRead) for (const tell of this.#unread.splice(0)) tell();
      }, THINKS_MS),
    );
  }

  /** @returns `null`: there is no such register */
  #answer(fn: number, addr: number, value: number): Uint8Array | null {
    if (fn === 6 && addr === GATE) {
      this.#gate = value;
      return Uint8Array.of(SLAVE, 6, addr >> 8, addr & 0xff, value >> 8, value & 0xff);
    }
    if (fn !== 3) return null;
    if (addr === GATE && value === 1) return Uint8Array.of(SLAVE, 3, 2, this.#gate >> 8, this.#gate & 0xff);
    if (2 * (addr + value) > this.#registers.byteLength) return null;
    const bytes = new Uint8Array(this.#registers.buffer, 2 * addr, 2 * value);
    return Uint8Array.of(SLAVE, 3, 2 * value, ...bytes);
  }
}
