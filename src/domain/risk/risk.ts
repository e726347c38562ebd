import type { AssetCode } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Asset } from '../register/register.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';
import { RISK_PARTS, type RiskInput, type RiskPartKey } from './parts.ts';

/** 风险四色: red 重大, orange 较大, yellow 一般, blue 低; grey: not assessed, since something it needs is not known. */
export const RISK_COLOURS = ['red', 'orange', 'yellow', 'blue', 'grey'] as const;
export type RiskColour = (typeof RISK_COLOURS)[number];

/** Score of a part or of a side: 1 the least, 5 the most. */
export type RiskScore = 1 | 2 | 3 | 4 | 5;

/** Where the input of a part came from. */
export type RiskSource = 'assessed' | 'register' | 'alarms' | 'works';

/** What a score is made of, as it is shown beside it. */
export type RiskPart = {
  readonly key: RiskPartKey;
  readonly name: Bilingual;
  /** As it was given; `null`: nobody has said it. */
  readonly input: string | number | boolean | null;
  readonly source: RiskSource | null;
  /** Of a part that stands for itself, its score; of one that adds, how much. `null`: its input is missing. */
  readonly score: number | null;
  /** `base`: one of those of which the gravest counts, or the mean; `adds`: on top of them. */
  readonly counts: 'base' | 'adds';
};

export type RiskSide = { readonly score: RiskScore | null; readonly parts: readonly RiskPart[] };

export type AssetRisk = {
  readonly asset: AssetCode;
  readonly colour: RiskColour;
  readonly likelihood: RiskSide;
  readonly consequence: RiskSide;
  /** Likelihood times consequence, 1 … 25; `null`: not assessed. */
  readonly product: number | null;
  readonly missing: readonly RiskPartKey[];
};

/** From which product on a colour holds (docs/plan/response.md E: ours, to be fitted to a city). */
export type RiskCuts = { readonly red: number; readonly orange: number; readonly yellow: number };
export const DEFAULT_CUTS: RiskCuts = { red: 20, orange: 12, yellow: 6 };

/** What people have said of an asset for its risk: kept beside the register, each the whole of it. */
export type RiskInputs = {
  readonly asset: AssetCode;
  /** Left out: not said here; then the register's own word holds, where it has one. */
  readonly said: { readonly [K in RiskPartKey]?: string | number | boolean };
  readonly revision: number;
  readonly at: Millis;
  readonly by: { readonly account: string; readonly name: string };
};

/** What the service itself knows of an asset. */
export type RiskFacts = {
  /** Alarms that somebody judged real, of the last 12 months. */
  readonly realAlarms: number;
  readonly worksNow: boolean;
};

/**
 * The static risk of an asset: two scores, each with its parts, and a colour by their product. Whatever is missing makes it grey, never
 * blue. How it stands right now (open alarms) is another layer, and says nothing here.
 *
 * @param now our clock: an age is reckoned by it
 */
export function riskOf(
  asset: Asset,
  said: RiskInputs['said'],
  facts: RiskFacts,
  { now, cuts }: { readonly now: Millis; readonly cuts: RiskCuts },
): AssetRisk {
  const parts = RISK_PARTS.map((p) => {
    const { input, source } = answerOf(p, { asset, said, facts });
    const score = input === null ? null : p.scoreOf(input, now);
    return {
      side: p.side,
      part: { key: p.key, name: p.name, input, source, score, counts: p.counts } as RiskPart,
    };
  });
  const of = (side: 'likelihood' | 'consequence') => parts.filter((p) => p.side === side).map((p) => p.part);
  const likelihood = sideOf(of('likelihood'), 'mean');
  const consequence = sideOf(of('consequence'), 'gravest');
  const product =
    likelihood.score === null || consequence.score === null ? null : likelihood.score * consequence.score;
  return {
    asset: asset.code,
    colour: colourOf(product, cuts),
    likelihood,
    consequence,
    product,
    missing: parts.filter((p) => p.part.score === null).map((p) => p.part.key),
  };
}

export function colourOf(product: number | null, cuts: RiskCuts): RiskColour {
  if (product === null) return 'grey';
  if (product >= cuts.red) return 'red';
  if (product >= cuts.orange) return 'orange';
  return product >= cuts.yellow ? 'yellow' : 'blue';
}

/** The colour of an area is its gravest, beside how many there are of each: no mean hides a red. */
export function areaRisk(risks: readonly Pick<AssetRisk, 'colour'>[]): {
  readonly colour: RiskColour;
  readonly counts: Readonly<Record<RiskColour, number>>;
} {
  const counts = { red: 0, orange: 0, yellow: 0, blue: 0, grey: 0 };
  for (const { colour } of risks) counts[colour]++;
  return { colour: RISK_COLOURS.find((c) => counts[c] > 0) ?? 'grey', counts };
}

/** How it stands right now: the gravest open alarm there; another layer than its risk. */
export type LiveState = { readonly level: Level | null; readonly alarms: number };

type Part = (typeof RISK_PARTS)[number];

function answerOf(
  part: Part,
  {
    asset,
    said,
    facts,
  }: { readonly asset: Asset; readonly said: RiskInputs['said']; readonly facts: RiskFacts },
): { readonly input: RiskInput | null; readonly source: RiskSource | null } {
  if (part.key === 'realAlarms') return { input: facts.realAlarms, source: 'alarms' };
  if (part.key === 'worksNow') return { input: facts.worksNow, source: 'works' };
  const own = said[part.key];
  if (own !== undefined) return { input: own, source: 'assessed' };
  for (const name of part.attributes) {
    const text = asset.attributes?.[name]?.trim();
    const read = text === undefined || text === '' ? null : part.read(text);
    if (read !== null) return { input: read, source: 'register' };
  }
  return { input: null, source: null };
}

/** Of the base parts the mean, rounded up, or the gravest; what adds comes on top, up to 5. One that is missing: no score. */
function sideOf(parts: readonly RiskPart[], base: 'mean' | 'gravest'): RiskSide {
  if (parts.some((p) => p.score === null)) return { score: null, parts };
  const bases = parts.filter((p) => p.counts === 'base').map((p) => p.score ?? 0);
  const adds = parts.filter((p) => p.counts === 'adds').reduce((n, p) => n + (p.score ?? 0), 0);
  const stands =
    base === 'gravest' ? Math.max(...bases) : Math.ceil(bases.reduce((n, s) => n + s, 0) / bases.length);
  return { score: Math.min(5, Math.max(1, stands + adds)) as RiskScore, parts };
}
