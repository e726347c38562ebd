import type { Actor, Alarm } from '../../domain/alarm/alarm.ts';
import { isUnacked } from '../../domain/alarm/order.ts';
import { as, type PointCode, type RuleId } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Millis } from '../../domain/time.ts';
import { Desk } from '../desk.ts';
import { Draft } from '../draft.ts';
import { judgeReading, type Verdicts } from '../judge-point.ts';
import { emptyMemory, type PointState } from '../point-state.ts';
import type { Trial, TrialAlarm } from '../ports/backtests.ts';
import type { JournaledEvent } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import type { MetricPlan, Plan } from '../rule-book.ts';

const LISTED = 1_000;
const WORST = 20;
const NOBODY_REALLY: Actor = { kind: 'system' };

/** An alarm that people have judged, as the journal has it. */
export type JudgedAlarm = {
  readonly point: PointCode;
  readonly verdict: string;
  readonly from: Millis;
  /** `null`: open still. */
  readonly to: Millis | null;
};

type Growing = { -readonly [K in keyof TrialAlarm]: TrialAlarm[K] } & { activeSince: Millis | null };

/**
 * One set of rules over stored readings, by the very functions that judge live: `judgeReading` for the memories and
 * the level, the alarm desk for the lifecycle. Nothing of it is kept or told to anybody.
 */
export class TrialRun {
  readonly #rule: RuleId;
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #desk: Desk;
  readonly #attend: boolean;
  readonly #onEvent: ((e: JournaledEvent) => void) | undefined;
  readonly #alarms: Growing[] = [];
  readonly #growing = new Map<string, Growing>();
  #at: PointState | null = null;
  #metric: MetricPlan | null = null;
  #now: Millis = 0;
  #made = 0;
  #commands = 0;
  #seq = as.seq(0);
  readonly #tell: Verdicts;

  constructor(given: {
    rule: RuleId;
    from: Millis;
    to: Millis;
    register: RegisterView;
    attend: boolean;
    /** Every event, for who wants to compare. */
    onEvent?: ((e: JournaledEvent) => void) | undefined;
  }) {
    this.#rule = given.rule;
    this.#from = given.from;
    this.#to = given.to;
    this.#attend = given.attend;
    this.#onEvent = given.onEvent;
    this.#desk = new Desk({
      ids: { alarm: () => as.alarm(`T${++this.#made}`) },
      limits: { shelveAtMost: 0, shelveLevel1: false },
      register: given.register,
    });
    this.#tell = {
      breach: (at, rule, breach) => {
        if (rule.id === this.#rule) this.#within((d) => this.#desk.hearing(d).breach(at, rule, breach));
      },
      normal: (at, rule, worst) => {
        if (rule.id === this.#rule) this.#within((d) => this.#desk.hearing(d).normal(at, rule, worst));
      },
    };
  }

  begin(code: PointCode, plan: Plan, metric: MetricPlan, baselines: PointState['baselines']): void {
    this.#metric = metric;
    this.#at = {
      code,
      plan,
      memory: emptyMemory(),
      latest: new Map(),
      alarms: new Map(),
      baselines,
      dirtySince: null,
      dirtyAt: 0,
    };
  }

  read(reading: Reading): void {
    if (this.#at === null || this.#metric === null) return;
    this.#now = reading.receivedAt;
    judgeReading(this.#at, this.#metric, reading, this.#tell);
  }

  /** The point is over: what is open there will not be heard of again. */
  end(): void {
    for (const alarm of this.#at?.alarms.values() ?? []) {
      this.#desk.open.delete(alarm.id);
      this.#growing.delete(alarm.id);
    }
    this.#at = null;
  }

  result(judged: readonly JudgedAlarm[]): Trial {
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
    };
  }

  #judged(judged: readonly JudgedAlarm[]): Trial['judged'] {
    const ofPoint = Map.groupBy(this.#alarms, (a) => a.point);
    const verdicts: Record<string, { of: number; raised: number }> = {};
    for (const j of judged) {
      const counted = verdicts[j.verdict] ?? { of: 0, raised: 0 };
      verdicts[j.verdict] = counted;
      counted.of++;
      const met = (ofPoint.get(j.point) ?? []).some(
        (a) => a.raisedAt <= (j.to ?? Infinity) && (a.activeSince !== null || (a.until ?? 0) >= j.from),
      );
      if (met) counted.raised++;
    }
    return verdicts;
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
    if (isUnacked(alarm)) {
      this.#desk.order(
        alarm.id,
        { do: 'acknowledge', by: NOBODY_REALLY, seenRevision: alarm.revision, note: null, commandId },
        null,
        draft,
      );
    } else if (alarm.phase.is === 'latched-acked') {
      this.#desk.order(alarm.id, { do: 'reset', by: NOBODY_REALLY, note: null, commandId }, null, draft);
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
