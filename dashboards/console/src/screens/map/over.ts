import type { HeatSpot } from './layers/heat-layer.ts';
import type { Pin } from './layers/pin-layer.ts';
import type { Rings } from './layers/ring-layer.ts';
import type { RiskBand } from './layers/risk-layer.ts';
import type { PointState } from './points.ts';

/** What is laid over points and mains. */
export type Over = {
  /** The middle of the circle that somebody drew. */
  readonly circle: { readonly lon: number; readonly lat: number } | null;
  readonly rings: readonly Rings[];
  readonly pins: readonly Pin[];
  readonly alarmHeat: readonly HeatSpot[];
  readonly rainHeat: readonly HeatSpot[];
  /** Static risk of mains and areas, below how they stand. */
  readonly risks: readonly RiskBand[];
};

/** Metres. */
export const CIRCLE = 500;
const DISTANCES = [100, 300, 500] as const;
/** Of what can explode. */
const EXPLOSIVE = '%LEL';

/** Distances around a point where gas was found. No wind, no physics: how far that is, and nothing else. */
export function ringsOf(chosen: PointState | null): readonly Rings[] {
  const place = chosen?.point.place ?? null;
  const isGas = chosen?.alarms.some((a) => a.trigger?.unit === EXPLOSIVE) === true;
  return place !== null && isGas ? [{ lon: place.lon, lat: place.lat, radii: DISTANCES }] : [];
}
