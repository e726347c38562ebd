import type { Band } from '../../parts/curve/marks.ts';
import type { RuleJson, StepJson } from '../../state/catalog.ts';

/**
 * The bands of the limits in force for one metric. A rule on a rate, a mean over hours or on silence has its
 * numbers in another sense than the curve: it has no band, a line for it would be a lie.
 */
export function bandsOf(rules: readonly RuleJson[], metric: string): Band[] {
  const edges = rules
    .filter((r) => r.metric === metric && r.signal.of === 'value')
    .flatMap((r) => r.steps.flatMap((s) => sides(s.limit).map((e) => ({ ...e, level: s.level }))));
  return (['above', 'below'] as const).flatMap((side) => {
    const away = side === 'above' ? 1 : -1;
    const mine = edges
      .filter((e) => e.side === side)
      .sort((a, b) => away * (a.edge - b.edge) || a.level - b.level);
    const kept = mine.filter((e, i) => i === 0 || e.edge !== mine[i - 1]?.edge);
    return kept.map((e, i) => ({ ...e, until: kept[i + 1]?.edge ?? null }));
  });
}

function sides(l: StepJson['limit']): { edge: number; side: Band['side'] }[] {
  if (l.is !== 'outside') return [{ edge: l.limit, side: l.is }];
  return [
    { edge: l.low, side: 'below' },
    { edge: l.high, side: 'above' },
  ];
}
