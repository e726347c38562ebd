import { config, type Entity, parseString, type Read, toPolylines } from 'dxf';
import { BadDrawing, type RawDrawing, type RawFeature, textOfDrawing } from './raw.ts';

const LINES = ['LINE', 'LWPOLYLINE', 'POLYLINE', 'ARC', 'SPLINE', 'ELLIPSE'];
/** Signs of wells, valves and hydrants are points, blocks or small circles. */
const SPOTS = ['POINT', 'INSERT', 'CIRCLE'];
const BINARY = 'AutoCAD Binary DXF';

/** Lines and signs of a drawing; what only explains it (texts, measures, hatches) is left out. */
export function readDxf(bytes: Uint8Array): RawDrawing {
  if (Buffer.from(bytes.subarray(0, 22)).toString('latin1').startsWith(BINARY))
    throw new BadDrawing(
      'drawing-binary-dxf',
      '是二进制 DXF：请另存为 ASCII DXF（R2000 及以上）',
      'It is binary DXF: save it as ASCII DXF (R2000 or later).',
    );
  let read: Read;
  try {
    config.verbose = false;
    read = parseString(textOfDrawing(bytes));
  } catch (cause) {
    throw new BadDrawing(
      'drawing-bad-dxf',
      `DXF 无法读取：${String(cause).slice(0, 120)}`,
      `The DXF cannot be read: ${String(cause).slice(0, 120)}`,
    );
  }
  const features = read.entities.flatMap((e) => featureOf(e, read));
  const layers = [...new Set(features.map((f) => String(f.fields.layer)))].sort();
  return { kind: 'DXF', features, layers, says: null };
}

function featureOf(e: Entity, read: Read): readonly RawFeature[] {
  const fields = { layer: e.layer ?? '0', ...(e.block === undefined ? {} : { block: e.block }) };
  if (SPOTS.includes(e.type))
    return [{ geometry: { type: 'Point', coordinates: [e.x, e.y] }, is: e.type, fields }];
  if (!LINES.includes(e.type)) return [];
  const path = pathOf(e, read);
  const isArea = e.closed === true && path.length > 2;
  return [
    {
      geometry: isArea
        ? { type: 'Polygon', coordinates: [[...path, path[0]]] }
        : { type: 'LineString', coordinates: path },
      is: e.type,
      fields,
    },
  ];
}

function pathOf(e: Entity, read: Read): readonly (readonly number[])[] {
  if (e.start !== undefined && e.end !== undefined && e.type === 'LINE')
    return [
      [e.start.x, e.start.y],
      [e.end.x, e.end.y],
    ];
  const isStraight = e.vertices?.every((v) => !('bulge' in v) || v.bulge === 0);
  if (isStraight && e.type !== 'SPLINE') return (e.vertices ?? []).map((v) => [v.x, v.y]);
  // Arcs as many short lines, by the library.
  return toPolylines({ ...read, entities: [e] }).polylines[0]?.vertices ?? [];
}
