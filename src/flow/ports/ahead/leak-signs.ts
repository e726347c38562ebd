import type { PointCode } from '../../../domain/ids.ts';
import type { LeakOrBiogas } from '../../../domain/leak-or-biogas/weigh.ts';
import type { Millis } from '../../../domain/time.ts';

/** Whether the gas at a point comes from a pipe or is biogas, for whoever judges; it changes nothing. */
export interface LeakSigns {
  /**
   * @param at whose past is looked at
   * @param sees neighbours that may be told of
   * @returns `null`: methane is not measured there, or nobody tells the two apart
   */
  of(point: PointCode, at: Millis, sees: (point: PointCode) => boolean): Promise<LeakOrBiogas | null>;
}
