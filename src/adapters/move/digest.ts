import { hash } from 'node:crypto';
import type { MovedRow } from './table.ts';

const MODULO = 1n << 256n;

/** What a table holds, whatever the order in which its rows are read: their number, and the sum of their SHA-256. */
export class TableDigest {
  rows = 0;
  #sum = 0n;

  add(row: MovedRow): void {
    this.rows += 1;
    const text = JSON.stringify(row.map((v) => (v instanceof Uint8Array ? { bytes: hexOf(v) } : v)));
    this.#sum = (this.#sum + BigInt(`0x${hash('sha256', text, 'hex')}`)) % MODULO;
  }

  /** 64 hexadecimal digits. */
  get digest(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
