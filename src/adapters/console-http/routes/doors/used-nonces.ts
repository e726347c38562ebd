import { createHash } from 'node:crypto';
import { type Millis, minutes } from '../../../../domain/time.ts';

/** What a platform may send again; longer than any clock is let apart. */
const KEPT_FOR = minutes(10);
const AT_MOST = 50_000;

/** Nonces of what is on disk, each with what came with it: the same again is a repetition, another is somebody else's. */
export class UsedNonces {
  readonly #used = new Map<string, { readonly body: string; readonly at: Millis }>();

  look(door: string, nonce: string, bytes: Uint8Array, now: Millis): 'new' | 'again' | 'stolen' {
    const known = this.#used.get(`${door} ${nonce}`);
    if (known === undefined || now - known.at > KEPT_FOR) return 'new';
    return known.body === digest(bytes) ? 'again' : 'stolen';
  }

  keep(door: string, nonce: string, bytes: Uint8Array, now: Millis): void {
    const key = `${door} ${nonce}`;
    this.#used.delete(key);
    this.#used.set(key, { body: digest(bytes), at: now });
    for (const [oldest, { at }] of this.#used) {
      if (this.#used.size <= AT_MOST && now - at <= KEPT_FOR) break;
      this.#used.delete(oldest);
    }
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
