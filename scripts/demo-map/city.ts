import { DISTRICTS, EXTENT, QUARTERS, RAIL, RIVER, STREAM, STREETS } from '../../simulators/maps/linlan.ts';
import {
  apart,
  banks,
  blob,
  chance,
  closed,
  every,
  inside,
  lengthOf,
  moved,
  offPath,
  type Path,
  round,
  type Spot,
  smooth,
} from './ground.ts';

type Properties = Readonly<Record<string, string | number>>;
type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Spot }
  | { readonly type: 'LineString'; readonly coordinates: Path }
  | { readonly type: 'Polygon'; readonly coordinates: readonly Path[] };
export type Drawn = {
  readonly type: 'Feature';
  readonly properties: Properties;
  readonly geometry: Geometry;
  /** From which zoom on it is in the tiles. */
  readonly from: number;
};

/** Layers as the tiles have them, named as Protomaps names its own; `pipes` and `fittings` are ours. */
export type Layers = Readonly<Record<string, readonly Drawn[]>>;

const line = (coordinates: Path, properties: Properties, from: number): Drawn => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates },
  from,
});
const area = (ring: Path, properties: Properties, from: number): Drawn => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [ring] },
  from,
});
const spot = (coordinates: Spot, properties: Properties, from: number): Drawn => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates },
  from,
});

const river = smooth(RIVER);
const stream = smooth(STREAM);
const rail = smooth(RAIL);
const LAKE: Spot = [117.9935, 31.0505];
const lake = blob(LAKE, 620, 380, 1);
const hill = blob([117.956, 31.0555], 1_700, 1_000, 4);
const PARKS: readonly (readonly [string, Spot, number, number])[] = [
  ['柳汀公园', [117.9705, 31.0032], 230, 170],
  ['鼓楼公园', [118.0325, 31.0272], 210, 170],
  ['澜江湿地公园', [118.0545, 31.0125], 160, 420],
  ['书院绿地', [117.9935, 31.0252], 190, 140],
  ['北渡体育公园', [118.0425, 31.0495], 240, 190],
];
const parks = PARKS.map(([name, at, east, north], i) => ({ name, ring: blob(at, east, north, i) }));
const streets = STREETS.map((s) => ({ ...s, course: smooth(s.course, 2) }));

const isWet = (at: Spot, near: number): boolean =>
  offPath(at, river) < 190 + near || offPath(at, stream) < 45 + near || inside(at, lake);
const isBuilt = (at: Spot): boolean =>
  !isWet(at, 30) && !inside(at, hill) && !parks.some((p) => inside(at, p.ring)) && offPath(at, rail) > 40;
const CENTRE: Spot = [118.012, 31.022];

