import { columnsOf } from '../audit/postgres-store.ts';
import { columnsIn, type MovedTable } from './table.ts';

/** Accounts, device keys and audit journal. What lies under a foreign key comes after what it points at. */
export const PEOPLE_TABLES: readonly MovedTable[] = [
  {
    name: 'accounts',
    file: 'accounts.db',
    sqlite: 'accounts',
    postgres: 'account',
    columns: columnsIn({
      account: 'text',
      name: 'key',
      password: 'text',
      code: 'text',
      roles: 'text',
      areas: 'text',
      unit: 'key',
      'disabledAt:disabled_at': 'integer',
      totp: 'text',
      'totpConfirmedAt:totp_confirmed_at': 'integer',
      'totpUsed:totp_used': 'integer',
      recovery: 'text',
      'createdAt:created_at': 'integer',
      'passwordSetAt:password_set_at': 'integer',
    }),
  },
  {
    name: 'sessions',
    file: 'accounts.db',
    sqlite: 'sessions',
    postgres: 'account_session',
    columns: columnsIn({
      hash: 'text',
      account: 'text',
      'mustSetPassword:must_set_password': 'flag',
      'expiresAt:expires_at': 'integer',
      'seenAt:seen_at': 'integer',
    }),
  },
  {
    name: 'tokens',
    file: 'accounts.db',
    sqlite: 'tokens',
    postgres: 'account_token',
    columns: columnsIn({
      name: 'key',
      hash: 'text',
      role: 'text',
      areas: 'text',
      'createdAt:created_at': 'integer',
      'expiresAt:expires_at': 'integer',
    }),
  },
  {
    name: 'desks',
    file: 'accounts.db',
    sqlite: 'desks',
    postgres: 'account_desk',
    columns: columnsIn({ account: 'text', address: 'key', 'lastAt:last_at': 'integer' }),
  },
  {
    name: 'keys',
    file: 'devices.db',
    sqlite: 'keys',
    postgres: 'device_key',
    columns: columnsIn({
      id: 'integer',
      holder: 'key',
      seal: 'bytes',
      'issuedAt:issued_at': 'integer',
      until: 'integer',
      areas: 'text',
    }),
  },
  {
    name: 'barred',
    file: 'devices.db',
    sqlite: 'barred',
    postgres: 'device_barred',
    columns: columnsIn({ holder: 'key', at: 'integer' }),
  },
  {
    // No id of a key is given twice, of those that are gone neither.
    name: 'last key id',
    file: 'devices.db',
    sqlite: `(SELECT 1 AS one, coalesce(max(seq), 0) AS id FROM sqlite_sequence WHERE name = 'keys')`,
    sqliteInto: [
      `INSERT INTO sqlite_sequence (rowid, name, seq)
      SELECT (SELECT rowid FROM sqlite_sequence WHERE name = 'keys'), 'keys', ?2 WHERE ?1 = 1
      ON CONFLICT DO UPDATE SET seq = excluded.seq`,
    ],
    postgres: 'device_key_last',
    over: { key: 'one' },
    columns: columnsIn({ one: 'integer', id: 'integer' }),
  },
  {
    name: 'audit entries',
    file: 'audit.db',
    sqlite: 'entry',
    postgres: 'audit_entry',
    columns: columnsIn({ n: 'integer', body: 'text', prev: 'text', seal: 'text' }),
    beside: {
      columns: [
        { name: 'at', kind: 'number' },
        { name: 'who', kind: 'text' },
        { name: 'what', kind: 'text' },
        { name: 'object', kind: 'text' },
        { name: 'outcome', kind: 'text' },
      ],
      of: ([, body]) => foundBy(String(body)),
    },
  },
  {
    name: 'audit marks',
    file: 'audit.db',
    sqlite: 'mark',
    postgres: 'audit_mark',
    columns: columnsIn({ name: 'text', place: 'text', seal: 'text' }),
  },
];

/** An entry that somebody broke goes along: it is evidence, and `lifeline audit verify` names it there too. */
function foundBy(body: string) {
  try {
    const { at, who, what, object, outcome } = columnsOf(body);
    return [at, who, what, object, outcome];
  } catch {
    return [0, null, 'unreadable', null, 'refused'];
  }
}
