import type { Database } from '../postgres/database.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { AuditTables } from './postgres-store.ts';
import { AUDIT_STEPS } from './sqlite-file.ts';
import { AuditThread } from './sqlite-store.ts';
import { type AuditGiven, StoredAudit } from './stored-audit.ts';

export { auditKeyFault } from './postgres-store.ts';
export { keyFault } from './sqlite-file.ts';

/** How the file looks, and how this version writes it. */
export const auditForm = (file: string): FileForm => fileForm(file, AUDIT_STEPS, false);

export type AuditOptions = AuditGiven & {
  readonly file: string;
  /** Where the key of the seals lies; made if it is not there. */
  readonly keyFile: string;
};

/** The audit journal in a SQLite file of its own. */
export class AuditSqlite extends StoredAudit {
  constructor({ file, keyFile, ...given }: AuditOptions) {
    super(new AuditThread(file, keyFile), given);
  }
}

export type AuditInDatabase = AuditGiven & {
  /** With the fence of the writer. */
  readonly connect: () => Promise<Database>;
  /** As of `AuditOptions`; every machine that may take over has the same. */
  readonly keyFile: string;
};

/** The audit journal in PostgreSQL. */
export class AuditPostgres extends StoredAudit {
  constructor({ connect, keyFile, ...given }: AuditInDatabase) {
    super(new AuditTables(connect, keyFile), given);
  }
}
