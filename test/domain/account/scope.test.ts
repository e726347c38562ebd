import { describe, expect, test } from 'vitest';
import { maySeeArea } from '../../../src/domain/account/scope.ts';

describe('an area and everything below it', () => {
  test.each([
    [null, '341602', true],
    [[], '341602', false],
    [['341602'], '341602', true],
    [['341602'], '341602003', true],
    [['341602'], '341603', false],
    [['3416'], '341602', true],
    [['341600'], '341602', true],
    [['340000'], '341602', true],
    [['341600'], '341702', false],
    [['000000'], '341602', false],
    [['000000'], '000000', true],
    [['A1'], 'A10', false],
    [['34160'], '341602', false],
    [['341602', '341621'], '341621', true],
    [['341602'], '__proto__', false],
  ] as const)('%j sees %s: %s', (scope, area, sees) => {
    expect(maySeeArea(scope, area)).toBe(sees);
  });

  test('is also what the register says, in a circle or not', () => {
    const parents: Record<string, string> = { park: 'east', east: 'town', a: 'b', b: 'a' };
    const parentOf = (code: string) => parents[code];
    expect(maySeeArea(['town'], 'park', parentOf)).toBe(true);
    expect(maySeeArea(['park'], 'town', parentOf)).toBe(false);
    expect(maySeeArea(['town'], 'a', parentOf)).toBe(false);
  });
});
