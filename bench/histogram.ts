/** Latencies in logarithmic buckets of 2 %: counts without keeping samples, good to about 1 % at any size. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #n = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, 1e-3)) / Math.log(1.02));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#n++;
    if (ms > this.#max) this.#max = ms;
  }

  get n(): number {
    return this.#n;
  }

  /** @param q 0.5 is the median */
  quantile(q: number): number | null {
    if (this.#n === 0) return null;
    const wanted = Math.max(1, Math.ceil(q * this.#n));
    let seen = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= wanted) return Math.min(1.02 ** bucket, this.#max);
    }
    return this.#max;
  }

  summary(): { n: number; p50: number | null; p99: number | null; max: number | null } {
    return {
      n: this.#n,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      max: this.#n === 0 ? null : this.#max,
    };
  }
}
