import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

const ROOTS = ['src', 'simulators', 'dashboards/console/src'];

function filesUnder(dir: string, kind = /\.ts$/): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && kind.test(f.name))
    .map((f) => join(f.parentPath, f.name));
}

describe('the layer table of the design', () => {
  let seen: ICruiseResult;

  beforeAll(async () => {
    const { forbidden, options } = require('../../.dependency-cruiser.cjs');
    const found = await cruise(
      ROOTS,
      { ...options, baseDir: ROOT, validate: true, ruleSet: { forbidden } },
      undefined,
      { tsConfig: extractTSConfig(join(ROOT, 'tsconfig.json')) },
    );
    seen = found.output as ICruiseResult;
  }, 300_000);

  test('was held against every file there is', () => {
    const cruised = new Set(seen.modules.map((m) => m.source));
    const missed = ROOTS.flatMap((root) => filesUnder(root, /\.(ts|vue)$/))
      .map((f) => f.slice(ROOT.length + 1))
      .filter((f) => !cruised.has(f));
    expect(missed).toEqual([]);
    expect(cruised.size).toBeGreaterThan(700);
  });

  test('saw imports between layers, so that silence means something', () => {
    const from = (layer: string) =>
      seen.modules
        .filter((m) => m.source.startsWith(layer))
        .flatMap((m) => m.dependencies.map((d) => d.resolved));
    expect(from('src/flow/').some((d) => d.startsWith('src/domain/'))).toBe(true);
    expect(from('src/adapters/').some((d) => d.startsWith('src/flow/ports/'))).toBe(true);
    expect(from('src/wire/').some((d) => d.includes('zod'))).toBe(true);
    expect(from('dashboards/console/src/').some((d) => d.endsWith('.vue'))).toBe(true);
    const kinds = new Set(seen.modules.flatMap((m) => m.dependencies.flatMap((d) => d.dependencyTypes)));
    expect([...kinds]).toContain('type-only');
  });

  test('is kept', () => {
    expect(seen.summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });
});

describe('commands', () => {
  const { forbidden } = require('../../.dependency-cruiser.cjs');
  const { to } = forbidden.find((r: { name: string }) => r.name === 'commands know no engine from within');
  const isRefused = (path: string) => new RegExp(to.path).test(path);

  test.each([
    'src/adapters/journal-sqlite/index.ts',
    'src/adapters/journal-sqlite/engine.ts',
    'src/adapters/accounts/sqlite-store.ts',
    'src/adapters/audit/chain.ts',
    'src/adapters/history-duckdb/day.ts',
    'src/adapters/history-influx/lines.ts',
    'src/adapters/shared/sqlite.ts',
    'sqlite',
    'node:sqlite',
  ])('may not know %s', (path) => {
    expect(isRefused(path)).toBe(true);
  });

  test.each([
    'src/app/journal-engine.ts',
    'src/adapters/audit/look.ts',
    'src/adapters/history-duckdb/index.ts',
    'src/adapters/shared/directory-lock.ts',
    'src/adapters/control-socket/client.ts',
  ])('may know %s', (path) => {
    expect(isRefused(path)).toBe(false);
  });
});

/** Ways by which time, chance, disk or network come in without being named in a parameter. */
const HIDDEN = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bDate\(\s*\)/,
  /\bMath\.random\b/,
  /\b(setTimeout|setInterval|setImmediate)\b/,
  /\bprocess\s*[.[]/,
  /\bconsole\s*[.[]/,
  /\bperformance\s*\./,
  /\bglobalThis\b/,
  /\bfetch\s*\(/,
  /\bcrypto\s*\./,
  /\bimport\s*\(/,
  /\brequire\s*\(/,
];

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

function hiddenInputs(source: string): string[] {
  const code = withoutComments(source);
  return HIDDEN.filter((h) => h.test(code)).map(String);
}

describe('domain, wire, packs and flow', () => {
  const files = ['src/domain', 'src/wire', 'src/packs', 'src/flow'].flatMap((dir) => filesUnder(dir));

  test('were looked at', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  test.each(files.map((f) => [f.slice(ROOT.length + 1), f]))(
    '%s touches neither time, chance, disk nor network',
    (_, file) => {
      expect(hiddenInputs(readFileSync(file, 'utf8'))).toEqual([]);
    },
  );

  test.each([
    'const t = Date.now();',
    'const d = new Date();',
    'const r = Math.random();',
    'setTimeout(f, 1);',
    'const e = process.env;',
    "console.log('x');",
    "await fetch('/x');",
    "const fs = await import('node:fs');",
  ])('a file with `%s` is found out', (line) => {
    expect(hiddenInputs(line)).not.toEqual([]);
  });

  test('a date made of an argument, and a word in a comment, are not hidden inputs', () => {
    expect(hiddenInputs('const d = new Date(t); // not Date.now()')).toEqual([]);
  });
});

/** The machine's clock: only the steady clock looks at it, and so does whoever asks that one what people say it is. */
const WALL = [/\bDate\.now\b/, /\bnew Date\(\s*\)/, /\bDate\(\s*\)/];

describe('the machine’s clock', () => {
  test.each(
    filesUnder('src')
      .map((f) => [f.slice(ROOT.length + 1), f] as const)
      .filter(([name]) => !name.startsWith('src/adapters/clock/')),
  )('%s does not look at it', (_, file) => {
    const code = withoutComments(readFileSync(file, 'utf8'));
    expect(WALL.filter((w) => w.test(code)).map(String)).toEqual([]);
  });

  test('is asked directly by programs that are no service alone', () => {
    const askers = filesUnder('src')
      .filter((f) => /\bwallNow\b/.test(withoutComments(readFileSync(f, 'utf8'))))
      .map((f) => f.slice(ROOT.length + 1))
      .filter((f) => !f.startsWith('src/commands/') && !f.startsWith('src/adapters/clock/'));
    expect(askers).toEqual([]);
  });
});
