/** Who comes first: 0 somebody where they have logged in before, 1 an address that is known, 2 a newcomer, 3 who failed. */
export type Rank = 0 | 1 | 2 | 3;
const [NEWCOMER, FAILED] = [2, 3] as const;

type Job = { readonly run: () => Promise<void>; readonly turnAway: () => void };
/** Of each client, the longest waiting first; the client whose turn is next first. */
type Line = Map<string, Job[]>;

/** Of one client: more than one person sits behind an address. */
const WAITING_OF_ONE: Readonly<Record<Rank, number>> = { 0: 8, 1: 8, 2: 1, 3: 8 };

/** A job had to make room for somebody who comes first. */
export class TurnedAway extends Error {}

/**
 * Hashes one password at a time, and a bounded number wait. Hashing is costly on purpose: whoever asks for a thousand at
 * once must take neither the memory and the cores from the watch nor the turn from a person at a known desk.
 *
 * ```
 *   rank 0  ─ wang@desk ─ li@desk ──┐   within a rank the clients take turns;
 *   rank 1  ─ 10.0.0.7 ─────────────┤   a rank waits for all before it, and
 *   rank 2  ─ 10.9.0.1 ─ 10.9.0.2 ──┼─▶ makes room for them when all places
 *   rank 3  ─ 10.6.6.6 ×2 ──────────┘   are taken
 * ```
 *
 * A newcomer who asks again while their first try still waits is none any more: both go to the last rank.
 */
export class LoginQueue {
  readonly #room: number;
  readonly #lines: readonly [Line, Line, Line, Line] = [new Map(), new Map(), new Map(), new Map()];
  #waiting = 0;
  #working = false;

  /** @param room how many wait at once */
  constructor(room: number) {
    this.#room = room;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Runs `work` when its turn has come.
   *
   * @returns `null`: there is no room for that client; rejects with `TurnedAway` when its place went to somebody else
   */
  enter<T>(client: string, rank: Rank, work: () => Promise<T>): Promise<T> | null {
    const placed = rank >= NEWCOMER ? this.#strangersRank(client, rank) : rank;
    const own = this.#lines[placed].get(client)?.length ?? 0;
    if (own >= WAITING_OF_ONE[placed]) return null;
    if (this.#waiting >= this.#room && !this.#makeRoom(placed)) return null;
    return this.#put(client, placed, work);
  }

  /** For what a person who is in already asks for: it always has a place, before all others. */
  admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#room) this.#makeRoom(0);
    return this.#put('', 0, work);
  }

  #strangersRank(client: string, rank: Rank): Rank {
    const before = this.#lines[NEWCOMER].get(client);
    if (before === undefined) return this.#lines[FAILED].has(client) ? FAILED : rank;
    this.#lines[NEWCOMER].delete(client);
    this.#lines[FAILED].set(client, [...before, ...(this.#lines[FAILED].get(client) ?? [])]);
    return FAILED;
  }

  #put<T>(client: string, rank: Rank, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => work().then(resolve, reject);
      const turnAway = () => reject(new TurnedAway('somebody who is known came first'));
      const line = this.#lines[rank];
      line.set(client, [...(line.get(client) ?? []), { run, turnAway }]);
      this.#waiting += 1;
      if (!this.#working) void this.#work();
    });
  }

  /** The last of whoever has most waiting in the last rank goes, if that is a later rank than the newcomer's. */
  #makeRoom(rank: Rank): boolean {
    for (let last: number = FAILED; last > rank; last--) {
      const line = this.#lines[last as Rank];
      let most: [client: string, jobs: Job[]] | null = null;
      for (const entry of line) if (most === null || entry[1].length >= most[1].length) most = entry;
      if (most === null) continue;
      const [client, jobs] = most;
      jobs.pop()?.turnAway();
      if (jobs.length === 0) line.delete(client);
      this.#waiting -= 1;
      return true;
    }
    return false;
  }

  #next(): Job | undefined {
    for (const line of this.#lines) {
      for (const [client, jobs] of line) {
        const job = jobs.shift();
        line.delete(client);
        if (jobs.length > 0) line.set(client, jobs);
        this.#waiting -= 1;
        return job;
      }
    }
    return undefined;
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) await job.run();
    this.#working = false;
  }
}
