import { as } from '../../../domain/ids.ts';
import type { RuleScope } from '../../../domain/rules/change.ts';
import { days, minutes } from '../../../domain/time.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { changeJson, scopeJson } from '../../../wire/http/rules/rules.ts';
import { suggestedStepJson } from '../../../wire/http/rules/suggestion.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, refused } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { aMoment, backtestJson } from './backtest-routes.ts';
import { pointOf } from './find.ts';

const WEEK = days(7);

export function suggestionRoutes(parts: Services): Pick<Handlers, 'suggestion'> {
  const { suggestions, backtests, service, clock } = parts;

  function scopeAsked(
    query: { readonly point?: string | undefined; readonly area?: string | undefined },
    seen: { readonly sees: (area: string) => boolean; readonly register: RegisterView },
  ): RuleScope {
    if (query.point !== undefined)
      return { kind: 'point', point: pointOf(query.point, seen.register, service.register).code };
    if (query.area === undefined) return { kind: 'lifeline' };
    if (!seen.sees(query.area)) throw new HttpProblem('foreign-area');
    return { kind: 'area', area: as.area(query.area) };
  }

  return {
    suggestion: async ({ params, query, session, ...seen }) => {
      // Whole minutes: who looks again soon is answered by the same backtest.
      const to = query.to ?? Math.ceil(clock.now() / minutes(1)) * minutes(1);
      const found = await suggestions.suggest({
        rule: as.rule(params.id),
        scope: scopeAsked(query, seen),
        from: query.from ?? to - WEEK,
        to,
        by: { account: session.account, name: session.name },
      });
      if (found === null) throw new HttpProblem('too-busy');
      if (!found.ok) throw refused(found.error);
      const { asked, points, noise, steps, tried } = found.value;
      if (tried !== null) await aMoment(parts, tried.backtest.id);
      return {
        rule: asked.rule,
        scope: scopeJson(asked.scope),
        from: instant(asked.from),
        to: instant(asked.to),
        points: points.map((p) => ({ pointCode: p.point, readings: p.readings, from: instant(p.from) })),
        noise,
        steps: steps.map(suggestedStepJson),
        draft: tried && changeJson(tried.draft),
        backtest: tried && backtestJson(backtests.get(tried.backtest.id) ?? tried.backtest),
      };
    },
  };
}

const instant = (t: number): string => new Date(t).toISOString();
