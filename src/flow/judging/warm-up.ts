import type { MetricKey } from '../../domain/ids.ts';
import { admits } from '../../domain/judge/admits.ts';
import { evaluate, freshMemory } from '../../domain/judge/evaluate.ts';
import { lookBackOf } from '../../domain/judge/look-back.ts';
import type { RuleMemory } from '../../domain/judge/memory.ts';
import type { Rule } from '../../domain/rule.ts';
import { days, type Millis } from '../../domain/time.ts';
import type { History } from '../ports/history.ts';
import { PointNow } from './own-point.ts';
import type { PointState } from './point-state.ts';

const PAGE = 5_000;
/** A month at one a minute. */
const READINGS_AT_MOST = 45_000;
const LOOK_BACK_AT_MOST = days(31);
/** A city that got a new rule starts all the same: what is not warm by then learns as it goes. */
const QUERIES_AT_MOST = 2_000;

export type WarmedUp = { readonly rules: number; readonly skipped: number };

/**
 * Rules that are new at a point (a new pack, a new version of the program) begin with what the point has told before,
 * not with nothing: a ten-minute mean, a month's count, a baseline are there at once. Rules whose memory the journal has
 * kept are left alone; nothing is told of what is found: the next reading says whether it still holds.
 */
export async function warmUp(points: Iterable<PointState>, history: Pick<History, 'raw'>): Promise<WarmedUp> {
  let queries = 0;
  let rules = 0;
  let skipped = 0;
  for (const point of points) {
    for (const [metric, plan] of point.plan.metrics) {
      const series = point.memory.series.get(metric as MetricKey);
      const missing = plan.rules.filter((r) => !point.memory.rules.has(r.id) && lookBackOf(r) > 0);
      if (series === undefined || missing.length === 0) continue;
      if (queries >= QUERIES_AT_MOST) {
        skipped += missing.length;
        continue;
      }
      queries += await warm(
        point,
        { metric: metric as MetricKey, missing, newestAt: series.newestAt },
        history,
      );
      rules += missing.length;
    }
  }
  return { rules, skipped };
}

async function warm(
  point: PointState,
  {
    metric,
    missing,
    newestAt,
  }: { readonly metric: MetricKey; readonly missing: readonly Rule[]; readonly newestAt: Millis },
  history: Pick<History, 'raw'>,
): Promise<number> {
  // What a count counts runs with it from the beginning, beside the memory that is in force.
  const counted = missing.flatMap((r) =>
    r.signal.of === 'count' && r.signal.occurrence.by === 'rule'
      ? (point.plan.rules.get(r.signal.occurrence.rule) ?? [])
      : [],
  );
  const running = [...new Set([...counted, ...missing])];
  const fresh = new Map(running.map((r) => [r.id, freshMemory(r)]));
  const memories = new Map(fresh);
  const beside = new PointNow(point, metric, (id) => memories.get(id));
  let from = newestAt - Math.min(LOOK_BACK_AT_MOST, Math.max(...missing.map(lookBackOf)));
  let queries = 0;
  for (let n = 0; n < READINGS_AT_MOST; queries++) {
    const page = await history.raw({ point: point.code, metric, from, to: newestAt + 1, limit: PAGE });
    for (const item of page) {
      if (item.value === null) continue;
      for (const r of running) {
        if (!admits(r.judges, item.quality)) continue;
        memories.set(r.id, evaluate(r, memories.get(r.id) as RuleMemory, item.value, item.t, beside).memory);
      }
    }
    n += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    from = last.t + 1;
  }
  // Of nothing that was judged there is no memory, as before a start.
  for (const r of missing) {
    const memory = memories.get(r.id) as RuleMemory;
    if (memory !== fresh.get(r.id)) point.memory.rules.set(r.id, memory);
  }
  point.memory.recent?.delete(metric);
  return queries + 1;
}
