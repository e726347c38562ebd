import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { METER_WORDS } from '../../src/wire/http/meter-words.ts';

const SRC = join(import.meta.dirname, '../../src');
const sources = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((f) => f.endsWith('.ts') && !f.endsWith('meter-words.ts'))
  .map((f) => readFileSync(join(SRC, f), 'utf8'));

/** Counted or set, by name or as the beginning of one with labels. */
const METERED = /meters\.(?:count|set|histogram)\(\s*['`]([a-z][a-z_]*)/g;

test('every meter says what it is, and no word is left of one that is gone', () => {
  const metered = new Set(
    sources.flatMap((text) => [...text.matchAll(METERED)].map(([, name]) => name as string)),
  );
  expect(metered.size).toBeGreaterThan(35);
  expect([...metered].filter((name) => !(name in METER_WORDS))).toEqual([]);
  const all = sources.join('\n');
  const gone = Object.keys(METER_WORDS).filter((name) => !new RegExp(`['\`]${name}['\`{]`).test(all));
  expect(gone).toEqual([]);
  for (const words of Object.values(METER_WORDS)) expect(words).toMatch(/^[A-Z0-9].{10,150}\.$/);
});
