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
import { Database } from '../postgres/database.ts';
import { asStored, type SqlRow, storable } from '../postgres/values.ts';

type Answer<K extends keyof ReaderOperations> = Promise<ReturnType<ReaderOperations[K]>>;
type Question<K extends keyof ReaderOperations> = Parameters<ReaderOperations[K]>[0];

const CITIZEN =
  'SELECT c.id, c.json AS text, w.json AS words FROM citizen c LEFT JOIN citizen_words w ON w.id = c.id';
const EVENT = 'SELECT seq, event, alarm_after AS after FROM event';
const RESPONSE_EVENT = 'SELECT seq, kind, event, after FROM response_event';
const DRILLED_EVENT = 'SELECT seq, kind, event, after FROM drilled_event';
const BRIEF = `SELECT e.seq, e.at, e.kind, e.alarm_id AS alarm, e.hidden, a.raised_at AS "raisedAt", a.level, a.lifeline,
  a.area, a.point, a.brief FROM event e JOIN alarm a ON a.id = e.alarm_id`;
/** Longest spool page in turns: many small ones must not become one huge answer. */
const SPOOL_TURNS = 5_000;
/** A list is given up after so long; a turn never waits for one. */
const LIST_AT_MOST = 60_000;

/** The journal's questions, over connections of their own that cannot write: one for lists, one for the drain. */
export class PostgresJournalReader {
  readonly #lists: Reading;
  readonly #spool: Reading;

  constructor(url: string) {
    this.#lists = new Reading(url, 'lifeline journal lists');
    this.#spool = new Reading(url, 'lifeline journal spool');
  }

