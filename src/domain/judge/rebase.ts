import type { Millis } from '../time.ts';
import {
  type EnvironmentMemory,
  type LearnedMemory,
  NOTHING_YET,
  owned,
  type PointMemory,
  type RuleMemory,
  type SignalMemory,
  type TogetherMemory,
} from './memory.ts';
import { AHEAD } from './placing/event-time.ts';
import { environmentMoved } from './signals/environment.ts';

/** No reading is placed further ahead of our clock than a device may be, plus the milliseconds that keep readings apart. */
const BEYOND = 2 * AHEAD;

/** True where a memory knows of an instant that our clock, as it is now, has yet to see: ours was ahead when it was written. */
export const isAheadOfUs = (newestAt: Millis, now: Millis): boolean => newestAt - now > BEYOND;

/**
 * Our clock is behind what a memory knows: what it took for the newest is not. Levels stay in force and what was learnt stays
 * learnt; delays begin now, and windows begin anew. Without this nothing would be newer, and nothing judged, until our
 * clock had caught up.
 *
 * @param now our clock
 */
export function rebase(memory: PointMemory, now: Millis): void {
  for (const s of memory.series.values()) {
    if (!isAheadOfUs(s.newestAt, now)) continue;
    s.newestAt = now - 1;
    if (s.valueAt !== null) s.valueAt = Math.min(s.valueAt, now - 1);
    s.doubted = null;
    delete s.gaps;
  }
  for (const rules of [memory.rules, owned(memory, 'late')])
    for (const [id, rule] of rules) rules.set(id, rebased(rule, now));
  memory.recent?.clear();
  memory.backlog = undefined;
  memory.clock = undefined;
  memory.windows = NOTHING_YET;
  for (const [id, told] of memory.told ?? []) {
    const kept: number[] = [];
    for (let i = 0; i < told.length; i += 3)
      if ((told[i] as number) <= now) kept.push(...told.slice(i, i + 3));
    owned(memory, 'told').set(id, kept);
  }
}

function rebased({ signal, watchers }: RuleMemory, now: Millis): RuleMemory {
  return {
    signal: signalAt(signal, now),
    watchers: watchers.map(({ on, disagreeingSince }) => ({
      on,
      disagreeingSince: disagreeingSince === null ? null : Math.min(disagreeingSince, now),
    })),
  };
}

function signalAt(signal: SignalMemory, now: Millis): SignalMemory {
  if (signal === null) return null;
  switch (signal.of) {
    case 'extreme':
    case 'unchangedFor':
      return { ...signal, since: Math.min(signal.since, now) };
    case 'deviation':
      return {
        of: 'deviation',
        smooth: null,
        learned: signal.learned && learnedAt(signal.learned, now),
        ...(signal.around === undefined ? {} : { around: environmentAt(signal.around, now) }),
      };
    case 'night':
      return { ...signal, open: null };
    case 'together':
      return heardUpTo(signal, now);
    case 'spread':
      return {
        of: 'spread',
        latest: Object.fromEntries(Object.entries(signal.latest).filter(([, x]) => x.at <= now + AHEAD)),
      };
    default:
      return null;
  }
}

/** Time that taught nothing is counted as skipped; here, as skipped the other way. */
function learnedAt(
  { learnt, open: [lastAt, skipped, weight, sum, last] }: LearnedMemory,
  now: Millis,
): LearnedMemory {
  return { learnt, open: [now, skipped - (lastAt - now), weight, sum, last] };
}

function environmentAt(known: EnvironmentMemory, now: Millis): EnvironmentMemory {
  return environmentMoved(known, now - (known.usual?.open[0] ?? now));
}

function heardUpTo({ held }: TogetherMemory, now: Millis): TogetherMemory {
  const at = (t: Millis) => Math.min(t, now);
  return {
    of: 'together',
    held: Object.fromEntries(
      Object.entries(held).map(([key, h]) => [
        key,
        { now: h.now, at: at(h.at), heldAt: h.heldAt === null ? null : at(h.heldAt) },
      ]),
    ),
  };
}
