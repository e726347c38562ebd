import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JournalFailure } from '../journal-rows/failure.ts';
import { afterTrim, afterTurn, asideOf, checkDrained, checkOrder, type Meta } from '../journal-rows/meta.ts';
import type {
  AsideState,
  LossRow,
  OpenedJournal,
  RegisterKind,
  SpoolState,
  TurnRow,
} from '../journal-rows/protocol.ts';
import { OldestFirst } from './bounded.ts';
import { asSqliteFailure } from './failure.ts';
import type { SqliteOpenOptions } from './files.ts';
import { LossRows } from './loss-rows.ts';
import { MetaWriter, readMeta } from './meta.ts';
import { opened as openedCitizen, SEALED_CITIZEN, type SealedCitizen } from './sealed-words.ts';
import { SpoolRows } from './spool-rows.ts';
import { TurnRows } from './turn-rows.ts';

/** Pages (4 KB) in the WAL that are not yet in the file, from which it is worth a flush to bring them home. */
const CHECKPOINT_FROM = 2_000;
/** Events among which messages of warnings are looked for: their identifiers are not given again. */
const MESSAGES_WITHIN = 20_000;
/** Spool bytes deleted along with a commit, and in one go between commits. */
const RETIRE_IN_COMMIT = 256 * 1024;
const RETIRE_BETWEEN = 4 * 1024 * 1024;
/** Whether the WAL should come home is looked at after so much: after every small turn it would be a third of its cost. */
const TIDY_EVERY = { turns: 64, bytes: 128 * 1024 };

/**
 * The journal's one writer, in its thread. Every change is one transaction that leaves `meta` true; after
 * the first one that fails nothing more is written, because what SQLite and the disk then hold in memory
 * cannot be believed any more. Only a new start, which reads the disk, can.
 */
export class JournalWriter {
  readonly #db: DatabaseSync;
  readonly #options: SqliteOpenOptions;
  readonly #turns: TurnRows;
  readonly #spool: SpoolRows;
  readonly #metaWriter: MetaWriter;
  readonly #quarantine: OldestFirst;
  readonly #deviceEvents: OldestFirst;
  readonly #losses: LossRows;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #walState: StatementSync;
  readonly #checkpoint: StatementSync;
  #meta: Meta;
  #failure: JournalFailure | null = null;
  #retireMore = false;
  /** Up to here turns of the spool have gone, or are going. */
  #retiredUpTo = -1;
  #sinceTidied = { turns: 0, bytes: 0 };
  /** Keys of citizens' words have gone, and still stand in the WAL. */
  #keysInLog = false;

  constructor(db: DatabaseSync, options: SqliteOpenOptions) {
    this.#db = db;
    this.#options = options;
    this.#turns = new TurnRows(db);
    this.#spool = new SpoolRows(db);
    this.#metaWriter = new MetaWriter(db);
    this.#quarantine = new OldestFirst(db, 'quarantine', 'octet_length(json) + octet_length(bytes)');
    this.#deviceEvents = new OldestFirst(db, 'device_event', 'octet_length(json)');
    this.#losses = new LossRows(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#walState = db.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#meta = readMeta(db);
    if (options.maxPagesForTests !== null) db.exec(`PRAGMA max_page_count = ${options.maxPagesForTests}`);
  }

