import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../dashboards/console/src');
const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((f) => /\.(ts|vue)$/.test(f));
const text = (file: string): string => readFileSync(join(SRC, file), 'utf8');
/** What a screen asks the interface for: `api.get<Page<Loss>>(…)` asks for a `Loss`. */
const asked = files.flatMap((file) =>
  [...text(file).matchAll(/\bapi\s*\.(?:get|all|send)<(?:Page<)?([^>(]+)>/g)].map(([, type = '']) => ({
    file,
    type,
  })),
);

describe('what the console takes for an answer', () => {
  it('is found', () => expect(asked.length).toBeGreaterThan(40));

  it('is a type of src/wire, through api/answers.ts, and no picture of its own', () => {
    const told = new Set(
      [...text('api/answers.ts').matchAll(/^export type (\w+) = (?:z\.infer<typeof|\w+\[)/gm)].map(
        ([, name]) => name,
      ),
    );
    // The one that the live stream and HTTP share, and what is picked of a rule.
    told.add('AlarmJson').add('RuleJson');
    expect(asked.filter(({ type }) => !told.has(type))).toEqual([]);
    const declared = asked.filter(({ file, type }) =>
      new RegExp(`(type|interface) ${type} *[={]`).test(text(file)),
    );
    expect(declared.filter(({ file }) => file !== 'state/catalog.ts')).toEqual([]);
  });
});
