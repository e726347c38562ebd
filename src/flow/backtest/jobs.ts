import { as } from '../../domain/ids.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { RuleChange, Setting } from '../../domain/rules/change.ts';
import { nearness } from '../../domain/rules/effective.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import type { Core } from '../core/core.ts';
import type { Backtest, BacktestAsked, Backtests } from '../ports/backtests.ts';
import type { Clock } from '../ports/clock.ts';
import type { History } from '../ports/history.ts';
import type { Journal } from '../ports/journal.ts';
import { runBacktest } from './run.ts';
import type { JudgedAlarm } from './trial-run.ts';

const WAITING_AT_MOST = 8;
const REMEMBERED = 20;
const PAGE = 500;

type Job = { -readonly [K in keyof Backtest]: Backtest[K] } & {
  cancelled: boolean;
  startedAt: number;
  readonly ended: Promise<void>;
  readonly settings: readonly (readonly Setting[])[];
};

/**
 * Backtests, one at a time: the store and the thread are shared with the watch, which comes first. What was asked and
 * found is remembered for a while, and forgotten with a restart.
 */
export class BacktestJobs implements Backtests {
  readonly #core: Core;
  readonly #history: Pick<History, 'raw'>;
  readonly #journal: Pick<Journal, 'alarms'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #breathe: () => Promise<void>;
  readonly #jobs = new Map<string, Job>();
  #last: Promise<void> = Promise.resolve();
  #made = 0;

  constructor(given: {
    core: Core;
    history: Pick<History, 'raw'>;
    journal: Pick<Journal, 'alarms'>;
    clock: Pick<Clock, 'now'>;
    /** Lets everybody else have the thread for a moment. */
    breathe: () => Promise<void>;
  }) {
    this.#core = given.core;
    this.#history = given.history;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#breathe = given.breathe;
  }

  start(asked: BacktestAsked): Result<Backtest, Refusal> | null {
    const known = this.#core.book.packRule(asked.rule);
    if (known === undefined) return refuse('rule-unknown');
    if (!(asked.from < asked.to)) return refuse('backtest-range');
    const settings: (readonly Setting[])[] = [this.#core.book.versions(asked.rule).at(-1)?.settings ?? []];
    for (const change of asked.other === null ? [asked.draft] : [asked.draft, asked.other]) {
      const looked = this.#core.rules.look(asked.rule, change);
      if (!looked.ok) return looked;
      settings.push(looked.value);
    }
    if ([...this.#jobs.values()].filter((j) => j.endedAt === null).length >= WAITING_AT_MOST) return null;
    const job = this.#queue(asked, settings);
    this.#forgetOld();
    return ok(shown(job));
  }

  ended = (id: string): Promise<void> => this.#jobs.get(id)?.ended ?? Promise.resolve();

  get(id: string): Backtest | undefined {
    const job = this.#jobs.get(id);
    return job && shown(job);
  }

  list = (): readonly Backtest[] => [...this.#jobs.values()].reverse().map(shown);

  cancel(id: string): Backtest | undefined {
    const job = this.#jobs.get(id);
    if (job === undefined) return undefined;
    job.cancelled = true;
    if (job.endedAt === null) {
      job.state = 'cancelled';
      job.endedAt = this.#clock.now();
    }
    return shown(job);
  }

  #queue(asked: BacktestAsked, settings: Job['settings']): Job {
    let job: Job | null = null;
    const ended = this.#last.then(() => (job === null ? undefined : this.#run(job)));
    this.#last = ended;
    job = {
      id: `B${++this.#made}`,
      asked,
      state: 'waiting',
      askedAt: this.#clock.now(),
      endedAt: null,
      progress: { points: { done: 0, of: 0 }, readings: 0, took: 0, remaining: null },
      result: null,
      says: null,
      cancelled: false,
      startedAt: 0,
      ended,
      settings,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  async #run(job: Job): Promise<void> {
    if (job.cancelled) return;
    job.state = 'running';
    job.startedAt = this.#clock.now();
    try {
      const result = await this.#backtest(job);
      // `cancel` has said so already.
      if (job.cancelled) return;
      job.result = result;
      job.state = 'done';
    } catch (cause) {
      if (job.cancelled) return;
      job.state = 'failed';
      job.says = cause instanceof Error ? cause.message : String(cause);
    }
    job.endedAt = this.#clock.now();
    job.progress = { ...job.progress, took: job.endedAt - job.startedAt, remaining: 0 };
  }

  async #backtest(job: Job) {
    const { asked, settings } = job;
    const known = this.#core.book.packRule(asked.rule);
    if (known === undefined) throw new Error(`there is no rule ${asked.rule}`);
    const points = this.#pointsOf(known.pack.lifeline, asked);
    const told = (done: number, of: number, readings: number): void => {
      const took = this.#clock.now() - job.startedAt;
      const remaining = done === 0 ? null : Math.round((took / done) * (of - done));
      job.progress = { points: { done, of }, readings, took, remaining };
    };
    return runBacktest({
      ...known,
      points,
      from: asked.from,
      to: asked.to,
      settings,
      planAt: (point) => this.#core.points.planNow(point),
      attend: asked.operators === 'attend',
      judged: await this.#judged(asked),
      history: this.#history,
      register: this.#core.register,
      breathe: this.#breathe,
      progress: told,
      isCancelled: () => job.cancelled,
    });
  }

  /** Where a draft changes nothing, nothing is read. */
  #pointsOf(lifeline: string, asked: BacktestAsked) {
    const scopes = [asked.draft, asked.other].filter((c): c is RuleChange => c !== null);
    return this.#core.register.points().filter((point) => {
      if (point.lifeline !== lifeline) return false;
      const place = scopeOf(this.#core.register, point);
      return scopes.some((c) => c.do === 'revert' || nearness(c.scope, place) !== null);
    });
  }

  async #judged({ rule, from, to }: BacktestAsked): Promise<JudgedAlarm[]> {
    const lifeline = this.#core.book.packRule(rule)?.pack.lifeline;
    const judged: JudgedAlarm[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Journal['alarms']>> = await this.#journal.alarms(
        { state: 'all', lifeline, from, to },
        PAGE,
        after,
      );
      for (const a of page.items) {
        if (a.ruleId !== rule || a.assessment === null) continue;
        const ended = 'returnedAt' in a.phase ? a.phase.returnedAt : null;
        judged.push({
          alarm: a.id,
          point: as.point(a.pointCode),
          verdict: a.assessment.verdict,
          from: a.raisedAt,
          to: ended,
        });
      }
      after = page.next;
    } while (after !== null);
    return judged;
  }

  #forgetOld(): void {
    for (const job of this.#jobs.values()) {
      if (this.#jobs.size <= REMEMBERED) return;
      if (job.endedAt !== null) this.#jobs.delete(job.id);
    }
  }
}

function shown(job: Job): Backtest {
  const { cancelled: _c, startedAt: _s, ended: _e, settings: _t, ...backtest } = job;
  return backtest;
}

const refuse = (code: RefusalCode): Result<never, Refusal> => no({ code, detail: null });
