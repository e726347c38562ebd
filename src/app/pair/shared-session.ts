import { randomBytes } from 'node:crypto';
import { type BrokerSession, SESSION_NOTE } from '../../adapters/broker-outside/kept-session.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { WriterRow } from '../../flow/ports/pair/pair.ts';

/** By which name a broker knows both machines: what it keeps for the one that is gone, the other gets. */
export class SharedSession implements BrokerSession {
  readonly #row: WriterRow;
  readonly #log: Log;
  readonly clientId: string;
  #isExpected: boolean;

  private constructor(row: WriterRow, log: Log, kept: { clientId: string; expected: boolean }) {
    this.#row = row;
    this.#log = log;
    this.clientId = kept.clientId;
    this.#isExpected = kept.expected;
  }

  /** Only whoever has the lease makes one. */
  static async open(row: WriterRow, log: Log): Promise<SharedSession> {
    const kept = await row.note(SESSION_NOTE);
    if (kept !== null) return new SharedSession(row, log, JSON.parse(kept));
    const fresh = { clientId: `lifeline-watch-${randomBytes(6).toString('hex')}`, expected: false };
    await row.keepNote(SESSION_NOTE, JSON.stringify(fresh));
    return new SharedSession(row, log, fresh);
  }

  get isExpected(): boolean {
    return this.#isExpected;
  }

  begun(): void {
    if (this.#isExpected) return;
    this.#isExpected = true;
    this.#row
      .keepNote(SESSION_NOTE, JSON.stringify({ clientId: this.clientId, expected: true }))
      .catch((cause: unknown) => {
        this.#isExpected = false;
        this.#log.error('it could not be written down that the broker has a session of ours', {
          why: String(cause),
        });
      });
  }
}
