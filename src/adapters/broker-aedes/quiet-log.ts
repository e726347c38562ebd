import type { Log, LogFields } from '../../flow/ports/log.ts';

const MINUTE = 60_000;
/** Beyond this many stories at once, whoever makes them up is the story. */
const STORIES = 5_000;

/** Says the same thing of the same address once a minute, with how often it has happened since. */
export class QuietLog {
  readonly #log: Log;
  readonly #told = new Map<string, { at: number; untold: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  warn(address: string, what: string, msg: string, fields: LogFields = {}): void {
    const key = `${address} ${what}`;
    const now = performance.now();
    const last = this.#told.get(key);
    if (last !== undefined && now - last.at < MINUTE) {
      last.untold++;
      return;
    }
    if (this.#told.size >= STORIES) this.#told.clear();
    this.#told.set(key, { at: now, untold: 0 });
    const since = last === undefined || last.untold === 0 ? {} : { timesSinceLastTold: last.untold };
    this.#log.warn(msg, { address, ...fields, ...since });
  }
}
