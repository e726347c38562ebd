import { Database, type DatabaseOptions, type Statement } from '../postgres/database.ts';

/** A piece that has so many bytes is followed by the next one; when nobody needs any turn of it, it goes as a whole. */
const FULL = 128 * 1024 * 1024;
/** A table that others hold (a backup, a person) is not waited for: whoever comes later would wait behind us. */
const LOCK_AT_MOST = 200;
/** What could not be done is tried again after so many turns. */
const AGAIN_AFTER = 64;

type Piece = { readonly table: string; last: number; bytes: number };

/**
 * The spool's pieces, oldest first: tables that inherit from `spool`. Everything that is written there goes again: deleted row by
 * row it would leave dead rows for vacuum, in a table and its TOAST; a piece that goes as a whole leaves nothing. Not partitions:
 * to drop one locks all of them against the turn.
 */
export class SpoolPieces {
  readonly #pieces: Piece[];
  readonly #full: number;
  readonly #open: () => Promise<Database>;
  #housekeeper: Promise<Database> | null = null;
  #work: Promise<void> | null = null;
  #waitFor = 0;

  private constructor(pieces: Piece[], full: number, open: () => Promise<Database>) {
    this.#pieces = pieces;
    this.#full = full;
    this.#open = open;
  }

  /** @param at where to keep house: over a connection of its own, so that no turn waits for it */
  static async load(
    db: Database,
    at: { readonly url: string; readonly options: DatabaseOptions; readonly pieceBytes?: number | undefined },
  ): Promise<SpoolPieces> {
    const tables = await db.query(PIECES);
    const pieces: Piece[] = [];
    for (const { table } of tables) {
      const [row] = await db.query(
        `SELECT coalesce(max(turn), 0) AS last, pg_table_size('${String(table)}') AS bytes FROM ${String(table)}`,
      );
      pieces.push({ table: String(table), last: Number(row?.last), bytes: Number(row?.bytes) });
    }
    const options = { ...at.options, name: `${at.options.name} housekeeping`, lockAtMost: LOCK_AT_MOST };
    const made = new SpoolPieces(pieces, at.pieceBytes ?? FULL, () => Database.connect(at.url, options));
    if (pieces.length === 0) await made.#make(db);
    return made;
  }

  /** @returns how a turn gets there, and what is to be called when it has */
  into(turn: number, at: number, body: string): { readonly statement: Statement; readonly kept: () => void } {
    const piece = this.#newest;
    return {
      statement: { text: `INSERT INTO ${piece.table} VALUES ($1, $2, $3)`, values: [turn, at, body] },
      kept: () => {
        piece.last = turn;
        piece.bytes += Buffer.byteLength(body);
      },
    };
  }

  /** Looks whether there is something to do, and does it beside the turns. @param retired nobody needs turns up to here */
  tidy(retired: number): void {
    if (this.#work !== null || this.#waitFor-- > 0) return;
    const old = this.#pieces.slice(0, -1).filter((p) => p.last <= retired);
    const needsNext = this.#newest.bytes >= this.#full;
    if (old.length === 0 && !needsNext) return;
    this.#work = this.#keepHouse(old, needsNext).then(
      () => {
        this.#work = null;
      },
      () => {
        this.#work = null;
        this.#waitFor = AGAIN_AFTER;
      },
    );
  }

  async close(): Promise<void> {
    await this.#work;
    await (await this.#housekeeper?.catch(() => null))?.close();
  }

  get #newest(): Piece {
    const newest = this.#pieces.at(-1);
    if (newest === undefined) throw new Error('the spool has no piece');
    return newest;
  }

  async #keepHouse(old: readonly Piece[], needsNext: boolean): Promise<void> {
    const db = await this.#connected();
    if (needsNext) await this.#make(db);
    for (const piece of old) {
      await db.transaction([{ text: `DROP TABLE ${piece.table}` }]);
      this.#pieces.splice(this.#pieces.indexOf(piece), 1);
    }
  }

  async #make(db: Database): Promise<void> {
    const number = 1 + Number(this.#pieces.at(-1)?.table.slice(PREFIX.length) ?? 0);
    const table = `${PREFIX}${number}`;
    const made = db.transaction(making(table).map((text) => ({ text })));
    // It was made, and the answer was lost on the way. Never dropped: whoever else is the writer by now may be at it.
    await made.catch((e: { code?: string }) => {
      if (e.code !== IS_THERE) throw e;
    });
    this.#pieces.push({ table, last: 0, bytes: 0 });
  }

  async #connected(): Promise<Database> {
    const known = await this.#housekeeper?.catch(() => null);
    if (known && !known.isGone) return known;
    this.#housekeeper = this.#open();
    return this.#housekeeper;
  }
}

const making = (table: string): readonly string[] => [
  `CREATE TABLE ${table} (PRIMARY KEY (turn)) INHERITS (spool)`,
  `ALTER TABLE ${table} ALTER body SET STORAGE EXTERNAL`,
];

const IS_THERE = '42P07';
const PREFIX = 'spool_';
/** For whoever fills a spool that nobody has opened yet. */
export const FIRST_PIECE = { table: `${PREFIX}1`, make: making(`${PREFIX}1`) };
const PIECES = `SELECT c.relname AS table FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'spool'::regclass ORDER BY substr(c.relname, ${PREFIX.length + 1})::int`;
