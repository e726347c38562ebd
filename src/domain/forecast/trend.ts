import type { PastFlood } from './curve.ts';
import {
  addRow,
  addSums,
  copyOf,
  leftBy,
  type Normal,
  newNormal,
  solvedNonNegative,
} from './least-squares.ts';
import { DEPTH_WIDTH, type LookedAt, lookAt, type RainUse, widthOf } from './looks.ts';

/** Minutes ahead that are forecast. Ten are honest; thirty from the depth alone are half wrong (RESPONSE F.2). */
export const HORIZONS = [10, 20, 30] as const;
export type Horizon = (typeof HORIZONS)[number];

/** Fewer floods than this say nothing about the next one. */
export const FLOODS_AT_LEAST = 15;

/** The residuals of forecasts that saw a rise of this much ahead, or less: standing water is surer than rising water. */
export type Band = {
  readonly upTo: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly n: number;
};

export type HorizonModel = {
  readonly horizon: Horizon;
  readonly weights: readonly number[];
  /** By rise ahead, ascending; the last one has no end. */
  readonly bands: readonly Band[];
  readonly passings: readonly PassingModel[];
};

/** Whether a limit will be passed: a fit of its own, of minutes below that limit. P50 would be late half of the time. */
export type PassingModel = {
  readonly limit: number;
  readonly weights: readonly number[];
  /** By what the rise is multiplied, and what is added, before it is said: the floods of the fit scored best (CSI) so. */
  readonly scale: number;
  readonly lean: number;
};

export type TrendModel = {
  readonly floods: number;
  readonly rain: RainUse;
  readonly horizons: readonly HorizonModel[];
};

export type MinutesAhead = {
  readonly horizon: Horizon;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** Depth by which it is said whether a limit is passed: at least the limit says that it is. */
  readonly passings: readonly { readonly limit: number; readonly depth: number }[];
};

const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** Rises ahead at which the next band begins, by what is said. */
const BAND_EDGES = [-1, -0.25, 0.25, 1, 2.5, 5];
const BAND_AT_LEAST = 40;
const SCALES = [0.7, 0.8, 0.9, 1, 1.1, 1.2];
const LEANS = [
  -0.5, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75, 4, 4.5, 5,
];

type Told = { readonly now: number; readonly rise: number; readonly then: number };

/** Puddles are many, and say little of floods. */
const SHALLOW = { below: 3, weight: 0.2 };

/** Whether the rain is asked: what fell; what fell and what is forecast for the minutes ahead. */
export type AskedRain = 'none' | 'fallen' | 'fallen-and-forecast';

/** mm of five minutes that may not run off; the fit takes what leaves the least error. */
const LOSSES = [0, 0.25, 0.5, 1];

/**
 * Fits the rise over the next minutes to how the last half hour looked, a flood at a time: whoever has others to let by stops between them.
 *
 * @param limits whose passing is said in advance
 * @param asked with rain, floods that no gauge was near are left out
 * @returns `null` with too few floods
 */
export function* fittingTrend(
  all: readonly PastFlood[],
  limits: readonly number[],
  asked: AskedRain = 'none',
): Generator<void, TrendModel | null> {
  const floods = asked === 'none' ? all : all.filter((f) => f.rain !== undefined);
  if (floods.length < FLOODS_AT_LEAST) return null;
  const rain = asked === 'none' ? null : yield* rainUseOf(floods, asked === 'fallen-and-forecast');
  const horizons: HorizonModel[] = [];
  for (const horizon of HORIZONS) {
    const how = { horizon, rain };
    const sums = yield* sumsOf(floods, how, limits);
    const weights = weightsOf(sums.all);
    if (weights === null) return null;
    const passings: PassingModel[] = [];
    for (const [limit, below] of sums.below) {
      const own = weightsOf(below);
      if (own === null) continue;
      const told = yield* toldOf(floods, how, own);
      passings.push({ limit, weights: own, ...bestSaid(told, limit) });
      yield;
    }
    horizons.push({ horizon, weights, bands: bandsOf(yield* toldOf(floods, how, weights)), passings });
  }
  return { floods: floods.length, rain, horizons };
}

/** The same without a stop. */
export function fitTrend(
  floods: readonly PastFlood[],
  limits: readonly number[],
  asked: AskedRain = 'none',
): TrendModel | null {
  const fitting = fittingTrend(floods, limits, asked);
  for (;;) {
    const step = fitting.next();
    if (step.done === true) return step.value;
  }
}

type How = { readonly horizon: Horizon; readonly rain: RainUse };

function* rainUseOf(floods: readonly PastFlood[], ahead: boolean): Generator<void, RainUse> {
  let least = { loss: 0, left: Number.POSITIVE_INFINITY };
  for (const loss of LOSSES) {
    const { all } = yield* sumsOf(floods, { horizon: 20, rain: { loss, ahead } }, []);
    const weights = weightsOf(all);
    const left = weights === null ? Number.POSITIVE_INFINITY : leftBy(all, weights);
    if (left < least.left) least = { loss, left };
  }
  return { loss: least.loss, ahead };
}

const weightsOf = (sums: Normal): readonly number[] | null => solvedNonNegative(sums, DEPTH_WIDTH);

type Sums = { readonly all: Normal; readonly below: ReadonlyMap<number, Normal> };

