import { hours, minutes } from '../../domain/time.ts';
import type { CitizenRow, EventRow, RegisterKind, ResponseRow, TurnRow } from '../journal-rows/protocol.ts';
import type { Statement } from '../postgres/database.ts';
import { RowsInto } from '../postgres/rows-into.ts';
import { storable } from '../postgres/values.ts';
import { alarmBeside, hiddenOf, messageOf, ownOf } from './beside.ts';

/** The port promises to repeat an answer; nobody retries a click after a day. */
const ANSWERS_KEPT = hours(24);
const FORGOTTEN_EVERY = minutes(1);

const EVENTS = new RowsInto('event', {
  seq: 'integer',
  alarm_id: 'key',
  revision: 'integer',
  at: 'number',
  kind: 'key',
  event: 'json',
  alarm_after: 'json',
  hidden: 'integer',
});
const ALARMS = new RowsInto(
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
    json: 'json',
    overlay: 'key',
    brief: 'json',
  },
  {
    key: ['id'],
    or: ['raised_at', 'open', 'unacked', 'level', 'lifeline', 'area', 'point', 'json', 'overlay', 'brief'],
  },
);
const RESPONSE_EVENTS = new RowsInto('response_event', {
  seq: 'integer',
  kind: 'key',
  id: 'key',
  revision: 'integer',
  at: 'number',
  change: 'key',
  event: 'json',
  after: 'json',
  message: 'key',
});
const RESPONSES = new RowsInto(
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
    json: 'json',
    own: 'integer',
  },
  { key: ['id'], or: ['open', 'state', 'level', 'lifeline', 'area', 'unit', 'json', 'own'] },
);
const DRILLED_EVENTS = new RowsInto('drilled_event', {
  seq: 'integer',
  drill: 'key',
  kind: 'key',
  id: 'key',
  revision: 'integer',
  event: 'json',
  after: 'json',
});
const DRILLED = new RowsInto(
  'drilled',
  { id: 'key', drill: 'key', kind: 'key', made: 'integer', running: 'integer', json: 'json' },
  { key: ['id'], or: ['running', 'json'] },
);
const byCode = (table: RegisterKind | 'filed') =>
  new RowsInto(table, { code: 'key', json: 'json' }, { key: ['code'], or: ['json'] });
const FILED = byCode('filed');
const REGISTER: Readonly<Record<RegisterKind, RowsInto<'code' | 'json'>>> = {
  area: byCode('area'),
  asset: byCode('asset'),
  point: byCode('point'),
  model: byCode('model'),
  device: byCode('device'),
  work: byCode('work'),
  quality: byCode('quality'),
  fault: byCode('fault'),
};
const MEMORIES = new RowsInto(
  'memory',
  { point: 'key', turn: 'integer', json: 'json' },
  { key: ['point'], or: ['turn', 'json'] },
);
const STATUSES = new RowsInto('status', { device: 'key', json: 'json' }, { key: ['device'], or: ['json'] });
const TOLD = new RowsInto(
  'told',
  { code: 'key', alarm: 'key', needed: 'integer', json: 'json' },
  { key: ['code'], or: ['needed', 'json'] },
);
const COMMANDS = new RowsInto(
  'device_command',
  { id: 'key', device: 'key', open: 'integer', json: 'json' },
  { key: ['id'], or: ['open', 'json'] },
);
const EXCHANGED = new RowsInto(
  'exchange',
  { code: 'key', needed: 'integer', json: 'json' },
  { key: ['code'], or: ['needed', 'json'] },
);
const CITIZENS = new RowsInto(
  'citizen',
  {
    id: 'key',
    key: 'key',
    state: 'key',
    lifeline: 'key',
    area: 'key',
    made_order: 'key',
    incident: 'key',
    over_at: 'number',
    erased: 'integer',
    json: 'json',
  },
  {
    key: ['id'],
    or: ['state', 'lifeline', 'area', 'made_order', 'incident', 'over_at', 'erased', 'json'],
  },
);
const CITIZEN_WORDS = new RowsInto(
  'citizen_words',
  { id: 'key', json: 'json' },
  { key: ['id'], or: ['json'] },
);
// The id was chosen by a client, so the same one coming back must not be able to stop the journal.
const ANSWERS = new RowsInto(
  'answer',
  { command_id: 'key', at: 'number', json: 'json' },
  { key: ['command_id'], or: ['at', 'json'] },
);
const QUARANTINE = new RowsInto('quarantine', { id: 'integer', device: 'key', json: 'json', bytes: 'bytes' });
const DEVICE_EVENTS = new RowsInto('device_event', { id: 'integer', device: 'key', json: 'json' });

