import { expect, it } from 'vitest';
import { placeLabels } from '../../dashboards/console/src/screens/map/labels.ts';

const square = (x: number, y: number, half: number): number[][] => [
  [x - half, y - half],
  [x + half, y - half],
  [x + half, y + half],
  [x - half, y + half],
];

it('a name stands above its outline, and below it where a mark is above', () => {
  const outlines = [{ name: '北渡街道', ring: square(0, 0, 40) }];
  expect(placeLabels(outlines, [], { resolution: 1 })[0]).toMatchObject({
    at: [40, 40],
    offset: [0, -12],
    align: 'center',
  });
  expect(placeLabels(outlines, [[40, 45]], { resolution: 1 })[0]).toMatchObject({
    at: [-40, -40],
    offset: [0, 12],
  });
});

it('names of neighbours do not cover each other', () => {
  const [a, b] = placeLabels(
    [
      { name: '茶亭街道', ring: square(0, 0, 3) },
      { name: '沙咀街道', ring: square(4, 0, 3) },
    ],
    [],
    { resolution: 1 },
  );
  expect(a?.offset).not.toEqual(b?.offset);
});

it('a name stands a line further off where a mark takes all four places close by', () => {
  const [far] = placeLabels([{ name: '鼓楼街道', ring: square(0, 0, 5) }], [[0, 0]], { resolution: 1 });
  expect(far?.offset).toEqual([0, -28]);
});

it('where there is no room at all, it stands above all the same', () => {
  const crowd: [number, number][] = [];
  for (let x = -100; x <= 100; x += 20) for (let y = -100; y <= 100; y += 20) crowd.push([x, y]);
  expect(
    placeLabels([{ name: '鼓楼街道', ring: square(0, 0, 5) }], crowd, { resolution: 1 })[0]?.offset,
  ).toEqual([0, -12]);
});

it('a name at the edge stands where it is in sight, whole, and larger text takes more room', () => {
  const ring = square(10, 0, 8);
  const name = '茶亭街道';
  const labels = (scale: number) =>
    placeLabels([{ name, ring }], [[10, 8]], { resolution: 1, scale, seen: [0, -60, 200, 60] });
  expect(labels(1)[0]).toMatchObject({ align: 'left' });
  const crowded = placeLabels([{ name, ring }], [], { resolution: 1, seen: [0, -60, 200, 60] });
  expect(crowded[0]?.align).toBe('left');
  // Twice as far, and a line further, for the mark is twice as large as well.
  expect(labels(2)[0]?.offset[0]).toBe(56);
});
