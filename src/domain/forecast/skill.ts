import type { PastFlood } from './curve.ts';
import { LOOKS } from './looks.ts';
import { add, count, newTally, type ScoreTally, type Skill, skillOf } from './score.ts';
import { ahead, HORIZONS, type Horizon, type TrendModel } from './trend.ts';

/** How good what is said of one limit at one horizon has been. */
export type SkillAt = {
  readonly horizon: Horizon;
  readonly limit: number;
  readonly skill: Skill;
  /** Share of what came that lay from P10 to P90: 0.8 would be right. */
  readonly within: number | null;
};

/** Minutes of floods that the fit has not seen, each a sample; a stop after each flood. */
export function* scoring(
  model: TrendModel,
  floods: readonly PastFlood[],
  limits: readonly number[],
): Generator<void, readonly SkillAt[]> {
  const book = new ScoreBook(limits);
  for (const { minutes, rain } of floods) {
    yield;
    for (let at = 0; at < minutes.length; at++) {
      const now = minutes[at] as number;
      if (Number.isNaN(now)) continue;
      const from = Math.max(0, at - LOOKS);
      const said = ahead(model, {
        minutes: minutes.subarray(from, at + 1),
        ...(rain === undefined ? {} : { rain: rain.subarray(from) }),
      });
      for (const a of said) {
        const then = minutes[at + a.horizon] ?? 0;
        if (!Number.isNaN(then)) book.scored({ now, said: a, came: then });
      }
    }
  }
  return book.skills();
}

type Said = {
  readonly horizon: Horizon;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly passings: readonly { readonly limit: number; readonly depth: number }[];
};

/** What was said and what came, counted as it comes. */
export class ScoreBook {
  readonly #tallies: ReadonlyMap<string, ScoreTally>;
  readonly #within = new Map<Horizon, { of: number; n: number }>();
  readonly #limits: readonly number[];

  constructor(limits: readonly number[]) {
    this.#limits = limits;
    this.#tallies = new Map(HORIZONS.flatMap((h) => limits.map((l) => [`${h} ${l}`, newTally()])));
  }

  /** @param now what was measured when it was said */
  scored({ now, said, came }: { readonly now: number; readonly said: Said; readonly came: number }): void {
    const { horizon, p10, p50, p90 } = said;
    const within = this.#within.get(horizon) ?? { of: 0, n: 0 };
    this.#within.set(horizon, within);
    within.n++;
    if (p10 <= came && came <= p90) within.of++;
    for (const limit of this.#limits) {
      const tally = this.#tallies.get(`${horizon} ${limit}`);
      if (tally === undefined) continue;
      tally.error += Math.abs(p50 - came);
      tally.persistenceError += Math.abs(now - came);
      tally.n++;
      // What is passed already needs no forecast.
      if (now >= limit) continue;
      const passing = said.passings.find((p) => p.limit === limit);
      if (passing !== undefined) count(tally, passing.depth >= limit, came >= limit);
    }
  }

  addAll(other: ScoreBook): void {
    for (const [key, tally] of this.#tallies) {
      const more = other.#tallies.get(key);
      if (more !== undefined) add(tally, more);
    }
    for (const [horizon, more] of other.#within) {
      const within = this.#within.get(horizon) ?? { of: 0, n: 0 };
      this.#within.set(horizon, { of: within.of + more.of, n: within.n + more.n });
    }
  }

  skills(): readonly SkillAt[] {
    return HORIZONS.flatMap((horizon) =>
      this.#limits.map((limit): SkillAt => {
        const within = this.#within.get(horizon);
        return {
          horizon,
          limit,
          skill: skillOf(this.#tallies.get(`${horizon} ${limit}`) ?? newTally()),
          within: within === undefined || within.n === 0 ? null : within.of / within.n,
        };
      }),
    );
  }
}
