import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const AT_MOST = 4;

const EACH_READING =
  'runs for each reading or sample: an object a call is garbage at 10,000 readings a second';
const EACH_PACKET = 'runs for each packet or frame, as the judging that it leads to';
const ROWS_OF_A_TABLE = 'a row of a pack is read as a line of a table, in one order throughout';

/** Where more parameters in a row are right, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  'src/domain/judge/evaluate.ts': EACH_READING,
  'src/domain/judge/quality.ts': EACH_READING,
  'src/domain/judge/recent.ts': EACH_READING,
  'src/domain/judge/signals/count.ts': EACH_READING,
  'src/domain/judge/signals/deviation.ts': EACH_READING,
  'src/domain/judge/signals/extreme.ts': EACH_READING,
  'src/domain/judge/signals/learned.ts': EACH_READING,
  'src/domain/judge/signals/trend.ts': EACH_READING,
  'src/domain/judge/signals/unchanged.ts': EACH_READING,
  'src/flow/core/identify.ts': EACH_PACKET,
  'src/flow/core/reading-of.ts': EACH_READING,
  'src/flow/core/take-frames.ts': EACH_PACKET,
  'src/flow/core/take-packet.ts': EACH_PACKET,
  'src/flow/judging/combinations.ts': EACH_READING,
  'src/flow/judging/findings.ts': EACH_READING,
  'src/flow/judging/judge-backlog.ts': EACH_READING,
  'src/flow/judging/judge-behind.ts': EACH_READING,
  'src/flow/judging/judge-point.ts': EACH_READING,
  'src/flow/judging/silence.ts': EACH_READING,
  'src/packs/language/common.ts': ROWS_OF_A_TABLE,
};

/** Functions with more parameters in a row than a caller can tell apart, by name. */
function crowded(file: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isFunctionLike(node) &&
      'body' in node &&
      node.body !== undefined &&
      node.parameters.length > AT_MOST
    ) {
      const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
      found.push(`${file}: ${named?.getText() ?? 'a function'} takes ${node.parameters.length}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

const files = ['src', 'simulators'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && f.name.endsWith('.ts'))
    .map((f) => join(f.parentPath, f.name).slice(ROOT.length + 1)),
);
const inFile = new Map(files.map((f) => [f, crowded(f, readFileSync(join(ROOT, f), 'utf8'))]));

describe('a function takes what it uses as one object when it is more than four things', () => {
  test('everywhere but where a reason stands', () => {
    expect(files.length).toBeGreaterThan(300);
    const others = [...inFile].filter(([file]) => !(file in EXEMPT)).flatMap(([, found]) => found);
    expect(others).toEqual([]);
  });

  test('and every reason is still needed', () => {
    expect(Object.keys(EXEMPT).filter((file) => (inFile.get(file) ?? []).length === 0)).toEqual([]);
  });

  test.each([
    'export function f(a: 1, b: 2, c: 3, d: 4, e: 5): void {}',
    'const f = (a: 1, b: 2, c: 3, d: 4, e = 5) => a;',
    'class C { constructor(a: 1, b: 2, c: 3, d: 4, e: 5) {} }',
    'class C { #m(a: 1, b: 2, c: 3, d: 4, ...e: 5[]): void {} }',
  ])('found out: %s', (source) => {
    expect(crowded('x.ts', source)).toHaveLength(1);
  });

  test('four are no crowd', () => {
    expect(crowded('x.ts', 'const f = (a: 1, b: 2, c: 3, d: { e: 4; f: 5 }) => a;')).toEqual([]);
  });
});
