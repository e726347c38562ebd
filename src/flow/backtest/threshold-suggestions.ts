import type { PointCode } from '../../domain/ids.ts';
import { admits } from '../../domain/judge/admits.ts';
import { evaluate, freshMemory } from '../../domain/judge/evaluate.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Point } from '../../domain/register/register.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Rule } from '../../domain/rule.ts';
import type { RuleChange } from '../../domain/rules/change.ts';
import { nearness } from '../../domain/rules/effective.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import { canSuggest, type SuggestionInput, suggest } from '../../domain/rules/suggest.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import { NO_LISTENER } from '../judging/findings.ts';
import { judgeReading } from '../judging/judge-point.ts';
import { PointNow } from '../judging/own-point.ts';
import { stateOf } from '../judging/point-state.ts';
import type { Backtest, BacktestAsked, Backtests } from '../ports/backtests.ts';
import type { History } from '../ports/history.ts';
import type { Journal } from '../ports/journal.ts';
import type { Suggested, SuggestionAsked, Suggestions } from '../ports/suggestions.ts';
import { planFor } from '../rules/rule-book.ts';
import { Merged } from './merged.ts';
import { readingOf } from './run.ts';
import { unitsOf } from './units.ts';

/** The noisiest points tell enough of an area. */
const POINTS_AT_MOST = 10;
/** Of all points together; a point that told more is measured over the newest part of the range. */
const READINGS_AT_MOST = 200_000;
/** Readings looked at without letting others have the thread. */
const AT_A_STRETCH = 250;
const PAGE = 5_000;

/**
 * Measures what a rule heard and suggests numbers by which it would be quieter, with a backtest of them beside the rule
 * in force. Nothing is changed by it: a person takes the numbers as a draft, or does not.
 */
export class ThresholdSuggestions implements Suggestions {
  readonly #core: Core;
  readonly #history: Pick<History, 'raw' | 'buckets'>;
  readonly #journal: Pick<Journal, 'briefEvents'>;
  readonly #backtests: Backtests;
  readonly #breathe: () => Promise<void>;

  constructor(given: {
    core: Core;
    history: Pick<History, 'raw' | 'buckets'>;
    journal: Pick<Journal, 'briefEvents'>;
    backtests: Backtests;
    /** Lets everybody else have the thread for a moment. */
    breathe: () => Promise<void>;
  }) {
    this.#core = given.core;
    this.#history = given.history;
    this.#journal = given.journal;
    this.#backtests = given.backtests;
    this.#breathe = given.breathe;
  }

  async suggest(asked: SuggestionAsked): Promise<Result<Suggested, Refusal> | null> {
    const known = this.#core.book.packRule(asked.rule);
    if (known === undefined) return no({ code: 'rule-unknown', detail: null });
    if (!(asked.from < asked.to)) return no({ code: 'backtest-range', detail: null });
    const { rule, pack } = known;
    const metric = pack.metrics.find((m) => m.key === rule.metric) ?? null;

    const points = canSuggest(rule) ? await this.#noisiest(asked, pack) : [];
    const heard: SuggestionInput[] = [];
    const measured: Suggested['points'][number][] = [];
    for (const point of points) {
      const from = await this.#measuredFrom(asked, rule, point, points.length);
      const told = await this.#read(pack, rule, point, { from, to: asked.to });
      measured.push({ point: point.code, readings: told.at.length, from });
      heard.push(told);
    }
    const suggestion = suggest(rule, metric, heard);
    const nothing = { ...suggestion, asked, points: measured, tried: null };
    if (suggestion.change.length === 0) return ok(nothing);

    const draft: RuleChange = { do: 'set', scope: asked.scope, steps: suggestion.change };
    const backtest = this.#try(asked, draft);
    if (backtest === null || !backtest.ok) return backtest;
    return ok({ ...nothing, tried: { draft, backtest: backtest.value } });
  }

