import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { hours, minutes } from '../../domain/time.ts';
import type { EventRow, RegisterKind, ResponseRow, TurnRow } from '../journal-rows/protocol.ts';
import { CitizenRows } from './citizen-rows.ts';

/** The port promises to repeat an answer; nobody retries a click after a day. */
const ANSWERS_KEPT = hours(24);
const FORGOTTEN_EVERY = minutes(1);

/** The rows that one turn adds or replaces, each by a statement prepared once. */
export class TurnRows {
  readonly #spool: StatementSync;
  readonly #event: StatementSync;
  readonly #alarm: StatementSync;
  readonly #responseEvent: StatementSync;
  readonly #response: StatementSync;
  readonly #responseAlarm: StatementSync;
  readonly #drilledEvent: StatementSync;
  readonly #drilled: StatementSync;
  readonly #filed: StatementSync;
  readonly #memory: StatementSync;
  readonly #register: Readonly<Record<RegisterKind, StatementSync>>;
  readonly #ruleDraft: StatementSync;
  readonly #ruleVersion: StatementSync;
  readonly #status: StatementSync;
  readonly #told: StatementSync;
  readonly #command: StatementSync;
  readonly #exchange: StatementSync;
  readonly #citizens: CitizenRows;
  readonly #listened: StatementSync;
  readonly #clockMoves: StatementSync;
  readonly #forgetAnswers: StatementSync;
  readonly #answer: StatementSync;
  readonly #quarantine: StatementSync;
  readonly #deviceEvent: StatementSync;
  readonly #probe: StatementSync;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(db: DatabaseSync) {
    const upsertByCode = (table: RegisterKind): StatementSync =>
      db.prepare(`INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET json = excluded.json`);
    this.#spool = db.prepare('INSERT INTO spool VALUES (?, ?, ?)');
    this.#event = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#alarm = db.prepare(
      `INSERT INTO alarm VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         raised_at = excluded.raised_at, open = excluded.open, unacked = excluded.unacked,
         level = excluded.level, lifeline = excluded.lifeline, area = excluded.area,
         point = excluded.point, json = excluded.json`,
    );
    this.#responseEvent = db.prepare('INSERT INTO response_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#response = db.prepare(
      `INSERT INTO response VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         open = excluded.open, state = excluded.state, level = excluded.level, lifeline = excluded.lifeline,
         area = excluded.area, unit = excluded.unit, json = excluded.json`,
    );
    this.#responseAlarm = db.prepare(
      'INSERT OR IGNORE INTO response_alarm SELECT ?, kind, made FROM response WHERE id = ?',
    );
    this.#drilledEvent = db.prepare('INSERT INTO drilled_event VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#drilled = db.prepare(
      'INSERT INTO drilled VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET running = excluded.running, json = excluded.json',
    );
    this.#filed = db.prepare(
      'INSERT INTO filed VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET json = excluded.json',
    );
    this.#memory = db.prepare(
      'INSERT INTO memory VALUES (?, ?, ?) ON CONFLICT (point) DO UPDATE SET turn = excluded.turn, json = excluded.json',
    );
    this.#register = {
      area: upsertByCode('area'),
      asset: upsertByCode('asset'),
      point: upsertByCode('point'),
      model: upsertByCode('model'),
      device: upsertByCode('device'),
      work: upsertByCode('work'),
      quality: upsertByCode('quality'),
      fault: upsertByCode('fault'),
    };
    // `made` counts, so that drafts come back in the order of their making.
    this.#ruleDraft = db.prepare(
      'INSERT INTO rule_draft VALUES (?, (SELECT count(*) FROM rule_draft), ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
    );
    this.#ruleVersion = db.prepare('INSERT INTO rule_version VALUES (?, ?, ?)');
    this.#status = db.prepare(
      'INSERT INTO status VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET json = excluded.json',
    );
    this.#told = db.prepare(
      'INSERT INTO told VALUES (?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET needed = excluded.needed, json = excluded.json',
    );
    this.#command = db.prepare(
      'INSERT INTO device_command VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, json = excluded.json',
    );
    this.#exchange = db.prepare(
      'INSERT INTO exchange VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE SET needed = excluded.needed, json = excluded.json',
    );
    this.#citizens = new CitizenRows(db);
    this.#listened = db.prepare(
      'INSERT INTO listened VALUES (1, ?) ON CONFLICT (only_row) DO UPDATE SET json = excluded.json',
    );
    this.#clockMoves = db.prepare(
      'INSERT INTO clock_moves VALUES (1, ?) ON CONFLICT (only_row) DO UPDATE SET json = excluded.json',
    );
    this.#forgetAnswers = db.prepare('DELETE FROM answer WHERE at < ?');
    // The id was chosen by a client, so the same one coming back must not be able to stop the journal.
    this.#answer = db.prepare(
      'INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT (command_id) DO UPDATE SET at = excluded.at, json = excluded.json',
    );
    this.#quarantine = db.prepare('INSERT INTO quarantine (device, json, bytes) VALUES (?, ?, ?)');
    this.#deviceEvent = db.prepare('INSERT INTO device_event (device, json) VALUES (?, ?)');
    this.#probe = db.prepare(
      'INSERT INTO probe VALUES (1, ?, ?) ON CONFLICT (only_row) DO UPDATE SET turn = excluded.turn, json = excluded.json',
    );
  }

  add(turn: TurnRow): void {
    if (turn.body !== null) this.#spool.run(turn.turn, turn.at, turn.body);
    for (const e of turn.events) this.#addEvent(e);
    for (const r of turn.responses) this.#addResponse(r);
    for (const d of turn.drilled) {
      this.#drilledEvent.run(d.seq, d.drill, d.kind, d.id, d.revision, d.event, d.after);
      this.#drilled.run(d.id, d.drill, d.kind, d.seq, d.running, d.after);
    }
    for (const f of turn.filed) this.#filed.run(f.code, f.text);
    if (turn.probe !== null) this.#probe.run(turn.turn, turn.probe);
    for (const m of turn.memories) this.#memory.run(m.point, turn.turn, m.text);
    for (const r of turn.register) this.#register[r.kind].run(r.code, r.text);
    for (const r of turn.rules) {
      if (r.kind === 'draft') this.#ruleDraft.run(r.id, r.text);
      else this.#ruleVersion.run(r.rule, r.version, r.text);
    }
    for (const s of turn.statuses) this.#status.run(s.device, s.text);
    for (const t of turn.told) this.#told.run(t.code, t.alarm, t.needed, t.text);
    for (const c of turn.commands) this.#command.run(c.id, c.device, c.open, c.text);
    for (const e of turn.exchanged) this.#exchange.run(e.code, e.needed, e.text);
    if (turn.citizens.length > 0) this.#citizens.add(turn.citizens);
    if (turn.listened !== null) this.#listened.run(turn.listened);
    if (turn.clockMoves !== null) this.#clockMoves.run(turn.clockMoves);
    if (Math.abs(turn.at - this.#forgotAt) >= FORGOTTEN_EVERY) {
      this.#forgotAt = turn.at;
      this.#forgetAnswers.run(turn.at - ANSWERS_KEPT);
    }
    for (const a of turn.answers) this.#answer.run(a.commandId, a.at, a.text);
    let from = 0;
    const bytes = turn.quarantineBytes ?? new Uint8Array(0);
    for (const q of turn.quarantined) {
      this.#quarantine.run(q.device, q.text, bytes.subarray(from, from + q.size));
      from += q.size;
    }
    for (const e of turn.deviceEvents) this.#deviceEvent.run(e.device, e.text);
  }

  #addResponse(r: ResponseRow): void {
    this.#responseEvent.run(r.seq, r.kind, r.id, r.revision, r.at, r.change, r.event, r.after);
    this.#response.run(r.id, r.kind, r.seq, r.open, r.state, r.level, r.lifeline, r.area, r.unit, r.after);
    for (const alarm of r.alarms) this.#responseAlarm.run(alarm, r.id);
  }

  #addEvent(e: EventRow): void {
    this.#event.run(e.seq, e.alarmId, e.revision, e.at, e.kind, e.event, e.after);
    this.#alarm.run(e.alarmId, e.raisedAt, e.open, e.unacked, e.level, e.lifeline, e.area, e.point, e.after);
  }
}
