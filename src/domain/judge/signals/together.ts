import type { PointCode } from '../../ids.ts';
import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { SignalMemory, TogetherMemory } from '../memory.ts';

type Together = SignalOf<'together'>;

/** One condition of a combination, seen at one point. */
export type MemberNews = {
  /** Number of the member within the signal. */
  readonly member: number;
  readonly point: PointCode;
  readonly holds: boolean;
  readonly at: Millis;
};

/** In whatever order the news come: the newest says what holds now, and the last time that it held is the last. */
export function rememberTogether(
  before: SignalMemory,
  news: MemberNews,
  reach: ReadonlySet<PointCode>,
): TogetherMemory {
  const held: Record<string, TogetherMemory['held'][string]> = {};
  if (before?.of === 'together') {
    for (const [key, h] of Object.entries(before.held)) if (reach.has(pointIn(key))) held[key] = h;
  }
  const key = `${news.member}@${news.point}`;
  const was = held[key];
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
  const holding = new Set<string>();
  for (const [key, h] of Object.entries(known.held)) {
    if (!h.now && (h.heldAt === null || h.heldAt < from)) continue;
    holding.add(signal.counting === 'members' ? key.slice(0, key.indexOf('@')) : pointIn(key));
  }
  return holding.size;
}

function pointIn(key: string): PointCode {
  return key.slice(key.indexOf('@') + 1) as PointCode;
}
