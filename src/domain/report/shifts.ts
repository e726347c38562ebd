import type { Roster, RosterShift } from '../notice/roster.ts';
import type { Millis } from '../time.ts';
import { lastPeriod, type Period, periodAt } from './period.ts';

/** Shifts 班次 of a centre by its rosters 排班; where none stands, those of 08:00 and 20:00 in Beijing. */
export class Shifts {
  readonly #shifts: readonly RosterShift[];

  constructor(rosters: readonly Roster[]) {
    this.#shifts = rosters.flatMap((r) => r.shifts);
  }

  /** The shift that an instant lies in: of several the one that began last. */
  at(at: Millis): Period {
    const on = this.#shifts.filter((s) => s.from <= at && at < s.to);
    return latest(on, (s) => s.from) ?? periodAt('shift', at);
  }

  /** The last one that is over: of several that ended together the shorter one. A roster that has run out is none. */
  last(now: Millis): Period {
    const usual = lastPeriod('shift', now);
    const over = latest(
      this.#shifts.filter((s) => s.to <= now).toSorted((a, b) => a.from - b.from),
      (s) => s.to,
    );
    return over !== null && (over.to >= usual.from || this.#shifts.some((s) => s.from <= now && now < s.to))
      ? over
      : usual;
  }
}

/** Of those that are equal the last. */
function latest(shifts: readonly RosterShift[], by: (s: RosterShift) => Millis): Period | null {
  let found: RosterShift | null = null;
  for (const s of shifts) if (found === null || by(s) >= by(found)) found = s;
  return found === null ? null : { from: found.from, to: found.to };
}
