import type { AssetCode, PointCode } from '../domain/ids.ts';
import type { Place, Point } from '../domain/register.ts';
import type { Reach } from '../domain/rule.ts';
import type { RegisterView } from './ports/service.ts';

/** Who is in reach of a point, itself included, in order of code. */
export type Near = {
  readonly points: readonly Point[];
  /** Their codes, once somebody has asked. */
  codes: ReadonlySet<PointCode> | null;
  /** Which state of the register it was looked up in. */
  readonly asOf: number;
};

/** Who is within reach of whom, as the register has it. */
export class Reaches {
  readonly #register: Pick<RegisterView, 'points'>;
  #byAsset: ReadonlyMap<AssetCode, readonly Point[]> | null = null;

  constructor(register: Pick<RegisterView, 'points'>) {
    this.#register = register;
  }

  /** The register has changed. */
  forget(): void {
    this.#byAsset = null;
  }

  /** The point itself among them, in order of code. */
  of(point: Point, over: Reach): readonly Point[] {
    if (over.to === 'point') return [point];
    if (over.to === 'asset') {
      if (point.asset === null) return [point];
      this.#byAsset ??= groupByAsset(this.#register.points());
      return this.#byAsset.get(point.asset) ?? [point];
    }
    const here = point.place;
    if (here === null) return [point];
    return this.#register
      .points()
      .filter(
        (p) => p.code === point.code || (p.place !== null && metresBetween(here, p.place) <= over.metres),
      );
  }
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
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Flat: exact to centimetres over the few kilometres that a rule may reach. */
function metresBetween(a: Place, b: Place): number {
  const x = radians(b.lon - a.lon) * Math.cos(radians((a.lat + b.lat) / 2));
  const y = radians(b.lat - a.lat);
  return EARTH_METRES * Math.hypot(x, y);
}
