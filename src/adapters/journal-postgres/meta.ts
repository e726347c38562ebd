import { COLUMNS, FIELDS, type Meta } from '../journal-rows/meta.ts';
import type { Statement } from '../postgres/database.ts';
import type { SqlRow } from '../postgres/values.ts';

export const ASK_META = `SELECT epoch, ${FIELDS.map((f) => `${COLUMNS[f]} AS "${f}"`).join(', ')} FROM journal_meta`;
export const metaOf = (row: SqlRow): Meta => row as unknown as Meta;

export const firstMeta = (epoch: string): Statement => ({
  text: `INSERT INTO journal_meta VALUES (1, $1, 1, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
  values: [epoch],
});

/**
 * What holds after a transaction, where it begins with what held before: another writer that has come between makes the division
 * fail (22012), and with it all of it.
 */
export const metaStatement = (before: Meta, after: Meta): Statement => ({
  name: 'meta',
  text: META_TEXT,
  values: [before.epoch, before.lastTurn, before.lastSeq, ...FIELDS.map((f) => after[f])],
});

const META_TEXT = `WITH kept AS (
    UPDATE journal_meta SET ${FIELDS.map((f, i) => `${COLUMNS[f]} = $${i + 4}`).join(', ')}
    WHERE epoch = $1 AND last_turn = $2 AND last_seq = $3 RETURNING 1)
  SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM kept`;

export const SOMEBODY_CAME_BETWEEN = '22012';
