import { alarmBeside, hiddenOf, messageOf, ownOf } from '../journal-postgres/beside.ts';
import { FIRST_PIECE } from '../journal-postgres/spool-pieces.ts';
import { columnsIn, type MovedKind, type MovedRow, type MovedTable } from './table.ts';

type More = Partial<Omit<MovedTable, 'name' | 'file' | 'columns'>>;

/** A table of the journal: of the same name and columns in both, but for what is said. */
const table = (name: string, columns: Readonly<Record<string, MovedKind>>, more: More = {}): MovedTable => ({
  name,
  file: 'journal.sqlite',
  sqlite: name,
  postgres: name,
  ...more,
  columns: columnsIn(columns),
});

const byCode = (name: string): MovedTable => table(name, { code: 'key', json: 'text' });

const textAt = (row: MovedRow, place: number): string => String(row[place]);

/** As in journal-sqlite/schema.ts, which says what they are for. */
export const JOURNAL_TABLES: readonly MovedTable[] = [
  table(
    'meta',
    {
      only_row: 'integer',
      epoch: 'text',
      clean: 'integer',
      stopped_at: 'number',
      last_turn: 'integer',
      last_at: 'number',
      last_seq: 'integer',
      memories_kept_up_to: 'integer',
      drain_cursor: 'integer',
      waiting_turns: 'integer',
      waiting_bytes: 'integer',
      quarantine_rows: 'integer',
      quarantine_bytes: 'integer',
      quarantine_dropped: 'integer',
      device_event_rows: 'integer',
      device_events_dropped: 'integer',
    },
    { postgres: 'journal_meta' },
  ),
  table(
    'spool',
    { turn: 'integer', at: 'number', body: 'text' },
    { postgresInto: FIRST_PIECE.table, postgresFirst: FIRST_PIECE.make, atOnce: 16 },
  ),
  table(
    'event',
    {
      seq: 'integer',
      alarm_id: 'key',
      revision: 'integer',
      at: 'number',
      kind: 'key',
      event: 'text',
      alarm_after: 'text',
    },
    {
      beside: {
        columns: [{ name: 'hidden', kind: 'integer' }],
        of: (row) => [hiddenOf(textAt(row, 4), textAt(row, 5))],
      },
    },
  ),
  table(
    'alarm',
    {
      id: 'key',
      raised_at: 'number',
      open: 'integer',
      unacked: 'integer',
      level: 'integer',
      lifeline: 'key',
      area: 'key',
      point: 'key',
      json: 'text',
    },
    {
      beside: {
        columns: [
          { name: 'overlay', kind: 'key' },
          { name: 'brief', kind: 'text' },
        ],
        of: (row) => {
          const { overlay, brief } = alarmBeside(textAt(row, 8));
          return [overlay, brief];
        },
      },
    },
  ),
  table('quarantine', { id: 'integer', device: 'key', json: 'text', bytes: 'bytes' }, { atOnce: 50 }),
  table('memory', { point: 'key', turn: 'integer', json: 'text' }),
  byCode('area'),
  byCode('asset'),
  byCode('point'),
  byCode('model'),
  byCode('device'),
  byCode('work'),
  byCode('quality'),
  byCode('fault'),
  table('answer', { command_id: 'key', at: 'number', json: 'text' }),
  table('status', { device: 'key', json: 'text' }),
  table('device_event', { id: 'integer', device: 'key', json: 'text' }),
  table('rule_draft', { id: 'key', made: 'integer', json: 'text' }),
  table('rule_version', { rule: 'key', version: 'integer', json: 'text' }),
  table('loss', { id: 'integer', key: 'key', at: 'number', until: 'number', n: 'integer', json: 'text' }),
  table('listened', { only_row: 'integer', json: 'text' }),
  table('clock_moves', { only_row: 'integer', json: 'text' }),
  table('probe', { only_row: 'integer', turn: 'integer', json: 'text' }),
  table('told', { code: 'key', alarm: 'key', needed: 'integer', json: 'text' }),
  table(
    'response_event',
    {
      seq: 'integer',
      kind: 'key',
      id: 'key',
      revision: 'integer',
      at: 'number',
      change: 'key',
      event: 'text',
      after: 'text',
    },
    {
      beside: {
        columns: [{ name: 'message', kind: 'key' }],
        of: (row) => [messageOf(textAt(row, 1), textAt(row, 7))],
      },
    },
  ),
  table(
    'response',
    {
      id: 'key',
      kind: 'key',
      made: 'integer',
      open: 'integer',
      state: 'key',
      level: 'integer',
      lifeline: 'key',
      area: 'key',
      unit: 'key',
      json: 'text',
    },
    {
      beside: {
        columns: [{ name: 'own', kind: 'integer' }],
        of: (row) => [ownOf(textAt(row, 1), textAt(row, 9))],
      },
    },
  ),
  table('response_alarm', { alarm: 'key', kind: 'key', made: 'integer' }),
  byCode('filed'),
  table('device_command', { id: 'key', device: 'key', open: 'integer', json: 'text' }),
  table('exchange', { code: 'key', needed: 'integer', json: 'text' }),
  table('drilled_event', {
    seq: 'integer',
    drill: 'key',
    kind: 'key',
    id: 'key',
    revision: 'integer',
    event: 'text',
    after: 'text',
  }),
  table('drilled', {
    id: 'key',
    drill: 'key',
    kind: 'key',
    made: 'integer',
    running: 'integer',
    json: 'text',
  }),
  table('citizen', {
    id: 'key',
    key: 'key',
    state: 'key',
    lifeline: 'key',
    area: 'key',
    made_order: 'key',
    incident: 'key',
    over_at: 'number',
    erased: 'integer',
    json: 'text',
  }),
  table(
    'citizen_words',
    { id: 'key', json: 'text' },
    {
      sqlite: `(SELECT w.id, opened_words(w.sealed, k.key) AS json
        FROM citizen_words w JOIN citizen_key k ON k.slot = w.slot)`,
      sqliteInto: [
        'INSERT INTO citizen_key (key) SELECT new_words_key() WHERE ?1 IS NOT NULL AND ?2 IS NOT NULL',
        `INSERT INTO citizen_words SELECT ?1, slot, sealed_words(?2, key)
          FROM citizen_key ORDER BY slot DESC LIMIT 1`,
      ],
    },
  ),
];
