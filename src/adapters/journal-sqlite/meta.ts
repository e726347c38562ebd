import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The journal's one row about itself, as of the last commit. */
export type Meta = {
  readonly epoch: string;
  readonly clean: number;
  readonly stoppedAt: number | null;
  readonly lastTurn: number;
  /** Our clock, as of the last turn or clean stop; `null`: there was none yet. */
  readonly lastAt: number | null;
  readonly lastSeq: number;
  readonly memoriesKeptUpTo: number;
  readonly drainCursor: number;
  /** Spooled turns that the drain has not stored yet; rows kept only for memories do not count. */
  readonly waitingTurns: number;
  readonly waitingBytes: number;
  readonly quarantineRows: number;
  readonly quarantineBytes: number;
  readonly quarantineDropped: number;
  readonly deviceEventRows: number;
  readonly deviceEventsDropped: number;
};

/** Everything but the epoch, which never changes. */
const COLUMNS = {
  clean: 'clean',
  stoppedAt: 'stopped_at',
  lastTurn: 'last_turn',
  lastAt: 'last_at',
  lastSeq: 'last_seq',
  memoriesKeptUpTo: 'memories_kept_up_to',
  drainCursor: 'drain_cursor',
  waitingTurns: 'waiting_turns',
  waitingBytes: 'waiting_bytes',
  quarantineRows: 'quarantine_rows',
  quarantineBytes: 'quarantine_bytes',
  quarantineDropped: 'quarantine_dropped',
  deviceEventRows: 'device_event_rows',
  deviceEventsDropped: 'device_events_dropped',
} as const satisfies Record<Exclude<keyof Meta, 'epoch'>, string>;

const FIELDS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

export function readMeta(db: DatabaseSync): Meta {
  const columns = FIELDS.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ');
  // The epoch comes along under its own name.
  return { ...db.prepare(`SELECT epoch, ${columns} FROM meta`).get() } as unknown as Meta;
}

export class MetaWriter {
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    this.#update = db.prepare(`UPDATE meta SET ${FIELDS.map((field) => `${COLUMNS[field]} = ?`).join(', ')}`);
  }

  write(meta: Meta): void {
    this.#update.run(...FIELDS.map((field) => meta[field]));
  }
}
