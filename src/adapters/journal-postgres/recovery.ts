import type { Meta } from '../journal-rows/meta.ts';
import type { OpenedJournal, RegisterKind } from '../journal-rows/protocol.ts';
import type { Database } from '../postgres/database.ts';
import { asStored, type SqlRow } from '../postgres/values.ts';

/** Events among which messages of warnings are looked for: their identifiers are not given again. */
const MESSAGES_WITHIN = 20_000;

const KINDS: readonly RegisterKind[] = [
  'area',
  'asset',
  'point',
  'model',
  'device',
  'work',
  'quality',
  'fault',
];

/** Reads what a start needs: everything asked for at once, answered in order. */
export async function readOpened(db: Database, meta: Meta): Promise<OpenedJournal> {
  const texts = async (table: string, key: string, where = ''): Promise<string[]> =>
    (await db.query(`SELECT json FROM ${table} ${where} ORDER BY ${key}`)).map((row) => String(row.json));
  const all = async <T>(sql: string): Promise<readonly T[]> =>
    (await db.query(sql)) as readonly SqlRow[] as T[];
  const [register, drafts, versions, alarms, responses, drilled, orders, messages, memories, rest] =
    await Promise.all([
      Promise.all(KINDS.map((kind) => texts(kind, 'code').then((of) => of.map((text) => ({ kind, text }))))),
      texts('rule_draft', 'made'),
      texts('rule_version', 'rule, version'),
      all<OpenedJournal['openAlarmEvents'][number]>(
        `SELECT seq, event, alarm_after AS after FROM event
         WHERE alarm_id IN (SELECT id FROM alarm WHERE open = 1) ORDER BY seq`,
      ),
      all<OpenedJournal['openResponses'][number]>(
        `SELECT seq, kind, event FROM response_event
         WHERE id IN (SELECT id FROM response WHERE open = 1) ORDER BY seq`,
      ),
      all<OpenedJournal['openDrilled'][number]>(
        `SELECT seq, kind, event, after FROM drilled_event
         WHERE drill IN (SELECT drill FROM drilled WHERE running = 1) ORDER BY seq`,
      ),
      texts('response', 'made DESC LIMIT 1', "WHERE kind = 'order' AND own = 1"),
      all<{ readonly id: string }>(
        `SELECT DISTINCT message AS id FROM response_event
         WHERE message IS NOT NULL AND seq > ${Math.trunc(meta.lastSeq - MESSAGES_WITHIN)}`,
      ),
      all<OpenedJournal['memories'][number]>('SELECT point, turn, json AS text FROM memory ORDER BY point'),
      Promise.all([
        texts('filed', 'code'),
        texts('answer', 'at, command_id'),
        texts('status', 'device'),
        texts('told', 'code', 'WHERE needed = 1'),
        texts('device_command', 'id', 'WHERE open = 1'),
        texts('exchange', 'code', 'WHERE needed = 1'),
        texts('listened', 'only_row'),
        texts('clock_moves', 'only_row'),
        all<OpenedJournal['openCitizens'][number]>(
          `SELECT c.json AS text, w.json AS words FROM citizen c LEFT JOIN citizen_words w ON w.id = c.id
           WHERE c.over_at IS NULL ORDER BY c.id`,
        ),
      ]),
    ]);
  const [filed, answers, statuses, told, openCommands, exchanged, listened, clockMoves, openCitizens] = rest;
  return {
    epoch: meta.epoch,
    cleanStop: meta.clean === 1,
    spoolBytes: meta.waitingBytes,
    lastTurn: meta.lastTurn,
    lastAt: meta.lastAt,
    lastSeq: meta.lastSeq,
    register: register.flat(),
    rules: [...drafts, ...versions],
    openAlarmEvents: alarms,
    openResponses: responses,
    openDrilled: drilled,
    lastOrder: orders[0] ?? null,
    messageIds: messages.map(({ id }) => asStored(id)),
    filed,
    memories: memories.map((m) => ({ ...m, point: asStored(m.point) })),
    answers,
    statuses,
    told,
    openCommands,
    openCitizens,
    exchanged,
    listened,
    clockMoves,
  };
}
