import { as, type TurnNumber } from '../../domain/ids.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import { type InfluxQl, ident, numberOf, text } from './influxql.ts';
import { escaped, nameOf } from './names.ts';

/** How far the drain has come, as the store itself knows it. */
export type MarkState = { readonly turn: TurnNumber; readonly newest: Millis | null; readonly at: Millis };

const MEASUREMENT = 'lifeline__drain';
/** After so long a standstill nothing of the spool is older than what the mark would say. 3 asks for a bound. */
const LOOK_BACK = days(35);

/**
 * The drain's mark: a point of its own, written when every line of a batch has been answered for. It lies in the store
 * and not beside the journal, so that a store that was emptied, or set back to a copy, says so by itself.
 *
 * Tagged with the journal it belongs to: another journal, in the same database, has other turns. One point an hour,
 * overwritten within it, so that the store's own retention clears it away and never takes the last one.
 */
export class Mark {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  /** @returns null: nothing of this journal was ever kept there */
  async read(ql: InfluxQl, now: Millis, within: number): Promise<MarkState | null> {
    const where = `WHERE ${ident('source')} = ${text(nameOf(this.#source))} AND time >= ${now - LOOK_BACK}ms`;
    const series = await ql.one(
      `SELECT ${ident('turn')}, ${ident('newest')} FROM ${ident(MEASUREMENT)} ${where} ORDER BY time DESC LIMIT 1`,
      { within },
    );
    const [at, turn, newest] = series.values[0] ?? [];
    if (typeof at !== 'number' || typeof turn !== 'number') return null;
    return { at, turn: as.turn(turn), newest: numberOf(newest ?? null) };
  }

  /** @param at of the new mark: an hour's beginning, not before the last one's, whatever the clock says */
  line({ turn, newest, at }: MarkState): string {
    const fields = [`turn=${turn}i`, ...(newest === null ? [] : [`newest=${Math.trunc(newest)}i`])];
    return `${MEASUREMENT},source=${escaped(nameOf(this.#source))} ${fields.join(',')} ${at}`;
  }
}

export function markAt(now: Millis, last: Millis | null): Millis {
  const hour = Math.floor(now / hours(1)) * hours(1);
  return last === null ? hour : Math.max(hour, last);
}
