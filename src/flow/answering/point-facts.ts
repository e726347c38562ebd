import { type AreaCode, as, type LifelineKey, type PointCode } from '../../domain/ids.ts';
import type { PointFacts } from '../../domain/report/count-online.ts';
import type { Period } from '../../domain/report/period.ts';
import type { Span } from '../../domain/report/spans.ts';
import type { RegisterView } from '../ports/service.ts';

/** Digits of a district 区县 in an administrative code (GB/T 2260). */
const DISTRICT = 6;

/** What the register says of each point that is looked at: its line, district and vendor, and when nothing was due of it. */
export function pointFacts(
  register: RegisterView,
  given: {
    readonly period: Period;
    readonly sees: (area: AreaCode) => boolean;
    /** `null`: none of the city’s, such as what watches the service itself. */
    readonly nameOf: (lifeline: LifelineKey) => string | null;
  },
): readonly PointFacts[] {
  const { period, sees, nameOf } = given;
  const works = new Map<PointCode, Span[]>();
  for (const w of register.works())
    works.set(w.point, [...(works.get(w.point) ?? []), [w.from, Math.min(w.until, w.ended?.at ?? w.until)]]);
  const devices = new Map(register.devices().flatMap((d) => (d.point === null ? [] : [[d.point, d]])));
  return register.points().flatMap((p) => {
    const lifeline = nameOf(p.lifeline);
    if (lifeline === null || !sees(p.area)) return [];
    const device = devices.get(p.code);
    const out: Span[] = p.outOfService === null ? [] : [[p.outOfService.since, period.to]];
    const code = /^\d{7,}$/.test(p.area) ? as.area(p.area.slice(0, DISTRICT)) : p.area;
    const district = register.area(code)?.name ?? code;
    const facts: PointFacts = {
      code: p.code,
      lifeline,
      district,
      vendor: device?.vendor ?? null,
      isConnected: device !== undefined,
      maintenance: [...(works.get(p.code) ?? []), ...out],
    };
    return [facts];
  });
}
