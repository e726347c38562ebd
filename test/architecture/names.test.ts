import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Types, interfaces, classes and enums that a text exports under a name of its own; what it passes on is not defined in it. */
function defined(source: string): ReadonlySet<string> {
  const found = source.matchAll(
    /^export (?:declare )?(?:abstract )?(?:type|interface|class|(?:const )?enum) (\w+)/gm,
  );
  return new Set(Array.from(found, (m) => m[1] as string));
}

describe('one word, one meaning', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.ts'),
  );
  const places = new Map<string, string[]>();
  for (const file of files)
    for (const name of defined(readFileSync(join(ROOT, 'src', file), 'utf8')))
      places.set(name, [...(places.get(name) ?? []), file]);

  test('was held against the names there are', () => {
    expect(files.length).toBeGreaterThan(400);
    expect(places.size).toBeGreaterThan(600);
    expect(places.get('Reading')).toEqual(['domain/reading.ts']);
  });

  test('no type or class is defined twice', () => {
    expect([...places].filter(([, where]) => where.length > 1)).toEqual([]);
  });

  test('a name that is passed on is not defined again', () => {
    const passed = `export { type Reading } from './reading.ts';\nexport type { Frame } from './reading.ts';`;
    expect([...defined(passed)]).toEqual([]);
    expect([...defined('export abstract class Reading {}\nexport type Frame<T> = T;')]).toEqual([
      'Reading',
      'Frame',
    ]);
  });
});
