import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { journalInBackup } from '../../app/journal-engine.ts';
import { BACKUP_VERSION, type BackupManifest, backupManifest, backupMark } from '../../wire/files/backup.ts';
import { NotDone } from '../command.ts';

/** Reads what a backup says of itself, and refuses what this version cannot bring back. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new NotDone(`${folder} is not a backup: it has no manifest.json`, cause);
  });
  return manifestOf(text, path);
}

/** @param path where it is, for who has to look at it */
export function manifestOf(text: string, path: string): BackupManifest {
  const said = parsed(text);
  const mark = backupMark.safeParse(said);
  if (!mark.success)
    throw new NotDone(`${path} is not the manifest of a backup of this service, or is damaged`);
  if (mark.data.version > BACKUP_VERSION)
    throw new NotDone(
      `the backup has format ${mark.data.version}, this version knows up to ${BACKUP_VERSION}: restore it with the version that made it, or a newer one`,
    );
  const manifest = backupManifest.safeParse(said);
  if (!manifest.success) throw new NotDone(`${path} is damaged: ${manifest.error.issues[0]?.message ?? ''}`);
  const { journal, madeBy } = manifest.data;
  const { schema } = journalInBackup(dirname(path));
  if (journal.schema > schema)
    throw new NotDone(
      `the backup was made by version ${madeBy.version}, whose journal has schema ${journal.schema}; this version knows up to ${schema}: restore it with that version, or a newer one`,
    );
  return manifest.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
