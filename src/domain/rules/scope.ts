import type { AreaCode } from '../ids.ts';
import type { Area, Point } from '../register/register.ts';
import type { RulePlace } from './effective.ts';

type Areas = { area(code: AreaCode): Area | undefined };

/** A tree of areas is a handful of levels; a ring in it, made by hand, must not hang us. */
const DEEPEST = 16;

/** Areas from the widest to this one, by the register's tree. */
export function areasTo(register: Areas, area: AreaCode): readonly AreaCode[] {
  const chain: AreaCode[] = [];
  let at: AreaCode | null = area;
  while (at !== null && chain.length < DEEPEST && !chain.includes(at)) {
    chain.unshift(at);
    at = register.area(at)?.parent ?? null;
  }
  return chain;
}

export const scopeOf = (register: Areas, point: Point): RulePlace => ({
  areas: areasTo(register, point.area),
  point: point.code,
});
