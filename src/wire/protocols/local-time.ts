import type { Duration, Millis } from '../../domain/time.ts';

/** Year, month 1–12, day, hour, minute, second of a clock on a wall. */
export type WallTime = readonly [number, number, number, number, number, number];

/** What a clock on a wall shows, as if it were UTC; `null` where there is no such day or hour. */
export function wallTime(wall: WallTime): Millis | null {
  const [year, month, day, hour, minute, second] = wall;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallOf(utc, 0).every((n, i) => n === wall[i]) ? utc : null;
}

/** @param offset of that wall from UTC */
export function wallOf(at: Millis, offset: Duration): WallTime {
  const d = new Date(at + offset);
  return [
    d.getUTCFullYear(),
    d.getUTCMonth() + 1,
    d.getUTCDate(),
    d.getUTCHours(),
    d.getUTCMinutes(),
    d.getUTCSeconds(),
  ];
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `YYMMDDHHmmSS` */
export function compactWall(at: Millis, offset: Duration): string {
  const [year, ...rest] = wallOf(at, offset);
  return two(year % 100) + rest.map(two).join('');
}
