/**
 * What could not be done with PostgreSQL, where, and what would help. `code` is stable: PostgreSQL's own SQLSTATE of five
 * characters (`40001`, `23505`, `57P01` …), or one of ours:
 * `fenced` (another holds the writer's row: this process writes no more), `rolled-back` (COMMIT answered ROLLBACK),
 * `unknown` (the line was lost, or nothing came in time, while a transaction was on its way: it may be there and may not),
 * `not-replicated` (committed here, and the wait for the standby was cut short), `connection-lost`, `cannot-connect`,
 * `bad-value` (a value that PostgreSQL cannot hold; nothing was sent), `unsafe-number` (a bigint beyond 2^53),
 * `not-durable`, `too-old`, `not-utf8`, `read-only`, `newer-schema`, `not-served`, `closed`.
 */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const HELP: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong: correct LIFELINE_DATABASE_URL',
  '28000': 'pg_hba.conf does not let this user in from here',
  '3D000': 'create the database first: createdb --encoding=UTF8 --template=template0 NAME',
  '42501': 'the user needs rights on the database: make it the owner, or GRANT CREATE ON DATABASE',
  '53100': "free space on the server's disk",
  '53200': 'the server has no memory left',
  '53300': 'raise max_connections of the server',
  '57P03': 'the server is still starting',
  '58030': "check the server's disk",
  '55P03': 'another holds the row or the table',
  '57014': 'the server did not answer within the statement timeout',
};

/** Of an error as `pg` gives it; one of ours stays the same object. */
export function asPostgresFailure(e: unknown, what?: string): PostgresFailure {
  if (e instanceof PostgresFailure) return e;
  const error = e instanceof Error ? e : new Error(String(e));
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  const help = known === null ? undefined : HELP[known];
  const text = `${what === undefined ? '' : `${what}: `}${error.message}${help === undefined ? '' : `; ${help}`}`;
  return new PostgresFailure(known ?? 'connection-lost', text, error);
}
