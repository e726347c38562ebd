const BEATS = 12;

/**
 * Runs out when nothing has been heard for so long. It is counted in beats of a timer and not by a clock: a machine
 * that stood still, or this process alone, is no reason to think that the other side hangs.
 */
export class Patience {
  #missed = 0;
  readonly #timer: NodeJS.Timeout;

  /** @param given.atMost in ms; `given.beat` done at each of a dozen beats, e.g. to ask; `given.runOut` once */
  constructor(given: { readonly atMost: number; readonly beat?: () => void; readonly runOut: () => void }) {
    this.#timer = setInterval(() => {
      if (this.#missed++ < BEATS) return given.beat?.();
      this.end();
      given.runOut();
    }, given.atMost / BEATS);
    this.#timer.unref();
  }

  heard(): void {
    this.#missed = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
