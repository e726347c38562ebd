import { as } from '../../../../domain/ids.ts';
import { days, minutes } from '../../../../domain/time.ts';
import { iso } from '../../../../wire/alarm.ts';
import { forecastJson, kindSkillJson } from '../../../../wire/http/ahead/forecasts.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, invalid } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';

/** What was said of a point, in one answer. */
const AT_MOST = days(7);

export function forecastRoutes({
  forecasts,
  service,
  clock,
}: Services): Pick<Handlers, 'forecast' | 'forecasts' | 'forecastSkill'> {
  return {
    forecast: async ({ params, query, register, language }) => {
      const { code } = pointOf(params.code, register, service.register);
      const forecast = forecasts.of(code);
      if (forecast === null)
        throw new HttpProblem('not-found', {
          detail: { zh: '该监测点没有可预报的指标', en: 'Nothing of this point is forecast.' },
        });
      if (query.from === undefined) return forecastJson(forecast);
      const to = query.to ?? clock.now();
      if (query.from >= to || to - query.from > AT_MOST)
        throw invalid('query.from', '时段最长 7 天', 'seven days at most', language);
      const said = await forecasts.said(code, query.from, to);
      return forecastJson(
        forecast,
        said.map((s) => ({
          at: iso(s.at),
          horizonMin: s.horizon / minutes(1),
          p10: s.p10,
          p50: s.p50,
          p90: s.p90,
        })),
      );
    },
    forecasts: ({ register }) => ({
      items: forecasts
        .reaching()
        .filter((f) => register.point(as.point(f.point)) !== undefined)
        .map((f) => forecastJson(f)),
    }),
    forecastSkill: () => ({ items: forecasts.skill().map(kindSkillJson) }),
  };
}