/** One pass over the floods: all their minutes, and for each limit those that lie below it. */
function* sumsOf(floods: readonly PastFlood[], how: How, limits: readonly number[]): Generator<void, Sums> {
  const edges = [...new Set(limits)].sort((a, b) => a - b);
  // One part between an edge and the next; the sums below an edge are those of the parts up to it.
  const parts = Array.from({ length: edges.length + 1 }, () => newNormal(widthOf(how.rain)));
  for (const flood of floods) {
    const { minutes } = flood;
    yield;
    for (let at = 0; at < minutes.length; at++) {
      const now = minutes[at] as number;
      const then = minutes[at + how.horizon] ?? 0;
      if (Number.isNaN(now) || Number.isNaN(then)) continue;
      const edge = edges.findIndex((e) => now < e);
      const root = Math.sqrt(now <= SHALLOW.below ? SHALLOW.weight : 1);
      addRow(
        parts[edge < 0 ? edges.length : edge] as Normal,
        lookAt(flood, at, how).map((x) => x * root),
        (then - now) * root,
      );
    }
  }
  const all = newNormal(widthOf(how.rain));
  const below = new Map<number, Normal>();
  for (const [i, part] of parts.entries()) {
    addSums(all, part);
    const edge = edges[i];
    if (edge !== undefined) below.set(edge, copyOf(all));
  }
  return { all, below };
}

function* toldOf(
  floods: readonly PastFlood[],
  how: How,
  weights: readonly number[],
): Generator<void, Told[]> {
  const told: Told[] = [];
  for (const flood of floods) {
    const { minutes } = flood;
    yield;
    for (let at = 0; at < minutes.length; at++) {
      const now = minutes[at] as number;
      const then = minutes[at + how.horizon] ?? 0;
      if (Number.isNaN(now) || Number.isNaN(then)) continue;
      told.push({ now, rise: dot(weights, lookAt(flood, at, how)), then });
    }
  }
  return told;
}

function bandsOf(told: readonly Told[]): Band[] {
  const bands: Band[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let residuals: number[] = [];
  for (const upTo of [...BAND_EDGES, Number.POSITIVE_INFINITY]) {
    for (const s of told) if (s.rise > from && s.rise <= upTo) residuals.push(s.then - s.now - s.rise);
    from = upTo;
    const last = bands[bands.length - 1];
    // Too few to say anything of their own: they go with the next, and at the end with the one before.
    if (residuals.length < BAND_AT_LEAST && upTo !== Number.POSITIVE_INFINITY) continue;
    if (residuals.length < BAND_AT_LEAST && last !== undefined) {
      bands[bands.length - 1] = { ...last, upTo };
      continue;
    }
    const sorted = Float64Array.from(residuals).sort();
    const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
    bands.push({ upTo, p10: at(0.1), p50: at(0.5), p90: at(0.9), n: sorted.length });
    residuals = [];
  }
  return bands;
}

/** By how much each minute must be leant to be said, counted by lean: one look at each scale is enough for all of them. */
function bestSaid(told: readonly Told[], limit: number): { scale: number; lean: number } {
  let best = { scale: 1, lean: 0 };
  let bestCsi = -1;
  for (const scale of SCALES) {
    const hits = new Float64Array(LEANS.length);
    const falseAlarms = new Float64Array(LEANS.length);
    let were = 0;
    for (const s of told) {
      if (s.now >= limit) continue;
      if (s.then >= limit) were++;
      const needs = limit - s.now - scale * s.rise;
      const from = LEANS.findIndex((lean) => lean >= needs);
      if (from < 0) continue;
      const into = s.then >= limit ? hits : falseAlarms;
      into[from] = (into[from] as number) + 1;
    }
    let [hit, untrue] = [0, 0];
    for (const [i, lean] of LEANS.entries()) {
      hit += hits[i] as number;
      untrue += falseAlarms[i] as number;
      const csi = were + untrue === 0 ? 0 : hit / (were + untrue);
      if (csi > bestCsi) [bestCsi, best] = [csi, { scale, lean }];
    }
  }
  return best;
}

/**
 * What the next minutes bring, by the last half hour of minutes; depths are never below nought.
 *
 * @param toCome mm that are forecast for the next half hour, of a model that asks for them; left out: what fell then, which only the
 *   past knows
 */
export function ahead(model: TrendModel, seen: LookedAt, toCome?: number): readonly MinutesAhead[] {
  const at = seen.minutes.length - 1;
  const now = seen.minutes[at];
  if (now === undefined || Number.isNaN(now)) return [];
  const last = HORIZONS[HORIZONS.length - 1] as Horizon;
  const { rain } = model;
  const same = rain?.ahead === true ? null : lookAt(seen, at, { horizon: last, rain });
  return model.horizons.map(({ horizon, weights, bands, passings }) => {
    const share = toCome === undefined ? {} : { toCome: (toCome * horizon) / last };
    const looks = same ?? lookAt(seen, at, { horizon, rain, ...share });
    const rise = dot(weights, looks);
    const band = bandFor(bands, rise);
    const depth = (by: number): number => Math.max(0, now + by);
    return {
      horizon,
      p10: depth(rise + band.p10),
      p50: depth(rise + band.p50),
      p90: depth(rise + band.p90),
      passings: passings.map((p) => ({
        limit: p.limit,
        depth: depth(p.scale * dot(p.weights, looks) + p.lean),
      })),
    };
  });
}

const bandFor = (bands: readonly Band[], rise: number): Band =>
  bands.find((b) => rise <= b.upTo) ?? (bands[bands.length - 1] as Band);
