import { JournalFailure } from './failure.ts';

/** Page cursors: opaque to those who carry them, checked when they come back. */

/** @returns null for a cursor that says "from the start" */
export function alarmCursor(text: string | null): { readonly raisedAt: number; readonly id: string } | null {
  if (text === null) return null;
  const cut = text.indexOf('~');
  const raisedAt = Number(text.slice(0, cut));
  if (cut < 1 || cut === text.length - 1 || !Number.isFinite(raisedAt)) throw bad(text);
  return { raisedAt, id: text.slice(cut + 1) };
}

export const alarmCursorText = (raisedAt: number, id: string): string => `${raisedAt}~${id}`;

export function quarantineCursor(text: string | null): number | null {
  if (text === null) return null;
  if (!/^[1-9]\d{0,15}$/.test(text)) throw bad(text);
  return Number(text);
}

export function lossCursor(text: string | null): { readonly at: number; readonly id: number } | null {
  if (text === null) return null;
  const [, at, id] = /^(-?[\d.e+]{1,30})~([1-9]\d{0,15})$/.exec(text) ?? [];
  if (at === undefined || !Number.isFinite(Number(at))) throw bad(text);
  return { at: Number(at), id: Number(id) };
}

function bad(text: string): JournalFailure {
  return new JournalFailure(
    'bad-cursor',
    `"${text.slice(0, 80)}" is not a cursor of this list: give back what \`next\` of a former page said`,
  );
}
