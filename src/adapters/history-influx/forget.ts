import { days, type Millis } from '../../domain/time.ts';
import { EARLIEST, type InfluxQl, ident } from './influxql.ts';
import { measurementOf } from './names.ts';

const KINDS = ['readings', 'frames', '1h'] as const;

/**
 * Deletes whole UTC days of ours, and counts those that held something.
 *
 * @param before only what was observed on an earlier day goes
 */
export async function forget(
  ql: InfluxQl,
  {
    lifelines,
    before,
    within,
  }: { readonly lifelines: readonly string[]; readonly before: Millis; readonly within: number },
): Promise<number> {
  const end = Math.floor(before / days(1)) * days(1);
  const gone = new Set<number>();
  for (const lifeline of lifelines) {
    for (const kind of KINDS) {
      const measurement = ident(measurementOf(lifeline, kind));
      const held = await daysOf(ql, measurement, end, within);
      if (held.length === 0) continue;
      await ql.tell(`DELETE FROM ${measurement} WHERE time < ${end}ms`, within);
      if (kind !== '1h') for (const day of held) gone.add(day);
    }
  }
  return gone.size;
}

/** From one day's first row to the first row after it: as many questions as there are days, and one. */
async function daysOf(ql: InfluxQl, measurement: string, end: Millis, within: number): Promise<number[]> {
  const held: number[] = [];
  let from = EARLIEST;
  for (;;) {
    const { values } = await ql.one(
      `SELECT * FROM ${measurement} WHERE time >= ${from}ms AND time < ${end}ms ORDER BY time ASC LIMIT 1`,
      { within },
    );
    const at = values[0]?.[0];
    if (typeof at !== 'number') return held;
    const day = Math.floor(at / days(1));
    held.push(day);
    from = (day + 1) * days(1);
  }
}