/** Numbers that rows get here and not there: the oldest go by them. */
export type NextIds = { readonly quarantine: number; readonly deviceEvent: number };

/** What one turn adds and replaces, apart from the spool. */
export class TurnStatements {
  #forgotAt = Number.NEGATIVE_INFINITY;

  of(turn: TurnRow, ids: NextIds): readonly Statement[] {
    return [
      ...EVENTS.of(turn.events.map(eventRow)),
      ...ALARMS.of(turn.events.map(alarmRow)),
      ...responses(turn.responses),
      ...DRILLED_EVENTS.of(turn.drilled),
      ...DRILLED.of(withFirstSeq(turn.drilled).map((d) => ({ ...d, json: d.after }))),
      ...FILED.of(turn.filed.map(({ code, text }) => ({ code, json: text }))),
      ...(turn.probe === null ? [] : [onlyRow('probe', turn.probe, turn.turn)]),
      ...MEMORIES.of(turn.memories.map(({ point, text }) => ({ point, turn: turn.turn, json: text }))),
      ...register(turn.register),
      ...turn.rules.map(ruleStatement),
      ...STATUSES.of(turn.statuses.map(({ device, text }) => ({ device, json: text }))),
      ...TOLD.of(turn.told.map(({ text, ...t }) => ({ ...t, json: text }))),
      ...COMMANDS.of(turn.commands.map(({ text, ...c }) => ({ ...c, json: text }))),
      ...EXCHANGED.of(turn.exchanged.map(({ text, ...e }) => ({ ...e, json: text }))),
      ...citizens(turn.citizens),
      ...(turn.listened === null ? [] : [onlyRow('listened', turn.listened)]),
      ...(turn.clockMoves === null ? [] : [onlyRow('clock_moves', turn.clockMoves)]),
      ...this.#forgotten(turn.at),
      ...ANSWERS.of(turn.answers.map((a) => ({ command_id: a.commandId, at: a.at, json: a.text }))),
      ...QUARANTINE.of(quarantined(turn, ids.quarantine)),
      ...DEVICE_EVENTS.of(
        turn.deviceEvents.map(({ device, text }, i) => ({ id: ids.deviceEvent + i, device, json: text })),
      ),
    ];
  }

