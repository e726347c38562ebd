import { as } from '../../../../domain/ids.ts';
import {
  type Diagnosis,
  type DiagnosisAct,
  isDiagnosisOver,
  nextStep,
} from '../../../../domain/risk/diagnosis.ts';
import type { HealthIndicator } from '../../../../domain/risk/health-index.ts';
import { areaRisk } from '../../../../domain/risk/risk.ts';
import { days } from '../../../../domain/time.ts';
import type { RiskRow } from '../../../../flow/ports/answering/risks.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden, refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';
import { pageOf } from '../paging.ts';

type Names =
  | 'risks'
  | 'assetRisk'
  | 'assessRisk'
  | 'diagnoses'
  | 'makeDiagnosis'
  | 'stepDiagnosis'
  | 'healthIndex';

export function riskRoutes({ risks, service, clock }: Services): Pick<Handlers, Names> {
  const assetOf = (code: string, sees: (area: string) => boolean) => {
    const asset = service.register.asset(as.asset(code));
    if (asset === undefined) throw new HttpProblem('not-found');
    if (!sees(asset.area)) throw hidden('not-found');
    return asset;
  };

  return {
    risks: async ({ query, sees }) => {
      const rows = await risks.list({ area: query.area, sees });
      const { items, next } = pageOf(
        rows,
        (r) => r.asset.code,
        query,
        (r) => query.colour === undefined || r.risk.colour === query.colour,
      );
      const byArea = Map.groupBy(rows, (r) => r.asset.area);
      return {
        items: items.map((row) => riskJson(row, query.brief === undefined)),
        next,
        areas: [...byArea]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([area, of]) => ({ area, ...areaRisk(of.map((r) => r.risk)) })),
      };
    },
    assetRisk: async ({ params, sees }) => riskJson(await risks.one(assetOf(params.code, sees))),
    assessRisk: async ({ params, body, session, sees }) => {
      const asset = assetOf(params.code, sees);
      granted(await risks.assess(asset.code, body.inputs as never, body.seenRevision, session));
      return riskJson(await risks.one(asset));
    },
    diagnoses: async ({ query, sees }) => {
      const list = risks.diagnoses();
      const after = query.after === undefined ? -1 : list.findIndex((d) => d.id === query.after);
      const wanted = list
        .slice(after + 1)
        .filter(
          (d) =>
            sees(d.area) &&
            (query.area === undefined || d.area.startsWith(query.area)) &&
            (query.open === undefined || !isDiagnosisOver(d)),
        );
      const items = wanted.slice(0, query.limit);
      return {
        items: items.map(diagnosisJson),
        next: wanted.length > query.limit ? (items.at(-1)?.id ?? null) : null,
      };
    },
    makeDiagnosis: async ({ body, session, sees }) => {
      if (!sees(body.area)) throw refused({ code: 'foreign-area', detail: null });
      const wish = {
        ...body,
        area: as.area(body.area),
        asset: body.asset === undefined ? null : as.asset(body.asset),
      };
      return diagnosisJson(granted(await risks.find(wish, { account: session.account, name: session.name })));
    },
    stepDiagnosis: async ({ params, body, session, sees }) => {
      const known = risks.diagnosis(params.id);
      if (known === undefined) throw new HttpProblem('diagnosis-unknown');
      if (!sees(known.area)) throw hidden('diagnosis-unknown');
      const { step } = body;
      const act: DiagnosisAct =
        step.do === 'treat'
          ? {
              ...step,
              order: step.order === undefined ? null : as.order(step.order),
              rule: step.rule === undefined ? null : as.rule(step.rule),
            }
          : step.do === 'watch'
            ? { ...step, rule: as.rule(step.rule) }
            : step;
      const by = { account: session.account, name: session.name };
      return diagnosisJson(granted(await risks.step(params.id, act, body.seenRevision, by)));
    },
    healthIndex: async ({ query, sees }) => {
      const to = query.to ?? clock.now();
      const from = query.from ?? to - days(30);
      const area = query.area === undefined ? null : as.area(query.area);
      const index = await risks.index({ area, from, to, sees });
      return {
        ...index,
        worst: index.worst && indicatorJson(index.worst),
        indicators: index.indicators.map(indicatorJson),
      };
    },
  };
}

const riskJson = ({ asset, risk, live, revision }: RiskRow, withParts = true) => ({
  asset: asset.code,
  name: asset.name,
  lifeline: asset.lifeline,
  area: asset.area,
  colour: risk.colour,
  likelihood: {
    score: risk.likelihood.score,
    parts: withParts ? risk.likelihood.parts.map((p) => ({ ...p })) : [],
  },
  consequence: {
    score: risk.consequence.score,
    parts: withParts ? risk.consequence.parts.map((p) => ({ ...p })) : [],
  },
  product: risk.product,
  missing: [...risk.missing],
  live,
  revision,
});

const indicatorJson = (i: HealthIndicator) => ({ ...i, asOf: iso(i.asOf) });

type Done = { readonly at: number; readonly by: { readonly name: string } };
const done = <T extends Done>({ at, by, ...rest }: T) => ({ ...rest, at: iso(at), by: by.name });
const diagnosisJson = (d: Diagnosis) => ({
  ...d,
  next: nextStep(d),
  examine: done(d.examine),
  evaluate: d.evaluate && done(d.evaluate),
  diagnose: d.diagnose && done(d.diagnose),
  treat: d.treat && done(d.treat),
  recheck: d.recheck && done(d.recheck),
  watch: d.watch && done(d.watch),
});
