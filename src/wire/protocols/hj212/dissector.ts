import type { Millis } from '../../../domain/time.ts';
import type { Dissected, DissectedItem } from '../../mapping/frames.ts';
import { wallTime } from '../local-time.ts';
import type { Hj212Frame } from './framer.ts';

const ITEMS_AT_MOST = 1_024;

/**
 * The values of a data packet: an item a pollutant and field (`w01018`, `Rtd`), with the flag that stands beside it. The
 * same one twice is taken as it came last, as devices mean it.
 *
 * @returns `null`: its text is not of this standard's grammar
 */
export function dissectHj212(frame: Hj212Frame): Dissected | null {
  const flags = new Map<string, string>();
  const values = new Map<string, string>();
  let at: Millis | null = timeOf(frame.qn);
  for (const field of frame.cp.split(/[;,]/)) {
    const text = field.trim();
    if (text === '') continue;
    const m = /^([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?\s*=\s*([^=]*)$/.exec(text);
    if (m === null || values.size > ITEMS_AT_MOST) return null;
    const [, code = '', kind, value = ''] = m;
    if (kind === undefined) {
      if (code === 'DataTime') at = timeOf(value);
      continue;
    }
    if (kind === 'Flag') flags.set(code, value.trim());
    else values.set(`${code}-${kind}`, value.trim());
  }
  const items: DissectedItem[] = [];
  for (const [name, text] of values) {
    const [code = '', field = ''] = name.split('-');
    const valid = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(text);
    items.push({ code, field, raw: valid ? Number(text) : null, valid, flag: flags.get(code) ?? null });
  }
  return { station: frame.mn, command: frame.cn, at, items };
}

/** `YYYYMMDDhhmmss`, with milliseconds or without. */
function timeOf(digits: string): Millis | null {
  if (!/^\d{14}(\d{3})?$/.test(digits)) return null;
  const n = (from: number, to: number) => Number(digits.slice(from, to));
  const at = wallTime([n(0, 4), n(4, 6), n(6, 8), n(8, 10), n(10, 12), n(12, 14)]);
  return at === null ? null : at + (digits.length > 14 ? n(14, 17) : 0);
}
