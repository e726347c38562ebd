import type { Say } from '../i18n/translate.ts';

/** How long, in the two greatest units that a glance needs. */
export function lengthOf(ms: number, say: Say): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return say('age.seconds', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say('age.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say('age.hours', { h: hours, m: minutes % 60 });
  return say('age.days', { d: Math.floor(hours / 24), h: hours % 24 });
}

/** A length that somebody set or expects: a day is 24 hours there, and what is whole has no zero behind it. */
export function spanOf(ms: number, say: Say): string {
  const hours = ms / 3_600_000;
  const days = hours / 24;
  if (Number.isInteger(days) && days > 1) return say('age.wholeDays', { d: days });
  return Number.isInteger(hours) && hours > 0 && hours < 48
    ? say('age.wholeHours', { h: hours })
    : lengthOf(ms, say);
}

/** How long ago. The two clocks may disagree by a little: what lies ahead is just now. */
export function agoOf(ms: number, say: Say): string {
  return ms < 3_000 ? say('age.now') : say('age.ago', { age: lengthOf(ms, say) });
}

/** Readings may come this much later than expected before their age is said: networks breathe. */
const BREATH = 5_000;

/** How long after a reading, in ms, the next may still come; from then on there is silence, on every drawing and beside every value. */
export const dueWithin = (expectedIntervalMs: number): number => expectedIntervalMs * 1.25 + BREATH;