  async spooled({ after, maxBytes }: Question<'spooled'>): Answer<'spooled'> {
    const rows = await this.#spool.ask(
      `SELECT turn, body FROM (
         SELECT turn, body, sum(octet_length(body)) OVER w AS total, row_number() OVER w AS place FROM (
           SELECT turn, body FROM spool WHERE turn > ? AND turn >
             (SELECT least(drain_cursor, memories_kept_up_to) FROM journal_meta)
           ORDER BY turn LIMIT ${SPOOL_TURNS}) AS of
         WINDOW w AS (ORDER BY turn)) AS of
       WHERE place = 1 OR total <= ? ORDER BY turn`,
      [after, maxBytes],
    );
    return rows.map((row) => ({ turn: Number(row.turn), body: String(row.body) }));
  }

  async eventsAfter({ after, limit }: Question<'eventsAfter'>): Answer<'eventsAfter'> {
    const of = await Promise.all(
      [EVENT, RESPONSE_EVENT, DRILLED_EVENT].map((select) =>
        this.#lists.ask(`${select} WHERE seq > ? ORDER BY seq LIMIT ?`, [after, limit]),
      ),
    );
    return (of.flat() as unknown as AnyEventTexts[]).sort((a, b) => a.seq - b.seq).slice(0, limit);
  }

  /** By the place in the journal, which our clock follows: from its newest end. */
  async lastBefore(at: number): Answer<'lastBefore'> {
    const newest = await Promise.all(
      ['event', 'response_event'].map((table) =>
        this.#lists.ask(`SELECT seq FROM ${table} WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1`, [at]),
      ),
    );
    return Math.max(...newest.map(([row]) => Number(row?.seq ?? 0)));
  }

  async response(id: string): Answer<'response'> {
    const select = (table: string) => `SELECT kind, json AS text FROM ${table} WHERE id = ?`;
    const [found] = await this.#lists.ask(select('response'), [id]);
    const [drilled] = found === undefined ? await this.#lists.ask(select('drilled'), [id]) : [found];
    return (drilled as unknown as ThingText | undefined) ?? null;
  }

  responseEvents(id: string): Answer<'responseEvents'> {
    return this.#story(`${RESPONSE_EVENT} WHERE id = ? ORDER BY revision`, id);
  }

  eventsOf(alarm: string): Promise<EventTexts[]> {
    return this.#story(`${EVENT} WHERE alarm_id = ? ORDER BY revision`, alarm);
  }

  async drilled({ drill, kind, limit, after }: Question<'drilled'>): Answer<'drilled'> {
    const last = quarantineCursor(after);
    const where = whereText([
      ...(drill === null ? [] : ['drill = ?']),
      'kind = ?',
      ...(last === null ? [] : ['made < ?']),
    ]);
    const values = [...(drill === null ? [] : [drill]), kind, ...(last === null ? [] : [last])];
    return this.#things(`SELECT made, json FROM drilled ${where} ORDER BY made DESC LIMIT ?`, values, limit);
  }

  async drilledEvents({ drill, after, limit }: Question<'drilledEvents'>): Answer<'drilledEvents'> {
    const rows = await this.#lists.ask(`${DRILLED_EVENT} WHERE drill = ? AND seq > ? ORDER BY seq LIMIT ?`, [
      drill,
      after,
      limit,
    ]);
    return rows as unknown as AnyEventTexts[];
  }

  async responses({ filter, limit, after }: Question<'responses'>): Answer<'responses'> {
    const { sql, values } = responseList(filter, after);
    return this.#things(sql, values, limit);
  }

  async toldOf(alarm: string): Answer<'toldOf'> {
    return texts(await this.#lists.ask('SELECT json FROM told WHERE alarm = ? ORDER BY code', [alarm]));
  }

  async commandsOf({ device, limit, after }: Question<'commandsOf'>): Answer<'commandsOf'> {
    const rows = await this.#lists.ask(
      `SELECT id, json FROM device_command WHERE device = ?${after === null ? '' : ' AND id < ?'} ORDER BY id DESC LIMIT ?`,
      [device, ...(after === null ? [] : [after]), limit + 1],
    );
    const shown = rows.slice(0, limit);
    return { items: texts(shown), next: rows.length > limit ? asStored(String(shown.at(-1)?.id)) : null };
  }

  async citizens({ filter, limit, after }: Question<'citizens'>): Answer<'citizens'> {
    const { sql, values } = citizenList(filter, after, CITIZEN);
    const rows = await this.#lists.ask(sql, [...values, limit + 1]);
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? asStored(String(shown.at(-1)?.id)) : null;
    return { items: shown.map(citizenTexts), next };
  }

  async citizen(id: string): Answer<'citizen'> {
    const [row] = await this.#lists.ask(`${CITIZEN} WHERE c.id = ?`, [id]);
    return row === undefined ? null : citizenTexts(row);
  }

  async exchangedUnder({
    prefix,
    limit,
    after,
    backwards,
  }: Question<'exchangedUnder'>): Answer<'exchangedUnder'> {
    // Every key is of letters, digits and a few signs below this one.
    const [from, to] = backwards
      ? [prefix, after ?? `${prefix}\u007f`]
      : [after ?? prefix, `${prefix}\u007f`];
    const order = backwards ? 'DESC' : 'ASC';
    const sql = `SELECT json FROM exchange WHERE code > ? AND code < ? ORDER BY code ${order} LIMIT ?`;
    return texts(await this.#lists.ask(sql, [from, to, limit]));
  }

  async alarm(id: string): Answer<'alarm'> {
    const [found] = await this.#lists.ask('SELECT json FROM alarm WHERE id = ?', [id]);
    if (found !== undefined) return String(found.json);
    const [drilled] = await this.#lists.ask("SELECT json FROM drilled WHERE id = ? AND kind = 'alarm'", [id]);
    return drilled === undefined ? null : String(drilled.json);
  }

  async alarms({ filter, limit, after }: Question<'alarms'>): Answer<'alarms'> {
    const { sql, values } = alarmList(filter, after, 'overlay');
    // One row more than asked for says whether there is a next page.
    const rows = await this.#lists.ask(sql, [...values, limit + 1]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: texts(shown),
      next:
        rows.length > limit && last !== undefined
          ? alarmCursorText(Number(last.raised_at), asStored(String(last.id)))
          : null,
    };
  }

  async briefEvents({ filter, limit, after }: Question<'briefEvents'>): Answer<'briefEvents'> {
    const { where, values } = briefWhere(filter, after);
    const rows = await this.#lists.ask(`${BRIEF} ${where} ORDER BY e.at, e.seq LIMIT ?`, [
      ...values,
      limit + 1,
    ]);
    const items = rows.slice(0, limit).map(briefRow);
    const end = items.at(-1);
    return { items, next: rows.length > limit && end !== undefined ? `${end.at}~${end.seq}` : null };
  }

  async quarantine({ device, limit, after }: Question<'quarantine'>): Answer<'quarantine'> {
    const before = quarantineCursor(after);
    const where = whereText([
      ...(device === null ? [] : ['device = ?']),
      ...(before === null ? [] : ['id < ?']),
    ]);
    const values = [...(device === null ? [] : [device]), ...(before === null ? [] : [before])];
    const rows = await this.#lists.ask(
      `SELECT id, json AS text, bytes FROM quarantine ${where} ORDER BY id DESC LIMIT ?`,
      [...values, limit + 1],
    );
    const items = rows.slice(0, limit).map((row) => ({
      id: Number(row.id),
      text: String(row.text),
      // A copy: what `pg` gives is a view on all that came with it.
      bytes: new Uint8Array(row.bytes as Buffer),
    }));
    return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
  }

  async quarantinedDevices({ limit }: Question<'quarantinedDevices'>): Answer<'quarantinedDevices'> {
    // By the index on (device, id) alone; the two rows of each are looked up after that.
    const rows = await this.#lists.ask(
      `SELECT of.device, of.packets, lowest.json AS first, highest.json AS last
       FROM (SELECT device, count(*) AS packets, min(id) AS lo, max(id) AS hi FROM quarantine
             WHERE device IS NOT NULL GROUP BY device ORDER BY hi DESC LIMIT ?) AS of
       JOIN quarantine AS lowest ON lowest.id = of.lo JOIN quarantine AS highest ON highest.id = of.hi
       ORDER BY of.hi DESC`,
      [limit],
    );
    return rows.map((row) => ({
      device: asStored(String(row.device)),
      packets: Number(row.packets),
      first: String(row.first),
      last: String(row.last),
    }));
  }

  async losses({ from, to, limit, after }: Question<'losses'>): Answer<'losses'> {
    const { where, values } = lossWhere({ from, to }, after);
    const rows = await this.#lists.ask(
      `SELECT id, key, at, until, n, json AS text FROM loss ${where} ORDER BY at DESC, id DESC LIMIT ?`,
      [...values, limit + 1],
    );
    const items = rows.slice(0, limit).map((row) => ({ ...(row as Loss), key: asStored(String(row.key)) }));
    const end = items.at(-1);
    return { items, next: rows.length > limit && end !== undefined ? `${end.at}~${end.id}` : null };
  }

  async close(): Promise<void> {
    await Promise.all([this.#lists.close(), this.#spool.close()]);
  }

  async #story(sql: string, id: string): Promise<AnyEventTexts[]> {
    const found = await this.#lists.ask(sql, [id]);
    const rows =
      found.length > 0
        ? found
        : await this.#lists.ask(`${DRILLED_EVENT} WHERE id = ? ORDER BY revision`, [id]);
    return rows as unknown as AnyEventTexts[];
  }

  async #things(
    sql: string,
    values: readonly (string | number)[],
    limit: number,
  ): Promise<{ items: string[]; next: string | null }> {
    const rows = await this.#lists.ask(sql, [...values, limit + 1]);
    const shown = rows.slice(0, limit);
    return { items: texts(shown), next: rows.length > limit ? String(shown.at(-1)?.made) : null };
  }
}

