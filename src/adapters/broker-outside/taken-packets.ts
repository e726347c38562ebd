import { createHash } from 'node:crypto';

type Waiting = {
  readonly id: number;
  readonly hash: string;
  state: 'held' | 'kept';
};

/**
 * Packets of the session that were taken and are not yet acknowledged. What the broker repeats after a lost connection is
 * the packet that it was: it is acknowledged once it is kept, and not taken a second time.
 */
export class TakenPackets {
  /** By packet id, in order of arrival. */
  readonly #waiting = new Map<number, Waiting>();
  /** Those of this connection, in the order in which they came on it: so they are acknowledged ([MQTT-4.6.0-2]). */
  #inOrder: Waiting[] = [];

  get size(): number {
    return this.#inOrder.length;
  }

  /** @returns what tells what became of it, as of an `Intake`; `null`: it is there already */
  take(
    id: number,
    topic: string,
    payload: Uint8Array,
    isRepeated: boolean,
  ): ((outcome: 'kept' | 'dropped' | 'failed') => void) | null {
    const hash = createHash('sha256').update(topic).update('\0').update(payload).digest('base64');
    const before = this.#waiting.get(id);
    if (isRepeated && before?.hash === hash) {
      this.#inOrder.push(before);
      return null;
    }
    const now: Waiting = { id, hash, state: 'held' };
    this.#waiting.set(id, now);
    this.#inOrder.push(now);
    return (outcome) => {
      if (outcome === 'kept') now.state = 'kept';
      else if (this.#waiting.get(id) === now) this.#waiting.delete(id);
    };
  }

  /** Ids that may be acknowledged now, oldest first. */
  due(): number[] {
    const ids: number[] = [];
    for (const next of this.#inOrder) {
      if (next.state !== 'kept') break;
      ids.push(next.id);
      if (this.#waiting.get(next.id) === next) this.#waiting.delete(next.id);
    }
    this.#inOrder.splice(0, ids.length);
    return ids;
  }

  /** The connection has gone: nothing of it is acknowledged on the next one but what comes again. */
  connectionLost(): void {
    this.#inOrder = [];
  }

  /** The broker knows nothing of it any more: its ids begin anew. */
  sessionLost(): void {
    this.#waiting.clear();
    this.#inOrder = [];
  }
}
