/** Upper bounds in seconds: what must be told within two, and what is told too late to help. */
const BOUNDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800];

/** Counters and gauges of the service, for `/metrics` and the self-check. Names in Prometheus style. */
export class Meters {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, number>();
  readonly #histograms = new Set<string>();

  /** @param name with labels already in it where there are any: `packets_total{qos="1"}` */
  count(name: string, by = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  set(name: string, value: number): void {
    this.#gauges.set(name, value);
  }

  /**
   * Counts how long something took, by upper bounds, as a histogram of Prometheus does.
   *
   * @param label as it stands between the braces: `channel="smtp"`
   */
  took(name: string, label: string, seconds: number): void {
    for (const bound of BOUNDS)
      this.count(`${name}_bucket{${label},le="${bound}"}`, seconds <= bound ? 1 : 0);
    this.count(`${name}_bucket{${label},le="+Inf"}`);
    this.count(`${name}_sum{${label}}`, seconds);
    this.count(`${name}_count{${label}}`);
    this.#histograms.add(name);
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
    /** Names whose `_bucket`, `_sum` and `_count` are among the counters. */
    readonly histograms: ReadonlySet<string>;
  } {
    return { counters: this.#counters, gauges: this.#gauges, histograms: this.#histograms };
  }
}
