import type { EffectiveRule, From, StepNumbers } from '../../api/answers.ts';
import type { Language, Say } from '../../i18n/translate.ts';
import { timeOf } from '../../state/beijing.ts';
import { sourceWords } from '../../state/source-words.ts';
import { limitWords } from '../register/limits.ts';

type Override = Extract<From, { is: 'override' }>;

/** `≥ 50 %LEL`: the limit of a step as it is in force. */
export function limitOfStep({ steps, unit }: EffectiveRule, { level, limit }: StepNumbers): string {
  const kind = steps.find((s) => s.level === level)?.limit ?? { is: 'above' };
  return limitWords({ ...kind, ...limit.value }, unit);
}

/** Of a step in force: whoever changed any of its numbers, else where the pack has its limit from. */
export function whoseOf(numbers: StepNumbers): From {
  const { limit, deadband, onDelayMs, enabled } = numbers;
  return (
    [limit, deadband, onDelayMs, enabled].map((n) => n.from).find((f) => f.is === 'override') ?? limit.from
  );
}

export type WhoseWords = {
  readonly say: Say;
  /** For what it holds, as the screen calls it. */
  readonly scope: (of: Override['scope']) => string;
  readonly now: number;
  readonly language: Language;
};

export function whoseInWords(from: From, words: WhoseWords): string {
  if (from.is !== 'pack') return overrideInWords(from, words);
  const mark = words.say(`evidence.${from.source.mark}`);
  const ref = sourceWords(from.source.ref, words.language);
  return ref === '' ? words.say('source.packOnly', { mark }) : words.say('source.pack', { mark, ref });
}

export const overrideInWords = (from: Override, { say, scope, now }: WhoseWords): string =>
  say('source.override', {
    scope: scope(from.scope),
    by: from.approvedBy === null ? from.by.name : `${from.by.name} / ${from.approvedBy.name}`,
    at: timeOf(Date.parse(from.at), now),
    reason: from.reason,
  });
