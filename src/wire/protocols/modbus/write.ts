import { notSpoken, type Spoken } from '../told.ts';
import { askBytes, withCrc } from './framer.ts';
import type { ByteOrder, RegisterType } from './plan.ts';

/** One register, or two, that a command may write, and within which bounds. */
export type ModbusWrite = {
  /** Of the command. */
  readonly name: string;
  readonly slave: number;
  readonly fn: 6 | 16;
  readonly addr: number;
  readonly type: RegisterType;
  readonly order: ByteOrder;
  /** The value that goes over the wire is (`value` − `plus`) ÷ `times`. */
  readonly times: number;
  readonly plus: number;
  /** Of `value`. */
  readonly min: number;
  readonly max: number;
};

/** @returns the request, whose first six bytes an answer repeats */
export function writeBytes(write: ModbusWrite, params: Readonly<Record<string, unknown>>): Spoken {
  // By whatever name the command's own list has it: `opening` of a gate, `value` of a vendor's own.
  const [value, ...more] = Object.values(params);
  const { name, min, max, slave, fn, addr, type } = write;
  const isOne = more.length === 0 && typeof value === 'number' && Number.isFinite(value);
  if (!isOne || value < min || value > max) return notSpoken(`"${name}" takes one number, ${min}…${max}`);
  const raw = (value - write.plus) / write.times;
  const words = wordsOf(raw, write);
  if (words === null) return notSpoken(`${value} is no ${type} on the wire (${raw})`);
  const [first = 0] = words;
  if (fn === 6)
    return words.length === 1
      ? { is: 'bytes', bytes: askBytes({ slave, fn, addr, count: first }) }
      : notSpoken(`function 6 writes one register, ${type} has two`);
  const data = words.flatMap((w) => [w >> 8, w & 0xff]);
  const head = [slave, fn, addr >> 8, addr & 0xff, 0, words.length, data.length];
  return { is: 'bytes', bytes: withCrc(Uint8Array.of(...head, ...data)) };
}

/** Whether an answer is the echo of this request: function 6 repeats all of it, 16 address and count. */
export const isEcho = (request: Uint8Array, data: Uint8Array): boolean =>
  data.length === 4 && data.every((b, i) => b === request[2 + i]);

/** Registers, the first on the wire first; `null`: the number has no place in them. */
function wordsOf(raw: number, { type, order }: ModbusWrite): readonly number[] | null {
  const view = new DataView(new ArrayBuffer(4));
  const whole = Math.round(raw);
  const isWhole = Math.abs(raw - whole) < 1e-6;
  const swaps = order === 'BADC' || order === 'DCBA';
  const word = (w: number) => (swaps ? ((w & 0xff) << 8) | (w >> 8) : w);
  if (type === 'u16' || type === 's16') {
    const [low, high] = type === 'u16' ? [0, 0xffff] : [-0x8000, 0x7fff];
    return isWhole && whole >= low && whole <= high ? [word(whole & 0xffff)] : null;
  }
  if (type === 'f32') view.setFloat32(0, raw);
  else {
    const [low, high] = type === 'u32' ? [0, 0xffff_ffff] : [-0x8000_0000, 0x7fff_ffff];
    if (!isWhole || whole < low || whole > high) return null;
    view.setUint32(0, whole >>> 0);
  }
  const [a, b] = [word(view.getUint16(0)), word(view.getUint16(2))];
  return order === 'CDAB' || order === 'DCBA' ? [b, a] : [a, b];
}

/** Modbus application protocol V1.1b3 §7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: '不支持该功能码 illegal function',
  2: '寄存器地址不存在 illegal data address',
  3: '数值不被接受 illegal data value',
  4: '设备执行失败 device failure',
  5: '已受理，执行时间较长 acknowledge: it takes longer',
  6: '设备忙 device busy',
};
export const exceptionWords = (code: number): string =>
  `exception ${code}${EXCEPTIONS[code] === undefined ? '' : ` ${EXCEPTIONS[code]}`}`;
