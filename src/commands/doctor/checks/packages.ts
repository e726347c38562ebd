import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bad, type Finding, ok } from '../finding.ts';

type Locked = { readonly version?: string; readonly dev?: boolean; readonly optional?: boolean };

/** What is installed against what the lock file says; what only developers need is not asked for. */
export function checkPackages(root: string): readonly Finding[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const needed = Object.entries(packages).filter(([path, p]) => path !== '' && p.dev !== true);
  const wrong = needed.flatMap(([path, { version, optional }]) => {
    const file = join(root, path, 'package.json');
    if (!existsSync(file)) return optional === true ? [] : [`${path} is missing`];
    const there = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    return there === version ? [] : [`${path} is ${there}, not ${version}`];
  });
  if (wrong.length === 0) return [ok('packages', `${needed.length} as the lock file has them`)];
  return [
    bad(
      'packages',
      `${wrong.slice(0, 3).join('; ')}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''}: run npm ci`,
    ),
  ];
}
