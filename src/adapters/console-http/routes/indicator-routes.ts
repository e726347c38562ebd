import { as } from '../../../domain/ids.ts';
import { days, hours } from '../../../domain/time.ts';
import { floodsSeen, floodToJson } from '../../../wire/flood.ts';
import { indicatorsJson } from '../../../wire/http/indicators.ts';
import type { Handlers } from '../answer/handler.ts';
import { invalid } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

/** A year and a day: a yearly report with its comparison is two questions. */
const AT_MOST = days(366);

export function indicatorRoutes({ service, clock }: Services): Pick<Handlers, 'indicators' | 'floods'> {
  return {
    floods: ({ session, sees }) => {
      const { floods } = service.board;
      const items = floodsSeen(floods.list(), session.areas, sees).map((f) => floodToJson(f));
      return { items, next: null };
    },
    indicators: async ({ query, sees, language }) => {
      const now = clock.now();
      const to = Math.min(query.to ?? now, now);
      const from = query.from ?? to - hours(24);
      if (from >= to)
        throw invalid(
          'query.from',
          'from 须早于 to 和现在',
          'from must be before to, and before now',
          language,
        );
      if (to - from > AT_MOST)
        throw invalid('query.from', '时段最长 366 天', 'a period is 366 days at most', language);
      const { indicators, openNow, below } = await service.indicators({
        filter: {
          from,
          to,
          lifeline: query.lifeline === undefined ? undefined : as.lifeline(query.lifeline),
          area: query.area === undefined ? undefined : as.area(query.area),
        },
        sees,
        now,
      });
      return indicatorsJson({ from, to }, indicators, { now: openNow, below: [...below] });
    },
  };
}
