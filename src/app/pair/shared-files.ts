import { SharedFiles } from '../../adapters/shared-files-postgres/index.ts';
import { seconds } from '../../domain/time.ts';
import { OWN_MAPPINGS } from '../doors.ts';
import type { Ground } from '../ground.ts';
import { OWN_PROFILES } from '../upstreams.ts';

/** Where there are two machines: what people keep in folders of one is in those of the other, before anything reads it. */
export async function openSharedFiles({ options, config, clock, log, onStop }: Ground): Promise<void> {
  const { pair } = options;
  if (pair === undefined) return;
  const files = new SharedFiles({
    dir: config.LIFELINE_DATA_DIR,
    folders: [OWN_MAPPINGS, OWN_PROFILES],
    connect: () => pair.connect('files'),
    clock,
    log,
  });
  onStop('close the shared files', seconds(2), () => files.close());
  await files.start();
}
