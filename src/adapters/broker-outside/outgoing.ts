import type { IPublishPacket } from 'mqtt-packet';
import type { Millis } from '../../domain/time.ts';

/** What waits for the broker's word at most; beyond it the oldest go. */
const WAITING_AT_MOST = 10_000;
/** Sent and not yet acknowledged: as many as any broker takes. */
const IN_FLIGHT = 20;

type Message = {
  readonly topic: string;
  readonly payload: string;
  /** Our clock: not to be given to anybody afterwards, by us or by a broker of MQTT 5. */
  readonly until?: Millis | undefined;
};

/** What others are told over the broker, each until the broker has it, in order. Ids apart from those of questions. */
export class Outgoing {
  readonly #send: (packet: IPublishPacket) => void;
  readonly #dropped: () => void;
  readonly #now: () => Millis;
  #waiting: Message[] = [];
  readonly #inFlight = new Map<number, Message>();
  #isUp = false;
  #lastId = 0;

  constructor(given: { send: (packet: IPublishPacket) => void; dropped: () => void; now: () => Millis }) {
    this.#send = given.send;
    this.#dropped = given.dropped;
    this.#now = given.now;
  }

  add(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length > WAITING_AT_MOST) {
      this.#waiting.shift();
      this.#dropped();
    }
    this.#next();
  }

  /** The broker has it. */
  has(id: number): void {
    if (this.#inFlight.delete(id)) this.#next();
  }

  connected(): void {
    this.#isUp = true;
    this.#next();
  }

  /** What it had not acknowledged is told again. */
  lost(): void {
    this.#isUp = false;
    this.#waiting = [...this.#inFlight.values(), ...this.#waiting];
    this.#inFlight.clear();
  }

  #next(): void {
    while (this.#isUp && this.#inFlight.size < IN_FLIGHT) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      const { topic, payload, until } = message;
      const left = until === undefined ? null : Math.floor((until - this.#now()) / 1_000);
      if (left !== null && left < 1) continue;
      do this.#lastId = (this.#lastId % 0x7fff) + 1;
      while (this.#inFlight.has(0x8000 + this.#lastId));
      const messageId = 0x8000 + this.#lastId;
      this.#inFlight.set(messageId, message);
      const expires = left === null ? {} : { properties: { messageExpiryInterval: left } };
      this.#send({
        cmd: 'publish',
        messageId,
        qos: 1,
        dup: false,
        topic,
        payload,
        retain: false,
        ...expires,
      });
    }
  }
}
