import type { Alarm } from '../alarm/alarm.ts';
import { isFalseVerdict, isJudged, type Verdict } from '../alarm/assessment.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import { IndicatorCount, STALE_AFTER } from '../alarm/indicators.ts';
import type { AlarmId, LifelineKey, PointCode } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Duration, Millis } from '../time.ts';
import { count, type Figure, type FigureCell, type FigureTable, length, rankOf, share } from './figures.ts';
import type { Period } from './period.ts';
import type { Span } from './spans.ts';
import { lengthOf, merged } from './spans.ts';

const ROWS_AT_MOST = 200;
/** A rule that says that a point is silent. */
const SILENCE = '.silence';

/** What is kept of one alarm while a period is counted. */
type Tally = {
  readonly lifeline: LifelineKey;
  readonly point: PointCode;
  readonly pointName: string;
  readonly rule: string;
  readonly metric: string | null;
  readonly raisedAt: Millis;
  /** Shown to people when it was raised; of one from before the period nobody asks. */
  readonly isShown: boolean;
  level: Level;
  verdict: Verdict | null;
  isOpen: boolean;
  isUnacked: boolean;
  activeSince: Millis | null;
  readonly spans: Span[];
  worst: number | null;
  unit: string;
};

/** Alarms of a period: fed with their events in order, each with the alarm as it was right after it. */
export class AlarmTally {
  readonly #period: Period;
  readonly #tallies = new Map<AlarmId, Tally>();
  readonly #indicators: IndicatorCount;
  readonly #toAck: Duration[] = [];
  readonly #toAssess: Duration[] = [];
  readonly #acked = new Set<AlarmId>();
  readonly #assessed = new Set<AlarmId>();
  readonly #raised: { readonly at: Millis; readonly id: AlarmId }[] = [];

  constructor(period: Period) {
    this.#period = period;
    this.#indicators = new IndicatorCount(period.from, period.to);
  }

