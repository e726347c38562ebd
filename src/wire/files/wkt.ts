import type { Geometry, Path, Position } from '../../domain/register/geometry.ts';
import type { Place } from '../../domain/register/register.ts';

/** Well-known text (ISO 19125) of lines and areas: a cell of the register file holds one. */

const KINDS = { LINESTRING: 1, MULTILINESTRING: 2, POLYGON: 2, MULTIPOLYGON: 3 } as const;
const HEAD =
  /^\s*(?:SRID\s*=\s*\d+\s*;\s*)?(MULTILINESTRING|LINESTRING|MULTIPOLYGON|POLYGON)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*$/is;
/** Longer is nobody's pipe. */
const CHARACTERS_AT_MOST = 200_000;

/** @returns `null`: it is none of these */
export function readWkt(text: string, crs: Place['crs']): Geometry | null {
  if (text.length > CHARACTERS_AT_MOST) return null;
  const [, name, body] = HEAD.exec(text) ?? [];
  if (name === undefined || body === undefined) return null;
  const kind = name.toUpperCase() as keyof typeof KINDS;
  const nested = parsed(body, KINDS[kind]);
  if (nested === null) return null;
  switch (kind) {
    case 'LINESTRING':
      return { type: 'LineString', coordinates: nested as Path, crs };
    case 'MULTILINESTRING':
      return { type: 'MultiLineString', coordinates: nested as readonly Path[], crs };
    case 'POLYGON':
      return { type: 'Polygon', coordinates: nested as readonly Path[], crs };
    case 'MULTIPOLYGON':
      return { type: 'MultiPolygon', coordinates: nested as readonly (readonly Path[])[], crs };
  }
}

/** Its brackets made those of JSON, when nothing but numbers stands in them. Heights and measures are left out. */
function parsed(body: string, depth: number): unknown {
  if (!/^[\s\d(),.eE+-]*$/.test(body)) return null;
  const json = body
    .replaceAll(/[^\s(),]+(?:\s+[^\s(),]+)+/g, (position) => {
      const [x, y] = position.split(/\s+/);
      return `[${Number(x)},${Number(y)}]`;
    })
    .replaceAll('(', '[')
    .replaceAll(')', ']');
  try {
    const read: unknown = JSON.parse(json);
    return isNested(read, depth) ? read : null;
  } catch {
    return null;
  }
}

function isNested(read: unknown, depth: number): boolean {
  if (!Array.isArray(read) || read.length === 0) return false;
  if (depth === 0) return read.length === 2 && read.every((n) => Number.isFinite(n));
  return read.every((part) => isNested(part, depth - 1));
}

export function writeWkt(g: Geometry): string {
  const position = ([lon, lat]: Position): string => `${lon} ${lat}`;
  const path = (p: Path): string => `(${p.map(position).join(', ')})`;
  const paths = (all: readonly Path[]): string => `(${all.map(path).join(', ')})`;
  switch (g.type) {
    case 'LineString':
      return `LINESTRING ${path(g.coordinates)}`;
    case 'MultiLineString':
      return `MULTILINESTRING ${paths(g.coordinates)}`;
    case 'Polygon':
      return `POLYGON ${paths(g.coordinates)}`;
    case 'MultiPolygon':
      return `MULTIPOLYGON (${g.coordinates.map(paths).join(', ')})`;
  }
}
