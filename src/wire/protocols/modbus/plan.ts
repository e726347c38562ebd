/** How registers become a number. Letters: the order in which the bytes of the number lie on the wire. */
export type RegisterType = 'u16' | 's16' | 'u32' | 's32' | 'f32';
export type ByteOrder = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA';

/** One number that is read from a slave. */
export type ModbusValue = {
  readonly code: string;
  readonly fn: 1 | 2 | 3 | 4;
  readonly addr: number;
  readonly type: RegisterType;
  readonly order: ByteOrder;
  readonly sentinels: readonly number[];
};

/** One question: registers (or bits) of one slave that lie side by side, and the numbers in them. */
export type ModbusAsk = {
  readonly slave: number;
  readonly fn: 1 | 2 | 3 | 4;
  readonly addr: number;
  readonly count: number;
  readonly values: readonly ModbusValue[];
};

/** Registers of one question, as the standard bounds it. */
const AT_ONCE = 125;

const sizeOf = ({ fn, type }: ModbusValue): number => (fn < 3 || type === 'u16' || type === 's16' ? 1 : 2);

/** The questions for a slave's table, as few as there can be without reading what nobody asked for. */
export function asksOf(slave: number, values: readonly ModbusValue[]): ModbusAsk[] {
  const asks: ModbusAsk[] = [];
  const sorted = [...values].sort((a, b) => a.fn - b.fn || a.addr - b.addr);
  for (const value of sorted) {
    const last = asks.at(-1);
    const end = value.addr + sizeOf(value);
    if (
      last !== undefined &&
      last.fn === value.fn &&
      value.addr <= last.addr + last.count &&
      end - last.addr <= AT_ONCE
    )
      asks[asks.length - 1] = {
        ...last,
        count: Math.max(last.count, end - last.addr),
        values: [...last.values, value],
      };
    else asks.push({ slave, fn: value.fn, addr: value.addr, count: sizeOf(value), values: [value] });
  }
  return asks;
}