/** Side streets: a grid turned a little, thinner towards the edge of the city. */
function sideStreets(): readonly { readonly course: Path; readonly n: number }[] {
  const step = 190;
  const turn = 0.42;
  const half = 34;
  const at = (i: number, j: number): Spot => {
    const [east, north] = [
      i * step + 34 * (chance(i, j) - 0.5),
      j * step * 0.86 + 34 * (chance(j, i + 900) - 0.5),
    ];
    return moved(
      CENTRE,
      east * Math.cos(turn) - north * Math.sin(turn),
      east * Math.sin(turn) + north * Math.cos(turn),
    );
  };
  const kept = (a: Spot, b: Spot, n: number): boolean => {
    const middle = round([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    const far = apart(middle, CENTRE);
    return (
      isBuilt(a) && isBuilt(b) && isBuilt(middle) && chance(n, 7) < (far < 3_400 ? 0.93 : 1.6 - far / 4_600)
    );
  };
  const found: { course: Path; n: number }[] = [];
  for (const along of [0, 1]) {
    for (let i = -half; i <= half; i++) {
      let run: Spot[] = [];
      const end = (): void => {
        if (run.length > 2) found.push({ course: run, n: found.length });
        run = [];
      };
      for (let j = -half; j < half; j++) {
        const [a, b] = along === 0 ? [at(i, j), at(i, j + 1)] : [at(j, i), at(j + 1, i)];
        if (!kept(a, b, i * 977 + j * 31 + along)) end();
        else if (run.length === 0) run = [a, b];
        else run.push(b);
      }
      end();
    }
  }
  return found;
}

const FIRST = [
  '文',
  '安',
  '清',
  '和',
  '东',
  '望',
  '青',
  '临',
  '长',
  '石',
  '双',
  '竹',
  '荷',
  '梅',
  '松',
  '新',
];
const SECOND = ['庆', '平', '源', '兴', '溪', '山', '桥', '园', '坊', '井', '塘', '台'];
const sideName = (n: number): string =>
  `${FIRST[Math.floor(chance(n, 3) * FIRST.length)]}${SECOND[Math.floor(chance(n, 5) * SECOND.length)]}${n % 3 === 0 ? '街' : n % 3 === 1 ? '路' : '巷'}`;

function buildings(sides: readonly { readonly course: Path }[]): Drawn[] {
  const found: Drawn[] = [];
  const all = streets.map((s) => s.course);
  sides.forEach(({ course }, s) => {
    every(course, 95).forEach((at, i) => {
      for (const side of [-1, 1]) {
        const dice = chance(s * 131 + i, side);
        if (dice < 0.28) continue;
        const [a, b] = [course[0] as Spot, course.at(-1) as Spot];
        const turn = Math.atan2((b[1] - a[1]) * 1.16, b[0] - a[0]);
        const turned = (east: number, north: number): Spot =>
          moved(
            at,
            east * Math.cos(turn) - north * Math.sin(turn),
            east * Math.sin(turn) + north * Math.cos(turn),
          );
        const middle = turned(45, side * 42);
        if (!isBuilt(middle) || all.some((c) => offPath(middle, c) < 38)) continue;
        const [w, h] = [14 + dice * 18, 9 + chance(i, s) * 11];
        const corners = [
          [45 - w, side * 42 - h],
          [45 + w, side * 42 - h],
          [45 + w, side * 42 + h],
          [45 - w, side * 42 + h],
        ] as const;
        found.push(area(closed(corners.map(([x, y]) => turned(x, y))), { kind: 'house' }, 14));
      }
    });
  });
  return found;
}

/** What lies under the streets, one network beside the other. */
function networks(sides: readonly { readonly course: Path; readonly n: number }[]) {
  const pipes: Drawn[] = [];
  const fittings: Drawn[] = [];
  const shifted = (course: Path, metres: number): Path => course.map((p) => moved(p, metres, metres * 0.7));
  const lay = (course: Path, n: number, isMain: boolean): void => {
    const from = isMain ? 12 : 14;
    const lays = [
      ['water', 6, isMain ? 600 : 200],
      ['sewer', -6, isMain ? 1_200 : 500],
      ...(isMain || chance(n, 11) < 0.55 ? ([['gas-main', 11, isMain ? 315 : 110]] as const) : []),
    ] as const;
    for (const [kind, off, dn] of lays) pipes.push(line(shifted(course, off), { kind, dn }, from));
    every(shifted(course, 6), isMain ? 420 : 260).forEach((at, i) => {
      fittings.push(spot(at, { kind: i % 3 === 0 ? 'valve' : 'hydrant' }, 14));
    });
  };
  streets.forEach((s, i) => {
    lay(s.course, i, true);
  });
  for (const s of sides) if (lengthOf(s.course) > 350) lay(s.course, s.n, false);
  return { pipes, fittings };
}

/** Where one district ends: as far from both places; so drawn, and by no law. */
function boundaries(): Drawn[] {
  const meet: Spot = [118.011, 31.0195];
  const ends: readonly Path[] = [
    [meet, [118.03, 31.042], [118.037, 31.072]],
    [meet, [118.018, 31.002], [118.008, 30.972]],
    [meet, [117.975, 31.0235], [117.93, 31.026]],
  ];
  return ends.map((path) => line(smooth(path, 3), { kind: 'county' }, 9));
}

/** The city, from what is drawn at `simulators/maps/linlan.ts` and what chance adds: the same each time. */
export function city(): Layers {
  const sides = sideStreets();
  const [west, south, east, north] = EXTENT;
  const { pipes, fittings } = networks(sides);
  const frame: Path = closed([
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ]);
  return {
    earth: [area(frame, { kind: 'earth' }, 8)],
    landuse: [
      area(blob(CENTRE, 5_300, 3_700, 2), { kind: 'residential' }, 9),
      area(blob([117.9755, 31.0125], 480, 330, 3), { kind: 'industrial' }, 11),
      area(blob([118.051, 31.0435], 420, 330, 5), { kind: 'industrial' }, 11),
      area(hill, { kind: 'forest', name: '云麓山' }, 9),
      ...parks.map((p) => area(p.ring, { kind: 'park', name: p.name }, 12)),
    ],
    water: [
      area(banks(river, 170), { kind: 'river' }, 8),
      area(banks(stream, 34), { kind: 'river' }, 10),
      area(lake, { kind: 'lake' }, 9),
      line(river, { kind: 'river', name: '澜江' }, 9),
      line(stream, { kind: 'stream', name: '柳汀河' }, 11),
      spot(LAKE, { kind: 'lake', name: '云麓湖' }, 11),
    ],
    roads: [
      line(rail, { kind: 'rail', name: '澜北铁路' }, 9),
      ...streets.map((s) =>
        line(
          s.course,
          { kind: s.wide === 1 ? 'highway' : 'major_road', name: s.name },
          s.wide === 1 ? 9 : 11,
        ),
      ),
      ...sides.map((s) => line(s.course, { kind: 'minor_road', name: sideName(s.n) }, 13)),
    ],
    buildings: buildings(sides),
    boundaries: boundaries(),
    pipes,
    fittings,
    places: [
      spot(CENTRE, { kind: 'locality', name: '临澜市' }, 8),
      ...DISTRICTS.map((d) => spot(d.at, { kind: 'county', name: d.name }, 10)),
      ...QUARTERS.map((q) => spot(q.at, { kind: 'neighbourhood', name: q.name }, 12)),
      ...parks.map((p, i) => spot(PARKS[i]?.[1] ?? CENTRE, { kind: 'park', name: p.name }, 14)),
      spot([117.956, 31.0555], { kind: 'park', name: '云麓山' }, 12),
    ],
  };
}
