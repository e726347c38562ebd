import type { Flood as Recorded } from '../../simulators/replay/floodnet.ts';
import { minutesOf, type PastFlood } from '../../src/domain/forecast/curve.ts';
import { ScoreBook, type SkillAt, scoring } from '../../src/domain/forecast/skill.ts';
import { fitTrend, HORIZONS, type Horizon } from '../../src/domain/forecast/trend.ts';

const MINUTE = 60_000;
export const LIMITS = [15, 25] as const;

/** RESPONSE F.2: d + α · slope · H ≥ limit, α as it was fitted there; 20 min at 25 cm is not given there. */
const ALPHA: Readonly<Record<string, number>> = {
  '10 15': 0.7,
  '20 15': 0.6,
  '30 15': 0.5,
  '10 25': 0.6,
  '20 25': 0.5,
  '30 25': 0.4,
};

export type ForecastRow = {
  readonly grid: 'known' | 'between';
  readonly horizon: Horizon;
  readonly limit: number;
  readonly ours: SkillAt;
  readonly simple: SkillAt;
};

/** A straight line between samples, as the baselines were measured: a minute before the next sample knows a little of it. */
function between(flood: Recorded): PastFlood {
  const { samples } = flood;
  const last = samples.at(-1)?.atMs ?? 0;
  let next = 0;
  const minutes = Float64Array.from({ length: Math.floor(last / MINUTE) + 1 }, (_, m) => {
    const at = m * MINUTE;
    while (next + 1 < samples.length && (samples[next + 1]?.atMs ?? 0) <= at) next++;
    const [a, b] = [samples[next], samples[next + 1]];
    if (a === undefined) return 0;
    if (b === undefined || b.atMs === a.atMs) return a.depthCm;
    return a.depthCm + (Math.max(0, at - a.atMs) / (b.atMs - a.atMs)) * (b.depthCm - a.depthCm);
  });
  return { from: 0, minutes };
}

/** What a gauge has said by the end of each minute, and nothing that it says later: what the service has. */
const known = ({ samples }: Recorded): PastFlood => ({
  from: 0,
  minutes: minutesOf(
    samples.map((s) => ({ at: s.atMs, value: s.depthCm })),
    0,
    samples.at(-1)?.atMs ?? 0,
  ),
});

/** Fit on the older half of the floods, scored on the newer: each minute below the limit is a sample. */
export function forecastRows(recorded: readonly Recorded[]): readonly ForecastRow[] {
  const inOrder = recorded.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  const half = Math.floor(inOrder.length / 2);
  return (['known', 'between'] as const).flatMap((grid): ForecastRow[] => {
    const floods = inOrder.map(grid === 'known' ? known : between);
    const model = fitTrend(floods.slice(0, half), LIMITS);
    if (model === null) throw new Error('too few floods to fit anything');
    const newer = floods.slice(half);
    const scores = scoring(model, newer, LIMITS);
    let step = scores.next();
    while (step.done !== true) step = scores.next();
    const ours = step.value;
    const simple = simply(newer);
    return ours.map((o) => {
      const other = simple.find((s) => s.horizon === o.horizon && s.limit === o.limit) as SkillAt;
      return { grid, horizon: o.horizon, limit: o.limit, ours: o, simple: other };
    });
  });
}

function simply(floods: readonly PastFlood[]): readonly SkillAt[] {
  const book = new ScoreBook(LIMITS);
  for (const { minutes } of floods)
    for (let at = 0; at < minutes.length; at++)
      for (const horizon of HORIZONS) {
        const now = minutes[at] as number;
        const then = minutes[at + horizon] ?? 0;
        const before = minutes[Math.max(0, at - 5)] as number;
        if (Number.isNaN(now + then + before)) continue;
        const ahead = (limit: number): number =>
          now + (ALPHA[`${horizon} ${limit}`] ?? 0) * ((now - before) / 5) * horizon;
        const p50 = ahead(15);
        const passings = LIMITS.map((limit) => ({ limit, depth: ahead(limit) }));
        book.scored({ now, said: { horizon, p10: p50, p50, p90: p50, passings }, came: then });
      }
  return book.skills();
}
