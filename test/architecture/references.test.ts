import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../bench/options.ts';

// A stranger reads the code with what is in this repository: whatever a comment or a page points at must be here.

const ROOT = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((f) => f !== '' && existsSync(join(ROOT, f)));
const code = files.filter((f) =>
  /^(src|simulators|test|bench|scripts|dashboards\/console)\/.*\.(ts|vue|css)$/.test(f),
);
const pages = files.filter((f) => f.endsWith('.md') && f !== 'CHANGELOG.md');
/** Plans speak of what is not built yet, and number their own sources. */
const isPlan = (f: string): boolean => f.startsWith('docs/plan/');
/** Pages that name files of other people's repositories. */
const isOfOthers = (f: string): boolean => f === 'docs/domain.md' || f === 'docs/packs/sources.md';

const [promises, interfaces, domain, architecture] = ['promises', 'interfaces', 'domain', 'architecture'].map(
  (p) => text(`docs/${p}.md`),
) as [string, string, string, string];

const hasSection = (page: string, n: string): boolean =>
  new RegExp(`^#{2,4} (§)?${n.replaceAll('.', '\\.')}[. ]`, 'm').test(page);
const hasRow = (page: string, id: string): boolean => new RegExp(`^\\| ${id} \\|`, 'm').test(page);

type Kind = { readonly name: string; readonly found: RegExp; readonly is: (id: string) => boolean };

const KINDS: readonly Kind[] = [
  { name: 'promises Cn, Fn', found: /\bpromises ([CF]\d+)\b/g, is: (id) => hasRow(promises, id) },
  { name: 'interfaces §n', found: /\binterfaces §(\d+)/g, is: (id) => hasSection(interfaces, id) },
  { name: 'domain §n', found: /\bdomain §(\d+(?:\.\d+)?)/g, is: (id) => hasSection(domain, id) },
  { name: 'architecture §n', found: /\barchitecture §(\d+)/g, is: (id) => hasSection(architecture, id) },
  { name: '[Sn]', found: /\[(S\d+)\]/g, is: (id) => hasRow(domain, id) },
  {
    name: 'decision nnnn',
    found: /\bdecisions?[ /](\d{4})\b/g,
    is: (id) => files.some((f) => f.startsWith(`docs/decisions/${id}-`)),
  },
];

describe.each(KINDS)('every "$name" in code and pages', ({ found, is }) => {
  const all = [...code, ...pages.filter((f) => !isPlan(f))]
    .filter((f) => !f.endsWith('references.test.ts'))
    .flatMap((f) => [...text(f).matchAll(found)].map((m) => ({ f, id: m[1] ?? '' })));

  test('is there to be looked at', () => {
    expect(all.length).toBeGreaterThan(0);
  });

  test('leads to a line that exists', () => {
    expect(all.filter(({ id }) => !is(id))).toEqual([]);
  });

  test('would be found out if it led nowhere', () => {
    expect(is('C999') || is('999') || is('S9999')).toBe(false);
  });
});

test('nobody needs a page from outside the repository', () => {
  const outside =
    /\b(RELIABILITY|INTERFACES|DESIGN|DOMAIN|HOUSE|RESPONSE|PROTOCOLS|SCALE|CONSOLE|STYLE|TECH|PEERS)(\.md\b| §| [CF]\d)/;
  expect(
    [...code, ...pages].filter((f) => !f.endsWith('references.test.ts') && outside.test(text(f))),
  ).toEqual([]);
});

test('no doc comment has lost what it speaks of', () => {
  // Two upon one another: what was between them has gone elsewhere.
  const lost = code
    .filter((f) => !f.endsWith('references.test.ts'))
    .filter((f) => /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n[ \t]*\/\*\*/.test(text(f)));
  expect(lost).toEqual([]);
});

test('every link of a page leads to a file', () => {
  const links = pages.flatMap((f) =>
    [...text(f).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g)].map((m) => ({
      f,
      to: m[1] ?? '',
    })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ f, to }) => !existsSync(join(ROOT, dirname(f), to)))).toEqual([]);
});

test('every path of this repository that code or a page names is there', () => {
  const named = [...code, ...pages.filter((f) => !isPlan(f) && !isOfOthers(f))]
    .filter((f) => !f.endsWith('references.test.ts'))
    .flatMap((f) =>
      [
        ...text(f).matchAll(
          /(?<![\w./@-])((?:src|docs|simulators|bench|scripts|test)\/[\w./-]*\w\.(?:ts|md|vue))\b/g,
        ),
      ].map((m) => ({
        f,
        path: m[1] ?? '',
      })),
    );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('every script that a page tells people to run is there, and the bench takes the options named', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((f) =>
    // What the second part of the interfaces fixes is not all built yet.
    [...(text(f).split('\n# Second part')[0] ?? '').matchAll(/\bnpm run (?:--silent )?(\w[\w:-]*)/g)].map(
      ([, script = '']) => ({ f, script }),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
  const asked = pages.flatMap((f) =>
    [...text(f).matchAll(/\bnpm run bench -- ([^`|\n…#]*)/g)].map(([, options = '']) => options.trim()),
  );
  expect(asked.length).toBeGreaterThan(0);
  for (const options of asked) expect(() => readOptions(options.split(/\s+/)), options).not.toThrow();
});

/** Headings by depth, commands, and configuration keys: what must be the same in both languages. */
function skeleton(page: string): unknown {
  const fenced = [...page.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap((m) => (m[1] ?? '').split('\n'));
  return {
    headings: page
      .replaceAll(/```[\s\S]*?```/g, '')
      .split('\n')
      .filter((l) => /^#{1,4} /.test(l))
      .map((l) => l.indexOf(' ')),
    commands: fenced
      .map((l) => l.replace(/\s+#.*$/, '').trim())
      .filter((l) => /^(npm|node|curl|mosquitto_|docker)/.test(l)),
    keys: [...new Set(page.match(/LIFELINE_[A-Z0-9_]+/g) ?? [])].sort(),
    scripts: [...new Set(page.match(/npm (?:ci|start|test|run [\w:-]+)/g) ?? [])].sort(),
  };
}

const pairs = pages
  .filter((f) => f.endsWith('.zh-CN.md'))
  .map((zh) => [zh.replace('.zh-CN.md', '.md'), zh] as const);

test('there are pairs of pages', () => {
  expect(pairs.map(([en]) => en)).toContain('README.md');
});

test.each(pairs)('%s and %s have the same headings, commands and keys', (en, zh) => {
  expect(skeleton(text(zh)), relative(ROOT, zh)).toEqual(skeleton(text(en)));
});
