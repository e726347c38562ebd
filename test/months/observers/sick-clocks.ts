import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { days, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import type { Sample } from '../course.ts';
import { must } from '../failure.ts';
import { levelOf, WATCHED } from '../house.ts';

/** So many words in a row by a clock that is behind by the same, each at once and at its pace: it is known by then (C14). */
const KNOWN_AFTER = 8;

type Stamped = Sample & { readonly stampedAt: Millis };

/** A clock that is behind and goes, or that stands: what it stamps rings live, once it has been found out. */
export class SickClocks {
  readonly #run = new Map<string, { n: number; last: number; behind: number; stamp: Millis }>();
  checked = 0;

  /** @param now real time; our clock tells it */
  acknowledged(
    s: Stamped,
    isSingle: boolean,
    now: Millis,
    open: (point: string, rule: string) => Alarm | undefined,
  ): void {
    const behind = Math.round(s.takenAt) - s.stampedAt;
    const run = this.#run.get(s.point);
    const isPrompt = isSingle && now - s.takenAt < seconds(1);
    const isSick = run?.behind === behind || run?.stamp === s.stampedAt;
    const goesOn = isPrompt && run?.last === s.n - 1 && isSick;
    const n = goesOn ? run.n + 1 : 0;
    this.#run.set(s.point, { n, last: s.n, behind, stamp: s.stampedAt });
    if (behind < seconds(45) || behind > days(6) || n < KNOWN_AFTER) return;
    const [atOnce] = WATCHED;
    if (atOnce === undefined || atOnce.onDelay > 0 || levelOf(atOnce, s.values[atOnce.metric]) === null)
      return;
    this.checked++;
    const alarm = open(s.point, atOnce.rule);
    must(
      alarm?.phase.is.startsWith('active') === true && !alarm.late,
      () =>
        `${s.values[atOnce.metric]} at ${s.point} does not ring live, by a clock that has been ${behind / minutes(1)} min behind for ${n} words`,
    );
  }
}
