import {
  evaluate,
  evaluateSilence,
  freshMemory,
  type Judgement,
} from '../../../src/domain/judge/evaluate.ts';
import { ALONE, type OwnPoint } from '../../../src/domain/judge/own-point.ts';
import type { LevelInForce } from '../../../src/domain/level.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { type Duration, minutes } from '../../../src/domain/time.ts';

/**
 * The series shorthand of the trade's case tables: `25×3 _×9 25` is three readings of 25, nine moments at which
 * nothing came, one reading of 25. Moments stand equally far apart.
 */
export function values(series: string): (number | null)[] {
  return tokens(series).map((t) => {
    if (t === '_') return null;
    const n = Number(t);
    if (t === '' || Number.isNaN(n))
      throw new Error(`"${t}" in "${series}" is no value: write 25, -3.5 or _`);
    return n;
  });
}

/** `_ _ 3 1`: the level in force after each moment; `_` is normal. `…` repeats the level before it as often as needed. */
export function levels(expected: string, length: number): LevelInForce[] {
  const all = tokens(expected);
  const dots = all.indexOf('…');
  const filled =
    dots < 0
      ? all
      : [
          ...all.slice(0, dots),
          ...Array<string>(Math.max(0, length - all.length + 1)).fill(all[dots - 1] ?? '_'),
          ...all.slice(dots + 1),
        ];
  return filled.map((t) => {
    if (t === '_') return null;
    if (t === '1' || t === '2' || t === '3' || t === '4') return Number(t) as LevelInForce;
    throw new Error(`"${t}" in "${expected}" is no level: write _, 1, 2, 3 or 4`);
  });
}

function tokens(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((t) => {
      const [what = '', times = '1'] = t.split('×');
      return Array<string>(Number(times)).fill(what);
    });
}

/** What a rule says after each moment of a series; for a rule of silence the numbers say nothing, a number is a word heard. */
export function run(
  rule: Rule,
  series: string,
  every: Duration = minutes(1),
  beside: OwnPoint = ALONE,
): Judgement[] {
  const said: Judgement[] = [];
  let memory = freshMemory(rule);
  let heardAt = 0;
  values(series).forEach((value, i) => {
    const at = i * every;
    let judged: Judgement;
    switch (rule.signal.of) {
      case 'silentFor':
        if (value !== null) heardAt = at;
        judged = evaluateSilence(rule, memory, heardAt, at);
        break;
      default:
        judged =
          value === null
            ? { ...(said.at(-1) ?? { level: null, signal: null, step: null }), memory }
            : evaluate(rule, memory, value, at, beside);
        break;
    }
    memory = judged.memory;
    said.push(judged);
  });
  return said;
}

export function levelsOf(rule: Rule, series: string, every?: Duration, beside?: OwnPoint): LevelInForce[] {
  return run(rule, series, every, beside).map((j) => j.level);
}
