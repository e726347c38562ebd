import { gzipSync } from 'fflate';
import { zxyToTileId } from 'pmtiles';

export type Tile = { readonly z: number; readonly x: number; readonly y: number; readonly bytes: Uint8Array };

const HEADER = 127;
/** By our own hand, so that no clock and no version of zlib gets into the file. */
const packed = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 9, mtime: 0 });

/**
 * A PMTiles file, version 3 (github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), of vector tiles: small enough that
 * its directory is one, in the order of its tiles. The library of that name reads only.
 */
export function pmtilesFile(
  tiles: readonly Tile[],
  about: {
    /** West, south, east, north. */
    readonly bounds: readonly [number, number, number, number];
    readonly metadata: Readonly<Record<string, unknown>>;
  },
): Uint8Array {
  const sorted = tiles
    .map((t) => ({ ...t, id: zxyToTileId(t.z, t.x, t.y), data: packed(t.bytes) }))
    .sort((a, b) => a.id - b.id);
  const root = packed(directory(sorted));
  if (HEADER + root.length > 16_384)
    throw new Error('the directory is too long for one: leaves would be needed');
  const metadata = packed(new TextEncoder().encode(JSON.stringify(about.metadata)));
  const dataLength = sorted.reduce((n, t) => n + t.data.length, 0);
  const dataAt = HEADER + root.length + metadata.length;
  const file = new Uint8Array(dataAt + dataLength);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode('PMTiles'), 0);
  file[7] = 3;
  const long = (at: number, n: number): void => view.setBigUint64(at, BigInt(n), true);
  long(8, HEADER);
  long(16, root.length);
  long(24, HEADER + root.length);
  long(32, metadata.length);
  long(40, dataAt);
  long(48, 0);
  long(56, dataAt);
  long(64, dataLength);
  for (const at of [72, 80, 88]) long(at, sorted.length);
  // Clustered; both compressions gzip; tiles MVT.
  file.set([1, 2, 2, 1], 96);
  const zooms = sorted.map((t) => t.z);
  file.set([Math.min(...zooms), Math.max(...zooms)], 100);
  const degree = (at: number, d: number): void => view.setInt32(at, Math.round(d * 1e7), true);
  const [west, south, east, north] = about.bounds;
  [west, south, east, north].forEach((d, i) => {
    degree(102 + 4 * i, d);
  });
  file[118] = 12;
  degree(119, (west + east) / 2);
  degree(123, (south + north) / 2);
  file.set(root, HEADER);
  file.set(metadata, HEADER + root.length);
  let at = dataAt;
  for (const t of sorted) {
    file.set(t.data, at);
    at += t.data.length;
  }
  return file;
}

function directory(tiles: readonly { readonly id: number; readonly data: Uint8Array }[]): Uint8Array {
  const out: number[] = [];
  const varint = (n: number): void => {
    let rest = n;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
    out.push(rest);
  };
  varint(tiles.length);
  tiles.forEach((t, i) => {
    varint(t.id - (tiles[i - 1]?.id ?? 0));
  });
  for (const _ of tiles) varint(1);
  for (const t of tiles) varint(t.data.length);
  // One after the other: only of the first is said where it begins, plus one.
  tiles.forEach((_, i) => {
    varint(i === 0 ? 1 : 0);
  });
  return Uint8Array.from(out);
}
