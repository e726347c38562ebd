import type { LifelineKey, PointCode } from '../src/domain/ids.ts';
import { type Point, UNPLACED_AREA } from '../src/domain/register/register.ts';

/** A point as the register has it before anybody has placed it. */
export const pointOf = (code: PointCode, lifeline: LifelineKey): Point => ({
  code,
  name: code,
  lifeline,
  asset: null,
  area: UNPLACED_AREA.code,
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
});
