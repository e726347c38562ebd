import { flaw, type RegisterFlaw } from './flaw.ts';
import { type Geometry, type Position, pathsOf } from './geometry.ts';

/** More than a thing of a city has; a request with more does not fit into its bound either. */
const POSITIONS_AT_MOST = 2_000;

/** What keeps it from being drawn. */
export function geometryFlaws(g: Geometry | undefined): readonly RegisterFlaw[] {
  if (g === undefined) return [];
  const paths = pathsOf(g);
  const isArea = g.type === 'Polygon' || g.type === 'MultiPolygon';
  const count = paths.reduce((n, path) => n + path.length, 0);
  if (count > POSITIONS_AT_MOST)
    return [
      flaw(
        'geometry',
        'geometry-too-long',
        `有 ${count} 个拐点，至多 ${POSITIONS_AT_MOST} 个：请拆分或简化`,
        `it has ${count} positions, ${POSITIONS_AT_MOST} at most: part it, or simplify it`,
      ),
    ];
  if (paths.length === 0 || paths.some((path) => path.length < (isArea ? 4 : 2)))
    return [isArea ? RING : LINE];
  if (isArea && paths.some((ring) => !same(ring[0], ring.at(-1)))) return [RING];
  if (paths.some((path) => path.every((p) => same(p, path[0])))) return [isArea ? RING : LINE];
  if (paths.some((path) => path.some(([lon, lat]) => !(Math.abs(lon) <= 180 && Math.abs(lat) <= 90))))
    return [DEGREES];
  return [];
}

const same = (a: Position | undefined, b: Position | undefined): boolean =>
  a?.[0] === b?.[0] && a?.[1] === b?.[1];
const LINE = flaw(
  'geometry',
  'geometry-no-line',
  '一条线至少有两个不同的点',
  'a line has two places at least, apart from one another',
);
const RING = flaw(
  'geometry',
  'geometry-no-ring',
  '面的边界至少四个点，且首尾相同',
  'the border of an area has four places at least, the last of which is its first',
);
const DEGREES = flaw(
  'geometry',
  'geometry-no-degrees',
  '坐标须为度：经度 −180…180，纬度 −90…90；投影坐标请先转换，或用“导入图形”',
  'coordinates are degrees, longitude first; convert projected ones, or import them as a drawing',
);
