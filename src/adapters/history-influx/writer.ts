import type { Frame, Reading } from '../../domain/reading.ts';
import type { StoreHttp } from './http.ts';
import type { Item, Lines } from './lines.ts';
import { metricOfField } from './names.ts';
import { StoreRefusal, StoreTrouble } from './trouble.ts';

/** A line that the store will never take: given up, and told of. */
export type Rejected = {
  readonly line: string;
  /** The store's own words. */
  readonly reason: string;
  /** What the line said; empty for a frame. */
  readonly readings: readonly Reading[];
  readonly frame: Frame | null;
};

/**
 * Writes lines so that each is either stored or told of. A batch that is refused is halved until what is refused stands
 * alone; what 1.x has stored of it already is written again, which changes nothing.
 */
export class Writer {
  readonly #http: StoreHttp;
  readonly #lines: Lines;
  readonly #onRejected: (rejected: readonly Rejected[]) => void | Promise<void>;
  /** A line that the store has taken before. */
  readonly #soundLine: () => string;

  constructor(given: {
    readonly http: StoreHttp;
    readonly lines: Lines;
    readonly onRejected: (rejected: readonly Rejected[]) => void | Promise<void>;
    readonly soundLine: () => string;
  }) {
    this.#http = given.http;
    this.#lines = given.lines;
    this.#onRejected = given.onRejected;
    this.#soundLine = given.soundLine;
  }

  /** Resolves when every line was stored or rejected. @throws StoreTrouble: then nothing is known of any of them */
  async write(items: readonly Item[]): Promise<void> {
    const rejected: Rejected[] = [];
    await this.#write(items, rejected);
    // Lines that say nothing of their own (the hours) go with the readings that they stand for.
    const told = rejected.filter((r) => r.readings.length > 0 || r.frame !== null);
    if (rejected.length > 0) await this.#isSound(rejected);
    // Noted before the mark moves past it: a crash in between tells of it again.
    if (told.length > 0) await this.#onRejected(told);
  }

  async #write(items: readonly Item[], rejected: Rejected[]): Promise<void> {
    if (items.length === 0) return;
    const refusal = await this.#refusalOf(items);
    if (refusal === null) return;
    // 1.x and 2.x store the others and count what they left out: too old for the retention policy, for instance.
    if (refusal.dropped === items.length && items.every((i) => i.readings.length < 2)) {
      for (const item of items) rejected.push(rejectedOf(item, refusal));
      return;
    }
    const [others, alone] = this.#parted(conflictOf(refusal), items);
    if (others.length > 0 && alone.length > 0) {
      await this.#write(others, rejected);
      await this.#write(alone, rejected);
      return;
    }
    const [only] = items;
    if (items.length > 1) {
      const half = items.length >> 1;
      await this.#write(items.slice(0, half), rejected);
      await this.#write(items.slice(half), rejected);
    } else if (only !== undefined && only.readings.length > 1) {
      await this.#write(this.#oneByOne(only), rejected);
    } else if (only !== undefined) rejected.push(rejectedOf(only, refusal));
  }

  async #refusalOf(items: readonly Item[]): Promise<StoreRefusal | null> {
    try {
      await this.#http.write(items.map((i) => i.line));
      return null;
    } catch (cause) {
      if (cause instanceof StoreRefusal) return cause;
      throw cause;
    }
  }

  /** A store that refuses everything has a fault of its own: nothing may be given up for that. */
  async #isSound([first]: readonly Rejected[]): Promise<void> {
    try {
      await this.#http.write([this.#soundLine()]);
    } catch (cause) {
      if (!(cause instanceof StoreRefusal)) throw cause;
      throw new StoreTrouble('other', `the store refuses every line: ${first?.reason}`, { cause });
    }
  }

  /** What a field of the wrong type refuses, parted from the rest of its lines: one refusal then names them all. */
  #parted(field: string | null, items: readonly Item[]): [Item[], Item[]] {
    const metric = field === null ? null : metricOfField(field);
    const others: Item[] = [];
    const alone: Item[] = [];
    for (const item of items) {
      const its = item.readings.filter((r) => r.metric === metric);
      const rest = item.readings.filter((r) => r.metric !== metric);
      if (its.length === 0) others.push(item);
      else if (rest.length === 0) alone.push(item);
      else {
        alone.push(this.#lines.ofReadings(its, item.fresh));
        others.push(this.#lines.ofReadings(rest, item.fresh));
      }
    }
    return [others, alone];
  }

  #oneByOne(item: Item): Item[] {
    return item.readings.map((r) => this.#lines.ofReadings([r], item.fresh));
  }
}

/** The field whose type is another one in the store. */
function conflictOf({ message }: StoreRefusal): string | null {
  return /field type conflict: input field \\?"(.+?)\\?" on measurement/.exec(message)?.[1] ?? null;
}

function rejectedOf({ line, readings, frame }: Item, { message }: StoreRefusal): Rejected {
  return { line, reason: message, readings, frame };
}
