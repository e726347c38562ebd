import type { AedesPacket } from './aedes-internals.ts';

/**
 * Retained messages, found by the device's code. aedes's own store compares every retained topic with
 * every filter of every SUBSCRIBE: with 20,000 devices that come back after a restart and each subscribe to
 * their own commands, that is minutes of work to find nothing.
 */
export class Retained {
  /** Fourth level of the topic → topic → packet. */
  readonly #byDevice = new Map<string, Map<string, AedesPacket>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(topic: string): boolean {
    return this.#byDevice.get(levelOf(topic))?.has(topic) ?? false;
  }

  /** An empty payload takes the retained message away ([MQTT-3.3.1-10]). */
  store(packet: AedesPacket): void {
    const level = levelOf(packet.topic);
    const group = this.#byDevice.get(level) ?? new Map<string, AedesPacket>();
    this.#size -= group.size;
    if (packet.payload.length === 0) group.delete(packet.topic);
    // A copy: the payload is a window on everything that was read from the socket together with it.
    else group.set(packet.topic, { ...packet, payload: Buffer.from(packet.payload) });
    this.#size += group.size;
    if (group.size === 0) this.#byDevice.delete(level);
    else this.#byDevice.set(level, group);
  }

  *matching(filter: string): Generator<AedesPacket> {
    const levels = filter.split('/');
    const device = levels[3];
    const groups =
      device === undefined || device === '+' || levels.slice(0, 4).includes('#')
        ? this.#byDevice.values()
        : [this.#byDevice.get(device)];
    for (const group of groups) {
      for (const packet of group?.values() ?? []) if (matches(levels, packet.topic.split('/'))) yield packet;
    }
  }
}

const levelOf = (topic: string): string => topic.split('/', 4)[3] ?? '';

/** [MQTT-4.7]: `+` is one level, `#` is the level above it and everything below. */
export function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (const [i, level] of filter.entries()) {
    if (level === '#') return true;
    if (i >= topic.length || (level !== '+' && level !== topic[i])) return false;
  }
  return filter.length === topic.length;
}
