import { join } from 'node:path';
import { HistoryDuckdb } from '../../adapters/history-duckdb/index.ts';
import type { BackupManifest } from '../../wire/files/backup.ts';
import { NotDone } from '../command.ts';

/** Opens the restored history as the service will, and holds its cursor against what was told when it was copied. */
export async function tryHistory(folder: string, manifest: BackupManifest): Promise<void> {
  if (manifest.history.files === 0) return;
  const troubles: string[] = [];
  const history = new HistoryDuckdb({
    dir: join(folder, 'history'),
    onTrouble: (msg, fields) => troubles.push(`${msg}: ${fields.file ?? ''} ${fields.why ?? ''}`),
  });
  try {
    await history.start();
    const cursor = await history.cursor();
    const { cursor: told } = manifest.history;
    if (told !== null && cursor !== told)
      throw new NotDone(`the history goes up to turn ${cursor}, and to ${told} when it was copied`);
    if (cursor > manifest.journal.lastTurn)
      throw new NotDone(
        `the history goes up to turn ${cursor}, the journal to ${manifest.journal.lastTurn}: they do not belong together`,
      );
  } finally {
    await history.close();
  }
  if (troubles.length > 0) throw new NotDone(troubles.join('; '));
}
