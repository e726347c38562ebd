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

/** The types of api/answers.ts: of a schema, picked from one that is, or as they should not be. */
const declared = [...text('api/answers.ts').matchAll(/^export type (\w+)(?:<T>)? = (.*)/gm)].map(
  ([, name = '', is = '']) => ({ name, is }),
);
const OF_WIRE = /^z\.infer<typeof \w+>|^keyof typeof \w+;|^(\w+)\[/;

describe('what the console takes for an answer', () => {
  it('is found', () => expect(asked.length).toBeGreaterThan(40));

  it('is a type of src/wire, through api/answers.ts, and no picture of its own', () => {
    const told = new Set(declared.filter(({ is }) => OF_WIRE.test(is)).map(({ name }) => name));
    // The one that the live stream and HTTP share, and what is picked of a rule.
    told.add('AlarmJson').add('RuleJson');
    expect(asked.filter(({ type }) => !told.has(type))).toEqual([]);
    const ofTheirOwn = asked.filter(({ file, type }) =>
      new RegExp(`(type|interface) ${type} *[={]`).test(text(file)),
    );
    expect(ofTheirOwn.filter(({ file }) => file !== 'state/catalog.ts')).toEqual([]);
  });

  it('is written in api/answers.ts by no hand: each type is a schema’s, or a part of one that is', () => {
    expect(declared.length).toBeGreaterThan(40);
    // A page of them is how lists are told, not what is in them.
    expect(declared.filter(({ name, is }) => name !== 'Page' && !OF_WIRE.test(is))).toEqual([]);
    expect(text('api/answers.ts')).not.toMatch(/^(export )?interface /m);
  });
});
