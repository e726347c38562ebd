const MODBUS = (() => {
  const table = new Uint16Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
    table[n] = crc;
  }
  return table;
})();

/** CRC-16 as Modbus and SL 651 have it. */
export function modbusCrc(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0xffff;
  for (let i = from; i < to; i++) crc = (crc >> 8) ^ (MODBUS[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return crc;
}

/** The sum of HJ 212: the low byte is shifted out before each step, so that it can take 256 values only. */
export function hjCrc(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0xffff;
  // What is left after the shift has eight bits: the same table as Modbus's, by another index.
  for (let i = from; i < to; i++) crc = MODBUS[(crc >> 8) ^ (bytes[i] as number)] as number;
  return crc;
}

/** CRC-8 of SZY 206: polynomial E5, start 0. */
export function e5Crc(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc ^= bytes[i] as number;
    for (let k = 0; k < 8; k++) crc = crc & 0x80 ? ((crc << 1) ^ 0xe5) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
}

/** Low eight bits of the sum, as GB/T 26875.3 has it. */
export function byteSum(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = (sum + (bytes[i] as number)) & 0xff;
  return sum;
}