  /** Reads what a start needs, and marks the journal as in use. */
  begin(): OpenedJournal {
    const db = this.#db;
    const before = this.#meta;
    const kinds: readonly RegisterKind[] = [
      'area',
      'asset',
      'point',
      'model',
      'device',
      'work',
      'quality',
      'fault',
    ];
    const texts = (table: string, key: string, where = ''): string[] =>
      db
        .prepare(`SELECT json FROM ${table} ${where} ORDER BY ${key}`)
        .all()
        .map((row) => String(row.json));
    const opened: OpenedJournal = {
      epoch: before.epoch,
      cleanStop: before.clean === 1,
      spoolBytes: before.waitingBytes,
      lastTurn: before.lastTurn,
      lastAt: before.lastAt,
      lastSeq: before.lastSeq,
      register: kinds.flatMap((kind) => texts(kind, 'code').map((text) => ({ kind, text }))),
      rules: [...texts('rule_draft', 'made'), ...texts('rule_version', 'rule, version')],
      openAlarmEvents: db
        .prepare(
          `SELECT seq, event, alarm_after AS after FROM event
           WHERE alarm_id IN (SELECT id FROM alarm WHERE open = 1) ORDER BY seq`,
        )
        .all() as unknown as OpenedJournal['openAlarmEvents'],
      openResponses: db
        .prepare(
          `SELECT seq, kind, event FROM response_event
           WHERE id IN (SELECT id FROM response WHERE open = 1) ORDER BY seq`,
        )
        .all() as unknown as OpenedJournal['openResponses'],
      openDrilled: db
        .prepare(
          `SELECT seq, kind, event, after FROM drilled_event
           WHERE drill IN (SELECT drill FROM drilled WHERE running = 1) ORDER BY seq`,
        )
        .all() as unknown as OpenedJournal['openDrilled'],
      lastOrder:
        texts(
          'response',
          'made DESC LIMIT 1',
          "WHERE kind = 'order' AND json_extract(json, '$.from') IS NULL",
        )[0] ?? null,
      messageIds: this.#messageIds(before.lastSeq),
      filed: texts('filed', 'code'),
      memories: db
        .prepare('SELECT point, turn, json AS text FROM memory ORDER BY point')
        .all() as unknown as OpenedJournal['memories'],
      answers: texts('answer', 'at, command_id'),
      statuses: texts('status', 'device'),
      told: texts('told', 'code', 'WHERE needed = 1'),
      openCitizens: (
        db
          .prepare(`${SEALED_CITIZEN} WHERE c.over_at IS NULL ORDER BY c.id`)
          .all() as unknown as SealedCitizen[]
      ).map(openedCitizen),
      openCommands: texts('device_command', 'id', 'WHERE open = 1'),
      exchanged: texts('exchange', 'code', 'WHERE needed = 1'),
      listened: texts('listened', 'only_row'),
      clockMoves: texts('clock_moves', 'only_row'),
    };
    this.#change(() => ({ ...before, clean: 0 }));
    return opened;
  }

