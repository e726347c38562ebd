import { BadDrawing, type RawDrawing, type RawFeature, type RawGeometry, textOfDrawing } from './raw.ts';

const KEPT = ['Point', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'];

export function readGeoJson(bytes: Uint8Array): RawDrawing {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(textOfDrawing(bytes)) as Record<string, unknown>;
  } catch (cause) {
    throw new BadDrawing(
      'drawing-no-json',
      `不是合法的 JSON：${String(cause).slice(0, 120)}`,
      `It is no JSON: ${String(cause).slice(0, 120)}`,
    );
  }
  const list = read?.type === 'FeatureCollection' ? read.features : read?.type === 'Feature' ? [read] : null;
  if (!Array.isArray(list))
    throw new BadDrawing(
      'drawing-no-features',
      '不是 GeoJSON：须为 FeatureCollection 或 Feature',
      'It is no GeoJSON: a FeatureCollection or a Feature would be right.',
    );
  return { kind: 'GeoJSON', features: list.map(featureOf), layers: [], says: crsOf(read) };
}

function featureOf(f: unknown): RawFeature {
  const { geometry, properties, id } = (f ?? {}) as Record<string, unknown>;
  const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown };
  const fields = {
    ...(typeof properties === 'object' ? (properties as Record<string, unknown> | null) : {}),
    ...(id === undefined ? {} : { id }),
  };
  const isKept = typeof type === 'string' && KEPT.includes(type) && Array.isArray(coordinates);
  return {
    geometry: isKept ? ({ type, coordinates } as RawGeometry) : null,
    is: typeof type === 'string' ? type : '—',
    fields,
  };
}

/** Before RFC 7946 a file could name its reference; since, it is WGS-84. */
function crsOf(read: Record<string, unknown>): string | null {
  const { properties } = (read.crs ?? {}) as { properties?: { name?: unknown } };
  const name = String(properties?.name ?? '');
  const [, epsg] = /EPSG:+(\d{4,5})$/i.exec(name) ?? [];
  if (epsg === '4490') return 'CGCS2000';
  if (epsg === '4326' || /CRS84/i.test(name)) return 'WGS-84';
  return epsg === undefined ? null : `EPSG:${epsg}`;
}
