import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { NOTHING_YET, owned } from '../../../src/domain/judge/memory.ts';
import { noteTold, toldOf } from '../../../src/domain/judge/told.ts';
import { emptyMemory } from '../../../src/flow/judging/point-state.ts';

describe('what most points have none of', () => {
  test('is shared by all of them, and the own of who writes to it', () => {
    const [one, other] = [emptyMemory(), emptyMemory()];
    expect(one.late).toBe(other.late);
    owned(one, 'worst').set(as.rule('gas.ch4.limit'), { value: 60, at: 1 });
    noteTold(toldOf(one, as.rule('gas.ch4.limit')), 1, 2, 1);
    expect(one.worst.size).toBe(1);
    expect(one.told?.size).toBe(1);
    expect(other.worst.size).toBe(0);
    expect(other.told?.size).toBe(0);
    expect(NOTHING_YET.size).toBe(0);
  });

  test('stays the own once it is', () => {
    const memory = emptyMemory();
    const late = owned(memory, 'late');
    expect(owned(memory, 'late')).toBe(late);
    expect(late).not.toBe(NOTHING_YET);
  });
});