  #messageIds(lastSeq: number): string[] {
    return this.#db
      .prepare(
        `SELECT id FROM (
           SELECT DISTINCT json_extract(after, '$.messages[#-1].identifier') AS id FROM response_event
           WHERE seq > ? AND kind = 'warning')
         WHERE id IS NOT NULL`,
      )
      .all(lastSeq - MESSAGES_WITHIN)
      .map((row) => String(row.id));
  }

  commit(turn: TurnRow): void {
    this.#change((meta) => {
      checkOrder(meta, turn);
      this.#turns.add(turn);
      if (turn.citizens.some((c) => c.words === null)) this.#keysInLog = true;
      const next = this.#bounded(turn.at, afterTurn(meta, turn));
      this.#sinceTidied.turns += 1;
      this.#sinceTidied.bytes += bytesOf(turn);
      this.#retire(next, RETIRE_IN_COMMIT);
      return next;
    });
  }

  /** Most turns change nothing about what may go. */
  #retire(meta: Meta, maxBytes: number): void {
    const upTo = Math.min(meta.drainCursor, meta.memoriesKeptUpTo);
    if (!this.#retireMore && upTo <= this.#retiredUpTo) return;
    this.#retireMore = this.#spool.retire(upTo, maxBytes);
    this.#retiredUpTo = upTo;
  }

  get #isTidyDue(): boolean {
    const { turns, bytes } = this.#sinceTidied;
    return turns >= TIDY_EVERY.turns || bytes >= TIDY_EVERY.bytes;
  }

  /** @returns the bytes that no longer wait */
  drained(upTo: number): number {
    const before = this.#meta.waitingBytes;
    checkDrained(this.#meta, upTo);
    if (upTo <= this.#meta.drainCursor) return 0;
    this.#unflushed(() =>
      this.#change((meta) => {
        const stored = this.#spool.between(meta.drainCursor, upTo);
        const next: Meta = {
          ...meta,
          drainCursor: upTo,
          waitingTurns: meta.waitingTurns - stored.turns,
          waitingBytes: meta.waitingBytes - stored.bytes,
        };
        this.#retire(next, RETIRE_BETWEEN);
        return next;
      }),
    );
    return before - this.#meta.waitingBytes;
  }

  stoppedCleanly(at: number): void {
    this.#change((meta) => ({ ...meta, clean: 1, stoppedAt: at, lastAt: at }));
  }

  noteLosses(rows: readonly LossRow[]): void {
    this.#change((meta) => {
      this.#losses.add(rows);
      return meta;
    });
  }

  spoolState(): SpoolState {
    const { waitingBytes, waitingTurns, drainCursor } = this.#meta;
    return { bytes: waitingBytes, turns: waitingTurns, oldest: this.#spool.oldestAfter(drainCursor) };
  }

  asideState(): AsideState {
    return asideOf(this.#meta);
  }

  /**
   * What can wait until the answer has gone out: bringing the WAL home and deleting old spool rows, a piece
   * at a time so that the next commit is never far behind.
   *
   * @returns whether there is more to do
   */
  tidy(): boolean {
    if (this.#failure !== null) return false;
    if (this.#keysInLog) this.#emptyLog();
    if (!this.#retireMore && !this.#isTidyDue) return false;
    this.#sinceTidied = { turns: 0, bytes: 0 };
    if (this.#retireMore) {
      this.#unflushed(() =>
        this.#change((meta) => {
          this.#retire(meta, RETIRE_BETWEEN);
          return meta;
        }),
      );
    }
    const wal = this.#walState.get();
    if (Number(wal?.log) - Number(wal?.checkpointed) >= CHECKPOINT_FROM) this.#bringHome();
    return this.#retireMore;
  }

  close(): void {
    try {
      // All of the WAL into the file: what is left is one file that can be copied.
      if (this.#failure === null) this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }

  /** Runs one transaction. `make` writes the rows and says what `meta` is afterwards. */
  #change(make: (meta: Meta) => Meta): void {
    if (this.#failure !== null) throw this.#failure;
    try {
      this.#begin.run();
      const next = make(this.#meta);
      this.#metaWriter.write(next);
      this.#commit.run();
      this.#meta = next;
    } catch (e) {
      this.#fail(e);
    }
  }

  #fail(e: unknown): never {
    this.#failure = asSqliteFailure(e);
    // Some errors (SQLITE_FULL, SQLITE_IOERR) have rolled back already. A rollback that fails changes
    // nothing: the WAL has no commit mark, so the next start does not see the turn.
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } catch {}
    throw this.#failure;
  }

  /**
   * Without a flush of its own, for changes that the next start can do without: the history store has the
   * true cursor, and rows that come back are deleted again. The next turn's flush carries them along,
   * because the WAL is one file in order.
   */
  #unflushed(change: () => void): void {
    this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      change();
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  /** PASSIVE takes what no reader holds and waits for nobody. */
  #bringHome(): void {
    try {
      this.#checkpoint.get();
    } catch (e) {
      this.#fail(e);
    }
  }

  /**
   * All of the WAL into the file, and the WAL to nothing: what was erased shall not stand in it. A reader in the middle of a list
   * keeps it as it is; the next tidying tries again.
   */
  #emptyLog(): void {
    try {
      this.#db.exec('PRAGMA busy_timeout = 50');
      const done = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      if (Number(done?.busy) === 0) this.#keysInLog = false;
    } catch (e) {
      this.#fail(e);
    } finally {
      this.#db.exec('PRAGMA busy_timeout = 5000');
    }
  }

  #bounded(at: number, meta: Meta): Meta {
    const q = this.#quarantine.trim(
      meta.quarantineRows,
      meta.quarantineBytes,
      this.#options.quarantineAtMost,
    );
    const d = this.#deviceEvents.trim(meta.deviceEventRows, 0, {
      rows: this.#options.deviceEventsAtMost,
      bytes: 0,
    });
    this.#losses.thrownAway('quarantine-full', q.rows, at);
    this.#losses.thrownAway('device-events-full', d.rows, at);
    return afterTrim(meta, q, d);
  }
}

/** About as much as the WAL grows by. */
function bytesOf({ body, memories, events }: TurnRow): number {
  let bytes = body?.length ?? 0;
  for (const { text } of memories) bytes += text.length;
  for (const { event, after } of events) bytes += event.length + after.length;
  return bytes;
}
