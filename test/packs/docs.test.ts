import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packDoc, packIndex } from '../../scripts/pack-docs.ts';
import { PACKS } from '../../src/packs/index.ts';

const DOCS = join(import.meta.dirname, '../../docs/packs');
const read = (name: string) => readFileSync(join(DOCS, name), 'utf8');

describe('the pages about the packs', () => {
  test.each(PACKS)(
    '$lifeline.md says what the pack says (npx node scripts/pack-docs.ts writes it)',
    (pack) => {
      expect(read(`${pack.lifeline}.md`)).toBe(packDoc(pack));
    },
  );

  test.each(PACKS)(
    '$lifeline.md shows every default rule, and every number with its mark and source',
    (pack) => {
      const page = read(`${pack.lifeline}.md`);
      for (const rule of pack.rules) {
        expect(page).toContain(`\`${rule.id}\``);
        for (const { source, advice } of rule.steps) {
          expect(page).toContain(`**${source.mark}** ${source.ref.replaceAll('|', '\\|')}`);
          expect(page).toContain(advice.zh);
        }
      }
    },
  );

  test('README.md lists them', () => {
    expect(read('README.md')).toBe(packIndex(PACKS));
  });

  test('every [Sn] that a pack names can be looked up, and no other is listed', () => {
    const named = new Set(JSON.stringify(PACKS).match(/\[S\d+\]/g));
    const listed = new Set(
      read('sources.md')
        .match(/^\| S\d+/gm)
        ?.map((row) => `[${row.slice(2)}]`),
    );
    expect([...listed].sort()).toEqual([...named].sort());
  });
});
