import { describe, expect, test } from 'vitest';
import type { Scope } from '../../../src/domain/account/scope.ts';
import { as } from '../../../src/domain/ids.ts';
import { decideImport, type ImportOutcome, ROWS_A_STEP } from '../../../src/domain/register/import.ts';
import type { RegisterWish } from '../../../src/domain/register/wish.ts';
import { ARegister, CITY } from './a-register.ts';

const area = (code: string, parent: string | null = null): RegisterWish => ({
  kind: 'area',
  code: as.area(code),
  name: code,
  parent: parent === null ? null : as.area(parent),
});
const point = (code: string, of: string): RegisterWish => ({
  kind: 'point',
  code: as.point(code),
  name: code,
  lifeline: as.lifeline('gas'),
  area: as.area(of),
});
const device = (code: string, at: string | null): RegisterWish => ({
  kind: 'device',
  code: as.device(code),
  lifeline: as.lifeline('gas'),
  point: at === null ? null : as.point(at),
});

/** Takes every step over, or none. */
function read(
  wishes: readonly RegisterWish[],
  {
    scope = null,
    trial = false,
    register = new ARegister(CITY),
  }: { scope?: Scope; trial?: boolean; register?: ARegister } = {},
): ImportOutcome & { steps: readonly number[] } {
  const rows = wishes.map((wish, i) => ({ line: i + 2, wish }));
  const steps = decideImport(register.look, {
    rows,
    scope,
    lifelines: new Map([['gas', new Set(['ch4'])]]),
    units: new Set(),
  });
  const sizes: number[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done) return { ...step.value, steps: sizes };
    sizes.push(step.value.length);
    if (!trial) register.take(step.value);
  }
}
const failed = (o: ImportOutcome) => o.failed.map((f) => [f.line, ...f.flaws.map((x) => x.code)]);

describe('a file of rows', () => {
  const FILE = [device('D', 'P'), point('P', '34160201'), area('34160201', '341602'), device('E', 'none')];

  test('stands in any order, and its good rows are used whatever the others are', () => {
    const register = new ARegister(CITY);
    const read_ = read(FILE, { register });
    expect([read_.created, failed(read_), read_.newDevices]).toEqual([3, [[5, 'point-unknown']], ['D']]);
    expect(register.look.device(as.device('D'))?.point).toBe('P');
  });

  test('is answered alike by a trial, and again changes nothing', () => {
    const register = new ARegister(CITY);
    const { steps: _, ...tried } = read(FILE, { register, trial: true });
    const { steps: __, ...done } = read(FILE, { register });
    expect(tried).toEqual(done);
    const again = read(FILE, { register });
    expect([again.created, again.updated, again.unchanged]).toEqual([0, 0, 3]);
    expect(again.steps.every((n) => n === 0)).toBe(true);
  });

  test('areas without a footing go, with all that stand on them', () => {
    const chain = Array.from({ length: 10 }, (_, i) => area(`X${i}`, `X${i + 1}`));
    const circle = [area('A', 'B'), area('B', 'A')];
    const { created, failed: gone } = read([...chain, ...circle, area('good')]);
    expect([created, gone.length]).toEqual([1, 12]);
  });

  test('no step looks at more rows than others wait for', () => {
    const rows = Array.from({ length: 3 * ROWS_A_STEP + 1 }, (_, i) => point(`P${i}`, '3416'));
    const { steps } = read(rows);
    expect(Math.max(...steps)).toBe(ROWS_A_STEP);
    expect(steps.reduce((sum, n) => sum + n, 0)).toBe(rows.length);
  });

  test('of somebody bound to districts takes over, moves and makes nothing elsewhere', () => {
    const register = new ARegister(CITY);
    read([area('Z')], { register });
    const told = read(
      [
        point('P-341621', '341602'),
        point('NEW', '341621'),
        area('341699', '3416'),
        area('Z1', 'Z'),
        device('D-341621', 'P-341602'),
        device('LOOSE', null),
        point('MINE', 'Z1'),
        device('MINE', 'MINE'),
      ],
      { register, scope: ['341602', 'Z'] },
    );
    expect([told.created, told.newDevices]).toEqual([3, ['MINE']]);
    expect(failed(told)).toEqual([
      [4, 'parent-unknown', 'foreign-area'],
      [2, 'foreign-area'],
      [3, 'area-unknown'],
      [6, 'foreign-area'],
      [7, 'foreign-area'],
    ]);
  });
});
