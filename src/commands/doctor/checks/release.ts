import { NotDone } from '../../command.ts';
import { checkTree } from '../../upgrade/unpack.ts';
import { bad, type Finding, ok } from '../finding.ts';

/** Every file of an installed release as it was made. @param root the release's own folder */
export async function checkRelease(root: string): Promise<readonly Finding[]> {
  try {
    await checkTree(root);
    return [ok('release', `${root}: every file is as it was made`)];
  } catch (cause) {
    if (!(cause instanceof NotDone)) throw cause;
    return [
      bad(
        'release',
        `${root}: ${cause.message.replace(/: the file is damaged.*$/, '')}; install this version again`,
      ),
    ];
  }
}
