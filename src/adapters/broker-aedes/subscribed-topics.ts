/** More topics than devices have; a stranger who invents topics costs no memory beyond this. */
const TOPICS = 200_000;

/**
 * Which topics anybody subscribes to. Hardly anybody hears telemetry over MQTT, and aedes looks for listeners twice a
 * packet, by splitting the topic: 5 % of what a packet costs. Asked once a topic, and again after the next subscription
 * of anybody.
 */
export class SubscribedTopics {
  readonly #known = new Map<string, boolean>();

  /** `undefined`: not known since the last subscription. One that ended leaves `true`: looked up in vain, never missed. */
  of(topic: string): boolean | undefined {
    return this.#known.get(topic);
  }

  learn(topic: string, heard: boolean): boolean {
    if (this.#known.size >= TOPICS) this.#known.clear();
    this.#known.set(topic, heard);
    return heard;
  }

  /** After every new subscription. */
  somebodySubscribed(): void {
    if (this.#known.size > 0) this.#known.clear();
  }
}
