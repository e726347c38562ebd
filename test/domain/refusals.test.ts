import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REFUSALS, type RefusalCode } from '../../src/domain/refusals.ts';
import { REFUSAL_STATUS } from '../../src/wire/http/problems.ts';

const docs = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8');

it('the docs list exactly the refusals that there are, with their status and their words', () => {
  const listed = docs.split('\n').filter((line) => line.startsWith('| `'));
  expect(listed).toEqual(
    Object.entries(REFUSALS).map(
      ([code, { zh, en }]) => `| \`${code}\` | ${REFUSAL_STATUS[code as RefusalCode]} | ${zh} | ${en} |`,
    ),
  );
});
