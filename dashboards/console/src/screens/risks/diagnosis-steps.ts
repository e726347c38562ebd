import type { Diagnosis } from '../../api/answers.ts';
import type { EditField } from '../../parts/edit.ts';
import type { diagnosisWords } from './diagnosis-words.ts';

export type Step = NonNullable<Diagnosis['next']>;
export const STEPS = ['examine', 'evaluate', 'diagnose', 'treat', 'recheck', 'watch'] as const;

type Say = (key: keyof typeof diagnosisWords) => string;
type Choices = { readonly orders: EditField['suggest']; readonly rules: EditField['suggest'] };

/** What is to be filled in for a step. */
export function fieldsOf(step: Step, say: Say, { orders, rules }: Choices): readonly EditField[] {
  const offered = (suggest: EditField['suggest']) => (suggest === undefined ? {} : { suggest });
  const rule = { name: 'rule', label: say('rule'), ...offered(rules) };
  switch (step) {
    case 'examine':
      return [];
    case 'evaluate':
      return [
        { name: 'target', label: say('wantedValue'), number: true },
        {
          name: 'better',
          label: say('better'),
          value: 'lower',
          options: (['lower', 'higher'] as const).map((value) => ({ value, label: say(value) })),
        },
      ];
    case 'diagnose':
      return [{ name: 'cause', label: say('cause'), lines: true }];
    case 'treat':
      return [
        { name: 'measure', label: say('measure'), lines: true },
        { name: 'order', label: say('order'), ...offered(orders) },
        rule,
      ];
    case 'recheck':
      return [{ name: 'value', label: say('value'), number: true }];
    case 'watch':
      return [rule];
  }
}

/** What was filled in, as the interface takes it; a field that is no number by its name. */
export function stepOf(
  step: Step,
  values: Readonly<Record<string, string>>,
): { readonly step: Readonly<Record<string, unknown>> } | { readonly wrong: string } {
  const told: Record<string, unknown> = { do: step };
  for (const [name, typed] of Object.entries(values)) {
    const text = typed.trim();
    if (name === 'target' || name === 'value') {
      if (text === '' || !Number.isFinite(Number(text))) return { wrong: name };
      told[name] = Number(text);
    } else if (text !== '') told[name] = text;
  }
  return { step: told };
}
