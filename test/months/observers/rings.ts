import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { type Duration, hours, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import type { JournaledEvent, TurnRecord } from '../../../src/flow/ports/journal.ts';
import type { Course, Excursion, Sample } from '../course.ts';
import { must } from '../failure.ts';
import { levelOf, WATCHED, type Watched } from '../house.ts';

/** `isNewest`: as it came, nothing later was known. */
type Heard = { readonly sample: Sample; readonly onTime: boolean; readonly isNewest: boolean };
/** `shown`: an alarm was active, as grave, as it should have rung: that says it already. */
type Told = { live: number; late: number; shown: boolean };

/** On time in the words of promises C14. */
const ON_TIME: Duration = seconds(30);
/** So many readings in order and on time, and whatever was thought of a clock is over. */
const SETTLED_AFTER = 8;
/** By so much a clock may be off either way from one reading to the next: a stretch is as much shorter by it, twice. */
const JITTER: Duration = minutes(3);
/** Between two readings of the slowest device: so far beyond an excursion it is not known to be over. */
const APART_AT_MOST: Duration = hours(1);

/**
 * Every excursion one alarm, and none without one: what should ring by the physical truth and by what was heard, held
 * against what did.
 */
export class Rings {
  readonly #courses: ReadonlyMap<string, Course>;
  readonly #isRight: (point: string) => boolean;
  /** By point, in the order in which they were taken. */
  readonly #samples = new Map<string, Sample[]>();
  readonly #heard = new Map<string, Heard[]>();
  readonly #known = new Set<Sample>();
  readonly #told = new Map<string, Told>();
  /** By point and rule: readings on time, one after the other, without anything over the limit. */
  readonly #quiet = new Map<string, { n: number; since: Millis }>();
  /** Some of what was judged is not on the disk, for want of room, and so not known here in its order. */
  isBlind = false;
  excursionsHeard = 0;
  alarms = 0;
  lateAlarms = 0;

  constructor(courses: ReadonlyMap<string, Course>, isRight: (point: string) => boolean) {
    this.#courses = courses;
    this.#isRight = isRight;
  }

  /** A sample leaves its device. */
  sent(sample: Sample): void {
    const samples = this.#samples.get(sample.point) ?? [];
    this.#samples.set(sample.point, samples);
    samples[sample.n] = sample;
  }

  /** The sample that a value came from: the last six places of a value are the number of its sample. */
  #sampleOf(point: string, metric: Watched['metric'], value: number | null): Sample | undefined {
    if (value === null) return undefined;
    const sample = this.#samples.get(point)?.[Math.round(value * 10_000_000) % 1_000_000];
    return sample?.values[metric] === value ? sample : undefined;
  }

  event({ event, after }: JournaledEvent): void {
    const { change } = event;
    const w = WATCHED.find((x) => x.rule === after.ruleId);
    if (w === undefined || !('breach' in change)) return;
    const { value, late } = change.breach;
    const sample = this.#sampleOf(after.pointCode, w.metric, value);
    must(sample !== undefined, () => `${after.id} of ${after.pointCode} rang by ${value}, which nobody sent`);
    if (sample === undefined) return;
    const excursion = this.#courses.get(sample.point)?.during(w.metric, sample.takenAt) ?? null;
    must(
      excursion !== null,
      () => `${after.id} of ${after.pointCode} rang by ${value}, which is no excursion of ${w.rule}`,
    );
    if (excursion === null || change.kind === 'escalated') return;
    const told = this.#toldOf(excursion);
    if (late) told.late++;
    else told.live++;
    this.alarms++;
    if (late) this.lateAlarms++;
    if (!this.#isRight(sample.point) || this.isBlind) return;
    must(
      told.live <= 1 && told.late <= 2,
      () =>
        `${nameOf(excursion)} rang ${told.live} times live and ${told.late} times late: ${after.id} by ${value}`,
    );
    this.#waited(w, sample, after);
  }

  /** Readings are on the disk, and so known to the service, whether or not it lives to acknowledge them. */
  durable(record: TurnRecord, now: Millis): void {
    for (const r of [...(record.owed?.readings ?? []), ...record.readings]) {
      const sample = r.metric === 'ch4' ? this.#sampleOf(r.point, 'ch4', r.value) : undefined;
      if (sample === undefined || this.#known.has(sample)) continue;
      this.#known.add(sample);
      const newest = this.#heard.get(sample.point)?.at(-1)?.sample.takenAt ?? 0;
      this.#note({ sample, onTime: now - sample.takenAt <= ON_TIME, isNewest: sample.takenAt > newest });
    }
  }

  /** A sample was acknowledged for the first time. @param open the alarms as everybody sees them then */
  acknowledged(
    sample: Sample & { readonly stampedAt: Millis },
    now: Millis,
    open: (point: string, rule: string) => Alarm | undefined,
  ): void {
    const onTime = now - sample.takenAt <= ON_TIME;
    for (const w of WATCHED) {
      const value = sample.values[w.metric];
      const level = levelOf(w, value);
      const alarm = open(sample.point, w.rule);
      const active = alarm?.phase.is.startsWith('active') === true;
      if (level === null) this.#quietly(w, sample, onTime, active);
      else this.#loudly(w, sample, level, active ? alarm : undefined);
    }
  }

  #loudly(
    w: Watched,
    sample: Sample & { readonly stampedAt: Millis },
    level: number,
    active: Alarm | undefined,
  ): void {
    this.#quiet.delete(`${sample.point} ${w.rule}`);
    const excursion = this.#courses.get(sample.point)?.during(w.metric, sample.takenAt);
    if (excursion == null) throw new Error(`${sample.n} of ${sample.point} is over, in no excursion`);
    const told = this.#toldOf(excursion);
    if (w.onDelay > 0 && !this.#hasLasted(w, sample)) return;
    const newest = this.#heard.get(sample.point)?.at(-1);
    if (newest?.sample.n === sample.n && newest.onTime && newest.isNewest && this.#isRight(sample.point))
      must(
        this.isBlind || (active !== undefined && active.level <= level),
        () =>
          `${nameOf(excursion)} does not ring as gravely as it is: ${sample.values[w.metric]} on time says level ${level}`,
      );
    told.shown ||= active !== undefined && active.level <= level;
    if (this.#speaksOfTold(w, sample)) return;
    must(
      told.live + told.late > 0 || told.shown,
      () =>
        `${nameOf(excursion)} does not ring: ${sample.values[w.metric]} was acknowledged and says level ${level}`,
    );
  }

  /** By its stamp it is of another excursion, which was told of: until its clock is found out (C14), nobody can know better. */
  #speaksOfTold({ metric }: Watched, { point, takenAt, stampedAt }: Sample & { stampedAt: Millis }): boolean {
    if (Math.abs(stampedAt - takenAt) <= ON_TIME) return false;
    const all = this.#courses.get(point)?.excursions ?? [];
    return all.some(
      (e) =>
        e.metric === metric &&
        stampedAt >= e.from - APART_AT_MOST &&
        stampedAt <= e.to + APART_AT_MOST &&
        (takenAt < e.from || takenAt > e.to) &&
        this.#told.has(keyOf(e)),
    );
  }

  #quietly(w: Watched, sample: Sample, onTime: boolean, active: boolean): void {
    const key = `${sample.point} ${w.rule}`;
    // Not quite normal: within a deadband, or over a limit that somebody has set lower.
    if (sample.values[w.metric] > (w.limits.at(-1)?.over ?? 0) / 2) this.#quiet.delete(key);
    // Of a clock that is not right it is the order, too, that tells what is now (promises C14).
    if (!onTime && !this.#isRight(sample.point)) this.#quiet.delete(key);
    if (!onTime || sample.values[w.metric] > (w.limits.at(-1)?.over ?? 0) / 2) return;
    const quiet = this.#quiet.get(key) ?? { n: 0, since: sample.takenAt };
    quiet.n++;
    this.#quiet.set(key, quiet);
    const least = w.offDelay + minutes(2) + (this.#isRight(sample.point) ? 0 : 2 * JITTER);
    if (quiet.n < SETTLED_AFTER || sample.takenAt - quiet.since < least) return;
    must(
      !active,
      () =>
        `${w.rule} at ${sample.point} is still active after ${quiet.n} readings on time with nothing over its limit`,
    );
  }

  /** A step with an on-delay is told no sooner than that: by what was heard, in order of when it was so. */
  #waited(w: Watched, sample: Sample, after: Alarm): void {
    const lasted = this.#lasts(w, sample, () => true);
    must(
      lasted >= w.onDelay - 1,
      () =>
        `${after.id} of ${after.pointCode} rang after ${lasted / 1_000} s of an on-delay of ${w.onDelay / 1_000} s`,
    );
  }

  /** Whether what was heard on time, or what was heard late, shows by itself that the condition has lasted. */
  #hasLasted(w: Watched, sample: Sample): boolean {
    if (!this.#isRight(sample.point) || this.isBlind) return false;
    const it = this.#heard.get(sample.point)?.findLast((h) => h.sample.n === sample.n);
    if (it === undefined) return false;
    return this.#lasts(w, sample, (h) => h.onTime === it.onTime) >= w.onDelay;
  }

  /** For how long everything heard before it was over the limit, as long as `counts` holds. */
  #lasts(w: Watched, sample: Sample, counts: (h: Heard) => boolean): Duration {
    const heard = this.#heard.get(sample.point) ?? [];
    let since = sample.takenAt;
    for (let i = heard.length - 1; i >= 0; i--) {
      const h = heard[i] as Heard;
      if (h.sample.takenAt >= sample.takenAt) continue;
      if (!counts(h) || levelOf(w, h.sample.values[w.metric]) === null) break;
      since = h.sample.takenAt;
    }
    return sample.takenAt - since;
  }

  #note(h: Heard): void {
    const heard = this.#heard.get(h.sample.point) ?? [];
    this.#heard.set(h.sample.point, heard);
    let i = heard.length;
    while (i > 0 && (heard[i - 1]?.sample.takenAt ?? 0) > h.sample.takenAt) i--;
    heard.splice(i, 0, h);
  }

  #toldOf(e: Excursion): Told {
    const key = keyOf(e);
    const known = this.#told.get(key);
    if (known !== undefined) return known;
    const made = { live: 0, late: 0, shown: false };
    this.#told.set(key, made);
    this.excursionsHeard++;
    return made;
  }
}

const keyOf = (e: Excursion): string => `${e.point} ${e.metric} ${e.n}`;

const nameOf = (e: Excursion): string =>
  `${e.metric} at ${e.point}, over from ${new Date(e.from).toISOString()} to ${new Date(e.to).toISOString()},`;
