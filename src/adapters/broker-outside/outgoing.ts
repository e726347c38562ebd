import type { IPublishPacket } from 'mqtt-packet';

/** What waits for the broker's word at most; beyond it the oldest go. */
const WAITING_AT_MOST = 10_000;
/** Sent and not yet acknowledged: as many as any broker takes. */
const IN_FLIGHT = 20;

type Message = { readonly topic: string; readonly payload: string; readonly retain: boolean };

/** What others are told over the broker, each until the broker has it, in order. Ids apart from those of questions. */
export class Outgoing {
  readonly #send: (packet: IPublishPacket) => void;
  readonly #dropped: () => void;
  #waiting: Message[] = [];
  readonly #inFlight = new Map<number, Message>();
  #isUp = false;
  #lastId = 0;

  constructor(given: { send: (packet: IPublishPacket) => void; dropped: () => void }) {
    this.#send = given.send;
    this.#dropped = given.dropped;
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
      do this.#lastId = (this.#lastId % 0x7fff) + 1;
      while (this.#inFlight.has(0x8000 + this.#lastId));
      const messageId = 0x8000 + this.#lastId;
      this.#inFlight.set(messageId, message);
      this.#send({ cmd: 'publish', messageId, qos: 1, dup: false, ...message });
    }
  }
}