  take(event: AlarmEvent, after: Alarm): void {
    const { from, to } = this.#period;
    const { change, at, alarmId: id } = event;
    if (at >= to) {
      // A verdict that came later: a corrected report knows it.
      const known = this.#tallies.get(id);
      if (change.kind === 'assessed' && known !== undefined) known.verdict = change.verdict;
      return;
    }
    const hidden = change.kind === 'raised' && change.hidden !== undefined;
    this.#indicators.take({
      at,
      kind: change.kind,
      alarm: id,
      hidden,
      raisedAt: after.raisedAt,
      level: after.level,
      lifeline: after.lifeline,
      area: after.areaCode,
      point: after.pointCode,
      pointName: after.pointName,
      asset: after.assetCode,
      assetName: after.assetName,
      rule: after.ruleId,
      ruleName: after.ruleName,
      verdict: null,
      from: null,
    });
    if (at < from) return;
    const t = this.#tallies.get(id) ?? this.#begin(after, change.kind === 'raised' && !hidden);
    this.#follow(t, event, after);
  }

  /** Open at the end of the period, and nothing happened to it in between. */
  wasOpen(alarm: Alarm): void {
    if (this.#tallies.has(alarm.id) || alarm.raisedAt >= this.#period.to) return;
    const t = this.#begin(alarm, false);
    if (alarm.phase.is.startsWith('active')) t.activeSince = this.#period.from;
  }

  /** Spans in which a point was silent, ordered and merged. */
  silences(): ReadonlyMap<PointCode, readonly Span[]> {
    const found = new Map<PointCode, Span[]>();
    for (const t of this.#tallies.values())
      if (t.rule.endsWith(SILENCE)) found.set(t.point, [...(found.get(t.point) ?? []), ...this.#spansOf(t)]);
    const all: Span = [this.#period.from, this.#period.to];
    return new Map([...found].map(([point, spans]) => [point, merged(spans, all)]));
  }

  /** Raised and shown in the period, in order. */
  raised(): readonly { readonly at: Millis; readonly level: Level }[] {
    return this.#raised.map(({ at, id }) => ({ at, level: this.#tallies.get(id)?.level ?? 4 }));
  }

  figures(): readonly Figure[] {
    const shown = [...this.#tallies.values()].filter((t) => t.isShown);
    const open = [...this.#tallies.values()].filter((t) => t.isOpen);
    const i = this.#indicators.result();
    const judged = shown.filter((t) => t.verdict !== null && isJudged(t.verdict));
    const ofVerdict = (v: Verdict) => shown.filter((t) => t.verdict === v).length;
    const level = (l: Level) => shown.filter((t) => t.level === l).length;
    return [
      count('alarms.raised', shown.length),
      count('alarms.level1', level(1)),
      count('alarms.level2', level(2)),
      count('alarms.level3', level(3)),
      count('alarms.level4', level(4)),
      count('alarms.hidden', i.raisedHidden),
      count('alarms.shelved', i.shelved),
      count('alarms.open-at-end', open.length),
      count('alarms.unacked-at-end', open.filter((t) => t.isUnacked).length),
      count('alarms.stale-at-end', open.filter((t) => this.#period.to - t.raisedAt > STALE_AFTER).length),
      count('alarms.acked', this.#toAck.length),
      length('alarms.ack-median', rankOf(this.#toAck, 0.5)),
      length('alarms.ack-p90', rankOf(this.#toAck, 0.9)),
      length('alarms.assess-median', rankOf(this.#toAssess, 0.5)),
      length('alarms.assess-p90', rankOf(this.#toAssess, 0.9)),
      count('alarms.judged', judged.length),
      count('alarms.not-judged', shown.length - judged.length),
      share(
        'alarms.false-rate',
        judged.filter((t) => t.verdict !== null && isFalseVerdict(t.verdict)).length,
        judged.length,
      ),
      count('alarms.biogas', ofVerdict('biogas')),
      count('alarms.test', ofVerdict('test')),
      count('alarms.works', ofVerdict('works')),
      { key: 'alarms.rate', unit: 'per-10-min', value: i.rate.average },
      count('alarms.peak', i.rate.peak),
      count('alarms.floods', i.flood.count),
      { key: 'alarms.flood-share', unit: 'share', value: i.flood.share },
      length('alarms.flood-longest', i.flood.longest),
      count('alarms.chattering', i.chattering.length),
    ];
  }

  /** @param depths metrics by which water stands, of which points are listed apart */
  tables(nameOf: (lifeline: LifelineKey) => string, depths: ReadonlySet<string>): readonly FigureTable[] {
    const { top } = this.#indicators.result();
    return [
      this.#lifelines(nameOf),
      this.#points('points', nameOf, (t) => !t.rule.endsWith(SILENCE)),
      this.#points('floods', nameOf, (t) => depths.has(`${t.lifeline}/${t.metric}`)),
      {
        key: 'noisy',
        columns: ['rule', 'point', 'name', 'lifeline', 'raised', 'share'],
        rows: top.map((s) => [s.ruleName.zh, s.point, s.pointName, nameOf(s.lifeline), s.raised, s.share]),
        total: top.length,
      },
    ];
  }

  #lifelines(nameOf: (lifeline: LifelineKey) => string): FigureTable {
    const by = Map.groupBy(this.#tallies.values(), (t) => t.lifeline);
    const rows = [...by]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([lifeline, all]): readonly FigureCell[] => {
        const shown = all.filter((t) => t.isShown);
        const judged = shown.filter((t) => t.verdict !== null && isJudged(t.verdict));
        const false_ = judged.filter((t) => t.verdict !== null && isFalseVerdict(t.verdict)).length;
        return [
          nameOf(lifeline),
          shown.length,
          ...([1, 2, 3, 4] as const).map((l) => shown.filter((t) => t.level === l).length),
          judged.length,
          false_,
          judged.length === 0 ? null : false_ / judged.length,
          all.filter((t) => t.isOpen).length,
        ];
      });
    return {
      key: 'lifelines',
      columns: [
        'lifeline',
        'raised',
        'level1',
        'level2',
        'level3',
        'level4',
        'judged',
        'false',
        'falseShare',
        'open',
      ],
      rows,
      total: rows.length,
    };
  }

  #points(
    key: 'points' | 'floods',
    nameOf: (lifeline: LifelineKey) => string,
    wants: (t: Tally) => boolean,
  ): FigureTable {
    const by = Map.groupBy(
      [...this.#tallies.values()].filter(
        (t) => wants(t) && (t.isShown || t.spans.length > 0 || t.activeSince !== null),
      ),
      (t) => t.point,
    );
    const all: Span = [this.#period.from, this.#period.to];
    const rows = [...by]
      .map(([point, of]) => {
        const worst = of.reduce<number | null>(
          (w, t) => (t.worst === null ? w : w === null ? t.worst : Math.max(w, t.worst)),
          null,
        );
        const first = of[0] as Tally;
        const raised = of.filter((t) => t.isShown).length;
        const active = lengthOf(
          merged(
            of.flatMap((t) => this.#spansOf(t)),
            all,
          ),
        );
        return {
          point,
          cells: [
            point,
            first.pointName,
            nameOf(first.lifeline),
            raised,
            active,
            worst,
            worst === null ? null : first.unit,
          ] as const,
        };
      })
      .sort((a, b) => b.cells[3] - a.cells[3] || b.cells[4] - a.cells[4] || (a.point < b.point ? -1 : 1));
    return {
      key,
      columns: ['point', 'name', 'lifeline', 'raised', 'activeMs', 'worst', 'unit'],
      rows: rows.slice(0, ROWS_AT_MOST).map((r) => r.cells),
      total: rows.length,
    };
  }

  #spansOf(t: Tally): readonly Span[] {
    return t.activeSince === null ? t.spans : [...t.spans, [t.activeSince, this.#period.to]];
  }

  #begin(alarm: Alarm, isShown: boolean): Tally {
    const t: Tally = {
      lifeline: alarm.lifeline,
      point: alarm.pointCode,
      pointName: alarm.pointName,
      rule: alarm.ruleId,
      metric: alarm.metric,
      raisedAt: alarm.raisedAt,
      isShown,
      level: alarm.level,
      verdict: alarm.assessment?.verdict ?? null,
      isOpen: alarm.phase.is !== 'closed',
      isUnacked: alarm.phase.is.endsWith('-unacked'),
      activeSince: null,
      spans: [],
      worst: alarm.worst.value,
      unit: alarm.trigger.unit,
    };
    this.#tallies.set(alarm.id, t);
    return t;
  }

  #follow(t: Tally, { change, at, alarmId: id }: AlarmEvent, after: Alarm): void {
    const wasBegun = t.raisedAt < this.#period.from && t.spans.length === 0 && t.activeSince === null;
    switch (change.kind) {
      case 'raised':
        t.activeSince = at;
        if (t.isShown) this.#raised.push({ at, id });
        break;
      case 'recurred':
        t.activeSince ??= at;
        break;
      case 'returned':
        // Of one from before the period: the condition was there when it began.
        t.spans.push([t.activeSince ?? this.#period.from, at]);
        t.activeSince = null;
        break;
      case 'acknowledged':
        if (t.isShown && !this.#acked.has(id)) this.#toAck.push(at - after.raisedAt);
        this.#acked.add(id);
        break;
      case 'assessed':
        if (t.isShown && isJudged(change.verdict) && !this.#assessed.has(id)) {
          this.#toAssess.push(at - after.raisedAt);
          this.#assessed.add(id);
        }
        break;
      default:
        break;
    }
    if (wasBegun && t.activeSince === null && t.spans.length === 0 && after.phase.is.startsWith('active'))
      t.activeSince = this.#period.from;
    t.level = after.level;
    t.verdict = after.assessment?.verdict ?? null;
    t.isOpen = after.phase.is !== 'closed';
    t.isUnacked = after.phase.is.endsWith('-unacked');
    t.worst = after.worst.value;
  }
}
