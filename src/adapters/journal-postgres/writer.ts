import { randomUUID } from 'node:crypto';
import { JournalFailure } from '../journal-rows/failure.ts';
import { afterTrim, afterTurn, asideOf, checkDrained, checkOrder, type Meta } from '../journal-rows/meta.ts';
import type {
  AsideBounds,
  AsideState,
  LossRow,
  OpenedJournal,
  SpoolState,
  TurnRow,
} from '../journal-rows/protocol.ts';
import { NOBODYS, thrownAway } from '../journal-rows/thrown-away.ts';
import { Database, type DatabaseOptions, type Fence, type Statement } from '../postgres/database.ts';
import { bringUp } from '../postgres/schema.ts';
import { mustBeDurable } from '../postgres/settings.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import { asPostgresJournalFailure } from './failure.ts';
import { lossStatements, thrownAwayStatements } from './losses.ts';
import { ASK_META, firstMeta, metaOf, metaStatement } from './meta.ts';
import { readOpened } from './recovery.ts';
import { JOURNAL_FORM } from './schema.ts';
import { SeenTurn } from './seen-turn.ts';
import { SetAside } from './set-aside.ts';
import { SpoolPieces } from './spool-pieces.ts';
import { TurnStatements } from './turn-statements.ts';

export type PostgresOpenOptions = AsideBounds & {
  readonly url: string;
  /** Of the lease; null: nobody else writes here, which a lock on the database sees to. */
  readonly fence: Fence | null;
  /** File of this machine in which the last acknowledged turn stands; null: none, see `SeenTurn`. */
  readonly seenIn: string | null;
  /** Tests only: a piece of the spool is full with so much. */
  readonly pieceBytesForTests: number | null;
};

/** Advisory lock of the one service that writes, where no lease says who does: "LLjr". */
const WRITING = 0x4c4c6a72;
/** A service that was killed a moment ago is still there for the server. */
const LOCK_TRIES = 20;
const LOCK_TRY_EVERY = 100;
/** Reading everything at a start takes longer than any statement of a turn may. */
const RECOVERY_AT_MOST = 10 * 60_000;

/**
 * The journal's one writer. Every change is one transaction that begins with what `journal_meta` said and leaves it true; after the
 * first one that fails nothing more is written: whether it is there is known only to a new start, which reads.
 */
export class PostgresJournalWriter {
  readonly #db: Database;
  readonly #aside: SetAside;
  readonly #pieces: SpoolPieces;
  readonly #seen: SeenTurn;
  readonly #turns = new TurnStatements();
  readonly #changes = new SerialQueue();
  #meta: Meta;
  #failure: JournalFailure | null = null;

  private constructor(
    db: Database,
    parts: { aside: SetAside; pieces: SpoolPieces; seen: SeenTurn; meta: Meta },
  ) {
    this.#db = db;
    this.#aside = parts.aside;
    this.#pieces = parts.pieces;
    this.#seen = parts.seen;
    this.#meta = parts.meta;
  }

