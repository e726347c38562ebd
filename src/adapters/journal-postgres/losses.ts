import type { LossRow } from '../journal-rows/protocol.ts';
import { LOSSES_KEPT } from '../journal-rows/thrown-away.ts';
import type { Statement } from '../postgres/database.ts';
import { storable } from '../postgres/values.ts';

const INSERT = `INSERT INTO loss SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 FROM loss ON CONFLICT (key)`;

/** An entry whose key is there already changes nothing. */
export const lossStatements = (rows: readonly LossRow[]): readonly Statement[] =>
  rows.length === 0 ? [] : [...rows.map((row) => added('loss', 'DO NOTHING', row)), TRIM];

/** What the bounds threw away grows in its entry. */
export const thrownAwayStatements = (row: LossRow): readonly Statement[] =>
  row.n === 0
    ? []
    : [
        added(
          'loss that grows',
          'DO UPDATE SET until = greatest(loss.until, excluded.until), n = loss.n + excluded.n',
          row,
        ),
        TRIM,
      ];

const added = (name: string, or: string, row: LossRow): Statement => ({
  name,
  text: `${INSERT} ${or}`,
  values: [storable(row.key), row.at, row.until, row.n, row.text],
});

const TRIM: Statement = {
  name: 'oldest losses',
  text: `DELETE FROM loss WHERE id <= (SELECT id FROM loss ORDER BY id DESC OFFSET ${LOSSES_KEPT} LIMIT 1)`,
};
