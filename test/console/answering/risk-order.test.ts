import { describe, expect, test } from 'vitest';
import { sorted } from '../../../dashboards/console/src/screens/risks/order.ts';

type Risk = Parameters<typeof sorted>[0][number];
const risk = (asset: string, product: number | null, level: 1 | 4 | null = null): Risk =>
  ({
    ...{ asset, name: asset, area: 'x', product, missing: product === null ? ['people'] : [] },
    colour: product === null ? 'grey' : product >= 20 ? 'red' : 'blue',
    live: { level, alarms: level === null ? 0 : 1 },
  }) as unknown as Risk;

describe('the table of risks', () => {
  const risks = [risk('b', 4), risk('a', null, 1), risk('c', 25), risk('d', 4, 4)];
  const order = (...by: [Parameters<typeof sorted>[1], boolean]) => sorted(risks, ...by).map((r) => r.asset);

  test('what is not known stands last, whichever way it is sorted', () => {
    expect(order('product', true)).toEqual(['c', 'b', 'd', 'a']);
    expect(order('product', false)).toEqual(['b', 'd', 'c', 'a']);
    expect(order('colour', true)).toEqual(['c', 'b', 'd', 'a']);
  });

  test('how it stands now is sorted by alone', () => {
    expect(order('live', true)).toEqual(['a', 'd', 'b', 'c']);
    expect(order('asset', false)).toEqual(['a', 'b', 'c', 'd']);
  });
});
