import { NotDone } from '../command.ts';
import { said } from '../terminal-text.ts';

export type TarEntry = {
  readonly name: string;
  readonly size: number;
  readonly is: 'file' | 'folder' | 'other';
};

const BLOCK = 512;
/** A name, or what is said of a file beside it. */
const ASIDE_AT_MOST = 64 * 1024;

/** What of an entry's content is wanted; nothing else of it is kept in memory. */
type Wants = ((content: Buffer) => void) | null;

/**
 * Reads the heads of a tar archive (POSIX ustar and pax, GNU), piece by piece, and passes over what is in it.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html "ustar Interchange Format", "pax Header Block"
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export class TarHeads {
  readonly #met: (entry: TarEntry) => Wants;
  /** Bytes of a head, or of a content that is wanted, that have come so far. */
  #pieces: Buffer[] = [];
  #have = 0;
  #need = BLOCK;
  #skip = 0;
  #content: { readonly size: number; readonly take: (content: Buffer) => void } | null = null;
  /** Said by an entry before the one that it is of. */
  #aside: { name?: string; size?: number } = {};
  #emptyBlocks = 0;

  /** @param met is told of each entry, and may ask for its content; throws to refuse it */
  constructor(met: (entry: TarEntry) => Wants) {
    this.#met = met;
  }

  /** Two empty blocks: here an archive ends, whatever follows. */
  get ended(): boolean {
    return this.#emptyBlocks >= 2;
  }

  /** @returns whether the archive has come to its end */
  take(piece: Buffer): boolean {
    let rest = piece;
    while (rest.length > 0 && !this.ended) {
      if (this.#skip > 0) {
        const n = Math.min(this.#skip, rest.length);
        this.#skip -= n;
        rest = rest.subarray(n);
        continue;
      }
      const n = Math.min(this.#need - this.#have, rest.length);
      this.#pieces.push(rest.subarray(0, n));
      this.#have += n;
      rest = rest.subarray(n);
      if (this.#have === this.#need) this.#whole(Buffer.concat(this.#pieces));
    }
    return this.ended;
  }

  #whole(bytes: Buffer): void {
    this.#pieces = [];
    this.#have = 0;
    this.#need = BLOCK;
    const content = this.#content;
    this.#content = null;
    if (content !== null) content.take(bytes.subarray(0, content.size));
    else if (bytes.every((b) => b === 0)) this.#emptyBlocks += 1;
    else this.#head(bytes);
  }

  #head(head: Buffer): void {
    this.#emptyBlocks = 0;
    checkSum(head);
    const size = numberIn(head, 124, 12);
    const type = String.fromCharCode(head[156] ?? 0);
    if (type === 'x' || type === 'L') {
      if (size > ASIDE_AT_MOST) throw damaged();
      this.#want(size, (text) => {
        if (type === 'L') this.#aside.name = textIn(text, 0, text.length);
        else this.#aside = { ...this.#aside, ...paxOf(text) };
      });
      return;
    }
    const { name = nameIn(head), size: trueSize = size } = this.#aside;
    if (type === 'g') {
      this.#pass(size);
      return;
    }
    this.#aside = {};
    const is = type === '0' || type === '\0' ? 'file' : type === '5' ? 'folder' : 'other';
    const wants = this.#met({ name, size: trueSize, is });
    if (wants === null) this.#pass(trueSize);
    else this.#want(trueSize, wants);
  }

  #want(size: number, take: (content: Buffer) => void): void {
    if (size === 0) {
      take(Buffer.alloc(0));
      return;
    }
    this.#content = { size, take };
    this.#need = padded(size);
  }

  #pass(size: number): void {
    this.#skip = padded(size);
  }
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;
const damaged = (): NotDone => new NotDone('the archive is damaged or was cut short');

function textIn(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** ustar splits a long name in two; GNU has other things at that place. */
function nameIn(head: Buffer): string {
  const name = textIn(head, 0, 100);
  const prefix = head.toString('latin1', 257, 263) === 'ustar\0' ? textIn(head, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits; GNU has what is too large for them in binary, marked by the first bit. */
function numberIn(head: Buffer, from: number, length: number): number {
  const first = head[from] ?? 0;
  const n =
    first === 0x80
      ? Number(BigInt(`0x${head.toString('hex', from + 1, from + length)}`))
      : Number.parseInt(textIn(head, from, length).trim() || '0', 8);
  if (!Number.isSafeInteger(n) || n < 0) throw damaged();
  return n;
}

/** The sum of all bytes, its own place counted as blanks. */
function checkSum(head: Buffer): void {
  const told = numberIn(head, 148, 8);
  const sum = head.reduce((n, b, i) => n + (i >= 148 && i < 156 ? 0x20 : b), 0);
  if (sum !== told) throw damaged();
}

/** Lines of `length key=value`. */
function paxOf(text: Buffer): { name?: string; size?: number } {
  const found: { name?: string; size?: number } = {};
  for (let at = 0; at < text.length; ) {
    const blank = text.indexOf(0x20, at);
    const length = Number(text.toString('latin1', at, blank));
    if (blank < 0 || !Number.isInteger(length) || length <= 0 || at + length > text.length) throw damaged();
    const [key = '', ...value] = text.toString('utf8', blank + 1, at + length - 1).split('=');
    if (key === 'path') found.name = value.join('=');
    if (key === 'size') found.size = Number(value.join('='));
    // Other sizes than the head's would be told apart by some programs and not by others.
    if (key.startsWith('GNU.sparse')) throw new NotDone(`the archive holds a sparse file (${said(key)})`);
    at += length;
  }
  if (found.size !== undefined && (!Number.isSafeInteger(found.size) || found.size < 0)) throw damaged();
  return found;
}
