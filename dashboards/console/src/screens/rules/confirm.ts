import type { EffectiveRule, Judges } from '../../api/answers.ts';
import type { Say } from '../../i18n/translate.ts';
import { spanOf } from '../../state/age.ts';
import { quantityOf } from '../../state/numbers.ts';
import { limitWords } from '../register/limits.ts';
import type { StepChange } from './change.ts';
import { limitOfStep, type WhoseWords, whoseInWords } from './numbers.ts';
import type { words } from './words.ts';

/** What somebody is about to change, as the server takes it. */
export type Proposed = {
  readonly scope: unknown;
  readonly changes: readonly StepChange[];
  readonly judges?: Judges;
};
/** One number: what it is, what it would be, and where the one that is now comes from. */
export type ChangeLine = {
  readonly what: string;
  readonly was: string;
  readonly is: string;
  readonly clause: string;
};

export function linesOf(
  rule: EffectiveRule,
  { changes, judges }: Proposed,
  whose: WhoseWords,
  say: Say<keyof typeof words>,
): readonly ChangeLine[] {
  // To the second: 60 and 77 s must not both be a minute here.
  const span = (ms: number): string =>
    ms === 0 ? '—' : ms % 60_000 === 0 ? spanOf(ms, say) : say('age.seconds', { n: ms / 1_000 });
  const lines = changes.flatMap((step): ChangeLine[] => {
    const now = rule.numbers.find((n) => n.level === step.level);
    if (now === undefined) return [];
    const kind = rule.steps.find((s) => s.level === step.level)?.limit ?? { is: 'above' };
    const level = `${step.level} ${say(`level.${step.level}`)}`;
    const line = (what: string, was: string, is: string, from: typeof now.limit.from): ChangeLine => ({
      what: `${level} · ${what}`,
      was,
      is,
      clause: whoseInWords(from, whose),
    });
    return [
      ...(step.limit === undefined
        ? []
        : [
            line(
              say('field.limit'),
              limitOfStep(rule, now),
              limitWords({ ...kind, ...now.limit.value, ...step.limit }, rule.unit),
              now.limit.from,
            ),
          ]),
      ...(step.onDelayMs === undefined
        ? []
        : [line(say('field.delay'), span(now.onDelayMs.value), span(step.onDelayMs), now.onDelayMs.from)]),
      ...(step.deadband === undefined
        ? []
        : [
            line(
              say('deadband'),
              quantityOf(now.deadband.value, rule.unit),
              quantityOf(step.deadband, rule.unit),
              now.deadband.from,
            ),
          ]),
      ...(step.enabled === undefined
        ? []
        : [
            line(
              say('field.state'),
              say(now.enabled.value ? 'on' : 'field.off'),
              say(step.enabled ? 'on' : 'field.off'),
              now.limit.from,
            ),
          ]),
    ];
  });
  if (judges === undefined) return lines;
  const was = say(`judges.${rule.judges ?? 'good'}`);
  return [...lines, { what: say('judges'), was, is: say(`judges.${judges}`), clause: '' }];
}
