import { unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import {
  type Person,
  type RuleChange,
  type RuleVersion,
  type Setting,
  STEP_FIELDS,
  type StepField,
  scopeKey,
} from './change.ts';

/** Who brings a version into force, and when. */
export type Stamp = {
  readonly version: number;
  readonly by: Person;
  readonly approvedBy: Person | null;
  readonly at: Millis;
  readonly reason: string;
};

/**
 * The overrides after a change. Those that it does not touch keep who set them and why.
 *
 * @param versions of this rule; the pack's own, which has no overrides, is not among them
 */
export function settingsAfter(
  versions: readonly RuleVersion[],
  change: RuleChange,
  stamp: Stamp,
): readonly Setting[] {
  const now = versions.at(-1)?.settings ?? [];
  switch (change.do) {
    case 'revert':
      return versions.find((v) => v.version === change.version)?.settings ?? [];
    case 'set': {
      const fresh = change.steps.flatMap((step) =>
        STEP_FIELDS.flatMap((field) => {
          const value = step[field];
          if (value === undefined) return [];
          return [{ scope: change.scope, level: step.level, field, value, ...stamp }];
        }),
      );
      const word =
        change.judges === undefined
          ? []
          : [{ scope: change.scope, level: null, field: 'judges', value: change.judges, ...stamp } as const];
      const replaced = new Set([...fresh, ...word].map(keyOf));
      const kept = now.filter((s) => !replaced.has(keyOf(s)));
      return [...kept, ...[...fresh, ...word].filter((s) => s.value !== null)] as Setting[];
    }
    default:
      return unreachable(change);
  }
}

const keyOf = (s: {
  readonly scope: Setting['scope'];
  readonly level: number | null;
  readonly field: StepField | 'judges';
}): string => `${scopeKey(s.scope)} ${s.level} ${s.field}`;

/** The numbers alone: equal texts judge alike. @param only one scope's, where a change touches no other */
export function numbersText(settings: readonly Setting[], only: string | null = null): string {
  return settings
    .filter((s) => only === null || scopeKey(s.scope) === only)
    .map((s) => `${keyOf(s)} ${JSON.stringify(s.value)}`)
    .sort()
    .join('\n');
}