  /** Makes the tables where there are none, reads what a start needs, and marks the journal as in use. */
  static async open(
    given: PostgresOpenOptions,
  ): Promise<{ writer: PostgresJournalWriter; opened: OpenedJournal }> {
    const { url, fence } = given;
    const options: DatabaseOptions = { name: 'lifeline journal', ...(fence === null ? {} : { fence }) };
    const db = await Database.connect(url, options);
    try {
      mustBeDurable(db.facts);
      if (fence === null) await lock(db);
      await bringUp(db, JOURNAL_FORM);
      const reading = await Database.connect(url, {
        name: 'lifeline journal start',
        statementAtMost: RECOVERY_AT_MOST,
        silentAtMost: RECOVERY_AT_MOST,
      });
      try {
        await db.transaction([firstMeta(randomUUID())]);
        const [row] = await reading.query(ASK_META);
        const meta = metaOf(row ?? {});
        const [opened, aside, pieces] = await Promise.all([
          readOpened(reading, meta),
          SetAside.load(reading, given),
          SpoolPieces.load(db, { url, options, pieceBytes: given.pieceBytesForTests ?? undefined }),
        ]);
        const seen = new SeenTurn(given.seenIn);
        const writer = new PostgresJournalWriter(db, { aside, pieces, seen, meta });
        const back = wentBack(meta, seen.before);
        await writer.#change((before) =>
          back === null ? { after: { ...before, clean: 0 } } : goesOnAfter(before, back),
        );
        if (back !== null)
          return { writer, opened: { ...opened, epoch: back.epoch, lastTurn: back.to, wentBack: back } };
        return { writer, opened };
      } finally {
        await reading.close();
      }
    } catch (e) {
      await db.close();
      throw e;
    }
  }

  commit(turn: TurnRow): Promise<void> {
    return this.#change((before) => {
      checkOrder(before, turn);
      const whole = afterTurn(before, turn);
      const aside = this.#aside.with(turn, whole);
      const spooled = turn.body === null ? null : this.#pieces.into(turn.turn, turn.at, turn.body);
      return {
        after: afterTrim(whole, aside.quarantine, aside.deviceEvents),
        statements: [
          ...(spooled === null ? [] : [spooled.statement]),
          ...this.#turns.of(turn, this.#aside.ids),
          ...aside.statements,
          ...thrownAwayStatements(thrownAway('quarantine-full', aside.quarantine.rows, turn.at)),
          ...thrownAwayStatements(thrownAway('device-events-full', aside.deviceEvents.rows, turn.at)),
        ],
        kept: () => {
          aside.kept();
          spooled?.kept();
        },
      };
    });
  }

  /** @returns the bytes that no longer wait */
  async drained(upTo: number): Promise<number> {
    let stored = 0;
    await this.#change(async (before) => {
      checkDrained(before, upTo);
      if (upTo <= before.drainCursor) return null;
      const [gone] = await this.#db.query(
        'SELECT count(*) AS turns, coalesce(sum(octet_length(body)), 0) AS bytes FROM spool WHERE turn > $1 AND turn <= $2',
        [before.drainCursor, upTo],
      );
      stored = Number(gone?.bytes);
      return {
        after: {
          ...before,
          drainCursor: upTo,
          waitingTurns: before.waitingTurns - Number(gone?.turns),
          waitingBytes: before.waitingBytes - stored,
        },
        // The next start can do without it: the history store has the true cursor. The next turn's flush carries it along.
        statements: [{ text: 'SET LOCAL synchronous_commit = off' }],
      };
    });
    return stored;
  }

  stoppedCleanly(at: number): Promise<void> {
    return this.#change((before) => ({ after: { ...before, clean: 1, stoppedAt: at, lastAt: at } }));
  }

  noteLosses(rows: readonly LossRow[]): Promise<void> {
    return this.#change((before) => ({ after: before, statements: lossStatements(rows) }));
  }

  async spoolState(): Promise<SpoolState> {
    const { waitingBytes, waitingTurns, drainCursor } = this.#meta;
    const [oldest] =
      waitingTurns === 0
        ? []
        : await this.#db.query('SELECT at FROM spool WHERE turn > $1 ORDER BY turn LIMIT 1', [drainCursor]);
    return {
      bytes: waitingBytes,
      turns: waitingTurns,
      oldest: oldest === undefined ? null : Number(oldest.at),
    };
  }

  asideState(): AsideState {
    return asideOf(this.#meta);
  }

  /** What can wait until the answer has gone out: pieces of the spool come and go. */
  tidy(): void {
    if (this.#failure !== null) return;
    this.#pieces.tidy(Math.min(this.#meta.drainCursor, this.#meta.memoriesKeptUpTo));
  }

  async close(): Promise<void> {
    await this.#changes.idle();
    this.#seen.write();
    await this.#pieces.close();
    await this.#db.close();
  }

  /**
   * One change, after those that were asked for before it. `make` says what is written, and what holds then.
   *
   * @param make null: there is nothing to change
   */
  #change(make: (before: Meta) => Change | Promise<Change | null>): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#failure !== null) throw this.#failure;
      try {
        const change = await make(this.#meta);
        if (change === null) return;
        const { after, statements = [], kept } = change;
        await this.#db.transaction([metaStatement(this.#meta, after), ...statements]);
        this.#meta = after;
        this.#seen.acknowledged(after.epoch, after.lastTurn);
        kept?.();
      } catch (e) {
        const failure = asPostgresJournalFailure(e);
        // Nothing was sent, and what is there is as it was.
        if (failure.code !== 'journal-history-ahead') this.#failure = failure;
        this.#seen.write();
        throw failure;
      }
    });
  }
}

type Change = {
  readonly after: Meta;
  readonly statements?: readonly Statement[];
  /** Called when it is in. */
  readonly kept?: () => void;
};

type WentBack = { readonly from: number; readonly to: number; readonly epoch: string };

/** The same journal, and earlier than what was acknowledged of it here: turns after `from`, up to `to`, are lost. */
const wentBack = (meta: Meta, seen: SeenTurn['before']): WentBack | null =>
  seen === null || seen.epoch !== meta.epoch || seen.turn <= meta.lastTurn
    ? null
    : { from: meta.lastTurn, to: seen.turn, epoch: randomUUID() };

/**
 * As another journal, so that consoles begin anew, and with numbers that were not given before: a history store has the lost turns,
 * perhaps, and would take others of the same numbers for repetitions.
 */
function goesOnAfter(before: Meta, { from, to, epoch }: WentBack): Change {
  const at = before.lastAt ?? 0;
  const loss = {
    cause: 'journal-went-back',
    what: 'packets',
    ...NOBODYS,
    why: `the database came back as of turn ${from}, and turns up to ${to} had been acknowledged: a standby of PostgreSQL was promoted that had not received them, or an older copy was put in its place`,
  };
  const key = `journal-went-back/${before.epoch}`;
  return {
    after: { ...before, epoch, clean: 0, lastTurn: to },
    statements: [
      { text: 'UPDATE journal_meta SET epoch = $1', values: [epoch] },
      ...lossStatements([{ key, at, until: at, n: 0, text: JSON.stringify(loss) }]),
    ],
  };
}

/** @throws `journal-in-use`: another service has the lease, or the lock of those that know of none */
async function lock(db: Database): Promise<void> {
  const [pair] = await db.query("SELECT to_regclass('writer') IS NOT NULL AS there");
  if (pair?.there === true) {
    const [live] = await db.query(
      'SELECT holder FROM writer WHERE NOT released AND until > clock_timestamp()',
    );
    if (live !== undefined) throw inUse();
  }
  for (let tries = 1; ; tries++) {
    const [row] = await db.query('SELECT pg_try_advisory_lock($1) AS got', [WRITING]);
    if (row?.got === true) return;
    if (tries === LOCK_TRIES) throw inUse();
    await new Promise((resolve) => setTimeout(resolve, LOCK_TRY_EVERY));
  }
}

const inUse = (): JournalFailure =>
  new JournalFailure(
    'journal-in-use',
    'a service writes to this journal in PostgreSQL: stop it first, or give this one its own database',
  );
