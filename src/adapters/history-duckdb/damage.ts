/**
 * Whether an error of DuckDB says that the file itself is damaged, so that trying again cannot help. A full
 * disk, a missing right, a lock held by another process or too little memory are not damage: a file must
 * never be set aside for those, nor for a mistake of DuckDB's in a statement.
 */
export function isDamage(e: unknown): boolean {
  return DAMAGE.test(messageOf(e));
}

/** As `isDamage`, of a file that is being opened: what DuckDB takes for a mistake of its own there is in the file. */
export function cannotBeOpened(e: unknown): boolean {
  return isDamage(e) || /INTERNAL Error/.test(messageOf(e));
}

/**
 * Whether DuckDB refuses all work on a file that is attached, because a checkpoint of it failed. Nothing is
 * lost; attached anew it can be used.
 */
export function mustBeAttachedAnew(e: unknown): boolean {
  return /has been invalidated/.test(messageOf(e));
}

/** A file that opens and yet is not one of ours: its message matches `isDamage`. */
export const notOurs = (what: string, cause: unknown): Error =>
  new Error(`Corrupt day file: ${what}`, { cause });

const DAMAGE =
  /not a valid DuckDB database file|Corrupt|checksum|Could not read enough bytes|Is a directory|replaying WAL|WAL was created|Serialization Error|No more data remaining in MetadataReader/i;

const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));
