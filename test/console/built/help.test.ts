import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHelp } from '../../../scripts/build-help.ts';

const dir = mkdtempSync(join(tmpdir(), 'lifeline-help-'));
const pages = new Map<string, string>();
beforeAll(async () => {
  expect(await buildHelp(dir), 'marked is installed').toBe(true);
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (entry.name.endsWith('.html')) {
      const file = join(entry.parentPath, entry.name);
      pages.set(relative(dir, file), readFileSync(file, 'utf8'));
    }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const all = (page: string, pattern: RegExp) => [...page.matchAll(pattern)].map((m) => m[1] ?? '');

test('every link and picture of the help leads to a page, a place in it, or a file that is there', () => {
  expect(pages.size).toBeGreaterThan(20);
  const wrong: string[] = [];
  for (const [name, page] of pages) {
    for (const href of [...all(page, / href="([^"]*)"/g), ...all(page, /<img src="([^"]*)"/g)]) {
      if (/^(https?:|mailto:)/.test(href) || /^(\.\.\/)+$/.test(href)) continue;
      const [path = '', hash] = href.split('#');
      const file = path === '' ? name : join(dirname(name), decodeURIComponent(path));
      if (!existsSync(join(dir, file))) wrong.push(`${name}: ${href}`);
      else if (hash !== undefined && !pages.get(file)?.includes(`id="${decodeURIComponent(hash)}"`))
        wrong.push(`${name}: ${href}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('its front page names every page', () => {
  const named = new Set(all(pages.get('index.html') ?? '', /<li><a href="([^"]*)"/g));
  expect([...pages.keys()].filter((p) => p !== 'index.html' && !named.has(p))).toEqual([]);
});

test('nothing in it runs, and nothing comes from elsewhere: the content security policy would refuse it', () => {
  for (const [name, page] of pages) {
    expect(page, name).not.toMatch(/<script|<style| style="| on\w+="|<iframe/i);
    expect(all(page, /<(?:img|link)[^>]* (?:src|href)="(https?:[^"]*)"/g), name).toEqual([]);
  }
});
