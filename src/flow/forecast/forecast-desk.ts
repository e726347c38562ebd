import type { PastFlood } from '../../domain/forecast/curve.ts';
import { reachesOf } from '../../domain/forecast/reaches.ts';
import { ScoreBook } from '../../domain/forecast/skill.ts';
import { HORIZONS, type MinutesAhead, type TrendModel } from '../../domain/forecast/trend.ts';
import { as, type LifelineKey, type MetricKey, type PointCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Pack } from '../../domain/pack.ts';
import { GOOD, type Reading } from '../../domain/reading.ts';
import type { Point } from '../../domain/register/register.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import { days, hours, type Millis, minutes } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type {
  Forecast,
  ForecastModel,
  ForecastSkill,
  Forecasts,
  NoForecast,
  StoredForecast,
} from '../ports/ahead/forecasts.ts';
import type { Clock } from '../ports/clock.ts';
import type { History } from '../ports/history.ts';
import type { ResponseIds } from '../ports/ids.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Turn } from '../turn.ts';
import { floodsInHistory, samplesOf } from './floods-of-history.ts';
import { ForecastWarnings } from './forecast-warnings.ts';
import { ForecastKind } from './kind.ts';
import { type Fitted, learnt } from './learn.ts';
import { ForecastPoint } from './points.ts';

/** Points looked at without letting others have the thread: some milliseconds. */
const AT_A_STRETCH = 100;
/** Floods of all points together that one fit looks at. */
const POOLED_AT_MOST = 600;
/** How far back floods are learnt from. */
const LEARNS_FROM = days(400);
const STALE = minutes(15);
/** Limits that are said in advance, of all points of a kind together. */
const LIMITS_AT_MOST = 8;

/**
 * Says the next half hour of what packs have forecast, once a minute, beside the way of a reading: it hears what is durable, and nobody
 * waits for it. What it says is kept in the history as readings of metrics that no device may send, and held against what comes.
 */
export class ForecastDesk implements Forecasts {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'stock'>;
  readonly #history: Pick<History, 'raw' | 'buckets'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #breathe: () => Promise<void>;
  readonly #kinds: ReadonlyMap<LifelineKey, ForecastKind>;
  readonly #warnings: ForecastWarnings;
  #isBusy = false;

  constructor(given: {
    core: Core;
    packs: readonly Pack[];
    turn: Pick<Turn, 'stock' | 'tell'>;
    history: Pick<History, 'raw' | 'buckets'>;
    ids: Pick<ResponseIds, 'warning'>;
    clock: Clock;
    log: Log;
    breathe: () => Promise<void>;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#history = given.history;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#breathe = given.breathe;
    this.#warnings = new ForecastWarnings(given);
    this.#kinds = new Map(
      given.packs.flatMap((p) =>
        p.forecast === undefined ? [] : [[p.lifeline, new ForecastKind(p, p.forecast)]],
      ),
    );
  }

  /** What a turn has made durable. */
  heard({ readings }: Pick<TurnRecord, 'readings'>): void {
    for (const r of readings) {
      if (r.value === null || r.backfill || r.quality.grade !== 'good') continue;
      for (const kind of this.#kinds.values()) kind.gauges?.hear(r);
      for (const kind of this.#kinds.values())
        if (kind.of.metric === r.metric)
          this.#pointOf(kind, r.point)?.hear({ at: r.observedAt, value: r.value });
    }
  }

  #pointOf(kind: ForecastKind, code: PointCode): ForecastPoint | null {
    const known = kind.points.get(code);
    if (known !== undefined) return known;
    const point = this.#core.register.point(code);
    if (point === undefined || point.lifeline !== kind.pack.lifeline) return null;
    const made = new ForecastPoint(point, kind.limits);
    kind.points.set(code, made);
    return made;
  }

  // ── once a minute ─────────────────────────────────────────────────────────────────────────────────

  /** Says the next minutes of every point with water. Called again before it is done, it does nothing. */
  async minute(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const now = Math.floor(this.#clock.now() / minutes(1)) * minutes(1);
      let looked = 0;
      for (const kind of this.#kinds.values()) {
        const said: Reading[] = [];
        for (const point of kind.points.values()) {
          this.#look(kind, point, now, said);
          if (++looked % AT_A_STRETCH === 0) await this.#breathe();
        }
        if (said.length > 0) await this.#turn.stock(said);
      }
      await this.#warnings.draft(this.reaching());
    } finally {
      this.#isBusy = false;
    }
  }

  #look(kind: ForecastKind, point: ForecastPoint, now: Millis, said: Reading[]): void {
    const { newest } = point;
    point.ahead = [];
    if (newest === null || now - newest.at > STALE) return;
    point.settle(now, newest.value);
    const { model } = kind.modelFor(point.point.code, now);
    if (model === null || newest.value < kind.of.wet) return;
    const ahead_ = kind.ahead(point, model, Math.max(now, newest.at));
    point.said(now, newest.value, ahead_);
    for (const a of ahead_)
      for (const quantile of QUANTILES)
        said.push({
          point: point.point.code,
          metric: saidMetric(kind.of.metric, quantile, a.horizon),
          value: Math.round(a[quantile] * 100) / 100,
          quality: GOOD,
          observedAt: now,
          receivedAt: now,
          backfill: false,
        });
  }

