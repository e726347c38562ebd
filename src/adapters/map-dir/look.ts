import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesToHeader } from 'pmtiles';
import type { MapFile, MapFileFlaw } from '../../domain/map.ts';

/** What PMTiles calls its parts, as numbers in its header. */
const NONE = 1;
const GZIP = 2;
const MVT = 1;
const PICTURES = [2, 3, 4];
const HEADER = 127;

/** A name that can stand in an address, and is in this folder and no other. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,99}$/u;
export const isMapName = (name: string): boolean => NAME.test(name) && /\.(pmtiles|mbtiles)$/.test(name);

/** What lies in a folder of maps, by name; none where there is no such folder. */
export async function mapsIn(folder: string): Promise<readonly MapFile[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  const found: MapFile[] = [];
  for (const name of names.filter(isMapName).sort()) found.push(await lookAt(folder, name));
  return found;
}

/** What a file says of itself in its first bytes, and whether all that it says is there. */
export async function lookAt(folder: string, name: string): Promise<MapFile> {
  const path = join(folder, name);
  let head: Uint8Array;
  let bytes = 0;
  try {
    const about = await stat(path);
    if (!about.isFile()) return { name, bytes, flaw: 'map-not-pmtiles' };
    bytes = about.size;
    head = await firstBytes(path, HEADER);
  } catch {
    return { name, bytes, flaw: 'map-unreadable' };
  }
  return { name, bytes, ...read(head, bytes) };
}

async function firstBytes(path: string, n: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(n);
    const { bytesRead } = await file.read(head, 0, n, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

type Read = Extract<MapFile, { flaw: null }> extends infer F ? Omit<F, 'name' | 'bytes'> : never;

function read(head: Uint8Array, size: number): Read | { readonly flaw: MapFileFlaw } {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
  if (text.startsWith('SQLite format 3')) return { flaw: 'map-is-mbtiles' };
  if (text.startsWith('PM') && !text.startsWith('PMTiles')) return { flaw: 'map-old-version' };
  if (!text.startsWith('PMTiles')) return { flaw: 'map-not-pmtiles' };
  if (head[7] !== 3) return { flaw: 'map-old-version' };
  if (head.length < HEADER) return { flaw: 'map-cut-short' };
  const h = bytesToHeader(Uint8Array.from(head).buffer, undefined);
  const end = Math.max(
    h.rootDirectoryOffset + h.rootDirectoryLength,
    h.jsonMetadataOffset + h.jsonMetadataLength,
    h.leafDirectoryOffset + (h.leafDirectoryLength ?? 0),
    h.tileDataOffset + (h.tileDataLength ?? 0),
  );
  if (end > size) return { flaw: 'map-cut-short' };
  if ([h.internalCompression, h.tileCompression].some((c) => c !== NONE && c !== GZIP))
    return { flaw: 'map-compression' };
  if (h.tileType !== MVT && !PICTURES.includes(h.tileType)) return { flaw: 'map-tile-type' };
  if (h.numAddressedTiles === 0 && h.tileDataLength === 0) return { flaw: 'map-empty' };
  if (!(h.minLon < h.maxLon && h.minLat < h.maxLat) || Math.abs(h.maxLon) > 180 || Math.abs(h.maxLat) > 90)
    return { flaw: 'map-bad-bounds' };
  return {
    flaw: null,
    tiles: h.tileType === MVT ? 'vector' : 'raster',
    minZoom: h.minZoom,
    maxZoom: h.maxZoom,
    bounds: [h.minLon, h.minLat, h.maxLon, h.maxLat],
  };
}
