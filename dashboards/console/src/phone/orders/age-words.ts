import type { PhoneSay } from '../words.ts';

/** How long, to the minute, as somebody with gloves reads it. */
export function ageInWords(ms: number, say: PhoneSay): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) return say('seconds', { n: Math.floor(Math.abs(ms) / 1_000) });
  if (minutes < 60) return say('minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say('hours', { h: hours, m: minutes % 60 });
  return say('days', { d: Math.floor(hours / 24), h: hours % 24 });
}