type Loss = Awaited<Answer<'losses'>>['items'][number];

const citizenTexts = (row: SqlRow): CitizenTexts => ({
  text: String(row.text),
  words: row.words === null ? null : String(row.words),
});

const texts = (rows: readonly SqlRow[]): string[] => rows.map((row) => String(row.json));

function briefRow({ brief, hidden, ...row }: SqlRow): BriefRow {
  const { ruleName, ...rest } = JSON.parse(String(brief)) as Record<string, unknown>;
  const keys = { alarm: row.alarm, lifeline: row.lifeline, area: row.area, point: row.point };
  const plain = Object.fromEntries(Object.entries(keys).map(([k, v]) => [k, asStored(String(v))]));
  return {
    ...row,
    ...plain,
    ...rest,
    hidden: hidden === 1 ? 1 : 0,
    ruleName: JSON.stringify(ruleName),
  } as unknown as BriefRow;
}

/** A connection that is made when it is wanted, and made again after it was lost: it holds nothing. */
class Reading {
  readonly #url: string;
  readonly #name: string;
  #connection: Promise<Database> | null = null;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  /** @param sql with a `?` for each value; texts are those of others, see `storable` */
  async ask(sql: string, values: readonly (string | number)[]): Promise<readonly SqlRow[]> {
    let n = 0;
    const numbered = sql.replaceAll('?', () => `$${++n}`);
    const db = await this.#connected();
    return db.query(
      numbered,
      values.map((v) => (typeof v === 'string' ? storable(v) : v)),
    );
  }

  async close(): Promise<void> {
    await (await this.#connection?.catch(() => null))?.close();
  }

  async #connected(): Promise<Database> {
    const known = await this.#connection?.catch(() => null);
    if (known && !known.isGone) return known;
    this.#connection = this.#open();
    return this.#connection;
  }

  async #open(): Promise<Database> {
    const limits = { statementAtMost: LIST_AT_MOST, silentAtMost: LIST_AT_MOST + 5_000 };
    const db = await Database.connect(this.#url, { name: this.#name, ...limits });
    await db.query('SET default_transaction_read_only = on');
    return db;
  }
}
