import type { Millis } from '../../../domain/time.ts';
import type { Dissected, DissectedItem } from '../../mapping/frames.ts';
import { bcd, toHex } from '../bytes.ts';
import { wallOf, wallTime } from '../local-time.ts';
import type { Szy206Frame } from './framer.ts';

const REPORT = 0xc0;
const FLOW = 3;
/** 4 bytes alarm and state, then second, minute, hour, day, and one whose meaning was not read. */
const TAIL = 9;

/**
 * The report of a water meter: `flow`, `total` and the word `state`. Other kinds of data are of customers' own lists and
 * not read: `null`.
 *
 * @param received our wall time as if it were UTC: month and year, which the frame does not say, are those that put its
 * day nearest before it
 */
export function dissectSzy206(frame: Szy206Frame, received: Millis): Dissected | null {
  const { afn, control, data } = frame;
  if (afn !== REPORT || (control & 15) !== FLOW || data.length !== 10 + TAIL) return null;
  const reversed = (from: number, to: number) => data.slice(from, to).reverse();
  const state = data.subarray(10, 14);
  const at = nearest(toHex(data.slice(14, 18).reverse()), received);
  const items: DissectedItem[] = [
    decimal('flow', reversed(0, 5), 3),
    decimal('total', reversed(5, 10), 0),
    { code: 'state', raw: state.reduce((sum, b, i) => sum + b * 256 ** i, 0), valid: true, flag: null },
  ];
  return { station: frame.station, command: toHex(Uint8Array.of(afn)), at, items };
}

function decimal(code: string, bytes: Uint8Array, decimals: number): DissectedItem {
  const n = bcd(bytes);
  return {
    code,
    raw: n === null ? null : Number((n / 10 ** decimals).toFixed(decimals)),
    valid: n !== null,
    flag: null,
  };
}

/** Months back at most: a day that no month of these has is none. */
const MONTHS = 3;
/** A clock that goes a little ahead is no month late. */
const AHEAD = 300_000;

/** @param digits `DDHHmmss` */
function nearest(digits: string, received: Millis): Millis | null {
  if (!/^\d{8}$/.test(digits)) return null;
  const [day, hour, minute, second] = [0, 2, 4, 6].map((i) => Number(digits.slice(i, i + 2))) as [
    number,
    number,
    number,
    number,
  ];
  const [year, month] = wallOf(received, 0);
  for (let back = 0; back < MONTHS; back++) {
    const first = new Date(Date.UTC(year, month - 1 - back, 1));
    const at = wallTime([first.getUTCFullYear(), first.getUTCMonth() + 1, day, hour, minute, second]);
    if (at !== null && at <= received + AHEAD) return at;
  }
  return null;
}
