import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { overlayTable, phaseTable } from './table.ts';

const docs = readFileSync(new URL('../../../docs/alarm.md', import.meta.url), 'utf8');

function inDocs(name: string): string | undefined {
  return docs.split(`<!-- decide: ${name} -->\n`)[1]?.split('\n<!-- end -->')[0];
}

it('the docs’ table of an alarm that returns by itself is what decide does', () => {
  expect(inDocs('returning')).toBe(phaseTable(false));
});

it('the docs’ table of a latching alarm is what decide does', () => {
  expect(inDocs('latching')).toBe(phaseTable(true));
});

it('the docs’ table of overlays is what decide does', () => {
  expect(inDocs('overlays')).toBe(overlayTable());
});
