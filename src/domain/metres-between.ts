/** WGS 84 or CGCS2000, degrees. */
type Degrees = { readonly lon: number; readonly lat: number };

const EARTH_M = 6_371_000;
const rad = (deg: number): number => (deg * Math.PI) / 180;

/** Metres between two places; within a city the earth is round enough. */
export function metresBetween(a: Degrees, b: Degrees): number {
  const dLat = rad(b.lat - a.lat);
  const dLon = rad(b.lon - a.lon);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
