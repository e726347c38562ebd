import type { AssetCode, PointCode } from '../../domain/ids.ts';
import type { Place, Point } from '../../domain/register/register.ts';
import type { Reach } from '../../domain/rule.ts';
import type { RegisterView } from '../ports/service.ts';

/** Who is in reach of a point, itself included, in order of code. */
export type Within = {
  readonly points: readonly Point[];
  /** Their codes, once somebody has asked. */
  codes: ReadonlySet<PointCode> | null;
  /** Which state of the register it was looked up in. */
  readonly asOf: number;
};

/** Who is within reach of whom, as the register has it. */
export class Neighbours {
  readonly #register: Pick<RegisterView, 'points'>;
  #byAsset: ReadonlyMap<AssetCode, readonly Point[]> | null = null;
  #byCell: ReadonlyMap<string, readonly Point[]> | null = null;

  constructor(register: Pick<RegisterView, 'points'>) {
    this.#register = register;
  }

  /** The register has changed. */
  forget(): void {
    this.#byAsset = null;
    this.#byCell = null;
  }

  /** The point itself among them, in order of code. */
  of(point: Point, over: Reach): readonly Point[] {
    if (over.to === 'point') return [point];
    if (over.to === 'asset') {
      if (point.asset === null) return [point];
      this.#byAsset ??= groupByAsset(this.#register.points());
      return this.#byAsset.get(point.asset) ?? [point];
    }
    return point.place === null ? [point] : this.#around(point, point.place, over.metres);
  }

  /** Only the cells about it are looked through: a city has 100,000 points, and each asks. */
  #around(point: Point, here: Place, metres: number): readonly Point[] {
    this.#byCell ??= groupByCell(this.#register.points());
    const cells = this.#byCell;
    const high = degrees(metres / EARTH_METRES) + ROUNDING;
    const wide = high / Math.cos(radians(Math.min(Math.abs(here.lat) + high, HIGHEST)));
    const found: Point[] = [];
    for (let y = cellOf(here.lat - high); y <= cellOf(here.lat + high); y++)
      for (let x = cellOf(here.lon - wide); x <= cellOf(here.lon + wide); x++)
        for (const p of cells.get(`${x} ${y}`) ?? [])
          if (p.place !== null && metresBetween(here, p.place) <= metres) found.push(p);
    if (!found.some((p) => p.code === point.code)) found.push(point);
    return found.sort((a, b) => (a.code < b.code ? -1 : 1));
  }
}

/** Degrees: some 5 km from south to north, the farthest that a rule may reach. */
const CELL = 0.05;
const ROUNDING = 1e-9;
/** Degrees of latitude up to which a cell's width is looked at: nobody lives beyond. */
const HIGHEST = 85;
const cellOf = (d: number): number => Math.floor(d / CELL);

function groupByCell(points: readonly Point[]): ReadonlyMap<string, readonly Point[]> {
  const cells = new Map<string, Point[]>();
  for (const p of points) {
    if (p.place === null) continue;
    const key = `${cellOf(p.place.lon)} ${cellOf(p.place.lat)}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [p]);
    else cell.push(p);
  }
  return cells;
}

function groupByAsset(points: readonly Point[]): ReadonlyMap<AssetCode, readonly Point[]> {
  const groups = new Map<AssetCode, Point[]>();
  for (const p of points) {
    if (p.asset === null) continue;
    const group = groups.get(p.asset);
    if (group === undefined) groups.set(p.asset, [p]);
    else group.push(p);
  }
  return groups;
}

const EARTH_METRES = 6_371_000;
const radians = (d: number) => (d * Math.PI) / 180;
const degrees = (r: number) => (r * 180) / Math.PI;

/** Flat: exact to centimetres over the few kilometres that a rule may reach. */
function metresBetween(a: Place, b: Place): number {
  const x = radians(b.lon - a.lon) * Math.cos(radians((a.lat + b.lat) / 2));
  const y = radians(b.lat - a.lat);
  return EARTH_METRES * Math.hypot(x, y);
}
