import { mayTakeFastPath } from './aedes-internals.ts';
import type { DeviceLink, KnownTopic } from './link.ts';

/** Topics of one connection that are recognised by their bytes: a device has a few, a gateway one for each of its devices. */
const TOPICS_AT_MOST = 32;

/** A PUBLISH at QoS 0 or 1 that is not to be retained, on a known topic. `messageId` counts at QoS 1 alone. */
export type PlainPublish = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly messageId: number;
};

const PUBLISH_0 = 0x30;
const PUBLISH_1 = 0x32;
/** The same, sent again. */
const PUBLISH_1_DUP = 0x3a;

/**
 * The fast path of nearly all packets: what a device sends all day needs nothing of aedes but a PUBACK, and aedes's way
 * to it (a parser that copies, a chain of hooks, a distribution to nobody) costs more than judging the reading does. So
 * plain packets are taken off the front of what has come, in order; from the first other one on, everything is aedes's.
 * So is what somebody listens to: aedes numbers what it distributes, and drops what comes out of step as a repeat.
 *
 * @param chunk begins with a packet, not within one
 * @param o.hasNoSubscriber it is known that nobody listens to this topic
 * @returns what is left for aedes; `null`: nothing
 */
export function takePlain(
  link: DeviceLink,
  chunk: Buffer,
  o: { hasNoSubscriber: (topic: string, qos: 0 | 1) => boolean; take: (p: PlainPublish) => void },
): Buffer | null {
  if (link.known.length === 0 || !mayTakeFastPath(link.client) || link.socket.writableNeedDrain) return chunk;
  let at = 0;
  while (at < chunk.length) {
    const first = chunk[at];
    if (first !== PUBLISH_1 && first !== PUBLISH_0 && first !== PUBLISH_1_DUP) break;
    const body = at + 1 + lengthBytes(chunk, at + 1);
    const end = body + remainingLength(chunk, at + 1);
    // Half a packet, or a length that is none: for aedes.
    if (body === at + 1 || end > chunk.length) break;
    const qos = first === PUBLISH_0 ? 0 : 1;
    const topicEnd = body + 2 + (((chunk[body] as number) << 8) | (chunk[body + 1] as number));
    const start = topicEnd + 2 * qos;
    if (start > end) break;
    const topic = knownTopic(link.known, chunk, body + 2, topicEnd);
    const messageId = qos === 0 ? 0 : ((chunk[topicEnd] as number) << 8) | (chunk[topicEnd + 1] as number);
    if (topic === null || (qos === 1 && messageId === 0) || !o.hasNoSubscriber(topic, qos)) break;
    o.take({ topic, payload: chunk.subarray(start, end), qos, messageId });
    at = end;
  }
  return at === 0 ? chunk : at === chunk.length ? null : chunk.subarray(at);
}

/** From here on this connection's packets on this topic may take the fast path. */
export function learnTopic(link: DeviceLink, topic: string): void {
  if (link.known.length >= TOPICS_AT_MOST || link.known.some((k) => k.topic === topic)) return;
  link.known.push({ topic, bytes: Buffer.from(topic) });
}

/** How many bytes the remaining length at `at` takes (MQTT 3.1.1 §2.2.3); 0: it is malformed or not all there. */
function lengthBytes(chunk: Buffer, at: number): number {
  for (let n = 1; n <= 4; n++) {
    const byte = chunk[at + n - 1];
    if (byte === undefined) return 0;
    if (byte < 0x80) return n;
  }
  return 0;
}

function remainingLength(chunk: Buffer, at: number): number {
  let length = 0;
  for (let n = 0; n < 4; n++) {
    const byte = chunk[at + n] ?? 0;
    length += (byte & 0x7f) << (7 * n);
    if (byte < 0x80) break;
  }
  return length;
}

function knownTopic(known: readonly KnownTopic[], chunk: Buffer, from: number, to: number): string | null {
  for (let i = 0; i < known.length; i++) {
    const { topic, bytes } = known[i] as KnownTopic;
    if (bytes.length !== to - from) continue;
    // From the end: topics of one gateway begin alike.
    let n = bytes.length - 1;
    while (n >= 0 && bytes[n] === chunk[from + n]) n--;
    if (n < 0) return topic;
  }
  return null;
}
