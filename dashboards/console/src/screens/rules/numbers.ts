import type { EffectiveRule, From, StepNumbers } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { timeOf } from '../../state/beijing.ts';
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
};

export const whoseInWords = (from: From, words: WhoseWords): string =>
  from.is === 'pack'
    ? words.say('source.pack', { mark: words.say(`evidence.${from.source.mark}`), ref: from.source.ref })
    : overrideInWords(from, words);

export const overrideInWords = (from: Override, { say, scope, now }: WhoseWords): string =>
  say('source.override', {
    scope: scope(from.scope),
    by: from.approvedBy === null ? from.by.name : `${from.by.name} / ${from.approvedBy.name}`,
    at: timeOf(Date.parse(from.at), now),
    reason: from.reason,
  });