  #forgotten(at: number): readonly Statement[] {
    if (Math.abs(at - this.#forgotAt) < FORGOTTEN_EVERY) return [];
    this.#forgotAt = at;
    return [
      { text: 'DELETE FROM answer WHERE at < $1', values: [at - ANSWERS_KEPT], name: 'forget answers' },
    ];
  }
}

const eventRow = (e: EventRow) => ({
  seq: e.seq,
  alarm_id: e.alarmId,
  revision: e.revision,
  at: e.at,
  kind: e.kind,
  event: e.event,
  alarm_after: e.after,
  hidden: hiddenOf(e.kind, e.event),
});

const alarmRow = (e: EventRow) => ({
  id: e.alarmId,
  raised_at: e.raisedAt,
  open: e.open,
  unacked: e.unacked,
  level: e.level,
  lifeline: e.lifeline,
  area: e.area,
  point: e.point,
  json: e.after,
  ...alarmBeside(e.after),
});

function responses(rows: readonly ResponseRow[]): readonly Statement[] {
  const links = rows.flatMap((r) => r.alarms.map((alarm) => ({ alarm, id: r.id })));
  const linked: Statement = {
    name: 'response alarms',
    text: `INSERT INTO response_alarm SELECT DISTINCT l.alarm, r.kind, r.made
      FROM unnest($1::text[], $2::text[]) AS l (alarm, id) JOIN response r ON r.id = l.id ON CONFLICT DO NOTHING`,
    values: [links.map((l) => storable(l.alarm)), links.map((l) => storable(l.id))],
  };
  return [
    ...RESPONSE_EVENTS.of(rows.map((r) => ({ ...r, message: messageOf(r.kind, r.after) }))),
    ...RESPONSES.of(
      withFirstSeq(rows).map((r) => ({
        ...r,
        json: r.after,
        own: ownOf(r.kind, r.after),
      })),
    ),
    ...(links.length === 0 ? [] : [linked]),
  ];
}

/** The last of each id as of the turn's end, made with its first event of it. */
function withFirstSeq<T extends { readonly id: string; readonly seq: number }>(
  rows: readonly T[],
): (T & { readonly made: number })[] {
  const made = new Map<string, number>();
  return rows.map((row) => {
    const first = made.get(row.id) ?? row.seq;
    made.set(row.id, first);
    return { ...row, made: first };
  });
}

function citizens(rows: readonly CitizenRow[]): readonly Statement[] {
  const gone = rows.filter((c) => c.words === null).map((c) => storable(c.id));
  return [
    ...CITIZENS.of(
      rows.map(({ order, overAt, text, ...c }) => ({ ...c, made_order: order, over_at: overAt, json: text })),
    ),
    ...CITIZEN_WORDS.of(rows.flatMap(({ id, words }) => (words === null ? [] : [{ id, json: words }]))),
    ...(gone.length === 0
      ? []
      : [
          {
            name: 'erase words',
            text: 'DELETE FROM citizen_words WHERE id = ANY($1::text[])',
            values: [gone],
          },
        ]),
  ];
}

const register = (changes: TurnRow['register']): readonly Statement[] =>
  [...Map.groupBy(changes, (c) => c.kind)].flatMap(([kind, of]) =>
    REGISTER[kind].of(of.map(({ code, text }) => ({ code, json: text }))),
  );

/** One by one: `made` counts, so that drafts come back in the order of their making. */
function ruleStatement(rule: TurnRow['rules'][number]): Statement {
  if (rule.kind === 'version')
    return {
      name: 'rule version',
      text: 'INSERT INTO rule_version VALUES ($1, $2, $3)',
      values: [storable(rule.rule), rule.version, rule.text],
    };
  return {
    name: 'rule draft',
    text: 'INSERT INTO rule_draft SELECT $1, count(*), $2 FROM rule_draft ON CONFLICT (id) DO UPDATE SET json = excluded.json',
    values: [storable(rule.id), rule.text],
  };
}

function onlyRow(table: 'probe' | 'listened' | 'clock_moves', json: string, turn?: number): Statement {
  const [values, into] = turn === undefined ? [[json], '1, $1'] : [[json, turn], '1, $2, $1'];
  const set = turn === undefined ? '' : 'turn = excluded.turn, ';
  return {
    name: `only row of ${table}`,
    text: `INSERT INTO ${table} VALUES (${into}) ON CONFLICT (only_row) DO UPDATE SET ${set}json = excluded.json`,
    values,
  };
}

function quarantined(turn: TurnRow, firstId: number) {
  const bytes = turn.quarantineBytes ?? new Uint8Array(0);
  let from = 0;
  return turn.quarantined.map((q, i) => {
    const row = {
      id: firstId + i,
      device: q.device,
      json: q.text,
      bytes: bytes.subarray(from, from + q.size),
    };
    from += q.size;
    return row;
  });
}
