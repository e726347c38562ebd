import { JournalFailure } from './failure.ts';
import type { AsideState, TurnRow } from './protocol.ts';

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
export const COLUMNS = {
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

export const FIELDS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** What the row says once a turn is in; before the bounds of what lies aside take their share, see `Trimmed`. */
export const afterTurn = (meta: Meta, turn: TurnRow): Meta => ({
  ...meta,
  clean: 0,
  lastTurn: turn.turn,
  lastAt: turn.at,
  lastSeq: meta.lastSeq + turn.events.length + turn.responses.length + turn.drilled.length,
  // A lower claim than a former one takes nothing back: what is kept stays kept.
  memoriesKeptUpTo: Math.max(meta.memoriesKeptUpTo, turn.memoriesKeptUpTo),
  waitingTurns: meta.waitingTurns + (turn.body === null ? 0 : 1),
  waitingBytes: meta.waitingBytes + (turn.body === null ? 0 : Buffer.byteLength(turn.body)),
  quarantineRows: meta.quarantineRows + turn.quarantined.length,
  quarantineBytes: turn.quarantined.reduce(
    (n, q) => n + q.size + Buffer.byteLength(q.text),
    meta.quarantineBytes,
  ),
  deviceEventRows: meta.deviceEventRows + turn.deviceEvents.length,
});

/** Rows and bytes that went because a bound was reached. */
export type Trimmed = { readonly rows: number; readonly bytes: number };

export const afterTrim = (meta: Meta, quarantine: Trimmed, deviceEvents: Trimmed): Meta => ({
  ...meta,
  quarantineRows: meta.quarantineRows - quarantine.rows,
  quarantineBytes: meta.quarantineBytes - quarantine.bytes,
  quarantineDropped: meta.quarantineDropped + quarantine.rows,
  deviceEventRows: meta.deviceEventRows - deviceEvents.rows,
  deviceEventsDropped: meta.deviceEventsDropped + deviceEvents.rows,
});

export const asideOf = (m: Meta): AsideState => ({
  quarantineRows: m.quarantineRows,
  quarantineBytes: m.quarantineBytes,
  quarantineDropped: m.quarantineDropped,
  deviceEventRows: m.deviceEventRows,
  deviceEventsDropped: m.deviceEventsDropped,
});

/** @throws `journal-history-ahead`: a store that has more than the journal belongs to another one */
export function checkDrained(meta: Meta, upTo: number): void {
  if (upTo <= meta.lastTurn) return;
  throw new JournalFailure(
    'journal-history-ahead',
    `the history store says it has turn ${upTo}, but this journal ends at turn ${meta.lastTurn}: they do not belong together`,
  );
}

/**
 * A turn or an event out of order is a bug of ours. The tables' keys alone would not see every one of them:
 * a spool row that has gone does not stop its number from coming again.
 */
export function checkOrder(meta: Meta, turn: TurnRow): void {
  if (turn.turn <= meta.lastTurn) {
    throw new JournalFailure(
      'journal-order',
      `turn ${turn.turn} was given after turn ${meta.lastTurn}: turns go up, and none is given twice`,
    );
  }
  if (turn.memoriesKeptUpTo > turn.turn) {
    throw new JournalFailure(
      'journal-order',
      `turn ${turn.turn} says that memories are kept up to turn ${turn.memoriesKeptUpTo}, which is yet to come`,
    );
  }
  const inOrder = [...turn.events, ...turn.responses, ...turn.drilled].sort((a, b) => a.seq - b.seq);
  for (const [i, e] of inOrder.entries()) {
    const expected = meta.lastSeq + 1 + i;
    if (e.seq !== expected) {
      throw new JournalFailure(
        'journal-order',
        `event ${e.seq} was given where event ${expected} comes next: events have no gaps, and none is given twice`,
      );
    }
  }
}
