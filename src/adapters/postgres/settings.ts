import { PostgresFailure } from './failure.ts';

/** What a server promises by its settings, as this session sees them. */
export type ServerFacts = {
  /** As `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly versionText: string;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  readonly synchronousCommit: string;
  /** Empty: no standby is waited for. */
  readonly synchronousStandbys: string;
  readonly encoding: string;
  /** A standby that replays; or a session, user or database set to read only. */
  readonly readOnly: boolean;
};

export const OLDEST_VERSION = 130_000;

export const ASK_SERVER = `SELECT
  current_setting('server_version_num') AS version, current_setting('server_version') AS "versionText",
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites",
  current_setting('synchronous_commit') AS "synchronousCommit",
  current_setting('synchronous_standby_names') AS "synchronousStandbys",
  current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS "readOnly"`;

export function serverFacts(row: Readonly<Record<string, unknown>>): ServerFacts {
  return {
    version: Number(row.version),
    versionText: String(row.versionText),
    fsync: row.fsync === 'on',
    fullPageWrites: row.fullPageWrites === 'on',
    synchronousCommit: String(row.synchronousCommit),
    synchronousStandbys: String(row.synchronousStandbys),
    encoding: String(row.encoding),
    readOnly: row.readOnly === true,
  };
}

/**
 * Whether what is committed there is durable, and texts come back as they were.
 *
 * @throws a `PostgresFailure` that says what would be right: `not-durable`, `too-old`, `not-utf8`, `read-only`
 */
export function mustBeDurable(s: ServerFacts): void {
  const refuse = (code: string, why: string): never => {
    throw new PostgresFailure(code, why);
  };
  if (s.version < OLDEST_VERSION)
    refuse('too-old', `PostgreSQL ${s.versionText} is too old: version 13 or later is needed`);
  if (s.encoding !== 'UTF8')
    refuse(
      'not-utf8',
      `the database is encoded as ${s.encoding}: create it anew with createdb --encoding=UTF8 --template=template0`,
    );
  if (!s.fsync)
    refuse(
      'not-durable',
      'fsync is off on the server: what it says is stored is gone after a power cut. Set fsync = on and restart it',
    );
  if (!s.fullPageWrites)
    refuse(
      'not-durable',
      'full_page_writes is off on the server: a power cut can tear its pages. Set full_page_writes = on and reload it',
    );
  if (s.synchronousCommit === 'off')
    refuse(
      'not-durable',
      'synchronous_commit is off for this user, database or server: what it says is committed may not be on disk. Set synchronous_commit = on',
    );
  if (s.readOnly)
    refuse(
      'read-only',
      'the server is a standby or read only: let LIFELINE_DATABASE_URL name the primary, for instance through a proxy that follows it',
    );
}
