import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const HEADING = /^## (?:Unreleased|(\d+)\.(\d+)\.(\d+) \((\d{4}-\d{2}-\d{2})\))$/;
const ENTRY = /^- \*\*(added|changed|fixed|removed|security)\*\* \S/;

type Version = { readonly number: string; readonly order: number; readonly day: string };

/** What is wrong with a changelog, line by line; whoever looks for an entry can trust its form. */
function flaws(page: string, current: string): string[] {
  const found: string[] = [];
  const versions: Version[] = [];
  let isUnreleasedFirst = false;
  page.split('\n').forEach((line, i) => {
    if (line.startsWith('#') && i > 0) {
      const [, major, minor, patch, day] = HEADING.exec(line) ?? [];
      if (!HEADING.test(line)) found.push(`${i + 1}: no version with its day: ${line}`);
      else if (day !== undefined)
        versions.push({
          number: `${major}.${minor}.${patch}`,
          order: Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch),
          day,
        });
      else if (versions.length > 0) found.push(`${i + 1}: what is not released stands first`);
      else isUnreleasedFirst = true;
    }
    if (/^[-*+] /.test(line)) {
      if (!ENTRY.test(line)) found.push(`${i + 1}: does not say of what kind it is: ${line.slice(0, 60)}`);
      if (versions.length === 0 && !isUnreleasedFirst) found.push(`${i + 1}: stands under no version`);
    }
  });
  if (versions[0]?.number !== current)
    found.push(`the newest version is ${versions[0]?.number}, package.json says ${current}`);
  versions.forEach((v, i) => {
    const before = versions[i + 1];
    if (before !== undefined && (v.order <= before.order || v.day < before.day))
      found.push(`${v.number} stands above ${before.number}`);
  });
  return found;
}

describe('the changelog', () => {
  test('has typed lines under versions, newest first, and package.json has the newest', () => {
    expect(flaws(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version)).toEqual([]);
  });

  const GOOD = '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n- **fixed** It rings.\n';
  test.each([
    ['a line without its kind', GOOD.replace('**fixed** ', '')],
    ['a kind that is none', GOOD.replace('fixed', 'mended')],
    ['a version without a day', GOOD.replace(' (2026-12-01)', '')],
    ['an older version above', `${GOOD}\n## 0.3.0 (2026-12-01)\n`],
    ['another version than the package has', GOOD.replace('0.2.0', '0.1.0')],
    ['a line under no version', `# Changelog\n\n- **fixed** It rings.\n${GOOD.slice(11)}`],
  ])('is found out by %s', (_, page) => {
    expect(flaws(GOOD, '0.2.0')).toEqual([]);
    expect(flaws(page, '0.2.0')).not.toEqual([]);
  });
});
