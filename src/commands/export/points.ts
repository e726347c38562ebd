import type { StockPoint } from '../../flow/ports/stock.ts';
import { WrongUse } from '../command.ts';

/**
 * The points that were asked for.
 *
 * @throws WrongUse for a code that the register does not have, and when none is left
 */
export function chosenPoints(
  all: readonly StockPoint[],
  asked: { readonly points?: string; readonly lifeline?: string; readonly area?: string },
): readonly StockPoint[] {
  const codes = asked.points?.split(',').map((c) => c.trim());
  const unknown = codes?.filter((c) => !all.some((p) => p.code === c)) ?? [];
  if (unknown.length > 0) throw new WrongUse(`no such point in the register: ${unknown.join(', ')}`);
  const { lifeline, area = '' } = asked;
  const chosen = all.filter(
    (p) =>
      (codes?.includes(p.code) ?? true) &&
      (lifeline === undefined || p.lifeline === lifeline) &&
      p.area.startsWith(area),
  );
  if (chosen.length === 0) throw new WrongUse('no point of the register is of that lifeline and area');
  return chosen;
}
