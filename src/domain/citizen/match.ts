import type { AlarmId, AreaCode, IncidentId, LifelineKey, PointCode } from '../ids.ts';
import type { Level } from '../level.ts';
import { metresBetween } from '../metres-between.ts';
import { hours, type Millis } from '../time.ts';
import type { CitizenReport } from './citizen-report.ts';

/** So far away and so long apart something may be the same (docs/plan/response.md C.2). */
export const MATCH_WITHIN_M = 300;
export const MATCH_WITHIN_MS = hours(2);
/** Suggestions at most. */
export const MATCHES = 20;

export type MatchReason =
  | { readonly by: 'distance'; readonly metres: number }
  | { readonly by: 'address'; readonly words: readonly string[] }
  | { readonly by: 'area' }
  | { readonly by: 'lifeline' }
  /** Minutes from the call to the alarm; negative: the alarm was first. 0 also where an alarm is still open. */
  | { readonly by: 'time'; readonly minutes: number }
  | { readonly by: 'alarms'; readonly open: number };

/** A point that a report may be about, with its alarms of about that time. */
export type MatchCandidate = {
  readonly point: PointCode;
  readonly name: string;
  readonly asset: string | null;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  readonly at: { readonly lon: number; readonly lat: number } | null;
  readonly alarms: readonly MatchAlarm[];
};
export type MatchAlarm = {
  readonly id: AlarmId;
  readonly level: Level;
  readonly raisedAt: Millis;
  readonly isOpen: boolean;
  readonly incident: IncidentId | null;
};

export type CitizenMatch = {
  readonly point: PointCode;
  readonly name: string;
  readonly lifeline: LifelineKey;
  /** Of about that time, the closest first. */
  readonly alarms: readonly MatchAlarm[];
  readonly incident: IncidentId | null;
  /** 0 … 100; for the order alone. */
  readonly score: number;
  readonly reasons: readonly MatchReason[];
};

type Said = Pick<CitizenReport, 'lon' | 'lat' | 'area' | 'lifeline' | 'calledAt'> & {
  /** Place and text together; empty: erased. */
  readonly words: string;
  /** Lifelines whose names stand in the category or the text. */
  readonly named: readonly LifelineKey[];
};

/**
 * Ranks what a report may be about. A suggestion with its reasons, and nothing more: whoever reads it decides.
 *
 * @param candidates in any order; those without a reason of place are left out
 */
export function matchCitizen(said: Said, candidates: Iterable<MatchCandidate>): readonly CitizenMatch[] {
  const found: CitizenMatch[] = [];
  for (const c of candidates) {
    const reasons = reasonsOf(said, c);
    if (!reasons.some((r) => r.by === 'distance' || r.by === 'address')) continue;
    const { point, name, lifeline } = c;
    const alarms = [...c.alarms].sort((a, b) => apart(said, a) - apart(said, b)).slice(0, 5);
    const incident = alarms.find((a) => a.incident !== null)?.incident ?? null;
    found.push({ point, name, lifeline, alarms, incident, score: scoreOf(reasons), reasons });
  }
  return found.sort((a, b) => b.score - a.score || (a.point < b.point ? -1 : 1)).slice(0, MATCHES);
}

/** Whether an alarm may be of the same: open, or raised about then. */
export const isAboutThen = (alarm: Pick<MatchAlarm, 'raisedAt' | 'isOpen'>, calledAt: Millis): boolean =>
  Math.abs(alarm.raisedAt - calledAt) <= MATCH_WITHIN_MS || (alarm.isOpen && alarm.raisedAt <= calledAt);

const apart = ({ calledAt }: Said, { raisedAt, isOpen }: MatchAlarm): number =>
  isOpen && raisedAt <= calledAt ? 0 : Math.abs(raisedAt - calledAt);

function reasonsOf(said: Said, c: MatchCandidate): readonly MatchReason[] {
  const reasons: MatchReason[] = [];
  if (said.lon !== null && said.lat !== null && c.at !== null) {
    const metres = Math.round(metresBetween({ lon: said.lon, lat: said.lat }, c.at));
    // Both are placed, and apart: words that agree are of a long street.
    if (metres > MATCH_WITHIN_M) return [];
    reasons.push({ by: 'distance', metres });
  }
  const words = sharedWords(said.words, [c.name, c.asset ?? '']);
  if (words.length > 0) reasons.push({ by: 'address', words });
  if (c.area === said.area) reasons.push({ by: 'area' });
  if (said.lifeline === c.lifeline || (said.lifeline === null && said.named.includes(c.lifeline)))
    reasons.push({ by: 'lifeline' });
  const near = c.alarms.filter((a) => isAboutThen(a, said.calledAt));
  const [closest] = [...near].sort((a, b) => apart(said, a) - apart(said, b));
  if (closest !== undefined) {
    const minutes = apart(said, closest) === 0 ? 0 : Math.round((closest.raisedAt - said.calledAt) / 60_000);
    reasons.push({ by: 'time', minutes });
  }
  const open = near.filter((a) => a.isOpen).length;
  if (open > 0) reasons.push({ by: 'alarms', open });
  return reasons;
}

/** Ours: place weighs as much as all else together. */
function scoreOf(reasons: readonly MatchReason[]): number {
  let score = 0;
  for (const r of reasons) {
    if (r.by === 'distance') score += Math.round(40 * (1 - r.metres / (MATCH_WITHIN_M * 1.25)));
    if (r.by === 'address') score += Math.min(15, 3 * Math.max(...r.words.map((w) => w.length)));
    if (r.by === 'area') score += 5;
    if (r.by === 'lifeline') score += 15;
    if (r.by === 'time') score += Math.round(15 * (1 - Math.abs(r.minutes) / (MATCH_WITHIN_MS / 60_000)));
    if (r.by === 'alarms') score += 10;
  }
  return Math.min(100, score);
}

/** Of which shorter ones every second address has some. */
const SHORTEST = 3;

/**
 * The longest pieces that a text shares with names, three signs and more, the longest first.
 *
 * @param text as a citizen says a place
 */
export function sharedWords(text: string, names: readonly string[]): readonly string[] {
  const said = plain(text);
  const found = new Set<string>();
  for (const name of names.map(plain)) {
    for (let from = 0; from + SHORTEST <= name.length; ) {
      let to = from + SHORTEST;
      if (!said.includes(name.slice(from, to))) {
        from += 1;
        continue;
      }
      while (to < name.length && said.includes(name.slice(from, to + 1))) to += 1;
      found.add(name.slice(from, to));
      from = to;
    }
  }
  // Numbers alone are of any house.
  return [...found]
    .filter((w) => !/^\d+$/.test(w))
    .sort((a, b) => b.length - a.length)
    .slice(0, 3);
}

const plain = (s: string): string => s.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
