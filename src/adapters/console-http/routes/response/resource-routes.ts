import { maySeeArea } from '../../../../domain/account/scope.ts';
import { as } from '../../../../domain/ids.ts';
import type { Level } from '../../../../domain/level.ts';
import { metresBetween } from '../../../../domain/metres-between.ts';
import { isWorking, type Place } from '../../../../domain/register/register.ts';
import type { EmergencyPlan, Resource } from '../../../../domain/response/resource.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';
import { granted } from '../notices/granted.ts';
import { pageOf } from '../paging.ts';

type Names = Extract<
  keyof Handlers,
  'plans' | 'createPlan' | 'changePlan' | 'resources' | 'createResource' | 'changeResource' | 'nearby'
>;

/** Points told of at most, nearest first. */
const POINTS = 100;

export function resourceRoutes({ responses, service, clock }: Services): Pick<Handlers, Names> {
  const { resources: view } = responses;
  const parentOf = (area: string) => service.register.area(as.area(area))?.parent ?? null;
  return {
    plans: ({ query, sees }) => {
      const holdsAt = (p: EmergencyPlan, area: string) =>
        p.areas.length === 0 || maySeeArea(p.areas, area, parentOf);
      const { items, next } = pageOf(
        view.plans(),
        (p) => p.code,
        query,
        (p) =>
          (p.areas.length === 0 || p.areas.some(sees)) &&
          (query.lifeline === undefined ||
            p.lifelines.length === 0 ||
            p.lifelines.includes(as.lifeline(query.lifeline))) &&
          (query.level === undefined || p.levels.length === 0 || p.levels.includes(query.level as Level)) &&
          (query.area === undefined || holdsAt(p, query.area)),
      );
      return { items: items.map(planJson), next };
    },
    createPlan: async ({ body }) => {
      const { lifelines, areas, ...rest } = body;
      const plan = { ...rest, lifelines: lifelines.map(as.lifeline), areas: areas.map(as.area) };
      return planJson(granted(await responses.keepPlan(plan, null)));
    },
    changePlan: async ({ params, body, was }) => {
      const before = view.plan(params.code);
      if (before === undefined) throw new HttpProblem('not-found');
      was(planJson(before));
      const { seenRevision, name, kind, lifelines, levels, areas, steps } = body;
      const plan = {
        code: before.code,
        name: name ?? before.name,
        kind: kind ?? before.kind,
        lifelines: lifelines?.map(as.lifeline) ?? before.lifelines,
        levels: levels ?? before.levels,
        areas: areas?.map(as.area) ?? before.areas,
        steps: steps ?? before.steps,
      };
      return planJson(granted(await responses.keepPlan(plan, seenRevision)));
    },
    resources: ({ query, sees }) => {
      const { items, next } = pageOf(
        view.resources(),
        (r) => r.code,
        query,
        (r) => sees(r.area) && (query.kind === undefined || r.kind === query.kind),
      );
      return { items: items.map(resourceJson), next };
    },
    createResource: async ({ body }) => {
      const { area, keeper, ...rest } = body;
      const resource = { ...rest, area: as.area(area), keeper: keeper === null ? null : as.unit(keeper) };
      return resourceJson(granted(await responses.keepResource(resource, null)));
    },
    changeResource: async ({ params, body, was }) => {
      const before = view.resource(params.code);
      if (before === undefined) throw new HttpProblem('not-found');
      was(resourceJson(before));
      const { seenRevision, area, keeper, ...said } = body;
      const { revision: _, at: __, ...kept } = before;
      const given = Object.fromEntries(Object.entries(said).filter(([, v]) => v !== undefined));
      const resource = {
        ...kept,
        ...given,
        ...(area === undefined ? {} : { area: as.area(area) }),
        ...(keeper === undefined ? {} : { keeper: keeper === null ? null : as.unit(keeper) }),
      };
      return resourceJson(granted(await responses.keepResource(resource, seenRevision)));
    },

    nearby: ({ query, sees, register }) => {
      const here = placeOf(query.point);
      const { radiusM } = query;
      const away = (p: Pick<Place, 'lon' | 'lat'> | null) => (p === null ? null : metresBetween(here, p));
      const now = clock.now();
      const points = register.points().flatMap((p) => {
        const asset = p.asset === null ? undefined : register.asset(p.asset);
        const distance = away(p.place ?? asset?.place ?? null);
        return distance === null || distance > radiusM ? [] : [{ p, distance }];
      });
      const near = points.sort((a, b) => a.distance - b.distance).slice(0, POINTS);
      const alarms = Map.groupBy(service.board.open(), (a) => a.pointCode);
      return {
        ...here,
        radiusM,
        resources: view
          .resources()
          .filter((r) => sees(r.area) && r.lon !== null && r.lat !== null)
          .map((r) => ({ r, distance: metresBetween(here, { lon: r.lon ?? 0, lat: r.lat ?? 0 }) }))
          .filter((x) => x.distance <= radiusM)
          .sort((a, b) => a.distance - b.distance)
          .map(({ r, distance }) => ({ ...resourceJson(r), distanceM: Math.round(distance) })),
        points: near.map(({ p, distance }) => ({
          code: p.code,
          name: p.name,
          lifeline: p.lifeline,
          distanceM: Math.round(distance),
          alarms: (alarms.get(p.code) ?? []).map((a) => ({ id: a.id, level: a.level, rule: a.ruleId })),
          works: register
            .worksAt(p.code)
            .filter((w) => isWorking(w, now))
            .map((w) => ({ reason: w.reason, until: iso(w.until) })),
        })),
      };

      /** @throws HttpProblem where nobody has placed it, or no place was said */
      function placeOf(code: string | undefined): { readonly lon: number; readonly lat: number } {
        if (code !== undefined) {
          const point = pointOf(code, register, service.register);
          const asset = point.asset === null ? undefined : register.asset(point.asset);
          const place = point.place ?? asset?.place ?? null;
          if (place === null) throw new HttpProblem('invalid', { detail: NOT_PLACED });
          return { lon: place.lon, lat: place.lat };
        }
        if (query.lon === undefined || query.lat === undefined)
          throw new HttpProblem('invalid', { detail: WANTS });
        return { lon: query.lon, lat: query.lat };
      }
    },
  };
}

const NOT_PLACED = { zh: '该监测点没有坐标', en: 'Nobody has placed that point.' };
const WANTS = { zh: '请给出 point，或 lon 与 lat', en: 'Give `point`, or `lon` and `lat`.' };

const planJson = (p: EmergencyPlan) => ({
  ...p,
  lifelines: [...p.lifelines],
  levels: [...p.levels],
  areas: [...p.areas],
  steps: p.steps.map((s) => ({ ...s })),
  at: iso(p.at),
});
const resourceJson = (r: Resource) => ({ ...r, at: iso(r.at) });
