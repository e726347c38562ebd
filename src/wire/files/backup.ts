import { z } from 'zod';

const count = z.int().min(0);

/** Relative, below the backup; no part of it begins with a dot, so none leads out of it. */
const path = z
  .string()
  .regex(/^(?!\.)[^/\0\n]+(\/(?!\.)[^/\0\n]+)*$/, 'a relative path, of which no part begins with a dot');

/** What every version of the format has, so that a newer one can be told from a broken one. */
export const backupMark = z.object({ format: z.literal('lifeline-backup'), version: z.int().min(1) });

export const BACKUP_VERSION = 1;

/** `manifest.json`: what is in a backup, and what it belongs to. */
export const backupManifest = z.strictObject({
  format: z.literal('lifeline-backup'),
  version: z.literal(BACKUP_VERSION),
  madeAt: z.iso.datetime(),
  madeBy: z.strictObject({ version: z.string(), node: z.string() }),
  /** Taken from a service that was serving; `false`: it was stopped. */
  running: z.boolean(),
  /** As of the moment the backup is of. `schema`s are `user_version` of the files. */
  journal: z.strictObject({
    schema: count,
    epoch: z.string(),
    lastTurn: count,
    lastSeq: count,
    drainCursor: count,
  }),
  /** The cursor is only known of a service that was serving; `null`: the copied files have it. */
  history: z.strictObject({ cursor: count.nullable(), files: count }),
  secrets: z.boolean(),
  /** In the data directory, and not in the backup. */
  leftOut: z.array(z.string()),
  files: z.array(z.strictObject({ path, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
});

export type BackupManifest = z.infer<typeof backupManifest>;
export type BackupFile = BackupManifest['files'][number];
