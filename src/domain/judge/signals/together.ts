import type { PointCode } from '../../ids.ts';
import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { SignalMemory, TogetherMemory } from '../memory.ts';
import { eachOf, orNull } from '../moved.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

type Together = SignalOf<'together'>;
type Held = TogetherMemory['held'][string];

const NOTHING: TogetherMemory['held'] = {};

/** One condition of a combination, seen at one point. */
export type MemberNews = {
  /** Number of the member within the signal. */
  readonly member: number;
  readonly point: PointCode;
  readonly holds: boolean;
  readonly at: Millis;
};

/** True when the memory has ever heard this member at this point. */
export function isNoted(before: SignalMemory, news: Pick<MemberNews, 'member' | 'point'>): boolean {
  return before?.of === 'together' && before.held[`${news.member}@${news.point}`] !== undefined;
}

/** In whatever order the news come: the newest says what holds now, and the last time that it held is the last. */
export function rememberTogether(
  before: SignalMemory,
  news: MemberNews,
  reach: ReadonlySet<PointCode>,
): TogetherMemory {
  const key = `${news.member}@${news.point}`;
  const known = before?.of === 'together' ? before.held : NOTHING;
  const was = known[key];
  const held: Record<string, Held> = {};
  for (const k in known) if (k !== key && reach.has(pointIn(k))) held[k] = known[k] as Held;
  const newer = was === undefined || news.at >= was.at;
  held[key] = {
    now: newer ? news.holds : was.now,
    at: newer ? news.at : was.at,
    heldAt: news.holds && (was?.heldAt == null || news.at > was.heldAt) ? news.at : (was?.heldAt ?? null),
  };
  return { of: 'together', held };
}

/** How many members (or points) hold at `at`, or held within the time that counts as together. */
export function togetherAt(signal: Together, known: TogetherMemory, at: Millis): number {
  const from = at - signal.within;
  // Most readings find nothing that holds.
  let holding: Set<string> | null = null;
  for (const key in known.held) {
    const h = known.held[key] as Held;
    if (!h.now && (h.heldAt === null || h.heldAt < from)) continue;
    holding ??= new Set();
    holding.add(signal.counting === 'members' ? key.slice(0, key.indexOf('@')) : pointIn(key));
  }
  return holding?.size ?? 0;
}

function pointIn(key: string): PointCode {
  return key.slice(key.indexOf('@') + 1) as PointCode;
}

export const TOGETHER: SignalKind<Together> = {
  // Several points drive it: nothing of one series could tell.
  lookBack: () => 0,
  answersToNoise: [],
  unit: () => undefined,
  bounds: () => NOT_NEGATIVE,
  moved: ({ of, held }, by) => ({
    of,
    held: eachOf(held, (h) => ({ now: h.now, at: h.at + by, heldAt: orNull(h.heldAt, by) })),
  }),
};
