import type { Millis } from '../../domain/time.ts';
import type { ForeignTopics, Intake, Packet } from '../../flow/ports/broker.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { isForeignTopic } from '../../wire/mqtt/topics.ts';
import { Acks } from './acks.ts';
import type { AedesPacket } from './aedes-internals.ts';
import type { PlainPublish } from './fast-path.ts';
import { type Hold, Holds, type Outcome } from './holds.ts';
import type { Limits } from './limits.ts';
import type { CutOffTeller, DeviceLink } from './link.ts';

/** What a held packet costs beside its payload. */
const HOLD_BYTES = 300;

/** What subscribers get. */
export type Forwarded = Pick<AedesPacket, 'topic' | 'payload' | 'qos' | 'retain'>;

/** aedes's callback: without an error the packet is acknowledged and forwarded, with one the connection ends. */
type Done = (e?: Error | null) => void;

/** Hands packets to the intake, and their acknowledgements back in the order of arrival. */
export class PublishIntake {
  readonly holds: Holds;
  readonly #limits: Limits;
  readonly #intake: Intake;
  readonly #foreign: ForeignTopics['fromTopic'] | undefined;
  readonly #clock: Clock;
  readonly #meters: Meters;
  readonly #log: Log;
  readonly #cutOff: CutOffTeller;
  readonly #waits: (link: DeviceLink) => void;
  readonly #released: () => void;
  readonly #forward: (packet: Forwarded) => void;
  readonly #acks = new Acks();

  /** @param o.waits hears of a packet that is not released at once; `o.released` after each packet let go; `o.forward` brings a packet to subscribers */
  constructor(o: {
    limits: Limits;
    intake: Intake;
    foreign?: ForeignTopics['fromTopic'];
    clock: Clock;
    meters: Meters;
    log: Log;
    cutOff: CutOffTeller;
    waits: (link: DeviceLink) => void;
    released: () => void;
    forward: (packet: Forwarded) => void;
  }) {
    this.#limits = o.limits;
    this.#intake = o.intake;
    this.#foreign = o.foreign;
    this.#clock = o.clock;
    this.#meters = o.meters;
    this.#log = o.log;
    this.#cutOff = o.cutOff;
    this.#waits = o.waits;
    this.#released = o.released;
    this.#forward = o.forward;
    this.holds = new Holds((e) => o.log.error('an acknowledgement could not be sent', { error: String(e) }));
  }

  /** A packet from a client that may publish it, or its last will, which has no packet id. */
  take(link: DeviceLink, packet: AedesPacket, done: Done): void {
    const { qos, messageId } = packet;
    if (qos === 2 && messageId !== undefined) {
      this.#once(link, packet, messageId, done);
      return;
    }
    this.#give(link, packet, (e) => {
      // aedes forwards a QoS 1 packet after it has sent the PUBACK; to a client that is gone it cannot.
      if (e === null && qos === 1 && messageId !== undefined && link.client?.closed) this.#forward(packet);
      this.#acks.flush(link);
      done(e);
    });
  }

  /** A packet whose client has gone before aedes knew it. Of a QoS 2 packet the second half will never come. */
  takeEarly(link: DeviceLink, { topic, payload, qos, retain }: AedesPacket): void {
    const receivedAt = this.#clock.now();
    this.#hand(link, { topic, payload, qos, retain, receivedAt }, (e) => {
      if (e === null) this.#forward({ topic, payload, qos, retain });
    });
  }

  /** A packet that does not go through aedes: nobody listens to it, and we acknowledge it ourselves. */
  takePlain(link: DeviceLink, packet: PlainPublish, receivedAt: Millis): void {
    const { topic, payload, qos, messageId } = packet;
    this.#hand(link, { topic, payload, qos, retain: false, receivedAt }, (e) => {
      if (e !== null) link.socket.destroy();
      else if (qos === 1) this.#acks.add(link, messageId);
    });
  }

  /** QoS 2: the same packet id in the same session is the same message until PUBREL ([MQTT-4.3.3-2]). */
  #once(link: DeviceLink, packet: AedesPacket, id: number, done: Done): void {
    const { half } = link.session;
    const before = half.get(id);
    if (before !== undefined) {
      this.#meters.count('mqtt_sent_again_total');
      // Once it is kept aedes finds it in the session and repeats the PUBREC, and nothing else.
      if (before.state === 'held') before.again.push(() => done(null));
      else setImmediate(() => done(null));
      return;
    }
    if (half.size >= this.#limits.halfDelivered) {
      done(this.#cutOff(link, 'half-delivered', `${half.size} QoS 2 packets wait for their PUBREL`));
      return;
    }
    half.set(id, { state: 'held', again: [] });
    this.#give(link, packet, (e) => {
      const now = half.get(id);
      if (e !== null) half.delete(id);
      else if (now !== undefined) now.state = 'kept';
      done(e);
      for (const again of now?.again ?? []) setImmediate(again);
    });
  }

  #give(link: DeviceLink, packet: AedesPacket, settled: (e: Error | null) => void): void {
    const { topic, payload, qos, retain } = packet;
    const hold = this.#hand(link, { topic, payload, qos, retain, receivedAt: this.#clock.now() }, settled);
    if (!hold.settled) this.#waits(link);
  }

  #hand(link: DeviceLink, packet: Packet, settled: (e: Error | null) => void): Hold {
    const { qos, topic } = packet;
    const bytes = packet.payload.length + HOLD_BYTES;
    link.heldBytes += bytes;
    this.#meters.count(PACKETS[qos]);
    const hold = this.holds.take(bytes, qos > 0, (outcome: Outcome) => {
      link.heldBytes -= bytes;
      if (outcome === 'dropped') this.#meters.count('mqtt_dropped_total');
      // Nothing but QoS 0 may be dropped and answered for.
      const kept = outcome === 'kept' || (outcome === 'dropped' && qos === 0);
      settled(kept ? null : this.#cutOff(link, 'not-kept', 'its packet could not be kept'));
      this.#released();
    });
    try {
      const release = (outcome: Outcome): void => this.holds.release(hold, outcome);
      if (this.#foreign !== undefined && isForeignTopic(topic)) this.#foreign(link.who, packet, release);
      else this.#intake(packet, release);
    } catch (e) {
      this.#log.error('the intake threw', { error: String(e), topic });
      this.holds.release(hold, 'failed');
    }
    return hold;
  }
}

const PACKETS = [
  'mqtt_packets_total{qos="0"}',
  'mqtt_packets_total{qos="1"}',
  'mqtt_packets_total{qos="2"}',
] as const;
