import { play, type Recording } from '../../simulators/replay/recording.ts';
import type { Subject, TrueEvent } from './subject.ts';
import { type Raised, raisedBy } from './watched.ts';

const START = Date.parse('2026-04-01T00:00:00Z');
const DAY = 86_400_000;

export type FalseAlarm = {
  /** The same in every run: subject, point, rule, and which of them it is. */
  readonly id: string;
  readonly atMs: number;
  readonly value: number | null;
};

export type Tally = {
  readonly events: number;
  readonly found: number;
  readonly inTime: number;
  /** Minutes by which the first alarm was before it was due, of those in time; `null`: none. */
  readonly leadMin: { readonly median: number; readonly tenth: number } | null;
  readonly falseAlarms: number;
  readonly per100Days: number;
};

export type Account = {
  readonly subject: Subject;
  readonly readings: number;
  readonly sensorDays: number;
  /** Alarms that nothing was heard, where nothing was recorded. */
  readonly silences: number;
  readonly ours: Tally;
  readonly plain: Tally;
  readonly byRule: readonly { readonly rule: string; readonly raised: number; readonly false: number }[];
  readonly falseAlarms: readonly FalseAlarm[];
  readonly missed: readonly string[];
};

type Judged = ReturnType<typeof raisedBy>;

/** What the rules as shipped say of recordings. */
export function judged(recordings: readonly Recording[]): Judged {
  const events = play(recordings, {
    scale: { start: START, speed: 1 },
    qos: 1,
    until: Number.POSITIVE_INFINITY,
  });
  return raisedBy(events, { start: START });
}

/** The same, held against what was true. */
export function accountOf(subject: Subject, all: Judged): Account {
  const { readings } = all;
  // That nothing came for so long is so: it tells of no event, and is not false.
  const raised = all.raised.filter((r) => !isSilence(r));
  const sensorDays = subject.sensorMs / DAY;
  const untrue = raised.filter((r) => !subject.events.some((e) => isOf(e, r)));
  const seen = new Map<string, number>();
  const falseAlarms = untrue.map((r): FalseAlarm => {
    const key = `${r.point}/${r.rule}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    return { id: `${key}/${n}`, atMs: r.atMs, value: r.value };
  });
  const rules = [...new Set(raised.map((r) => r.rule))].sort();
  const must = subject.events.filter((e) => e.mustAlarm);
  return {
    subject,
    readings,
    sensorDays,
    silences: all.raised.length - raised.length,
    ours: tally(subject, raised, sensorDays),
    plain: tally(subject, subject.plain.raised(), sensorDays),
    byRule: rules.map((rule) => ({
      rule,
      raised: raised.filter((r) => r.rule === rule).length,
      false: untrue.filter((r) => r.rule === rule).length,
    })),
    falseAlarms,
    missed: must.filter((e) => firstOf(e, raised) > e.dueMs).map((e) => `${e.point}: ${e.what}`),
  };
}

const isSilence = (r: Raised): boolean => r.rule.endsWith('.any.silence');

type When = Pick<Raised, 'point' | 'atMs'>;

const isOf = (e: TrueEvent, r: When): boolean =>
  r.point === e.point && r.atMs >= e.fromMs && r.atMs <= e.untilMs;

const firstOf = (e: TrueEvent, raised: readonly When[]): number =>
  Math.min(Number.POSITIVE_INFINITY, ...raised.filter((r) => isOf(e, r)).map((r) => r.atMs));

function tally({ events }: Subject, raised: readonly When[], sensorDays: number): Tally {
  const must = events.filter((e) => e.mustAlarm);
  const firsts = must.map((e) => ({ due: e.dueMs, first: firstOf(e, raised) }));
  const leads = firsts
    .filter((f) => f.first <= f.due)
    .map((f) => (f.due - f.first) / 60_000)
    .sort((a, b) => a - b);
  const untrue = raised.filter((r) => !events.some((e) => isOf(e, r))).length;
  const at = (q: number): number => leads[Math.floor(q * (leads.length - 1))] as number;
  return {
    events: must.length,
    found: firsts.filter((f) => Number.isFinite(f.first)).length,
    inTime: leads.length,
    leadMin: leads.length === 0 ? null : { median: at(0.5), tenth: at(0.1) },
    falseAlarms: untrue,
    per100Days: (100 * untrue) / sensorDays,
  };
}
