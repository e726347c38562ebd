import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NotDone } from '../command.ts';

/** Of the folder that this program lies in. */
const ROOT = realpathSync(join(import.meta.dirname, '../../..'));

/** An installation: versions beside one another in `releases`, and the link `current` to the one in use. */
export type Home = { readonly dir: string; readonly version: string };

export const releaseIn = (home: Home, version: string): string => join(home.dir, 'releases', version);
export const currentOf = (home: Home): string => join(home.dir, 'current');

/** What `release.json` of a version says. */
export type ReleaseNote = { readonly version: string; readonly arch: string };
export const noteOf = (release: string): ReleaseNote =>
  JSON.parse(readFileSync(join(release, 'release.json'), 'utf8')) as ReleaseNote;

/** @throws NotDone in a source tree, and in a release that was unpacked but not installed */
export function homeOf(): Home {
  const releases = dirname(ROOT);
  if (basename(releases) !== 'releases')
    throw new NotDone(
      `${ROOT} is not installed: install.sh beside the program puts it into an installation (in a source tree: npm start)`,
    );
  return { dir: dirname(releases), version: noteOf(ROOT).version };
}
