import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { explain, WITH_INPUT } from '../../src/wire/http/issues.ts';
import { patternInWords } from '../../src/wire/http/pattern-in-words.ts';
import { ROUTES } from '../../src/wire/http/routes.ts';

const says = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value, WITH_INPUT);
  if (error === undefined) throw new Error('it is right');
  return (['zh', 'en'] as const).map((language) => explain(error.issues, 'body', language)[0]?.message);
};

describe('what is wrong with a request, in one language at a time', () => {
  test.each([
    [z.object({ a: z.string() }), {}, '缺少此项：应为文本', 'is missing: a text would be right'],
    [z.object({ a: z.number() }), { a: 'x' }, '应为数字，而不是文本', 'must be a number, not a text'],
    [z.object({ a: z.int() }), { a: 1.5 }, '应为整数，而不是小数', 'must be a whole number, not a fraction'],
    [z.object({ a: z.string() }), { a: null }, '应为文本，而不是 null', 'must be a text, not null'],
    [
      z.object({ a: z.boolean() }),
      { a: [] },
      '应为 true 或 false，而不是列表 […]',
      'must be true or false, not a list […]',
    ],
    [z.enum(['gas', 'water']), 'fire', '应为以下之一："gas"、"water"', 'must be one of "gas", "water"'],
    [z.literal('q'), 'r', '应为 "q"', 'must be "q"'],
    [z.strictObject({}), { b: 1 }, '没有名为 "b" 的项', 'knows nothing called "b"'],
    [z.string().min(1), '', '应为非空文本', 'must be a text that is not empty'],
    [z.string().max(3), 'abcd', '应为不超过 3 个字符', 'must be at most 3 characters'],
    [z.array(z.int()).max(1), [1, 2], '应为不超过 1 项', 'must be at most 1 items'],
    [z.int().min(5), 4, '应为不少于 5', 'must be at least 5'],
    [z.number().gt(0), 0, '应为大于 0', 'must be more than 0'],
    [z.number().multipleOf(5), 7, '应为 5 的倍数', 'must be a multiple of 5'],
    [z.union([z.string(), z.int()]), true, '应为文本或数字', 'must be a text or a number'],
    [
      z.discriminatedUnion('of', [z.object({ of: z.literal('v') }), z.object({ of: z.literal('w') })]),
      { of: 'x' },
      '应为以下之一："v"、"w"',
      'must be one of "v", "w"',
    ],
  ])('%#', (schema, value, zh, en) => {
    expect(says(schema, value)).toEqual([zh, en]);
  });

  test.each([
    [/^[A-Za-z0-9_-]{1,64}$/, '1 至 64 位字母、数字、_ -', '1 to 64 of letters, digits, _ -'],
    [
      /^[a-z][a-z0-9-]{0,31}$/,
      '1 至 32 位小写字母、数字、-，首位为小写字母',
      '1 to 32 of small letters, digits, -, beginning with small letters',
    ],
    [/^B\d{1,9}$/, '2 至 10 位数字，以 B 开头', '2 to 10 of digits, beginning with B'],
  ])('%s in words', (pattern, zh, en) => {
    expect(patternInWords(String(pattern))).toEqual({ zh, en });
  });

  test('no route answers with an expression where its codes are of the simple kind', () => {
    const patterns = new Set<string>();
    for (const route of Object.values(ROUTES)) {
      for (const schema of ['params', 'query'] as const) {
        const given = (route as Record<string, unknown>)[schema] as z.ZodType | undefined;
        if (given !== undefined)
          for (const [, pattern] of JSON.stringify(
            z.toJSONSchema(given, { io: 'input', unrepresentable: 'any' }),
          ).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g))
            patterns.add(JSON.parse(`"${pattern}"`) as string);
      }
    }
    expect(patterns.size).toBeGreaterThan(5);
    const left = [...patterns].filter((p) => patternInWords(`/${p}/`) === null && !p.includes('\\d\\d'));
    expect(left).toEqual([]);
  });
});
