import type { Log, LogFields } from '../../flow/ports/log.ts';

/**
 * Beyond what JSON escapes: DEL and the C1 controls, which move a terminal's cursor; line separators; and marks that
 * turn the direction of writing, so that a line reads otherwise than it is.
 */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One event as one line of JSON, which escapes line breaks: no field can forge a line. */
export const jsonLine = (now: number, level: string, msg: string, fields?: LogFields): string =>
  `${JSON.stringify({ time: new Date(now).toISOString(), level, msg, ...fields }).replace(UNSEEN, escaped)}\n`;

/** One JSON line per event on the given stream. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, msg: string, fields?: LogFields) => write(jsonLine(now(), level, msg, fields));
  return {
    info: (msg, fields) => line('info', msg, fields),
    warn: (msg, fields) => line('warn', msg, fields),
    error: (msg, fields) => line('error', msg, fields),
  };
}
