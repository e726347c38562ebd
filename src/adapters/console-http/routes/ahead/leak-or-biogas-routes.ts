import { lookWhereFrom } from '../../../../flow/forecast/leak-or-biogas.ts';
import { leakOrBiogasJson } from '../../../../wire/http/ahead/leak-or-biogas.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';

export function leakOrBiogasRoutes({ service, history, clock }: Services): Pick<Handlers, 'leakOrBiogas'> {
  const packs = new Map(service.packs().map((p) => [p.lifeline, p]));
  return {
    leakOrBiogas: async ({ params, query, register }) => {
      const point = pointOf(params.code, register, service.register);
      const of = packs.get(point.lifeline)?.leakOrBiogas;
      if (of === undefined)
        throw new HttpProblem('not-found', {
          detail: { zh: '该监测点不测甲烷', en: 'Methane is not measured at this point.' },
        });
      const at = query.at ?? clock.now();
      const latest = (code: typeof point.code) => service.latest(code);
      const found = await lookWhereFrom({ point, of, at, points: register.points(), latest, history });
      return leakOrBiogasJson(point.code, at, found);
    },
  };
}
