import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { type Duration, hours, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import type { JournaledEvent } from '../../../src/flow/ports/journal.ts';
import type { Sample } from '../course.ts';
import { must } from '../failure.ts';
import { DERIVED } from '../house.ts';

const ON_TIME: Duration = seconds(30);
/** A window of samples that lie far apart reaches back over twelve of its lengths at most (docs/signals.md). */
const REACH = 12;
/** Readings in order and on time after which nothing of what was before is in a window. */
const SETTLED_AFTER = 8;
const SETTLED = hours(3);

type Open = (point: string, rule: string) => Alarm | undefined;
/** A sample as it was heard, with those before it that were on time and in order, one after the other. */
type Run = Sample[];

/**
 * What windows, changes and combinations should say by docs/signals.md, at points whose clock is right: bounds that hold whatever
 * the parts of a window are, not the arithmetic itself.
 */
export class Derived {
  readonly #isRight: (point: string) => boolean;
  readonly #samples = new Map<string, Sample[]>();
  readonly #runs = new Map<string, Run>();
  /** By point and rule: when it last rang, in real time. */
  readonly #rang = new Map<string, Millis>();
  checked = 0;

  constructor(isRight: (point: string) => boolean) {
    this.#isRight = isRight;
  }

  /** A sample leaves its device: in order of when it was taken, or again. */
  sent(s: Sample): void {
    const all = this.#samples.get(s.point) ?? [];
    this.#samples.set(s.point, all);
    all[s.n] = s;
  }

  /** @param now real time */
  event({ event, after }: JournaledEvent, now: Millis): void {
    const { change } = event;
    if (!('breach' in change)) return;
    this.#rang.set(`${after.pointCode} ${after.ruleId}`, now);
    if (!this.#isRight(after.pointCode)) return;
    const { value, observedAt, span = 0 } = change.breach;
    const say = (why: string) => () =>
      `${after.id} of ${after.pointCode} rang by ${value} of ${after.ruleId}, ${why}`;
    switch (after.ruleId as string) {
      case DERIVED.mean.rule: {
        const within = this.#since(after.pointCode, observedAt, Math.max(span, REACH * DERIVED.mean.window));
        const most = Math.max(...within.map((s) => s.values.ch4));
        must(value !== null && value <= most + 1e-6, say(`and nothing was above ${most} for long before`));
        this.checked++;
        break;
      }
      case DERIVED.rate.rule: {
        const all = this.#since(after.pointCode, observedAt, Number.POSITIVE_INFINITY);
        const newest = all.findLast((s) => Math.round(s.takenAt) === Math.round(observedAt));
        const isSo = all.some(
          (s) =>
            newest !== undefined &&
            s.takenAt < newest.takenAt &&
            isNear((newest.values.ch4 - s.values.ch4) / minutesFrom(s, newest), value),
        );
        must(isSo, say('which is the rise between no two samples'));
        this.checked++;
        break;
      }
      case DERIVED.both.rule: {
        // Each was so at its own newest reading, however old, or within the time of the combination before.
        const within = this.#since(after.pointCode, observedAt, hours(12));
        must(
          within.some((s) => s.values.ch4 >= DERIVED.both.ch4) &&
            within.some((s) => s.values.co >= DERIVED.both.co),
          say('and not both were so'),
        );
        this.checked++;
        break;
      }
      default:
    }
  }

  /** A sample was acknowledged for the first time. @param now real time */
  acknowledged(s: Sample, now: Millis, open: Open): void {
    const run = this.#runs.get(s.point) ?? [];
    this.#runs.set(s.point, run);
    const last = run.at(-1);
    const goesOn = now - s.takenAt <= ON_TIME && (last === undefined || s.n === last.n + 1);
    if (!goesOn) run.length = 0;
    if (now - s.takenAt > ON_TIME) return;
    run.push(s);
    if (run.length > 40) run.shift();
    if (!this.#isRight(s.point)) return;
    this.#mustRing(s, run, now, open);
    this.#mustRest(s, run, open);
  }

  #mustRing(s: Sample, run: Run, now: Millis, open: Open): void {
    const rings = (rule: string) =>
      open(s.point, rule)?.phase.is.startsWith('active') === true ||
      now - (this.#rang.get(`${s.point} ${rule}`) ?? Number.NEGATIVE_INFINITY) < minutes(1);
    const say = (rule: string, why: string) => () => `${rule} at ${s.point} does not ring: ${why}`;
    const { mean, rate, both } = DERIVED;
    const over = run.slice(run.findLastIndex((x) => x.values.ch4 <= mean.over) + 1);
    const since = over[0]?.takenAt ?? s.takenAt;
    if (over.length >= 4 && s.takenAt - since >= 2 * mean.window)
      must(
        rings(mean.rule),
        say(mean.rule, `nothing was at ${mean.over} or below since ${new Date(since).toISOString()}`),
      );
    const [first] = run;
    const oldest = run.find((x) => x.takenAt > s.takenAt - rate.window);
    // All of the window came on time: what came late may be in it, or may not.
    const edge = s.takenAt - rate.window;
    const isOnEdge = run.some((x) => Math.abs(x.takenAt - edge) < 2);
    const isWhole = first !== undefined && first.takenAt < edge && !isOnEdge;
    if (isWhole && oldest !== undefined && s.takenAt - oldest.takenAt >= rate.window * 0.55) {
      const rise = (s.values.ch4 - oldest.values.ch4) / minutesFrom(oldest, s);
      if (rise > rate.over * 1.01) must(rings(rate.rule), say(rate.rule, `it rises by ${rise} a minute`));
    }
    if (run.length > 1 && s.values.ch4 > both.ch4 && s.values.co > both.co)
      must(rings(both.rule), say(both.rule, `both are so: ${JSON.stringify(s.values)}`));
  }

  #mustRest(s: Sample, run: Run, open: Open): void {
    const from = run.at(-SETTLED_AFTER);
    if (from === undefined || s.takenAt - from.takenAt < 0) return;
    const quiet = run.slice(run.findLastIndex((x) => x.values.ch4 > DERIVED.mean.over / 2) + 1);
    const first = quiet[0];
    if (first === undefined || quiet.length < SETTLED_AFTER || s.takenAt - first.takenAt < SETTLED) return;
    for (const { rule } of Object.values(DERIVED))
      must(
        open(s.point, rule)?.phase.is.startsWith('active') !== true,
        () => `${rule} at ${s.point} is still active after ${quiet.length} quiet readings on time`,
      );
  }

  #since(point: string, at: Millis, reach: Duration): Sample[] {
    return (this.#samples.get(point) ?? []).filter(
      (s) => s !== undefined && s.takenAt <= at + 1 && s.takenAt >= at - reach,
    );
  }
}

const minutesFrom = (a: Sample, b: Sample): number =>
  (Math.round(b.takenAt) - Math.round(a.takenAt)) / 60_000;

const isNear = (a: number, b: number | null): boolean =>
  b !== null && Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
