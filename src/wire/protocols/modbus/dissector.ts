import type { DissectedItem } from '../../mapping/frames.ts';
import type { ByteOrder, ModbusAsk, ModbusValue } from './plan.ts';

/** The numbers in the answer to a question; a slave is their channel. */
export function dissectModbus(ask: ModbusAsk, data: Uint8Array): DissectedItem[] {
  return ask.values.map((value) => {
    const raw =
      ask.fn < 3 ? bitAt(data, value.addr - ask.addr) : numberAt(data, 2 * (value.addr - ask.addr), value);
    const valid = raw !== null && Number.isFinite(raw) && !value.sentinels.includes(raw);
    return { code: value.code, channel: ask.slave, raw: valid ? raw : null, valid, flag: null };
  });
}

const bitAt = (data: Uint8Array, n: number): number | null => {
  const byte = data[n >> 3];
  return byte === undefined ? null : (byte >> (n & 7)) & 1;
};

/** Where byte A, B, C and D of the number lie. */
const PLACES: Readonly<Record<ByteOrder, readonly [number, number, number, number]>> = {
  ABCD: [0, 1, 2, 3],
  CDAB: [2, 3, 0, 1],
  BADC: [1, 0, 3, 2],
  DCBA: [3, 2, 1, 0],
};

function numberAt(data: Uint8Array, at: number, { type, order }: ModbusValue): number | null {
  const isShort = type === 'u16' || type === 's16';
  if (at < 0 || at + (isShort ? 2 : 4) > data.length) return null;
  const view = new DataView(new ArrayBuffer(4));
  if (isShort) {
    const swapped = order === 'BADC' || order === 'DCBA';
    view.setUint8(0, data[at + (swapped ? 1 : 0)] as number);
    view.setUint8(1, data[at + (swapped ? 0 : 1)] as number);
    return type === 'u16' ? view.getUint16(0) : view.getInt16(0);
  }
  PLACES[order].forEach((from, to) => {
    view.setUint8(to, data[at + from] as number);
  });
  if (type === 'f32') return Number(view.getFloat32(0).toPrecision(7));
  return type === 'u32' ? view.getUint32(0) : view.getInt32(0);
}
