import { connect, type Socket } from 'node:net';
import { fromHex } from '../../src/wire/protocols/bytes.ts';
import { e5Crc } from '../../src/wire/protocols/sums.ts';
import type { DialledStation, Measured, Speech } from './speech.ts';

const BEIJING = 8 * 3_600_000;
const DISTRICT = '530381';
const REPORT = 0xc0;
/** Upward, and flow in the low nibble. */
const CONTROL = 0xb3;
/** The one quantity of ours that its read part has. */
export const SZY206_METRIC = 'flow';
/** As of the frame that is public; what it says was not read. */
const LAST = 0x0a;
const BACK_MS = 1_000;
const SECONDS_IN_HOUR = 3_600;

/** Digits in BCD, low byte first. */
const bcdLow = (n: number, bytes: number): number[] =>
  [
    ...(fromHex(
      String(Math.max(0, Math.round(n)))
        .padStart(2 * bytes, '0')
        .slice(-2 * bytes),
    ) ?? []),
  ].reverse();

type Report = {
  readonly flow: number;
  /** What has flowed since the meter was put in, whole. */
  readonly total: number;
  readonly at: number;
  /** Alarms and states of its maker, four bytes. */
  readonly state?: readonly number[];
};

/** Spontaneous report of flow (C0). */
export function szy206Bytes(station: string, { flow, total, at, state = [0, 0, 0, 0] }: Report): Uint8Array {
  const [district = '', number = ''] = station.split('-');
  const wall = new Date(at + BEIJING).toISOString();
  const [day, hour, minute, second] = [
    wall.slice(8, 10),
    wall.slice(11, 13),
    wall.slice(14, 16),
    wall.slice(17, 19),
  ];
  const body = Uint8Array.from([
    CONTROL,
    ...(fromHex(district + number) ?? []),
    REPORT,
    ...bcdLow(flow * 1_000, 5),
    ...bcdLow(total, 5),
    ...state,
    ...(fromHex(`${second}${minute}${hour}${day}`) ?? []),
    LAST,
  ]);
  return Uint8Array.from([0x68, body.length, 0x68, ...body, e5Crc(body), 0x16]);
}

/** Water meters that report of their own accord and are not answered: best effort, as their standard has it. */
export function szy206Speech(_metrics: readonly string[]): Speech {
  return {
    station: (n) => `${DISTRICT}-${n.toString(16).toUpperCase().padStart(4, '0')}`,
    report: (station, _n, { at, values }) => ({
      bytes: szy206Bytes(station, { flow: values[SZY206_METRIC] ?? 0, total: 0, at }),
      key: station,
    }),
    listener: () => () => [],
    dial: (station, at) => new Meter(station, at),
    mapping: (devices, used) => ({
      name: 'szy206-simulated',
      protocol: 'szy206',
      station: { device: 'table', table: Object.fromEntries(devices) },
      take: [
        { code: 'flow', metric: used.includes(SZY206_METRIC) ? SZY206_METRIC : null },
        { code: 'total', metric: null },
        { code: 'state', metric: null },
      ],
    }),
  };
}

/** Calls the centre, and says what it measures; what it could not say is gone. */
class Meter implements DialledStation {
  readonly #name: string;
  readonly #at: { readonly port: () => number; readonly host: string };
  #socket: Socket | null = null;
  #back: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Cubic metres, where flow is in cubic metres an hour. */
  #total = 0;
  #before: { readonly at: number; readonly flow: number } | null = null;

  constructor(name: string, at: { readonly port: () => number; readonly host: string }) {
    this.#name = name;
    this.#at = at;
    this.#dial();
  }

  report({ at, values }: Measured): Promise<void> {
    const flow = values[SZY206_METRIC];
    if (flow === undefined || flow === null) return Promise.resolve();
    if (this.#before !== null)
      this.#total += (this.#before.flow * (at - this.#before.at)) / 1_000 / SECONDS_IN_HOUR;
    this.#before = { at, flow };
    const bytes = szy206Bytes(this.#name, { flow, total: this.#total, at });
    return new Promise((resolve) => {
      if (this.#socket === null) resolve();
      else this.#socket.write(bytes, () => resolve());
    });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#back !== null) clearTimeout(this.#back);
    // What it has said still leaves.
    this.#socket?.end();
  }

  #dial(): void {
    if (this.#isClosed) return;
    const socket = connect(this.#at.port(), this.#at.host);
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#socket = null;
      if (!this.#isClosed) this.#back = setTimeout(() => this.#dial(), BACK_MS);
    });
  }
}
