import type { Client } from 'aedes';
import type { CommandHeard, DownPacket } from '../../../flow/ports/broker.ts';
import type { DeviceLink } from '../link.ts';
import { matches } from '../retained.ts';

/** Of aedes 1.2.0: which packet id it gives next, and at which QoS a filter was granted. */
type OutgoingClient = Client & {
  _nextId: number;
  readonly subscriptions: Readonly<Record<string, { readonly qos?: number } | undefined>>;
};

/**
 * Commands on their way to connected devices. Each goes to one connection that has subscribed to it, and is kept in no session: what
 * its device did not acknowledge is told as gone, and whoever made it decides whether it is still to be sent. aedes would send it
 * again by itself when the device comes back, whatever the hour.
 */
export class DownLines {
  readonly #linksOf: (identity: string) => readonly DeviceLink[];
  readonly #waiting = new Map<DeviceLink, Map<number, CommandHeard>>();

  constructor(linksOf: (identity: string) => readonly DeviceLink[]) {
    this.#linksOf = linksOf;
  }

  reaches(device: string, topic: string): boolean {
    return this.#lineOf(device, topic) !== null;
  }

  send({ device, topic, payload }: DownPacket, heard: CommandHeard): void {
    const line = this.#lineOf(device, topic);
    if (line === null) {
      heard('gone');
      return;
    }
    const { link, qos } = line;
    if (qos === 0) {
      link.socket.write(publish({ topic, payload, messageId: null }));
      return;
    }
    const client = link.client as OutgoingClient;
    const messageId = client._nextId;
    client._nextId = messageId >= 65_535 ? 1 : messageId + 1;
    const waiting = this.#waiting.get(link) ?? new Map<number, CommandHeard>();
    this.#waiting.set(link, waiting.set(messageId, heard));
    // Another packet of ours, with its own id: DUP is for the same one on the same session ([MQTT-3.3.1-1]).
    link.socket.write(publish({ topic, payload, messageId }));
  }

  acked(link: DeviceLink, messageId: number): void {
    const waiting = this.#waiting.get(link);
    const heard = waiting?.get(messageId);
    if (waiting === undefined || heard === undefined) return;
    waiting.delete(messageId);
    if (waiting.size === 0) this.#waiting.delete(link);
    heard('delivered');
  }

  left(link: DeviceLink): void {
    const waiting = this.#waiting.get(link);
    this.#waiting.delete(link);
    for (const heard of waiting?.values() ?? []) heard('gone');
  }

  /** The newest connection of the device itself; where everybody is anonymous, of whoever asks for that device by name. */
  #lineOf(device: string, topic: string): { readonly link: DeviceLink; readonly qos: 0 | 1 } | null {
    const levels = topic.split('/');
    for (const link of [...this.#linksOf(`device ${device}`)].reverse()) {
      const qos = qosOf(link, levels);
      if (qos !== null) return { link, qos };
    }
    for (const link of [...this.#linksOf('anonymous')].reverse()) {
      if (![...link.filters].some((f) => deviceIn(f) === device)) continue;
      const qos = qosOf(link, levels);
      if (qos !== null) return { link, qos };
    }
    return null;
  }
}

/** Which device a filter names, of those that hear commands. */
export function deviceIn(filter: string): string | null {
  const [, , , device, kind] = filter.split('/');
  if (device === undefined || device === '+' || device === '#') return null;
  return kind === 'down' || kind === '#' || kind === '+' ? device : null;
}

/** The best of what it has subscribed with; `null`: it has not, or cannot be written to yet. */
function qosOf(link: DeviceLink, topic: readonly string[]): 0 | 1 | null {
  if (link.socket.destroyed || link.client === null || link.beginning !== null) return null;
  const { subscriptions } = link.client as OutgoingClient;
  let best: 0 | 1 | null = null;
  for (const filter of link.filters) {
    const granted = subscriptions[filter];
    if (granted === undefined || !matches(filter.split('/'), topic)) continue;
    if ((granted.qos ?? 0) > 0) return 1;
    best = 0;
  }
  return best;
}

/** PUBLISH (MQTT 3.1.1 §3.3). */
function publish(p: {
  readonly topic: string;
  readonly payload: string;
  readonly messageId: number | null;
}): Buffer {
  const topic = Buffer.from(p.topic);
  const payload = Buffer.from(p.payload);
  const rest = 2 + topic.length + (p.messageId === null ? 0 : 2) + payload.length;
  const length: number[] = [];
  for (let left = rest; ; ) {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 0x80 : digit);
    if (left === 0) break;
  }
  const head = Buffer.from([p.messageId === null ? 0x30 : 0x32, ...length]);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(topic.length);
  const id = Buffer.alloc(p.messageId === null ? 0 : 2);
  if (p.messageId !== null) id.writeUInt16BE(p.messageId);
  return Buffer.concat([head, size, topic, id, payload]);
}
