import type { SkillAt } from '../forecast/skill.ts';
import type { LifelineKey } from '../ids.ts';
import type { FigureTable } from './figures.ts';

/** How good forecasts of a kind have been at one horizon and limit, when the report was made. */
export type ForecastSkillRow = SkillAt & {
  readonly lifeline: LifelineKey;
  readonly unit: string;
  /** `said`: what was said since the service began, against what came; `fit`: of the fit, on floods that it had not seen. */
  readonly basis: 'said' | 'fit';
};

/** None where nothing is forecast. Beside each stands persistence: who says that it stays as it is. */
export function skillTables(
  skills: readonly ForecastSkillRow[],
  nameOf: (lifeline: LifelineKey) => string,
): readonly FigureTable[] {
  const columns = [
    'lifeline',
    'horizonMin',
    'limit',
    'unit',
    'basis',
    'samples',
    'pod',
    'far',
    'csi',
    'persistenceCsi',
    'error',
    'persistenceError',
  ];
  const rows = skills.map(({ lifeline, unit, basis, horizon, limit, skill: s }) => [
    nameOf(lifeline),
    horizon,
    limit,
    unit,
    basis,
    s.n,
    ...[s.pod, s.far, s.csi, s.persistenceCsi, s.error, s.persistenceError],
  ]);
  return rows.length === 0 ? [] : [{ key: 'skill', columns, rows, total: rows.length }];
}
