/** Tokens that come back each second, for long, and how many may be taken at once after a quiet time. */
export type BucketLimit = { readonly perSecond: number; readonly atOnce: number };

/** What one client has left. Times are milliseconds of one clock, which the caller reads. */
export class TokenBucket {
  readonly limit: BucketLimit;
  /** How many hold it now: a bucket in use is not forgotten. */
  holders = 0;
  #left: number;
  #filledAt: number;

  constructor(limit: BucketLimit, now: number) {
    this.limit = limit;
    this.#left = limit.atOnce;
    this.#filledAt = now;
  }

  /** Takes a token, if there is one. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Takes a token, on credit if need be. */
  spend(now: number): void {
    this.#fill(now);
    this.#left -= 1;
  }

  /** Puts back one that was taken in vain. */
  putBack(): void {
    this.#left = Math.min(this.limit.atOnce, this.#left + 1);
  }

  /** @returns milliseconds until so many are there; 0: now. With no tokens asked for: until a debt is paid */
  wait(now: number, tokens: number): number {
    if (this.#left >= tokens) return 0;
    this.#fill(now);
    return this.#left >= tokens ? 0 : Math.ceil(((tokens - this.#left) / this.limit.perSecond) * 1_000);
  }

  /** Forgetting it changes nothing. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#left >= this.limit.atOnce;
  }

  #fill(now: number): void {
    // A clock stepped back gives nothing and takes nothing.
    const gained = Math.max(0, ((now - this.#filledAt) / 1_000) * this.limit.perSecond);
    this.#left = Math.min(this.limit.atOnce, this.#left + gained);
    this.#filledAt = now;
  }
}

/** A bucket for each client. Of those that nobody holds only so many are remembered: the longest unused is forgotten. */
export class TokenBuckets {
  readonly #remembered: number;
  readonly #held = new Map<string, TokenBucket>();
  /** The longest unused first. */
  readonly #idle = new Map<string, TokenBucket>();

  constructor(remembered: number) {
    this.#remembered = remembered;
  }

  get size(): number {
    return this.#held.size + this.#idle.size;
  }

  /** A client's bucket, full when it is new. @param limit of a new one */
  of(client: string, limit: BucketLimit, now: number): TokenBucket {
    const held = this.#held.get(client);
    if (held !== undefined) return held;
    const bucket = this.#idle.get(client) ?? new TokenBucket(limit, now);
    this.#keep(client, bucket);
    return bucket;
  }

  /** As `of`, and remembered until each of its holders has released it. */
  hold(client: string, limit: BucketLimit, now: number): TokenBucket {
    const bucket = this.of(client, limit, now);
    bucket.holders++;
    this.#idle.delete(client);
    this.#held.set(client, bucket);
    return bucket;
  }

  /** What was taken stays taken: coming again makes nobody faster. */
  release(client: string, now: number): void {
    const bucket = this.#held.get(client);
    if (bucket === undefined || --bucket.holders > 0) return;
    this.#held.delete(client);
    if (!bucket.isFull(now)) this.#keep(client, bucket);
  }

  #keep(client: string, bucket: TokenBucket): void {
    this.#idle.delete(client);
    this.#idle.set(client, bucket);
    if (this.#idle.size > this.#remembered) this.#idle.delete(this.#idle.keys().next().value as string);
  }
}
