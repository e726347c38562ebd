import type { Log, LogFields } from '../../flow/ports/log.ts';

/** One JSON line per event on the given stream. JSON escapes line breaks, so no field can forge a line. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, msg: string, fields?: LogFields) =>
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, msg, ...fields })}\n`);
  return {
    info: (msg, fields) => line('info', msg, fields),
    warn: (msg, fields) => line('warn', msg, fields),
    error: (msg, fields) => line('error', msg, fields),
  };
}
