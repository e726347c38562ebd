import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printed } from './table.ts';

test('the docs’ table of an order is what decide does', () => {
  const docs = readFileSync(new URL('../../../docs/orders.md', import.meta.url), 'utf8');
  expect(docs.split('<!-- decide: order -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});
