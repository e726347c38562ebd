import type { MetricKey, PointCode, TurnNumber } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { Gathered } from './rows.ts';

type Kept = {
  /** The earliest and latest instants written, or tried. */
  from: Millis;
  to: Millis;
  /** Instants in the store; for each which metrics (an index into the list of sets), and the turn that told of them. */
  readonly at: Millis[];
  readonly what: number[];
  readonly turn: TurnNumber[];
  sorted: boolean;
};
type What = 'reading' | 'frame';

/** Beyond this many lines the rest is not remembered: a backlog that repeats one of them would overwrite it. */
const REMEMBERED = 2_000_000;

/**
 * What was kept ahead of a backlog, so that an older turn that tells of the same point, metric and instant does not
 * overwrite the newer one: the last one *kept* wins means the last turn, not the last to be drained.
 */
export class KeptAhead {
  readonly #points = new Map<PointCode, Kept>();
  readonly #sets: ReadonlySet<string>[] = [];
  readonly #setOf = new Map<string, number>();
  #lines = 0;
  #triedUpTo = 0;

  writing(
    points: Iterable<{ readonly point: PointCode; readonly observedAt: Millis }>,
    upTo: TurnNumber,
  ): void {
    this.#triedUpTo = Math.max(this.#triedUpTo, upTo);
    for (const { point, observedAt } of points) {
      const kept = this.#points.get(point);
      if (kept === undefined)
        this.#points.set(point, {
          from: observedAt,
          to: observedAt,
          at: [],
          what: [],
          turn: [],
          sorted: true,
        });
      else {
        kept.from = Math.min(kept.from, observedAt);
        kept.to = Math.max(kept.to, observedAt);
      }
    }
  }

  wrote(items: readonly Gathered[]): void {
    for (const { readings, frame, turns } of items) {
      const [turn] = turns;
      if (turn === undefined) continue;
      if (frame !== null) this.#remember('frame', [frame], turn);
      // Almost always one turn told of all of a point and instant.
      else if (turns.every((t) => t === turn)) this.#remember('reading', readings, turn);
      else
        for (const [i, reading] of readings.entries()) this.#remember('reading', [reading], turns[i] ?? turn);
    }
  }

  /** @returns true where something may lie, or is about to */
  mayHave(point: PointCode, at: Millis): boolean {
    const kept = this.#points.get(point);
    return kept !== undefined && at >= kept.from && at <= kept.to;
  }

  /** @returns true where a later turn than this one has told of the same, and lies in the store already */
  has(
    { point, metric, observedAt }: { point: PointCode; metric: MetricKey; observedAt: Millis },
    what: What,
    turn: TurnNumber,
  ): boolean {
    const kept = this.#points.get(point);
    if (kept === undefined || observedAt < kept.from || observedAt > kept.to) return false;
    if (!kept.sorted) sort(kept);
    const key = keyOf(what, metric);
    for (let i = firstAt(kept.at, observedAt); kept.at[i] === observedAt; i++) {
      if ((kept.turn[i] ?? 0) > turn && this.#sets[kept.what[i] ?? -1]?.has(key)) return true;
    }
    return false;
  }

  /** The newest instant of all that was kept. */
  get newest(): Millis | null {
    let newest: Millis | null = null;
    for (const { to } of this.#points.values()) newest = Math.max(newest ?? to, to);
    return newest;
  }

  /** @returns the newest instant of each point, when nothing is ahead of the cursor any more */
  reached(cursor: TurnNumber): [PointCode, Millis][] {
    if (this.#points.size === 0 || cursor < this.#triedUpTo) return [];
    const newest = [...this.#points].map(([point, { to }]): [PointCode, Millis] => [point, to]);
    this.#points.clear();
    this.#lines = 0;
    return newest;
  }

  #remember(
    what: What,
    of: readonly { readonly point: PointCode; readonly metric: MetricKey; readonly observedAt: Millis }[],
    turn: TurnNumber,
  ): void {
    const [first] = of;
    const kept = first === undefined ? undefined : this.#points.get(first.point);
    if (first === undefined || kept === undefined || this.#lines >= REMEMBERED) return;
    this.#lines++;
    if (first.observedAt < (kept.at.at(-1) ?? Number.NEGATIVE_INFINITY)) kept.sorted = false;
    kept.at.push(first.observedAt);
    kept.what.push(this.#set(of.map((o) => keyOf(what, o.metric))));
    kept.turn.push(turn);
  }

  /** Few different sets come again and again: what one kind of device sends. */
  #set(keys: readonly string[]): number {
    const name = JSON.stringify(keys);
    const known = this.#setOf.get(name);
    if (known !== undefined) return known;
    this.#setOf.set(name, this.#sets.length);
    return this.#sets.push(new Set(keys)) - 1;
  }
}

const keyOf = (what: What, metric: MetricKey): string => `${what} ${metric}`;

function sort(kept: Kept): void {
  const order = kept.at.map((_, i) => i).sort((a, b) => (kept.at[a] ?? 0) - (kept.at[b] ?? 0));
  const inOrder = <T>(list: T[]): void => {
    const was = [...list];
    for (const [to, from] of order.entries()) list[to] = was[from] as T;
  };
  inOrder(kept.what);
  inOrder(kept.turn);
  inOrder(kept.at);
  kept.sorted = true;
}

/** Index of the first that is not before `at`. */
function firstAt(sorted: readonly Millis[], at: Millis): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
