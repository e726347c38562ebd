import { as } from '../../domain/ids.ts';
import { lifelineJson, ruleJson } from '../../wire/http-lifelines.ts';
import type { Handlers } from './handler.ts';
import { pageOf } from './paging.ts';
import type { Parts } from './parts.ts';
import { HttpProblem } from './problem.ts';

export function ruleRoutes({ service }: Parts): Pick<Handlers, 'lifelines' | 'rules'> {
  return {
    lifelines: () => ({ items: service.packs().map(lifelineJson), next: null }),
    rules: ({ query }) => {
      const code = query.point === undefined ? null : as.point(query.point);
      if (code !== null && service.register.point(code) === undefined) throw new HttpProblem('point-unknown');
      const rules = code === null ? service.packs().flatMap((p) => p.rules) : service.rulesAt(code);
      const inOrder = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
      const { items, next } = pageOf(inOrder, (r) => r.id, query);
      return { items: items.map(ruleJson), next };
    },
  };
}
