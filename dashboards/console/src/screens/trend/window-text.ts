import { BEIJING_OFFSET, dateOf, minuteOf } from '../../state/beijing.ts';

/** `2026-11-30 08:05`, Beijing: as it is typed. */
export const beijingText = (t: number): string => `${dateOf(t)} ${minuteOf(t)}`;

/** Reads `2026-11-30`, `2026-11-30 8:05`, `2026-11-30T08:05:30`; `null`: it is no time. */
export function readBeijing(text: string): number | null {
  const m = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (m === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = m;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = parts;
  const t = Date.UTC(y, mo - 1, d, h, mi, s);
  // What does not exist is no time: the 31st of February.
  const back = new Date(t);
  if (back.getUTCMonth() !== mo - 1 || back.getUTCDate() !== d || h > 23 || mi > 59 || s > 59) return null;
  return t - BEIJING_OFFSET;
}
