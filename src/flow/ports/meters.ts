/** Upper bounds in seconds, of what takes milliseconds. */
const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
/** … of what must be told within two, and of what is told too late to help. */
const TOLD = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800];

const BOUNDS: Readonly<Record<string, readonly number[]>> = { notices_accepted_seconds: TOLD };

/** How often something took how long. */
export class Histogram {
  readonly bounds: readonly number[];
  /** By upper bound, and last those beyond every bound; each is counted once. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Cheap enough for every packet. */
  took(seconds: number): void {
    let i = 0;
    while (i < this.bounds.length && seconds > (this.bounds[i] as number)) i++;
    this.counts[i] = (this.counts[i] as number) + 1;
    this.sum += seconds;
  }
}

/**
 * Counters, gauges and histograms of the service, for `/metrics` and the self-check. Names in Prometheus style, without
 * the prefix under which they are told outside.
 */
export class Meters {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, number>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();

  /** @param name with labels already in it where there are any: `packets_total{qos="1"}` */
  count(name: string, by = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  set(name: string, value: number): void {
    this.#gauges.set(name, value);
  }

  /**
   * The one of this name and label; told from now on, also while nothing has been counted.
   *
   * @param label as it stands between the braces: `channel="smtp"`
   */
  histogram(name: string, label = ''): Histogram {
    const ofName = this.#histograms.get(name) ?? new Map<string, Histogram>();
    this.#histograms.set(name, ofName);
    const known = ofName.get(label);
    if (known !== undefined) return known;
    const made = new Histogram(BOUNDS[name] ?? QUICK);
    ofName.set(label, made);
    return made;
  }

  counter(name: string): number {
    return this.#counters.get(name) ?? 0;
  }

  /** A counter over all its labels. */
  sum(name: string): number {
    let sum = 0;
    for (const [key, n] of this.#counters) if (key === name || key.startsWith(`${name}{`)) sum += n;
    return sum;
  }

  snapshot(): {
    readonly counters: ReadonlyMap<string, number>;
    readonly gauges: ReadonlyMap<string, number>;
    /** By name and label. */
    readonly histograms: ReadonlyMap<string, ReadonlyMap<string, Histogram>>;
  } {
    return { counters: this.#counters, gauges: this.#gauges, histograms: this.#histograms };
  }
}
