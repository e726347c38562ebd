/** The numbers by which one day file calls its series. Nested, because codes may hold any character. */
export class SeriesIds {
  readonly #byPoint = new Map<string, Map<string, number>>();
  #size = 0;
  /** Whether all series of the file are here, so that what is not here is new. */
  complete = false;

  get(point: string, metric: string): number | undefined {
    return this.#byPoint.get(point)?.get(metric);
  }

  set(point: string, metric: string, id: number): void {
    let metrics = this.#byPoint.get(point);
    if (metrics === undefined) {
      metrics = new Map();
      this.#byPoint.set(point, metrics);
    }
    if (!metrics.has(metric)) this.#size++;
    metrics.set(metric, id);
  }

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#byPoint.clear();
    this.#size = 0;
    this.complete = false;
  }
}
