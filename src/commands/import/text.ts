import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { NotDone, WrongUse } from '../command.ts';

/** One line of the file; the first is 1. */
export type Line = {
  readonly number: number;
  /** Of a line that is too long only its beginning: it costs its row, and no memory. */
  readonly text: string;
  readonly tooLong?: true;
};

const LOOKED_AT = 64 * 1024;
const LINE_AT_MOST = 1_000_000;
/** Lines handed on at a time: enough to be quick, few enough that progress moves. */
const AT_A_TIME = 1_000;
const CHARACTERS_AT_A_TIME = 4_000_000;
const KEPT_OF_TOO_LONG = 100;

export type TextFile = {
  readonly gzip: boolean;
  readonly encoding: string;
  /** The beginning of the text, for telling what kind it is. */
  readonly head: string;
};

/** Looks at the beginning of a file: compressed or not, and in which encoding. */
export async function lookAt(path: string, encoding: string | undefined): Promise<TextFile> {
  const raw = await headOf(path);
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const bytes = gzip ? unzipped(raw, path) : raw;
  const named = encoding ?? byMark(bytes);
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(named, { fatal: true });
  } catch (cause) {
    throw new WrongUse(`--encoding ${named} is not known; utf-8, gb18030 or utf-16le would be right`, cause);
  }
  let head: string;
  try {
    head = decoder.decode(bytes, { stream: true });
  } catch {
    throw new NotDone(notText(path, bytes, named));
  }
  if (bytes.length >= LOOKED_AT && !head.trimStart().includes('\n'))
    throw new NotDone(`the first line of ${path} is longer than 64 KiB: this is no table of readings`);
  return { gzip, encoding: named, head };
}

function notText(path: string, bytes: Uint8Array, encoding: string): string {
  if (encoding !== 'utf-8')
    return `${path} is not ${encoding}: its bytes make no text; another --encoding would be right`;
  let hint = 'save it as "CSV UTF-8", or name its --encoding';
  try {
    const text = new TextDecoder('gb18030', { fatal: true }).decode(bytes, { stream: true });
    if (/\p{Script=Han}/u.test(text))
      hint = `it reads well as GBK/GB18030 (“${text.slice(0, 20).replaceAll(/\s+/g, ' ')}”): add --encoding gb18030`;
  } catch {
    // Not that either.
  }
  return `${path} 不是 UTF-8 编码 is not UTF-8: ${hint}`;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause) => {
    throw new WrongUse(`${path} cannot be opened: ${(cause as Error).message}`, cause);
  });
  try {
    if (!(await file.stat()).isFile()) throw new WrongUse(`${path} is no file`);
    const buffer = new Uint8Array(LOOKED_AT);
    const { bytesRead } = await file.read(buffer, 0, LOOKED_AT, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function unzipped(raw: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(raw, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, LOOKED_AT);
  } catch (cause) {
    throw new NotDone(`${path} is compressed, and damaged: ${(cause as Error).message}`, cause);
  }
}

function byMark(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return 'utf-8';
}

/**
 * The lines of a file, some at a time; blank ones are left out. A byte that is no text becomes U+FFFD, so that it
 * costs its row and no other; so does a line beyond all measure, which may be gigabytes long when it is unpacked.
 *
 * @param read told of the bytes of the file as they are read
 */
export async function* linesOf(
  path: string,
  { gzip, encoding }: TextFile,
  read: (bytes: number) => void,
): AsyncGenerator<readonly Line[]> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  file.on('data', (piece) => read(piece.length));
  const bytes = gzip ? pipeline(file, createGunzip(), () => undefined) : file;
  const decoder = new TextDecoder(encoding);
  let number = 0;
  let rest = '';
  let lines: Line[] = [];
  let characters = 0;
  let tooLong: string | null = null;
  const add = (text: string) => {
    number++;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (tooLong !== null) lines.push({ number, text: tooLong, tooLong: true });
    else if (line.trim() !== '') lines.push({ number, text: line });
    characters += line.length;
    tooLong = null;
  };
  try {
    for await (const piece of bytes) {
      const parts = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        add(part);
        if (lines.length >= AT_A_TIME || characters >= CHARACTERS_AT_A_TIME) {
          yield lines;
          lines = [];
          characters = 0;
        }
      }
      if (rest.length > LINE_AT_MOST) tooLong ??= `${rest.slice(0, KEPT_OF_TOO_LONG)}…`;
      if (tooLong !== null) rest = '';
    }
  } catch (cause) {
    throw new NotDone(
      `${path} cannot be read beyond line ${number}: ${(cause as Error).message}; what was before it is stored, and the same command goes on from there when the file is whole`,
      cause,
    );
  }
  rest += decoder.decode();
  if (rest !== '' || tooLong !== null) add(rest);
  if (lines.length > 0) yield lines;
}
