import type { Actor, Alarm } from '../../domain/alarm/alarm.ts';
import { isUnacked } from '../../domain/alarm/order.ts';
import { type AlarmId, as, type PointCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import { AlarmDesk } from '../core/alarm-desk.ts';
import { Draft } from '../core/draft.ts';
import { Combinations } from '../judging/combinations.ts';
import type { Findings } from '../judging/findings.ts';
import { judgeReading } from '../judging/judge-point.ts';
import { Listening } from '../judging/listening.ts';
import type { PointState } from '../judging/point-state.ts';
import { judgeSilence, silenceMattersAt } from '../judging/silence.ts';
import type { Trial, TrialAlarm } from '../ports/backtests.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';

const LISTED = 1_000;
const WORST = 20;
const NOBODY_REALLY: Actor = { kind: 'system' };

/** An alarm that people have judged, as the journal has it. */
export type JudgedAlarm = {
  readonly alarm: AlarmId;
  readonly point: PointCode;
  readonly verdict: string;
  readonly from: Millis;
  /** `null`: open still. */
  readonly to: Millis | null;
};

type Growing = { -readonly [K in keyof TrialAlarm]: TrialAlarm[K] } & { activeSince: Millis | null };

/**
 * One set of rules over stored readings, by the very functions that judge live: `judgeReading` for the memories and
 * the level, `judgeSilence` for silences, `Combinations` for combinations, the alarm desk for the lifecycle. Nothing of it is
 * kept or told to anybody.
 */
export class TrialRun {
  readonly #rule: Rule;
  readonly #since: Millis;
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #tick: Duration;
  readonly #desk: AlarmDesk;
  readonly #attend: boolean;
  readonly #onEvent: ((e: JournaledEvent) => void) | undefined;
  readonly #alarms: Growing[] = [];
  readonly #growing = new Map<string, Growing>();
  /** Made when the last reading has been judged. */
  #byPoint: Map<PointCode, Growing[]> | null = null;
  readonly #states = new Map<PointCode, PointState>();
  readonly #groups: Combinations | null;
  #anchor: PointState | null = null;
  /** From when on silence counts at the anchor. */
  #listening = new Listening([], 0);
  #tickedAt: Millis = 0;
  #now: Millis = 0;
  #made = 0;
  #commands = 0;
  #seq = as.seq(0);
  readonly #tell: Findings;

  constructor(given: {
    rule: Rule;
    /** When judging begins; what is raised before `from` is not counted. */
    since: Millis;
    from: Millis;
    to: Millis;
    /** How often silence is looked at; at whole multiples of it. */
    tick: Duration;
    register: RegisterView;
    attend: boolean;
    /** Every event, for who wants to compare. */
    onEvent?: ((e: JournaledEvent) => void) | undefined;
  }) {
    this.#rule = given.rule;
    this.#since = given.since;
    this.#from = given.from;
    this.#to = given.to;
    this.#tick = given.tick;
    this.#attend = given.attend;
    this.#onEvent = given.onEvent;
    this.#desk = new AlarmDesk({
      ids: { alarm: () => as.alarm(`T${++this.#made}`) },
      limits: { shelveAtMost: 0, shelveLevel1: false },
      register: given.register,
    });
    this.#groups =
      'over' in given.rule.signal
        ? new Combinations({
            rules: [given.rule],
            register: given.register,
            state: (code) => this.#states.get(code),
          })
        : null;
    const isTried = (point: PointState, rule: Rule) => rule.id === this.#rule.id && point === this.#anchor;
    this.#tell = {
      breach: (point, rule, breach) => {
        if (isTried(point, rule)) this.#within((d) => this.#desk.findings(d).breach(point, rule, breach));
      },
      normal: (point, rule, worst) => {
        if (isTried(point, rule)) this.#within((d) => this.#desk.findings(d).normal(point, rule, worst));
      },
    };
  }

  /**
   * @param anchor where the rule is judged
   * @param states of all the points that it looks at there
   * @param installedAt since when something could be heard from the anchor
   */
  begin(anchor: PointCode, states: readonly PointState[], installedAt: Millis): void {
    for (const point of states) this.#states.set(point.code, point);
    this.#anchor = this.#states.get(anchor) ?? null;
    this.#listening = new Listening([], Math.max(this.#since, installedAt));
    this.#tickedAt = this.#listening.startedAt;
  }

  /** In order of event time, over all the points. */
  read(reading: Reading): void {
    const point = this.#states.get(reading.point);
    const plan = point?.plan.metrics.get(reading.metric);
    if (point === undefined || plan === undefined) return;
    if (this.#rule.signal.of === 'silentFor') {
      // What came late ended no silence when it was observed; when it did come is not stored.
      if (reading.backfill) return;
      this.#passTo(reading.receivedAt);
    }
    this.#now = reading.receivedAt;
    const stands = judgeReading(point, plan, reading, this.#tell);
    if (this.#rule.signal.of === 'silentFor') this.#heard(point);
    this.#groups?.judge(point, reading, stands, {
      ahead: false,
      findings: this.#tell,
      judged: (anchor) => anchor === this.#anchor,
    });
  }

  /** The points are over: what is open there will not be heard of again. */
  end(): void {
    if (this.#rule.signal.of === 'silentFor') this.#passTo(this.#to - 1);
    for (const alarm of this.#anchor?.alarms.values() ?? []) {
      this.#desk.open.delete(alarm.id);
      this.#growing.delete(alarm.id);
    }
    this.#states.clear();
    this.#anchor = null;
  }

  /** The clock goes on, from one tick at which a silence may begin or end to the next. */
  #passTo(until: Millis): void {
    const point = this.#anchor;
    const rule = point?.plan.rules.get(this.#rule.id);
    if (point === null || rule === undefined) return;
    for (;;) {
      const next = silenceMattersAt(point, rule, this.#listening);
      if (next === Infinity) return;
      const tick = Math.max(Math.ceil(next / this.#tick) * this.#tick, this.#tickedAt + this.#tick);
      if (tick > until) return;
      this.#tickedAt = tick;
      this.#now = tick;
      judgeSilence(point, rule, tick, this.#listening, this.#tell);
    }
  }

  /** As live: a silence that is told of is over as something is heard. */
  #heard(point: PointState): void {
    const rule = point.plan.rules.get(this.#rule.id);
    if (rule !== undefined && point.alarms.has(rule.id))
      judgeSilence(point, rule, this.#now, this.#listening, this.#tell);
  }

  /** @param inForce the same range under the rule in force */
  result(judged: readonly JudgedAlarm[], inForce: TrialRun): Trial {
    const within = this.#alarms.filter((a) => a.raisedAt >= this.#from);
    const byLevel: Record<Level, number> = { 1: 0, 2: 0, 3: 0, 4: 0 };
    const byPoint = new Map<PointCode, { point: PointCode; alarms: number; active: number }>();
    let active = 0;
    for (const a of within) {
      byLevel[a.level]++;
      const lasted = this.#activeOf(a);
      active += lasted;
      const p = byPoint.get(a.point) ?? { point: a.point, alarms: 0, active: 0 };
      p.alarms++;
      p.active += lasted;
      byPoint.set(a.point, p);
    }
    return {
      alarms: within.length,
      byLevel,
      points: byPoint.size,
      active,
      openAtStart: this.#alarms.filter(
        (a) => a.raisedAt < this.#from && (a.activeSince !== null || (a.until ?? 0) >= this.#from),
      ).length,
      worstPoints: [...byPoint.values()]
        .sort((a, b) => b.alarms - a.alarms || b.active - a.active)
        .slice(0, WORST),
      list: within
        .sort((a, b) => a.raisedAt - b.raisedAt)
        .slice(0, LISTED)
        .map(({ activeSince, ...a }) => ({
          ...a,
          until: activeSince === null ? a.until : null,
          active: this.#activeOf({ ...a, activeSince }),
        })),
      judged: this.#judged(judged),
      ...this.#against(judged, inForce),
    };
  }

  #judged(judged: readonly JudgedAlarm[]): Trial['judged'] {
    const verdicts: Record<string, { of: number; raised: number }> = {};
    for (const j of judged) {
      const counted = verdicts[j.verdict] ?? { of: 0, raised: 0 };
      verdicts[j.verdict] = counted;
      counted.of++;
      if (this.#toldOf(j) !== null) counted.raised++;
    }
    return verdicts;
  }

  /** Which of the alarms that people judged it would not have raised, and which later than the rule in force does. */
  #against(judged: readonly JudgedAlarm[], inForce: TrialRun): Pick<Trial, 'missed' | 'later'> {
    const missed: Trial['missed'][number][] = [];
    const later: Trial['later'][number][] = [];
    for (const j of judged) {
      const { alarm, point, verdict, from } = j;
      const told = this.#toldOf(j);
      const before = inForce.#toldOf(j);
      if (told === null) missed.push({ alarm, point, verdict, raisedAt: from });
      else if (before !== null && told > before)
        later.push({ alarm, point, verdict, raisedAt: from, by: told - before });
    }
    return { missed: missed.slice(0, LISTED), later: later.slice(0, LISTED) };
  }

  /** When it would have told of what a person judged; `null`: not at all. */
  #toldOf(j: JudgedAlarm): Millis | null {
    this.#byPoint ??= Map.groupBy(this.#alarms, (a) => a.point);
    let first: Millis | null = null;
    for (const a of this.#byPoint.get(j.point) ?? []) {
      const meets = a.raisedAt <= (j.to ?? Infinity) && (a.activeSince !== null || (a.until ?? 0) >= j.from);
      if (meets && (first === null || a.raisedAt < first)) first = a.raisedAt;
    }
    return first;
  }

  #activeOf(a: Growing): number {
    return a.active + (a.activeSince === null ? 0 : Math.max(0, this.#to - a.activeSince));
  }

  #within(tell: (draft: Draft) => void): void {
    const draft = new Draft(as.turn(1), this.#now, this.#seq);
    tell(draft);
    for (let told = 0; told < draft.events.length; told++) {
      const e = draft.events[told] as JournaledEvent;
      this.#note(e);
      this.#onEvent?.(e);
      if (this.#attend) this.#attendTo(e.after, draft);
    }
    this.#seq = draft.lastSeq;
  }

  /** As the best of operators would: at once. */
  #attendTo(alarm: Alarm, draft: Draft): void {
    const commandId = as.command(`T${++this.#commands}`);
    const now = this.#desk.find(alarm.id, null);
    if (isUnacked(alarm)) {
      this.#desk.order(
        now,
        { do: 'acknowledge', by: NOBODY_REALLY, seenRevision: alarm.revision, note: null, commandId },
        draft,
      );
    } else if (alarm.phase.is === 'latched-acked') {
      this.#desk.order(now, { do: 'reset', by: NOBODY_REALLY, note: null, commandId }, draft);
    }
  }

  #note({ event, after }: JournaledEvent): void {
    const known = this.#growing.get(event.alarmId);
    switch (event.change.kind) {
      case 'raised': {
        const made: Growing = {
          point: after.pointCode,
          raisedAt: event.at,
          level: after.level,
          until: null,
          active: 0,
          recurrences: 0,
          worst: after.worst.value,
          activeSince: event.at,
        };
        this.#growing.set(event.alarmId, made);
        this.#alarms.push(made);
        return;
      }
      case 'returned':
        if (known === undefined) return;
        known.active += known.activeSince === null ? 0 : event.at - known.activeSince;
        known.activeSince = null;
        known.until = event.at;
        break;
      case 'recurred':
        if (known === undefined) return;
        known.activeSince ??= event.at;
        known.recurrences = after.recurrences;
        break;
      case 'closed':
        this.#growing.delete(event.alarmId);
        break;
      default:
    }
    if (known === undefined) return;
    known.level = after.level;
    known.worst = after.worst.value;
  }
}
