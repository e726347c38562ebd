import type { ClockPolicy } from '../../api/answers.ts';
import { CLOCKS, type ClockContent, type ClockName } from './describe.ts';

/** A clock policy as it is typed. */
export type ClockForm = {
  levels: string[];
  lifelines: string[];
  areas: readonly string[];
  minutes: Record<ClockName, string>;
  safetyCheck: boolean;
};

/** @param of `null`: an empty one, for every order, without minutes */
export function formOf(of: ClockContent | null): ClockForm {
  const minutes = CLOCKS.map((name) => [name, of === null ? '' : String(of.minutes[name])] as const);
  return {
    levels: (of?.match.levels ?? []).map(String),
    lifelines: [...(of?.match.lifelines ?? [])],
    areas: [...(of?.match.areas ?? [])],
    minutes: Object.fromEntries(minutes) as ClockForm['minutes'],
    safetyCheck: of?.safetyCheck ?? false,
  };
}

/** What was typed, as a policy says it; what is no number is `NaN`. */
export function contentOf(f: ClockForm): ClockContent {
  const number = (typed: string): number => (typed.trim() === '' ? Number.NaN : Number(typed));
  const minutes = CLOCKS.map((name) => [name, number(f.minutes[name])] as const);
  return {
    match: { levels: f.levels.map(Number).sort(), lifelines: [...f.lifelines], areas: [...f.areas] },
    minutes: Object.fromEntries(minutes) as ClockPolicy['minutes'],
    safetyCheck: f.safetyCheck,
  };
}
