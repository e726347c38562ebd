import { MATERIALS, TRAFFIC } from './choices.ts';
import type { riskWords } from './words.ts';

type Say = (key: keyof typeof riskWords) => string;
const isOf = <T extends string>(all: readonly T[], text: unknown): text is T =>
  (all as readonly unknown[]).includes(text);

/** What was given for a part of a score, in words; `null`: nobody has given it. */
export function inputInWords(key: string, input: string | number | boolean | null, say: Say): string {
  if (input === null) return say('part.unknown');
  if (typeof input === 'boolean') return say(input ? 'yes' : 'no');
  if (key === 'material' && isOf(MATERIALS, input)) return say(`material.${input}`);
  if (key === 'traffic' && isOf(TRAFFIC, input)) return say(`traffic.${input}`);
  return String(input);
}
