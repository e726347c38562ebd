import type { Plan, Resource } from '../../api/answers.ts';
import { orNull } from '../../parts/edit.ts';

export type PlanForm = {
  code: string;
  name: string;
  kind: string;
  lifelines: readonly string[];
  levels: string[];
  areas: readonly string[];
  steps: { text: string; who: string }[];
};

export const planForm = (p: Plan | null, code: string): PlanForm =>
  p === null
    ? { code, name: '', kind: '', lifelines: [], levels: [], areas: [], steps: [{ text: '', who: '' }] }
    : {
        code: p.code,
        name: p.name,
        kind: p.kind,
        lifelines: p.lifelines,
        levels: p.levels.map(String),
        areas: p.areas,
        steps: p.steps.map((s) => ({ text: s.text, who: s.who ?? '' })),
      };

/** As the interface takes it; lines without words are none. */
export const planIn = (f: PlanForm) => ({
  name: f.name.trim(),
  kind: f.kind.trim(),
  lifelines: f.lifelines,
  levels: f.levels.map(Number).sort(),
  areas: f.areas,
  steps: f.steps
    .filter((s) => s.text.trim() !== '')
    .map((s) => ({ text: s.text.trim(), who: orNull(s.who) })),
});

/** The first of `plan-1`, `plan-2` … that is not taken. */
export function freshCode(prefix: string, taken: ReadonlySet<string>): string {
  let n = 1;
  while (taken.has(`${prefix}-${n}`)) n++;
  return `${prefix}-${n}`;
}

/** A number that was typed; what is none goes as it was typed, so that the server says what would be right. */
function numberIn(text: string | undefined): number | string | null {
  const typed = orNull(text);
  if (typed === null) return null;
  const n = Number(typed);
  return Number.isFinite(n) ? n : typed;
}

export const resourceIn = (v: Readonly<Record<string, string>>) => ({
  kind: v.kind as Resource['kind'],
  name: (v.name ?? '').trim(),
  area: (v.area ?? '').trim(),
  lon: numberIn(v.lon),
  lat: numberIn(v.lat),
  quantity: numberIn(v.quantity),
  measure: orNull(v.measure),
  keeper: orNull(v.keeper),
  videoUrl: orNull(v.videoUrl),
});
