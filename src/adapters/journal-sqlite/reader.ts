import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { alarmCursorText, quarantineCursor } from '../journal-rows/cursor.ts';
import {
  alarmList,
  briefWhere,
  citizenList,
  lossWhere,
  responseList,
  whereText,
} from '../journal-rows/lists.ts';
import type {
  AnyEventTexts,
  BriefRow,
  CitizenTexts,
  EventTexts,
  ReaderOperations,
  ThingText,
} from '../journal-rows/protocol.ts';
import { opened, SEALED_CITIZEN, type SealedCitizen } from './sealed-words.ts';

type Answer<K extends keyof ReaderOperations> = ReturnType<ReaderOperations[K]>;
type Question<K extends keyof ReaderOperations> = Parameters<ReaderOperations[K]>[0];

const EVENT = 'SELECT seq, event, alarm_after AS after FROM event';
const RESPONSE_EVENT = 'SELECT seq, kind, event, after FROM response_event';
const DRILLED_EVENT = 'SELECT seq, kind, event, after FROM drilled_event';
export const OVERLAY = "json_extract(json, '$.overlay.is')";
/** CROSS JOIN: the period comes first, its alarms are looked up; never the other way round. */
const BRIEF = `SELECT e.seq, e.at, e.kind, e.alarm_id AS alarm,
  CASE e.kind WHEN 'raised' THEN json_extract(e.event, '$.change.hidden') IS NOT NULL ELSE 0 END AS hidden,
  a.raised_at AS raisedAt, a.level, a.lifeline, a.area, a.point,
  json_extract(a.json, '$.pointName') AS pointName,
  json_extract(a.json, '$.assetCode') AS asset, json_extract(a.json, '$.assetName') AS assetName,
  json_extract(a.json, '$.ruleId') AS rule,
  json_extract(a.json, '$.ruleName') AS ruleName, json_extract(a.json, '$.assessment.verdict') AS verdict,
  json_extract(a.json, '$.from') AS "from"
  FROM event e CROSS JOIN alarm a ON a.id = e.alarm_id`;
/** Longest spool page in rows: many small turns must not become one huge answer. */
const SPOOL_ROWS = 50_000;

