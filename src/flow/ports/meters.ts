/** Counters and gauges of the service, for `/metrics` and the self-check. Names in Prometheus style. */
export class Meters {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, number>();

  /** @param name with labels already in it where there are any: `packets_total{qos="1"}` */
  count(name: string, by = 1): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
  }

  set(name: string, value: number): void {
    this.#gauges.set(name, value);
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
  } {
    return { counters: this.#counters, gauges: this.#gauges };
  }
}
