import fc from 'fast-check';
import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Point } from '../../../src/domain/register/register.ts';
import { Neighbours } from '../../../src/flow/judging/neighbours.ts';
import { POINT } from './one-point.ts';

const point = (i: number, place: Point['place']): Point => ({
  ...POINT,
  code: as.point(`P${i}`),
  name: `P${i}`,
  lifeline: as.lifeline('waterlogging'),
  place,
});

/** By the great circle: another way to the same metres, to a thousandth. */
function metres(a: NonNullable<Point['place']>, b: NonNullable<Point['place']>): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

test('whoever lies within the distance is in reach, and nobody else, wherever the cells end', () => {
  const place = (lon: number, lat: number) =>
    fc.record({
      lon: fc.double({ min: lon, max: lon + 0.3, noNaN: true }),
      lat: fc.double({ min: lat, max: lat + 0.2, noNaN: true }),
      crs: fc.constant('WGS-84' as const),
    });
  const city = fc
    .tuple(fc.integer({ min: -179, max: 179 }), fc.integer({ min: -70, max: 70 }))
    .chain(([lon, lat]) => fc.array(fc.option(place(lon, lat)), { minLength: 1, maxLength: 60 }));
  fc.assert(
    fc.property(city, fc.integer({ min: 1, max: 5_000 }), (places, far) => {
      const points = places.map((p, i) => point(i, p)).sort((a, b) => (a.code < b.code ? -1 : 1));
      const reaches = new Neighbours({ points: () => points });
      for (const p of points) {
        const codes = reaches.of(p, { to: 'distance', metres: far }).map((x) => x.code);
        const sure = (x: Point, by: number) =>
          x.place !== null && p.place !== null && metres(p.place, x.place) <= far * by;
        expect(codes).toEqual([...codes].sort());
        expect(codes).toContain(p.code);
        expect(codes).toEqual(
          expect.arrayContaining(points.filter((x) => sure(x, 0.999)).map((x) => x.code)),
        );
        for (const x of points) if (codes.includes(x.code)) expect(x === p || sure(x, 1.001)).toBe(true);
      }
    }),
  );
});

test('who was in reach before the register changed is looked up again', () => {
  const here = { lon: 116.4, lat: 39.9, crs: 'WGS-84' } as const;
  let points = [point(1, here)];
  const reaches = new Neighbours({ points: () => points });
  expect(reaches.of(point(1, here), { to: 'distance', metres: 100 })).toHaveLength(1);
  points = [...points, point(2, here)];
  reaches.forget();
  expect(reaches.of(point(1, here), { to: 'distance', metres: 100 })).toHaveLength(2);
});
