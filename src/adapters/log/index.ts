import type { Log, LogFields } from '../../flow/ports/log.ts';

/**
 * Beyond what JSON escapes: DEL and the C1 controls, which move a terminal's cursor; line separators; and marks that
 * turn the direction of writing, so that a line reads otherwise than it is.
 */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One JSON line per event on the given stream. JSON escapes line breaks, so no field can forge a line. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, msg: string, fields?: LogFields) =>
    write(
      `${JSON.stringify({ time: new Date(now()).toISOString(), level, msg, ...fields }).replace(UNSEEN, escaped)}\n`,
    );
  return {
    info: (msg, fields) => line('info', msg, fields),
    warn: (msg, fields) => line('warn', msg, fields),
    error: (msg, fields) => line('error', msg, fields),
  };
}
