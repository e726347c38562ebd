import { maySeeArea } from '../../domain/account/scope.ts';
import { type AreaCode, as } from '../../domain/ids.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import type { RegisterView } from '../ports/service.ts';
import type { Places } from './rule-places.ts';

/** What the rule desk asks of the register. */
export function scopesOf(register: RegisterView): Places {
  return {
    // A wider code counts where places below it are registered: many registers hold districts only.
    hasArea: (code) =>
      register.area(as.area(code)) !== undefined || register.points().some((p) => maySeeArea([code], p.area)),
    lifelineOfPoint: (code) => register.point(as.point(code))?.lifeline,
    *places(lifeline, points) {
      const seen = new Set<AreaCode>();
      for (const point of register.points()) {
        if (point.lifeline !== lifeline || (seen.has(point.area) && !points.has(point.code))) continue;
        seen.add(point.area);
        yield scopeOf(register, point);
      }
    },
  };
}
