import type { AlarmJson } from '../../../../../src/wire/alarm.ts';

/** Rows below the pinned ones, even where there are more reds than rows: what else is open must come round. */
const LEAST_PAGED = 2;

/**
 * What a wall with room for `rows` shows of its red and orange alarms: the reds stand fast, and the pages turn only below
 * them. Where not all reds find room, the first of them stand, and the others come first in the pages.
 *
 * @param grave reds before oranges among the unacknowledged and among the others, as the list has them
 * @param turn counts up with each page; any number
 */
export function gravePage(
  grave: readonly AlarmJson[],
  rows: number,
  turn: number,
): {
  readonly pinned: readonly AlarmJson[];
  readonly paged: readonly AlarmJson[];
  readonly page: number;
  readonly pages: number;
} {
  if (grave.length <= rows) return { pinned: grave, paged: [], page: 0, pages: 1 };
  const reds = grave.filter((a) => a.level === 1);
  const pinned = reds.slice(0, rows - LEAST_PAGED);
  const rest = [...reds.slice(pinned.length), ...grave.filter((a) => a.level !== 1)];
  const room = rows - pinned.length;
  const pages = Math.max(1, Math.ceil(rest.length / room));
  const page = turn % pages;
  return { pinned, paged: rest.slice(page * room, (page + 1) * room), page, pages };
}
