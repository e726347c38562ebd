import { type UnzipFileInfo, unzipSync } from 'fflate';
import { parseDbf, parseShp } from 'shpjs';
import { BadDrawing, type RawDrawing, type RawFeature, type RawGeometry, textOfDrawing } from './raw.ts';

/** Unpacked, together: a small file can hold a very large one. */
const BYTES_AT_MOST = 256 * 1_024 * 1_024;
const PARTS = /\.(shp|dbf|prj|cpg)$/i;

/** A zip with the parts of one shapefile, or of several, one after the other. */
export function readShapefile(zip: Uint8Array): RawDrawing {
  let bytes = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip, {
      filter: ({ name, originalSize }: UnzipFileInfo) => {
        if (!PARTS.test(name) || /(^|\/)(__MACOSX|\.)/.test(name)) return false;
        bytes += originalSize;
        if (bytes > BYTES_AT_MOST) throw TOO_LARGE;
        return true;
      },
    });
  } catch (cause) {
    if (cause === TOO_LARGE) throw cause;
    throw new BadDrawing(
      'drawing-bad-zip',
      `压缩包损坏：${String(cause)}`,
      `The zip is broken: ${String(cause)}`,
    );
  }
  const names = Object.keys(files).filter((name) => /\.shp$/i.test(name));
  if (names.length === 0)
    throw new BadDrawing(
      'drawing-no-shp',
      '压缩包中没有 .shp：请把 .shp、.dbf、.prj（及 .cpg）一起打成 zip',
      'There is no .shp in the zip: put .shp, .dbf, .prj (and .cpg) into it together.',
    );
  const features: RawFeature[] = [];
  let says: string | null = null;
  for (const name of names.sort()) {
    const part = (ending: string): Uint8Array | undefined =>
      files[
        Object.keys(files).find((n) => n.toLowerCase() === name.replace(/shp$/i, ending).toLowerCase()) ?? ''
      ];
    const prj = part('prj');
    if (prj !== undefined) says ??= textOfDrawing(prj);
    features.push(...featuresOf(name, files[name] as Uint8Array, part('dbf'), part('cpg')));
  }
  return { kind: 'Shapefile', features, layers: [], says };
}

const TOO_LARGE = new BadDrawing(
  'drawing-too-large',
  '解压后超过 256 MB：请分成几个文件',
  'Unpacked it is more than 256 MB: part it into several files.',
);

function featuresOf(
  name: string,
  shp: Uint8Array,
  dbf: Uint8Array | undefined,
  cpg: Uint8Array | undefined,
): readonly RawFeature[] {
  try {
    const shapes = parseShp(alone(shp));
    const rows =
      dbf === undefined
        ? []
        : parseDbf(alone(dbf), cpg === undefined ? guessed(dbf) : textOfDrawing(cpg).trim());
    return shapes.map((shape, i) => ({
      geometry: shape !== null && shape.type !== 'MultiPoint' ? (shape as RawGeometry) : null,
      is: shape?.type ?? '—',
      fields: rows[i] ?? {},
    }));
  } catch (cause) {
    throw new BadDrawing(
      'drawing-bad-shp',
      `${name} 无法读取：${String(cause).slice(0, 120)}`,
      `${name} cannot be read: ${String(cause).slice(0, 120)}`,
    );
  }
}

/** Without a .cpg nobody says; what is no UTF-8 is what Chinese programs write. */
function guessed(dbf: Uint8Array): string {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(dbf.subarray(32));
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}

const alone = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