/** The journal's questions, on a connection that cannot write. */
export class JournalReader {
  readonly #db: DatabaseSync;
  readonly #spool: StatementSync;
  readonly #eventsAfter: StatementSync;
  readonly #responsesAfter: StatementSync;
  readonly #lastEvent: StatementSync;
  readonly #lastResponse: StatementSync;
  readonly #response: StatementSync;
  readonly #responseEvents: StatementSync;
  readonly #toldOf: StatementSync;
  readonly #eventsOf: StatementSync;
  readonly #alarm: StatementSync;
  readonly #drilledAfter: StatementSync;
  readonly #drilledThing: StatementSync;
  readonly #drilledOf: StatementSync;
  readonly #drilledEvents: StatementSync;
  readonly #lists = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#spool = db.prepare(
      'SELECT turn, octet_length(body) AS size, body FROM spool WHERE turn > ? ORDER BY turn LIMIT ?',
    );
    this.#eventsAfter = db.prepare(`${EVENT} WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.#responsesAfter = db.prepare(`${RESPONSE_EVENT} WHERE seq > ? ORDER BY seq LIMIT ?`);
    // By the place in the journal, which our clock follows: from its newest end, so that a look at what was lately is short.
    this.#lastEvent = db.prepare('SELECT seq FROM event WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1');
    this.#lastResponse = db.prepare(
      'SELECT seq FROM response_event WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1',
    );
    this.#response = db.prepare('SELECT kind, json AS text FROM response WHERE id = ?');
    this.#responseEvents = db.prepare(`${RESPONSE_EVENT} WHERE id = ? ORDER BY revision`);
    this.#toldOf = db.prepare('SELECT json FROM told WHERE alarm = ? ORDER BY code');
    this.#eventsOf = db.prepare(`${EVENT} WHERE alarm_id = ? ORDER BY revision`);
    this.#alarm = db.prepare('SELECT json FROM alarm WHERE id = ?');
    this.#drilledAfter = db.prepare(`${DRILLED_EVENT} WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.#drilledThing = db.prepare('SELECT kind, json AS text FROM drilled WHERE id = ?');
    this.#drilledOf = db.prepare(`${DRILLED_EVENT} WHERE id = ? ORDER BY revision`);
    this.#drilledEvents = db.prepare(`${DRILLED_EVENT} WHERE drill = ? AND seq > ? ORDER BY seq LIMIT ?`);
  }

  spooled({ after, maxBytes }: Question<'spooled'>): Answer<'spooled'> {
    const turns: { turn: number; body: string }[] = [];
    let bytes = 0;
    for (const row of this.#spool.iterate(after, SPOOL_ROWS)) {
      bytes += Number(row.size);
      if (turns.length > 0 && bytes > maxBytes) break;
      turns.push({ turn: Number(row.turn), body: String(row.body) });
    }
    return turns;
  }

  eventsAfter({ after, limit }: Question<'eventsAfter'>): AnyEventTexts[] {
    const alarms = this.#eventsAfter.all(after, limit) as unknown as AnyEventTexts[];
    const responses = this.#responsesAfter.all(after, limit) as unknown as AnyEventTexts[];
    const drilled = this.#drilledAfter.all(after, limit) as unknown as AnyEventTexts[];
    return [...alarms, ...responses, ...drilled].sort((a, b) => a.seq - b.seq).slice(0, limit);
  }

  lastBefore(at: number): number {
    const newest = (row: unknown) => Number((row as { seq: number | null } | undefined)?.seq ?? 0);
    return Math.max(newest(this.#lastEvent.get(at)), newest(this.#lastResponse.get(at)));
  }

  response(id: string): ThingText | null {
    const found = (this.#response.get(id) ?? this.#drilledThing.get(id)) as unknown as ThingText | undefined;
    return found ?? null;
  }

  responseEvents(id: string): AnyEventTexts[] {
    const found = this.#responseEvents.all(id);
    return (found.length > 0 ? found : this.#drilledOf.all(id)) as unknown as AnyEventTexts[];
  }

  drilled({ drill, kind, limit, after }: Question<'drilled'>): Answer<'drilled'> {
    const last = quarantineCursor(after);
    const where = [
      ...(drill === null ? [] : ['drill = ?']),
      'kind = ?',
      ...(last === null ? [] : ['made < ?']),
    ];
    const values = [...(drill === null ? [] : [drill]), kind, ...(last === null ? [] : [last])];
    const rows = this.#list(
      `SELECT made, json FROM drilled ${whereText(where)} ORDER BY made DESC LIMIT ?`,
    ).all(...values, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => String(row.json)),
      next: rows.length > limit ? String(shown.at(-1)?.made) : null,
    };
  }

  drilledEvents({ drill, after, limit }: Question<'drilledEvents'>): AnyEventTexts[] {
    return this.#drilledEvents.all(drill, after, limit) as unknown as AnyEventTexts[];
  }

  responses({ filter, limit, after }: Question<'responses'>): Answer<'responses'> {
    const { sql, values } = responseList(filter, after);
    const rows = this.#list(sql).all(...values, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => String(row.json)),
      next: rows.length > limit ? String(shown.at(-1)?.made) : null,
    };
  }

  toldOf(alarm: string): string[] {
    return this.#toldOf.all(alarm).map((row) => String(row.json));
  }

  commandsOf({ device, limit, after }: Question<'commandsOf'>): Answer<'commandsOf'> {
    const rows = this.#list(
      `SELECT id, json FROM device_command WHERE device = ?${after === null ? '' : ' AND id < ?'} ORDER BY id DESC LIMIT ?`,
    ).all(...[device, ...(after === null ? [] : [after]), limit + 1]);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => String(row.json)),
      next: rows.length > limit ? String(shown.at(-1)?.id) : null,
    };
  }

  citizens({ filter, limit, after }: Question<'citizens'>): Answer<'citizens'> {
    const { sql, values } = citizenList(filter, after, SEALED_CITIZEN);
    const rows = this.#list(sql).all(...values, limit + 1) as unknown as (SealedCitizen & { id: string })[];
    const items = rows.slice(0, limit);
    return { items: items.map(opened), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  citizen(id: string): CitizenTexts | null {
    const row = this.#list(`${SEALED_CITIZEN} WHERE c.id = ?`).get(id) as SealedCitizen | undefined;
    return row === undefined ? null : opened(row);
  }

  exchangedUnder({ prefix, limit, after, backwards }: Question<'exchangedUnder'>): string[] {
    // Every key is of letters, digits and a few signs below this one.
    const [from, to] = backwards
      ? [prefix, after ?? `${prefix}\u007f`]
      : [after ?? prefix, `${prefix}\u007f`];
    const order = backwards ? 'DESC' : 'ASC';
    return this.#list(`SELECT json FROM exchange WHERE code > ? AND code < ? ORDER BY code ${order} LIMIT ?`)
      .all(from, to, limit)
      .map((row) => String(row.json));
  }

  eventsOf(alarm: string): EventTexts[] {
    const found = this.#eventsOf.all(alarm);
    return (found.length > 0 ? found : this.#drilledOf.all(alarm)) as unknown as EventTexts[];
  }

  alarm(id: string): string | null {
    const row = this.#alarm.get(id);
    if (row !== undefined) return String(row.json);
    const drilled = this.#drilledThing.get(id);
    return drilled?.kind === 'alarm' ? String(drilled.text) : null;
  }

  alarms({ filter, limit, after }: Question<'alarms'>): Answer<'alarms'> {
    const { sql, values } = alarmList(filter, after, OVERLAY);
    // One row more than asked for says whether there is a next page.
    const rows = this.#list(sql).all(...values, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => String(row.json)),
      next:
        rows.length > limit && last !== undefined
          ? alarmCursorText(Number(last.raised_at), String(last.id))
          : null,
    };
  }

  briefEvents({ filter, limit, after }: Question<'briefEvents'>): Answer<'briefEvents'> {
    const { where, values } = briefWhere(filter, after);
    const rows = this.#list(`${BRIEF} ${where} ORDER BY e.at, e.seq LIMIT ?`).all(
      ...values,
      limit + 1,
    ) as unknown as BriefRow[];
    const items = rows.slice(0, limit);
    const end = items.at(-1);
    return { items, next: rows.length > limit && end !== undefined ? `${end.at}~${end.seq}` : null };
  }

  quarantine({ device, limit, after }: Question<'quarantine'>): Answer<'quarantine'> {
    const before = quarantineCursor(after);
    const where = [...(device === null ? [] : ['device = ?']), ...(before === null ? [] : ['id < ?'])];
    const values = [...(device === null ? [] : [device]), ...(before === null ? [] : [before])];
    const rows = this.#list(
      `SELECT id, json AS text, bytes FROM quarantine ${whereText(where)} ORDER BY id DESC LIMIT ?`,
    ).all(...values, limit + 1) as unknown as { id: number; text: string; bytes: Uint8Array }[];
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
  }

  quarantinedDevices({ limit }: Question<'quarantinedDevices'>): Answer<'quarantinedDevices'> {
    // By the index on (device, id) alone; the two rows of each are looked up after that.
    return this.#list(
      `SELECT of.device, of.packets, first.json AS first, last.json AS last
       FROM (SELECT device, count(*) AS packets, min(id) AS lo, max(id) AS hi FROM quarantine
             WHERE device IS NOT NULL GROUP BY device ORDER BY hi DESC LIMIT ?) AS of
       JOIN quarantine AS first ON first.id = of.lo JOIN quarantine AS last ON last.id = of.hi
       ORDER BY of.hi DESC`,
    ).all(limit) as unknown as Answer<'quarantinedDevices'>;
  }

  losses({ from, to, limit, after }: Question<'losses'>): Answer<'losses'> {
    const { where, values } = lossWhere({ from, to }, after);
    const rows = this.#list(
      `SELECT id, key, at, until, n, json AS text FROM loss ${where} ORDER BY at DESC, id DESC LIMIT ?`,
    ).all(...values, limit + 1) as unknown as Answer<'losses'>['items'];
    const items = rows.slice(0, limit);
    const end = items.at(-1);
    return { items, next: rows.length > limit && end !== undefined ? `${end.at}~${end.id}` : null };
  }

  close(): void {
    this.#db.close();
  }

  /** A handful of texts, one for each combination of filters in use: prepared once each. */
  #list(sql: string): StatementSync {
    const known = this.#lists.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    this.#lists.set(sql, made);
    return made;
  }
}
