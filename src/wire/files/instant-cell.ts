import { z } from 'zod';

const withOffset = z.iso.datetime({ offset: true });
const LOCAL = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** An instant in a cell: with its offset, or as spreadsheets write it, which is then Beijing's. `null`: it is none. */
export function instantOf(text: string): number | null {
  if (withOffset.safeParse(text).success) return Date.parse(text);
  const [, y, mo, d, h, mi, s = '00'] = LOCAL.exec(text) ?? [];
  const two = (n: string | undefined) => (n ?? '').padStart(2, '0');
  const written = `${y}-${two(mo)}-${two(d)}T${two(h)}:${mi}:${s}+08:00`;
  return withOffset.safeParse(written).success ? Date.parse(written) : null;
}
