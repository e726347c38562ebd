import type { StoreTroubleKind } from '../../flow/ports/history.ts';
import { WorkerGone } from '../shared/worker-client.ts';

/** The store cannot be asked or cannot keep at this moment; read by `troubleOf` of the port. */
export class DuckdbTrouble extends Error {
  override readonly name = 'DuckdbTrouble';
  readonly kind: StoreTroubleKind;
  readonly retryAfterMs: number | undefined;

  constructor(kind: StoreTroubleKind, says: string, more: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(says, { cause: more.cause });
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** What DuckDB and the system say of a disk, of memory, or of an instance that has given up; the rest is ours. */
const OF_THE_WORLD =
  /IO Error|FATAL Error|INTERNAL Error|Out of Memory Error|has been invalidated|TransactionContext Error|Corrupt|No space left|File too large|Input\/output error|^E[A-Z]+:/;

/** After these the instance refuses everything, or cannot be believed. */
const GIVEN_UP = /FATAL Error|INTERNAL Error/;

/** A file that cannot grow: a new instance would not have more room, and this one still answers. */
const NO_ROOM = /No space left|File too large|Disk quota exceeded/;

/** Trouble with the store as such; a fault of ours in a question stays what it is. */
export function asTrouble(e: Error): Error {
  if (e instanceof DuckdbTrouble) return e;
  if (e instanceof WorkerGone) return new DuckdbTrouble('unreachable', e.message, { cause: e });
  return OF_THE_WORLD.test(e.message) ? new DuckdbTrouble('other', e.message, { cause: e }) : e;
}

/** Whether only a new instance can help. */
export const hasGivenUp = (e: Error): boolean => GIVEN_UP.test(e.message) && !NO_ROOM.test(e.message);

export const hasNoRoom = (e: Error): boolean => NO_ROOM.test(e.message);
