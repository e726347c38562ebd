import { leakOrBiogasJson } from '../../../../wire/http/ahead/leak-or-biogas.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';

export function leakOrBiogasRoutes({ service, leakSigns, clock }: Services): Pick<Handlers, 'leakOrBiogas'> {
  return {
    leakOrBiogas: async ({ params, query, register }) => {
      const { code } = pointOf(params.code, register, service.register);
      const at = query.at ?? clock.now();
      const found = await leakSigns.of(code, at, (p) => register.point(p) !== undefined);
      if (found === null)
        throw new HttpProblem('not-found', {
          detail: { zh: '该监测点不测甲烷', en: 'Methane is not measured at this point.' },
        });
      return leakOrBiogasJson(code, at, found);
    },
  };
}
