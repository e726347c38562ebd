/** More topics than devices have; a stranger who invents topics costs no memory beyond this. */
const TOPICS = 200_000;

/**
 * Topics that nobody subscribes to. Hardly anybody hears telemetry over MQTT, and aedes looks for listeners
 * twice a packet, by splitting the topic: 5 % of what a packet costs. Asked once a topic, and again after the
 * next subscription of anybody.
 */
export class Unheard {
  readonly #topics = new Set<string>();

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  add(topic: string): void {
    if (this.#topics.size >= TOPICS) this.#topics.clear();
    this.#topics.add(topic);
  }

  /** After every new subscription. One that ends only leaves a topic looked up in vain. */
  somebodySubscribed(): void {
    if (this.#topics.size > 0) this.#topics.clear();
  }
}
