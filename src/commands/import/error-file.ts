import { closeSync, existsSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { BOM, csvLine } from '../../wire/files/csv.ts';
import { WrongUse } from '../command.ts';

const HEADER = BOM + csvLine(['行号 row', '原因 reason', '原行 the row']);

/** One line for each bad row. It is made with the first of them; an import that goes on goes on with it. */
export class ErrorFile {
  readonly path: string;
  #fd: number | null = null;
  #bytes: number;

  /** @param bytes that belong to rows before the checkpoint; what a killed run wrote beyond is written again */
  constructor(path: string, bytes: number) {
    this.path = path;
    // A person may have taken it away meanwhile.
    this.#bytes = existsSync(path) ? Math.min(bytes, statSync(path).size) : 0;
    try {
      if (this.#bytes === 0) rmSync(path, { force: true });
      else {
        this.#fd = openSync(path, 'a');
        ftruncateSync(this.#fd, this.#bytes);
      }
    } catch (cause) {
      throw new WrongUse(
        `${path} cannot be written: ${(cause as Error).message}; --errors names another place`,
        cause,
      );
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(line: number, reason: string, row: string): void {
    if (this.#fd === null) {
      this.#fd = openSync(this.path, 'wx');
      this.#bytes += writeSync(this.#fd, HEADER);
    }
    this.#bytes += writeSync(this.#fd, csvLine([line, reason, row]));
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
