import type { DrillId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';

/**
 * The one drill that several things are of, or that all of them are real.
 *
 * @param of of each: its drill, `null` where it is real; none at all: real
 */
export function oneDrill(
  of: readonly (DrillId | null)[],
  isRunning: (id: DrillId) => boolean,
): Result<DrillId | null, Refusal> {
  const [first = null] = of;
  if (of.some((d) => d !== first)) return no({ code: 'drill-mixed', detail: null });
  return first === null || isRunning(first) ? ok(first) : no({ code: 'drill-over', detail: null });
}