  /** Asked again, the same backtest answers. */
  #try({ rule, from, to, by }: SuggestionAsked, draft: RuleChange): Result<Backtest, Refusal> | null {
    const asked: BacktestAsked = { rule, from, to, draft, other: null, operators: 'attend', by };
    const known = this.#backtests
      .list()
      .find((b) => sameBacktest(b.asked, asked) && b.state !== 'cancelled' && b.state !== 'failed');
    return known === undefined ? this.#backtests.start(asked) : ok(known);
  }

  /** The point that is asked about, or those of the scope at which the rule spoke most, most often first. */
  async #noisiest(asked: SuggestionAsked, pack: Pack): Promise<readonly Point[]> {
    const { register } = this.#core;
    const within = (point: Point | undefined): point is Point =>
      point !== undefined &&
      point.lifeline === pack.lifeline &&
      nearness(asked.scope, scopeOf(register, point)) !== null;
    const { scope } = asked;
    if (scope.kind === 'point') return [register.point(scope.point)].filter(within);
    const times = await this.#timesByPoint(asked, pack);
    return [...times]
      .sort((a, b) => b[1] - a[1])
      .map(([code]) => register.point(code))
      .filter(within)
      .slice(0, POINTS_AT_MOST);
  }

  async #timesByPoint(
    { rule, from, to }: SuggestionAsked,
    { lifeline }: Pack,
  ): Promise<ReadonlyMap<PointCode, number>> {
    const times = new Map<PointCode, number>();
    const filter = { from, to, kinds: ['raised', 'recurred'] as const, lifeline };
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Journal['briefEvents']>> = await this.#journal.briefEvents(
        filter,
        PAGE,
        after,
      );
      for (const e of page.items)
        if (e.rule === rule && e.from === null) times.set(e.point, (times.get(e.point) ?? 0) + 1);
      after = page.next;
    } while (after !== null);
    return times;
  }

  /** A sensor that tells very much is measured over the newest part alone. */
  async #measuredFrom(
    { from, to }: SuggestionAsked,
    { metric }: Rule,
    point: Point,
    of: number,
  ): Promise<Millis> {
    if (metric === null) return from;
    const buckets = await this.#history.buckets({ point: point.code, metric, from, to, buckets: 1 });
    const readings = buckets.reduce((n, b) => n + b.n, 0);
    const share = READINGS_AT_MOST / of / Math.max(1, readings);
    return share >= 1 ? from : Math.floor((to - (to - from) * share) / minutes(1)) * minutes(1);
  }

  /** The rule's signal at a point, under the numbers in force there. */
  async #read(
    pack: Pack,
    rule: Rule,
    point: Point,
    { from, to }: { readonly from: Millis; readonly to: Millis },
  ): Promise<SuggestionInput> {
    const inForce = this.#core.points.planNow(point)?.rules.get(rule.id) ?? rule;
    const state = stateOf(point, planFor(pack, []));
    const [unit] = unitsOf(pack, inForce, [point], this.#core.register);
    const at: Millis[] = [];
    const signal: number[] = [];
    if (unit === undefined) return { at, signal, rule: inForce };
    const beside = new PointNow(state, rule.metric as NonNullable<Rule['metric']>, () => undefined);
    let memory = freshMemory(inForce);
    const stored = new Merged(this.#history, unit.series, { from, to });
    for (;;) {
      const stretch = await stored.next(AT_A_STRETCH);
      if (stretch.length === 0) return { at, signal, rule: inForce };
      for (const h of stretch) {
        const reading = readingOf(h);
        const plan = state.plan.metrics.get(reading.metric);
        const stands = plan === undefined ? null : judgeReading(state, plan, reading, NO_LISTENER);
        if (stands === null || reading.backfill || reading.metric !== rule.metric) continue;
        if (!admits(inForce.judges, reading.quality)) continue;
        const judged = evaluate(inForce, memory, reading.value as number, reading.observedAt, beside);
        memory = judged.memory;
        if (judged.signal === null) continue;
        at.push(reading.observedAt);
        signal.push(judged.signal);
      }
      await this.#breathe();
    }
  }
}

function sameBacktest(a: BacktestAsked, b: BacktestAsked): boolean {
  const text = (x: BacktestAsked) => JSON.stringify([x.rule, x.from, x.to, x.draft, x.other, x.operators]);
  return text(a) === text(b);
}
