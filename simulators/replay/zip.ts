import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
/** Far more than any recording here; a file that unpacks to more is not one. */
const LARGEST = 256 * 1024 * 1024;

export const isZip = (bytes: Buffer): boolean => bytes.length > 4 && bytes.readUInt32LE(0) === 0x04034b50;

/** Files of a plain zip archive (APPNOTE 6.3: no zip64, no encryption), read through its directory. */
export function unzip(bytes: Buffer): { readonly name: string; readonly content: Buffer }[] {
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error('a zip archive without its directory: the file is cut short');
  const files: { name: string; content: Buffer }[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error('a zip archive with a broken directory');
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    // The local header repeats the name and has an extra field of its own length.
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const body = bytes.subarray(from, from + packed);
    if (method !== STORED && method !== DEFLATED) throw new Error(`${name}: packed by method ${method}`);
    files.push({
      name,
      content: method === STORED ? body : inflateRawSync(body, { maxOutputLength: LARGEST }),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}
