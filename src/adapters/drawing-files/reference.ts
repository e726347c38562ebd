import commonGcoord from 'gcoord';
import proj4 from 'proj4';
import type { Position, Reference } from '../../domain/register/geometry.ts';
import { BadDrawing } from './raw.ts';

/** Its types are of a module that Node sees as one default. */
const gcoord = commonGcoord as unknown as typeof commonGcoord.default;

/** How coordinates of a drawing become degrees that are kept, and what they are then. */
export type ToDegrees = {
  /** As a person would name it. */
  readonly name: string;
  readonly keptAs: Reference;
  convert(at: Position): Position;
};

/** Its ellipsoid is GRS80's to a tenth of a millimetre. */
const GAUSS = (lon0: number, x0: number): string =>
  `+proj=tmerc +lat_0=0 +lon_0=${lon0} +k=1 +x_0=${x0} +y_0=0 +ellps=GRS80 +units=m +no_defs`;
const DEGREES = '+proj=longlat +ellps=GRS80 +no_defs';

type Zone = { readonly epsg: number; readonly lon0: number; readonly x0: number };

/**
 * CGCS2000 / Gauss-Kruger by EPSG: 4491–4501 zones of 6° with the zone's number before the easting (13–23), 4502–4512 by
 * central meridian without; 4513–4533 zones of 3° with it (25–45), 4534–4554 without.
 */
function zoneOf(epsg: number): Zone | null {
  const at = (first: number, last: number): number | null =>
    epsg >= first && epsg <= last ? epsg - first : null;
  const six = at(4491, 4501);
  if (six !== null) return { epsg, lon0: 75 + six * 6, x0: (13 + six) * 1e6 + 500_000 };
  const sixPlain = at(4502, 4512);
  if (sixPlain !== null) return { epsg, lon0: 75 + sixPlain * 6, x0: 500_000 };
  const three = at(4513, 4533);
  if (three !== null) return { epsg, lon0: 75 + three * 3, x0: (25 + three) * 1e6 + 500_000 };
  const threePlain = at(4534, 4554);
  return threePlain === null ? null : { epsg, lon0: 75 + threePlain * 3, x0: 500_000 };
}

const projected = ({ epsg, lon0, x0 }: Zone): ToDegrees => {
  const way = proj4(GAUSS(lon0, x0), DEGREES);
  return {
    name: `EPSG:${epsg}`,
    keptAs: 'CGCS2000',
    convert: ([x, y]) => degrees(way.forward([x, y]) as [number, number]),
  };
};
const asItIs = (keptAs: Reference): ToDegrees => ({ name: keptAs, keptAs, convert: degrees });
const FROM_GCJ: ToDegrees = {
  name: 'GCJ-02',
  keptAs: 'WGS-84',
  convert: ([x, y]) => degrees(gcoord.transform([x, y], gcoord.GCJ02, gcoord.WGS84) as [number, number]),
};

/** A centimetre. */
function degrees([lon, lat]: Position): Position {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}

/**
 * @param asked as somebody chose it; `auto`: by what the file says, else by what its numbers can only be
 * @param says of the file itself
 * @param sample some of its coordinates
 * @throws BadDrawing where nobody can know
 */
export function referenceOf(asked: string, says: string | null, sample: readonly Position[]): ToDegrees {
  if (asked !== 'auto') return named(asked) ?? fail();
  if (says !== null) return named(says) ?? byWords(says);
  const [x = 0, y = 0] = sample[0] ?? [];
  if (sample.every(([a, b]) => Math.abs(a) <= 180 && Math.abs(b) <= 90)) return asItIs('WGS-84');
  // Northings of China lie between 18° and 54°; an easting with its zone has eight digits.
  const isNorth = (n: number): boolean => n > 1_900_000 && n < 6_000_000;
  const isTurned = sample.every(([a, b]) => Math.abs(a) <= 90 && Math.abs(b) <= 180);
  if (isTurned || (isNorth(x) && !isNorth(y)))
    throw new BadDrawing(
      'drawing-swapped',
      '北坐标（纬度）与东坐标（经度）的次序与所选不符：请改变“坐标次序对调”',
      'Northing (latitude) and easting (longitude) stand in the other order: change whether they are swapped.',
    );
  const zone = Math.floor(x / 1e6);
  const found =
    zone >= 13 && zone <= 23 ? 4491 + zone - 13 : zone >= 25 && zone <= 45 ? 4513 + zone - 25 : null;
  if (found !== null && isNorth(y)) return named(`EPSG:${found}`) ?? fail();
  throw new BadDrawing(
    'drawing-crs-needed',
    '坐标是米，但不含带号，文件也没有说明坐标系：请选择中央经线（EPSG:4534–4554 或 4502–4512）；地方独立坐标系请先转换为 CGCS2000',
    'Its coordinates are metres without a zone, and the file does not say of which: choose the central meridian (EPSG:4534 to 4554, or 4502 to 4512); convert local systems to CGCS2000 first.',
  );
}

const fail = (): never => {
  throw new BadDrawing('drawing-crs-unknown', '坐标系不支持', 'This reference is not known here.');
};

function named(name: string): ToDegrees | null {
  if (name === 'CGCS2000' || name === 'WGS-84') return asItIs(name);
  if (name === 'GCJ-02') return FROM_GCJ;
  const [, epsg] = /^EPSG:(\d{4,5})$/.exec(name) ?? [];
  const zone = epsg === undefined ? null : zoneOf(Number(epsg));
  return zone === null ? null : projected(zone);
}

/** By the words of a .prj. Names of CGCS2000 are known; Beijing 1954 and Xi’an 1980 cannot be converted without parameters that are secret. */
function byWords(prj: string): ToDegrees {
  if (/Beijing[_ ]?19?54|Xian[_ ]?19?80|Krassovsky|Krasovsky/i.test(prj))
    throw new BadDrawing(
      'drawing-old-datum',
      '文件是 1954 北京或 1980 西安坐标系：请先由测绘部门转换为 CGCS2000',
      'The file is in Beijing 1954 or Xi’an 1980: have it converted to CGCS2000 first.',
    );
  const isOurs = /CGCS[_ ]?2000|China[_ ]Geodetic[_ ]Coordinate[_ ]System[_ ]2000/i.test(prj);
  if (/^\s*GEOG(CS|CRS)/i.test(prj)) return asItIs(isOurs ? 'CGCS2000' : 'WGS-84');
  try {
    const way = proj4(prj, DEGREES);
    const [, name = '?'] = /^\s*PROJ(?:CS|CRS)\["([^"]+)"/i.exec(prj) ?? [];
    return {
      name,
      keptAs: isOurs ? 'CGCS2000' : 'WGS-84',
      convert: ([x, y]) => degrees(way.forward([x, y]) as [number, number]),
    };
  } catch {
    throw new BadDrawing(
      'drawing-crs-unknown',
      `.prj 中的坐标系无法识别，请手工选择：${prj.slice(0, 80)}`,
      `The reference in its .prj is not known, choose one by hand: ${prj.slice(0, 80)}`,
    );
  }
}
