/**
 * Alarm level 等级: an ordinal with a colour, 1 is the gravest.
 * 1 red 红, 2 orange 橙, 3 yellow 黄, 4 blue 蓝. Detector and bridge tables count the other way;
 * a pack maps its source's own 一/二/三级 onto these.
 */
export type Level = 1 | 2 | 3 | 4;

/** What a rule says of a point right now: `null` is normal. */
export type LevelInForce = Level | null;

/** True when `a` is graver than `b`; anything is graver than normal. */
export function isGraver(a: LevelInForce, b: LevelInForce): boolean {
  if (a === null) return false;
  return b === null || a < b;
}
