import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import type { JournaledEvent, TurnRecord } from '../../../src/flow/ports/journal.ts';
import type { Stamped } from '../device.ts';
import { must } from '../failure.ts';
import { type Shakes, signOf, type Wave } from '../shakes.ts';
import type { StoreThatGoesAway } from '../store.ts';

const AZ = as.metric('az');
const ON_TIME = seconds(30);
/** So many minutes of shaking, each on time and after the one before: whatever the windows, they are full of it. */
const RINGS_AFTER = 30;
/** A window may reach back so far. */
const REACH = hours(2);

/** Waveforms: acknowledged is kept, once, at its time; the store has it all; what shakes a bridge for long rings, and nothing else. */
export class FramesKept {
  readonly #isRight: (point: string) => boolean;
  readonly #courses: ReadonlyMap<string, Shakes>;
  /** Where each minute lies, by point and its first value. */
  readonly #durable = new Map<string, Map<number, Millis>>();
  /** What lies at each instant, the same way. */
  readonly #at = new Map<string, Map<Millis, number>>();
  readonly #runs = new Map<string, { last: number; shaken: number }>();
  frames = 0;
  rang = 0;

  constructor(courses: ReadonlyMap<string, Shakes>, isRight: (point: string) => boolean) {
    this.#courses = courses;
    this.#isRight = isRight;
  }

  durable({ owed, frames }: TurnRecord): void {
    for (const f of [...(owed?.frames ?? []), ...frames]) {
      const sign = f.samples[0];
      if (f.metric !== AZ || sign == null) continue;
      const places = this.#durable.get(f.point) ?? new Map<number, Millis>();
      this.#durable.set(f.point, places);
      const known = places.get(sign);
      must(
        known === undefined || known === f.observedAt || !this.#isRight(f.point),
        () => `minute ${sign} of ${f.point} was kept at two instants, ${known} and ${f.observedAt}`,
      );
      if (known === undefined) this.frames++;
      places.set(sign, f.observedAt);
      const at = this.#at.get(f.point) ?? new Map<Millis, number>();
      this.#at.set(f.point, at);
      const there = at.get(f.observedAt);
      must(
        there === undefined || there === sign || !this.#isRight(f.point),
        () => `minute ${sign} of ${f.point} overwrites ${there}, both at ${f.observedAt}`,
      );
      at.set(f.observedAt, sign);
    }
  }

  /** @param open the alarms as everybody sees them */
  acknowledged(w: Stamped<Wave>, now: Millis, open: readonly Alarm[]): void {
    must(
      this.#durable.get(w.point)?.has(signOf(w.n)) === true,
      () => `minute ${w.n} of ${w.point} was acknowledged and is not on the disk`,
    );
    const run = this.#runs.get(w.point) ?? { last: 0, shaken: 0 };
    this.#runs.set(w.point, run);
    const goesOn = w.n === run.last + 1 && now - w.takenAt <= ON_TIME && w.isShaken;
    run.shaken = goesOn ? run.shaken + 1 : 0;
    run.last = Math.max(run.last, w.n);
    if (run.shaken < RINGS_AFTER || !this.#isRight(w.point)) return;
    this.rang++;
    must(
      open.some(
        (a) => a.pointCode === w.point && a.metric?.startsWith('az') && a.phase.is.startsWith('active'),
      ),
      () => `${w.point} has been shaken for ${run.shaken} minutes, each on time, and nothing rings`,
    );
  }

  event({ event: { change }, after }: JournaledEvent): void {
    const course = this.#courses.get(after.pointCode);
    if (course === undefined || !('breach' in change) || after.metric?.startsWith('az') !== true) return;
    if (!this.#isRight(after.pointCode)) return;
    const { observedAt } = change.breach;
    must(
      course.within(observedAt - REACH, observedAt + minutes(1)),
      () => `${after.id} of ${after.pointCode} rang by ${change.breach.value}, and nothing shook it`,
    );
  }

  /** At the end: the store has what the journal had. */
  async stored(store: StoreThatGoesAway): Promise<void> {
    for (const [point, places] of this.#durable) {
      if (!this.#isRight(point)) continue;
      const q = { point, metric: AZ, from: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
      const found = new Map((await store.within.frames(q as never)).map((f) => [f.t0, f.samples[0]]));
      for (const [sign, t] of places)
        must(
          found.get(t) === sign || store.hasLied(point, AZ, t),
          () => `minute ${sign} of ${point} is not in the history at ${t}`,
        );
    }
  }
}
