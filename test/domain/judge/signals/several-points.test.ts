import { describe, expect, test } from 'vitest';
import { as, type PointCode } from '../../../../src/domain/ids.ts';
import { evaluateSpread, evaluateTogether, freshMemory } from '../../../../src/domain/judge/evaluate.ts';
import type { LevelInForce } from '../../../../src/domain/level.ts';
import type { Member, Rule } from '../../../../src/domain/rule.ts';
import { minutes } from '../../../../src/domain/time.ts';
import { above, rule, step } from '../rules.ts';

const [A, B, C] = ['A', 'B', 'C'].map(as.point) as [PointCode, PointCode, PointCode];
const ALL = new Set([A, B, C]);
const member = (metric: string): Member => ({
  at: 'near',
  metric: as.metric(metric),
  holds: { by: 'limit', limit: above(1) },
});

type News = readonly [minute: number, member: number, point: PointCode, holds: boolean];

function told(r: Rule, news: readonly News[], reach: ReadonlySet<PointCode> = ALL): LevelInForce[] {
  let memory = freshMemory(r);
  return news.map(([minute, m, point, holds]) => {
    const judged = evaluateTogether(r, memory, { member: m, point, holds, at: minutes(minute) }, reach);
    memory = judged.memory;
    return judged.level;
  });
}

describe('a combination', () => {
  const both = rule(
    {
      of: 'together',
      members: [member('tilt'), member('ch4')],
      over: { to: 'asset' },
      within: minutes(10),
      counting: 'members',
    },
    step(1, above(2)),
  );

  test('a cover that tilts while gas rises is graver than either', () => {
    expect(
      told(both, [
        [0, 0, A, true],
        [1, 1, B, false],
        [5, 1, B, true],
      ]),
    ).toEqual([null, null, 1]);
  });

  test('what held a while ago still counts, what held long ago does not', () => {
    expect(
      told(both, [
        [0, 0, A, true],
        [1, 0, A, false],
        [9, 1, B, true],
      ]),
    ).toEqual([null, null, 1]);
    expect(
      told(both, [
        [0, 0, A, true],
        [1, 0, A, false],
        [12, 1, B, true],
      ]),
    ).toEqual([null, null, null]);
  });

  test('what holds and says nothing more still holds: no data is not normal', () => {
    expect(
      told(both, [
        [0, 0, A, true],
        [600, 1, B, true],
      ]),
    ).toEqual([null, 1]);
  });

  test('the same member at two points is one condition', () => {
    expect(
      told(both, [
        [0, 1, A, true],
        [1, 1, B, true],
      ]),
    ).toEqual([null, null]);
  });

  test('news that come behind newer ones change what was, not what is', () => {
    const inOrder: News[] = [
      [1, 0, A, true],
      [2, 0, A, false],
      [3, 1, B, true],
    ];
    const turned: News[] = [
      [2, 0, A, false],
      [1, 0, A, true],
      [3, 1, B, true],
    ];
    expect(told(both, turned).at(-1)).toBe(told(both, inOrder).at(-1));
  });

  test('two of three points within the time', () => {
    const some = rule(
      {
        of: 'together',
        members: [member('depth')],
        over: { to: 'distance', metres: 500 },
        within: minutes(5),
        counting: 'points',
      },
      step(2, above(2)),
      step(1, above(3)),
    );
    expect(
      told(some, [
        [0, 0, A, true],
        [1, 0, B, true],
        [2, 0, C, true],
        [3, 0, A, false],
        [9, 0, B, true],
      ]),
    ).toEqual([null, 2, 1, 1, 2]);
  });

  test('a point that was moved away counts no longer', () => {
    let memory = freshMemory(both);
    memory = evaluateTogether(both, memory, { member: 0, point: A, holds: true, at: 0 }, ALL).memory;
    const judged = evaluateTogether(both, memory, { member: 1, point: B, holds: true, at: 1 }, new Set([B]));
    expect(judged.level).toBeNull();
    expect(Object.keys(judged.memory.signal?.of === 'together' ? judged.memory.signal.held : {})).toEqual([
      '1@B',
    ]);
  });
});

describe('spread over points', () => {
  const piers = rule({ of: 'spread', over: { to: 'asset' }, within: minutes(60) }, step(1, above(10)));

  test('neighbouring piers that settle apart by 10 mm', () => {
    let memory = freshMemory(piers);
    const said = (
      [
        [A, 2, 0],
        [B, 5, 1],
        [B, 11.9, 2],
        [B, 12, 3],
        [A, 13, 4],
      ] as const
    ).map(([point, value, m]) => {
      const judged = evaluateSpread(piers, memory, { point, value, at: minutes(m) }, ALL);
      memory = judged.memory;
      return [judged.signal, judged.level];
    });
    expect(said).toEqual([
      [null, null],
      [3, null],
      [9.9, null],
      [10, 1],
      [1, null],
    ]);
  });

  test('one that has been silent for long is no comparison: it neither raises nor ends', () => {
    let memory = freshMemory(piers);
    for (const [point, value, m] of [
      [A, 0, 0],
      [B, 12, 1],
    ] as const)
      memory = evaluateSpread(piers, memory, { point, value, at: minutes(m) }, ALL).memory;
    expect(evaluateSpread(piers, memory, { point: B, value: 12, at: minutes(100) }, ALL)).toMatchObject({
      signal: null,
      level: 1,
    });
  });
});
