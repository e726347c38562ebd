import type { Meta, Trimmed } from '../journal-rows/meta.ts';
import type { AsideBounds, TurnRow } from '../journal-rows/protocol.ts';
import type { Database, Statement } from '../postgres/database.ts';
import type { NextIds } from './turn-statements.ts';

/**
 * What is set aside and bounded, as it lies there: numbers without gaps, and the bytes of each packet, so that a turn knows which are
 * the oldest that must go without asking for them.
 */
export class SetAside {
  readonly #bounds: AsideBounds;
  #quarantine: Line;
  #deviceEvents: Line;

  private constructor(bounds: AsideBounds, quarantine: Line, deviceEvents: Line) {
    this.#bounds = bounds;
    this.#quarantine = quarantine;
    this.#deviceEvents = deviceEvents;
  }

  static async load(db: Database, bounds: AsideBounds): Promise<SetAside> {
    const packets = await db.query(
      'SELECT id, octet_length(json) + octet_length(bytes) AS size FROM quarantine ORDER BY id',
    );
    const [events] = await db.query(
      'SELECT coalesce(min(id), 1) AS first, coalesce(max(id), 0) AS last FROM device_event',
    );
    const first = Number(packets[0]?.id ?? 1);
    return new SetAside(
      bounds,
      { first, sizes: packets.map((p) => Number(p.size)) },
      {
        first: Number(events?.first),
        sizes: new Array(Number(events?.last) - Number(events?.first) + 1).fill(0),
      },
    );
  }

  /** Of what comes next. */
  get ids(): NextIds {
    return { quarantine: nextOf(this.#quarantine), deviceEvent: nextOf(this.#deviceEvents) };
  }

  /** @param meta as of the turn's end, before anything goes */
  with(turn: TurnRow, meta: Meta): Change {
    const { quarantineAtMost, deviceEventsAtMost } = this.#bounds;
    const q = withMore(
      this.#quarantine,
      turn.quarantined.map((p) => p.size + Buffer.byteLength(p.text)),
      { ...quarantineAtMost, bytesNow: meta.quarantineBytes },
    );
    const d = withMore(
      this.#deviceEvents,
      turn.deviceEvents.map(() => 0),
      { rows: deviceEventsAtMost, bytes: 0, bytesNow: 0 },
    );
    return {
      quarantine: q.trimmed,
      deviceEvents: d.trimmed,
      statements: [...oldest('quarantine', q), ...oldest('device_event', d)],
      kept: () => {
        this.#quarantine = q.line;
        this.#deviceEvents = d.line;
      },
    };
  }
}

type Change = {
  readonly quarantine: Trimmed;
  readonly deviceEvents: Trimmed;
  readonly statements: readonly Statement[];
  /** To be called when the turn is in. */
  readonly kept: () => void;
};
type Line = { readonly first: number; readonly sizes: readonly number[] };
type Moved = { readonly line: Line; readonly trimmed: Trimmed };

const nextOf = (line: Line): number => line.first + line.sizes.length;

function withMore(
  line: Line,
  more: readonly number[],
  atMost: { readonly rows: number; readonly bytes: number; readonly bytesNow: number },
): Moved {
  if (more.length === 0) return { line, trimmed: { rows: 0, bytes: 0 } };
  const sizes = [...line.sizes, ...more];
  let rows = 0;
  let bytes = 0;
  while (
    rows < sizes.length &&
    (sizes.length - rows > atMost.rows || atMost.bytesNow - bytes > atMost.bytes)
  ) {
    bytes += sizes[rows] ?? 0;
    rows += 1;
  }
  return {
    line: { first: line.first + rows, sizes: rows === 0 ? sizes : sizes.slice(rows) },
    trimmed: { rows, bytes },
  };
}

const oldest = (table: string, { line, trimmed }: Moved): readonly Statement[] =>
  trimmed.rows === 0
    ? []
    : [{ text: `DELETE FROM ${table} WHERE id < $1`, values: [line.first], name: `oldest of ${table}` }];