  // ── once a day ────────────────────────────────────────────────────────────────────────────────────

  /** Learns from the floods that the history holds. A store that cannot be asked leaves what was learnt as it is. */
  async fit(): Promise<void> {
    for (const kind of this.#kinds.values()) {
      try {
        await this.#fitKind(kind);
      } catch (cause) {
        this.#log.warn('the floods of the past could not be read; forecasts go on as they were', {
          lifeline: kind.pack.lifeline,
          cause: String(cause),
        });
      }
    }
  }

  async #fitKind(kind: ForecastKind): Promise<void> {
    const { of, pack } = kind;
    const to = this.#clock.now();
    const points = this.#core.register.points().filter((p) => p.lifeline === pack.lifeline);
    kind.limits = this.#limitsOf(kind, points);
    const all: PastFlood[] = [];
    const span = { from: to - LEARNS_FROM, to };
    await kind.gauges?.learn(this.#history, points, { ...span, breathe: this.#breathe });
    for (const point of points) {
      const { code } = point;
      const dry = await floodsInHistory(this.#history, code, of, span);
      const floods = dry.map((flood) => kind.gauges?.rained(code, flood) ?? flood);
      kind.learnPeak(code, dry);
      const known = this.#pointOf(kind, code);
      if (known !== null && !kind.isFitted) {
        known.book = new ScoreBook(kind.limits);
        for (const s of await samplesOf(this.#history, {
          point: code,
          metric: of.metric,
          from: to - hours(2),
          to,
        }))
          known.hear(s);
      }
      all.push(...floods);
      kind.own.set(code, await this.#learnt(floods, kind.limits, false));
      await this.#breathe();
    }
    const newest = all.toSorted((a, b) => a.from - b.from).slice(-POOLED_AT_MOST);
    kind.gauges?.forgetPast();
    kind.pooled = await this.#learnt(newest, kind.limits, true);
    kind.isFitted = true;
    this.#log.info('forecasts have learnt from the floods of the past', {
      lifeline: pack.lifeline,
      floods: newest.length,
      points: [...kind.own.values()].filter((f) => f.model !== null).length,
    });
  }

  #learnt(floods: readonly PastFlood[], limits: readonly number[], pooled: boolean): Promise<Fitted> {
    const at = this.#clock.now();
    return learnt(floods, { limits, pooled, at, through: (steps) => this.#through(steps) });
  }

  async #through<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.#breathe();
    }
  }

  #limitsOf(kind: ForecastKind, points: readonly Point[]): readonly number[] {
    const limits = new Set<number>();
    for (const point of points) for (const { limit } of this.#stepsAt(kind, point)) limits.add(limit);
    return [...limits].sort((a, b) => a - b).slice(0, LIMITS_AT_MOST);
  }

  #stepsAt(kind: ForecastKind, point: Point): readonly { readonly limit: number; readonly level: Level }[] {
    const { register, book } = this.#core;
    const found = book
      .effective(point.lifeline, scopeOf(register, point))
      .find((r) => r.rule.id === kind.of.rule);
    return (found?.rule.steps ?? []).flatMap(({ limit, level }) =>
      limit.is === 'above' ? [{ limit: limit.limit, level }] : [],
    );
  }

  // ── what is asked ─────────────────────────────────────────────────────────────────────────────────

  of(code: PointCode): Forecast | null {
    const point = this.#core.register.point(code);
    const kind = point === undefined ? undefined : this.#kinds.get(point.lifeline);
    if (point === undefined || kind === undefined) return null;
    const known = kind.points.get(code);
    const newest = known?.newest ?? null;
    const { about, model } = kind.modelFor(code, this.#clock.now());
    const steps = this.#stepsAt(kind, point);
    // By the newest reading, which may be younger than what was said and kept at the minute.
    const said = known === undefined || known.ahead.length === 0 ? [] : this.#aheadNow(kind, known);
    const now = newest?.value ?? null;
    const none = this.#whyNone(kind, { newest, model, about, said: said.length });
    const reaches =
      none !== null || now === null
        ? []
        : reachesOf(
            now,
            said,
            steps.map((s) => s.limit),
          ).flatMap((r) => {
            const step = steps.find((s) => s.limit === r.limit);
            return step === undefined ? [] : [{ ...r, level: step.level }];
          });
    return {
      point: code,
      lifeline: point.lifeline,
      metric: kind.of.metric,
      unit: kind.pack.metrics.find((m) => m.key === kind.of.metric)?.unit ?? '',
      rule: kind.of.rule,
      observedAt: newest?.at ?? null,
      now,
      none,
      ahead: none === null ? said : [],
      reaches,
      model: about,
      rain: kind.rainAt(code, now ?? 0, this.#clock.now()),
      scored: known?.book.skills() ?? [],
      warning: this.#warnings.openAt(code),
    };
  }

  #aheadNow(kind: ForecastKind, point: ForecastPoint): readonly MinutesAhead[] {
    const { newest } = point;
    const { model } = kind.modelFor(point.point.code, this.#clock.now());
    return model === null || newest === null ? [] : kind.ahead(point, model, newest.at);
  }

  #whyNone(
    kind: ForecastKind,
    of: {
      newest: { at: Millis; value: number } | null;
      model: TrendModel | null;
      about: ForecastModel | null;
      said: number;
    },
  ): NoForecast | null {
    if (!kind.isFitted) return 'not-yet';
    if (of.about === null) return 'few-events';
    if (of.model === null) return 'no-skill';
    if (of.newest === null || this.#clock.now() - of.newest.at > STALE + minutes(1)) return 'silent';
    if (of.newest.value < kind.of.wet) return 'dry';
    return of.said === 0 ? 'not-yet' : null;
  }

  reaching(): readonly Forecast[] {
    const found: Forecast[] = [];
    for (const kind of this.#kinds.values())
      for (const [code, { ahead: said }] of kind.points) {
        if (said.length === 0) continue;
        const forecast = this.of(code);
        if (forecast !== null && forecast.reaches.length > 0) found.push(forecast);
      }
    const soonest = (f: Forecast): number => Math.min(...f.reaches.map((r) => r.inMin));
    return found.sort((a, b) => soonest(a) - soonest(b));
  }

  skill(): readonly ForecastSkill[] {
    return [...this.#kinds.values()].map((kind) => {
      const scored = new ScoreBook(kind.limits);
      let [own, pooled, none] = [0, 0, 0];
      for (const point of this.#core.register.points()) {
        if (point.lifeline !== kind.pack.lifeline) continue;
        if (kind.own.get(point.code)?.model != null) own++;
        else if (kind.pooled.model === null) none++;
        else pooled++;
      }
      for (const { book } of kind.points.values()) scored.addAll(book);
      return {
        lifeline: kind.pack.lifeline,
        metric: kind.of.metric,
        unit: kind.pack.metrics.find((m) => m.key === kind.of.metric)?.unit ?? '',
        points: { own, pooled, none },
        model: kind.pooled.about,
        scored: scored.skills(),
      };
    });
  }

  async said(code: PointCode, from: Millis, to: Millis): Promise<readonly StoredForecast[]> {
    const forecast = this.of(code);
    if (forecast === null) return [];
    const found: StoredForecast[] = [];
    for (const horizon of HORIZONS) {
      const [p10, p50, p90] = await Promise.all(
        QUANTILES.map(async (quantile) => {
          const metric = saidMetric(forecast.metric, quantile, horizon);
          const samples = await samplesOf(this.#history, { point: code, metric, from, to });
          return new Map(samples.map((s) => [s.at, s.value]));
        }),
      );
      for (const [at, middle] of p50 ?? [])
        found.push({
          at,
          horizon: minutes(horizon),
          p10: p10?.get(at) ?? middle,
          p50: middle,
          p90: p90?.get(at) ?? middle,
        });
    }
    return found.sort((a, b) => a.at - b.at || a.horizon - b.horizon);
  }
}

const QUANTILES = ['p10', 'p50', 'p90'] as const;

/** What was said is kept beside what was measured, under a name that no device may send. */
const saidMetric = (metric: MetricKey, quantile: (typeof QUANTILES)[number], horizon: number): MetricKey =>
  as.metric(`${metric}.${quantile}.${horizon}m`);
