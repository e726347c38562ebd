import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  evaluate,
  evaluateSilence,
  freshMemory,
  type Judgement,
} from '../../../src/domain/judge/evaluate.ts';
import { passes } from '../../../src/domain/judge/limit.ts';
import { isGraver, type LevelInForce } from '../../../src/domain/level.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { fromExactJson, toExactJson } from '../../../src/wire/files/exact-json.ts';
import { aRule, aStep, type Sample, samples } from './any-rule.ts';
import { rule, step } from './rules.ts';

function judgeAll(r: Rule, list: readonly Sample[]): Judgement[] {
  let memory = freshMemory(r);
  return list.map(({ value, at }) => {
    const judged = evaluate(r, memory, value, at);
    memory = judged.memory;
    return judged;
  });
}

test('a run of breaches shorter than the on-delay never raises', () => {
  fc.assert(
    fc.property(aStep, samples, (s, list) => {
      fc.pre(s.onDelay > 0);
      const r = rule({ of: 'value' }, s);
      let since: number | null = null;
      let mayBeOn = false;
      judgeAll(r, list).forEach((judged, i) => {
        const { value, at } = list[i] as Sample;
        since = passes(s.limit, 0, value) ? (since ?? at) : null;
        if (since !== null && at - since >= s.onDelay) mayBeOn = true;
        if (!mayBeOn) expect(judged.level).toBeNull();
      });
    }),
  );
});

test('the gravest watcher wins: a rule says what the gravest of its steps alone would say', () => {
  // A signal that learns while all steps are quiet is another signal when one of its steps is taken away.
  const unlearned = aRule.filter(({ signal: s }) => s.of !== 'extreme' && s.of !== 'deviation');
  fc.assert(
    fc.property(unlearned, samples, (r, list) => {
      const alone = r.steps.map((s) => judgeAll({ ...r, steps: [s] }, list));
      judgeAll(r, list).forEach((judged, i) => {
        const gravest = alone
          .map((one) => one[i]?.level ?? null)
          .reduce<LevelInForce>((a, b) => (isGraver(b, a) ? b : a), null);
        expect(judged.level).toBe(gravest);
        expect(judged.step?.level ?? null).toBe(gravest);
      });
    }),
  );
});

test('judging is pure, replays to the same, and its memory survives JSON at any point', () => {
  fc.assert(
    fc.property(aRule, samples, (r, list) => {
      const live = judgeAll(r, list);
      expect(judgeAll(r, list)).toEqual(live);
      let memory = freshMemory(r);
      list.forEach(({ value, at }, i) => {
        memory = fromExactJson(toExactJson(memory)) as typeof memory;
        const frozen = JSON.stringify(memory);
        const judged = evaluate(r, memory, value, at);
        expect(JSON.stringify(memory)).toBe(frozen);
        expect(judged).toEqual(live[i]);
        memory = judged.memory;
      });
    }),
  );
});

test('the level never changes without a value: only a known signal moves a watcher', () => {
  fc.assert(
    fc.property(aRule, samples, (r, list) => {
      let level: LevelInForce = null;
      for (const judged of judgeAll(r, list)) {
        if (judged.signal === null) expect(judged.level).toBe(level);
        level = judged.level;
      }
    }),
  );
});

test('silence is a function of how long, whatever the ticks: more ticks never change the answer without delays', () => {
  const ticks = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(ticks, fc.integer({ min: 1, max: 60 }), (gaps, limitMinutes) => {
      const r = rule({ of: 'silentFor' }, step(4, { is: 'above', limit: limitMinutes }));
      let memory = freshMemory(r);
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        const judged = evaluateSilence(r, memory, 0, now);
        memory = judged.memory;
        expect(judged.level).toBe(now / minutes(1) >= limitMinutes ? 4 : null);
      }
    }),
  );
});
