import { as } from '../../../domain/ids.ts';
import { seconds } from '../../../domain/time.ts';
import type { Backtest, JudgedThen, Trial } from '../../../flow/ports/backtests.ts';
import type { BacktestJson } from '../../../wire/http/rules/backtest.ts';
import { changeFrom } from '../../../wire/http/rules/rules.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, refused } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { numberCursor } from './paging.ts';

/** How long a request waits for a short one. */
const SHORT = seconds(2);

type Names = 'backtestRule' | 'backtests' | 'backtest' | 'cancelBacktest';

/** Resolves when it has ended, or when the caller should be told to come back. */
export async function aMoment({ backtests, clock }: Services, id: string): Promise<void> {
  let forget = (): void => undefined;
  const patience = new Promise<void>((resolve) => {
    forget = clock.after(SHORT, resolve);
  });
  await Promise.race([backtests.ended(id), patience]);
  forget();
}

export function backtestRoutes(parts: Services): Pick<Handlers, Names> {
  const { backtests } = parts;
  return {
    backtestRule: async ({ params, body, session, status }) => {
      const started = backtests.start({
        rule: as.rule(params.id),
        from: body.from,
        to: body.to,
        draft: changeFrom(body.draft),
        other: body.other === undefined ? null : changeFrom(body.other),
        operators: body.operators,
        by: { account: session.account, name: session.name },
      });
      if (started === null) throw new HttpProblem('too-busy');
      if (!started.ok) throw refused(started.error);
      const { id } = started.value;
      if (body.wait) await aMoment(parts, id);
      const now = backtests.get(id) ?? started.value;
      if (now.endedAt === null) status(202);
      return backtestJson(now);
    },
    backtests: ({ query }) => {
      const before = numberCursor(query.after) ?? Number.POSITIVE_INFINITY;
      const rest = backtests.list().filter((b) => numberOf(b) < before);
      const items = rest.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map((b) => ({ ...backtestJson(b), result: null })),
        next: rest.length > items.length && last ? String(numberOf(last)) : null,
      };
    },
    backtest: ({ params }) => found(backtests.get(params.id)),
    cancelBacktest: ({ params }) => found(backtests.cancel(params.id)),
  };
}

const numberOf = (b: Backtest): number => Number(b.id.slice(1));

function found(b: Backtest | undefined): BacktestJson {
  if (b === undefined) throw new HttpProblem('backtest-unknown');
  return backtestJson(b);
}

const instant = (t: number): string => new Date(t).toISOString();

export function backtestJson(b: Backtest): BacktestJson {
  const { asked, progress, result } = b;
  return {
    id: b.id,
    rule: asked.rule,
    from: instant(asked.from),
    to: instant(asked.to),
    operators: asked.operators,
    by: { account: asked.by.account, name: asked.by.name },
    state: b.state,
    askedAt: instant(b.askedAt),
    endedAt: b.endedAt === null ? null : instant(b.endedAt),
    progress: {
      pointsDone: progress.points.done,
      points: progress.points.of,
      readings: progress.readings,
      tookMs: progress.took,
      remainingMs: progress.remaining,
    },
    result: result && {
      points: result.points,
      readings: result.readings,
      inForce: trialJson(result.inForce),
      draft: trialJson(result.draft),
      other: result.other && trialJson(result.other),
    },
    says: b.says,
  };
}

function trialJson(t: Trial): NonNullable<BacktestJson['result']>['draft'] {
  return {
    alarms: t.alarms,
    byLevel: { ...t.byLevel },
    points: t.points,
    activeMs: t.active,
    openAtStart: t.openAtStart,
    worstPoints: t.worstPoints.map((p) => ({ pointCode: p.point, alarms: p.alarms, activeMs: p.active })),
    list: t.list.map((a) => ({
      pointCode: a.point,
      raisedAt: instant(a.raisedAt),
      level: a.level,
      until: a.until === null ? null : instant(a.until),
      activeMs: a.active,
      recurrences: a.recurrences,
      worst: a.worst,
    })),
    judged: { ...t.judged },
    missed: t.missed.map(judgedThenJson),
    later: t.later.map((j) => ({ ...judgedThenJson(j), byMs: j.by })),
  };
}

const judgedThenJson = (j: JudgedThen) => ({
  alarmId: j.alarm,
  pointCode: j.point,
  verdict: j.verdict,
  raisedAt: instant(j.raisedAt),
});
