/**
 * Whether an error of DuckDB says that the file itself is damaged, so that trying again cannot help. A full
 * disk, a missing right, a lock held by another process or too little memory are not damage: a file must
 * never be set aside for those.
 */
export function isDamage(e: unknown): boolean {
  return DAMAGE.test(e instanceof Error ? e.message : String(e));
}

const DAMAGE =
  /not a valid DuckDB database file|Corrupt|checksum|Could not read enough bytes|Is a directory|replaying WAL|WAL was created|INTERNAL Error|Serialization Error|No more data remaining in MetadataReader/i;

/** A file that opens and yet is not one of ours: its message matches `isDamage`. */
export const notOurs = (what: string, cause: unknown): Error =>
  new Error(`Corrupt day file: ${what}`, { cause });
