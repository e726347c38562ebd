import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rows } from '../../src/domain/judge/rows.ts';
import { fromExactJson, toExactJson } from '../../src/wire/files/exact-json.ts';
import { pack } from '../memory/pack.ts';

const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 1e21, 5e-324, 2 ** 53),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', '测点', ' ', '~map', '__proto__'),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4 }),
    fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 4 }).map((e) => new Map(e)),
    fc.array(fc.double(), { maxLength: 6 }).map((n) => Rows.of(n)),
  ),
}));

describe('exact JSON', () => {
  test('is, to the letter, what JSON makes of a copy in its own words', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(toExactJson(value)).toBe(JSON.stringify(pack(value)) ?? 'null');
      }),
      { numRuns: 500 },
    );
  });

  test('a key that objects keep for themselves is a key like any other', () => {
    const text = toExactJson(JSON.parse('{"__proto__":{"a":1}}'));
    expect(text).toBe('{"__proto__":{"a":1}}');
    expect(toExactJson(fromExactJson(text))).toBe(text);
  });

  test('gives back the numbers that JSON loses', () => {
    const memory = { a: [-0, Infinity, 1], b: new Map([['k', Number.NaN]]), c: Rows.of([1, -Infinity]) };
    const back = fromExactJson(toExactJson(memory)) as typeof memory;
    expect(Object.is(back.a[0], -0)).toBe(true);
    expect(back.a[1]).toBe(Infinity);
    expect(back.b.get('k')).toBeNaN();
    expect([back.c.at(0), back.c.at(1)]).toEqual([1, -Infinity]);
  });
});
