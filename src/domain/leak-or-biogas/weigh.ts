import { SIGNS, type Sign, type SignKind, WEIGHTS } from './signs.ts';

/**
 * Advice for whoever judges an alarm 研判: from a pipe, biogas, or it cannot be told. It lowers no level and closes nothing: of the
 * methane that is found in streets a third is fossil in one city and two thirds in another, so that neither is presumed (RESPONSE F.1).
 */
export type LeakOrBiogas = {
  readonly leans: 'pipe-gas' | 'biogas' | 'unclear';
  /** Sum of weights towards the pipe, less those towards biogas. */
  readonly score: number;
  /** What that sum could be at most, by the signs that were seen. */
  readonly of: number;
  /** The weightiest first. */
  readonly signs: readonly Sign[];
  /** What was not there to be looked at. */
  readonly missing: readonly SignKind[];
};

/** Below it nothing is said: one weak sign alone does not lean (D). */
const LEANS_FROM = 2;
const SIGNS_AT_LEAST = 2;

export function weighed(found: readonly (Sign | null)[]): LeakOrBiogas {
  const signs = found.filter((s): s is Sign => s !== null).sort((a, b) => pull(b) - pull(a));
  const score = signs.reduce((sum, s) => sum + WEIGHTS[s.sign] * s.towards, 0);
  const of = signs.reduce((sum, s) => sum + WEIGHTS[s.sign], 0);
  const speak = signs.filter((s) => s.towards !== 0).length;
  const isTold =
    Math.abs(score) >= LEANS_FROM && (speak >= SIGNS_AT_LEAST || Math.abs(score) >= WEIGHTS.ethane);
  return {
    leans: !isTold ? 'unclear' : score > 0 ? 'pipe-gas' : 'biogas',
    score,
    of,
    signs,
    missing: SIGNS.filter((kind) => !signs.some((s) => s.sign === kind)),
  };
}

const pull = (s: Sign): number => Math.abs(WEIGHTS[s.sign] * s.towards);
