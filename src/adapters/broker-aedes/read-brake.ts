import { FrameMeter } from './frame-meter.ts';
import type { Limits } from './limits.ts';
import type { CutOffTeller, Link } from './link.ts';

/** About what one read brings. */
const CHUNK = 64 * 1024;

/**
 * Stands between each socket and aedes, which reads by `socket.read()`: measures every packet before its
 * body has come, and reads no further from a client while too much of what came is not released yet. Then
 * TCP slows the sender.
 */
export class ReadBrake {
  readonly #limits: Limits;
  readonly #cutOff: CutOffTeller;
  /** Bytes held over all clients, and packets. */
  readonly #held: () => { readonly bytes: number; readonly count: number };
  /** Links whose reading was put off, the longest waiting first. */
  readonly #putOff = new Set<Link>();
  #closed = false;

  constructor(o: { limits: Limits; cutOff: CutOffTeller; held: () => { bytes: number; count: number } }) {
    this.#limits = o.limits;
    this.#cutOff = o.cutOff;
    this.#held = o.held;
  }

  /** From now on nothing more is read from anybody. */
  close(): void {
    this.#closed = true;
  }

  /** To be called while everything up to the next packet is still unread. */
  fit(link: Link): void {
    const { socket } = link;
    const meter = new FrameMeter(this.#limits.packetBytes);
    const read = socket.read.bind(socket);
    socket.read = (n?: number) => {
      if (n === 0) return read(0); // the stream's own way to start the flow
      if (this.#closed) return null;
      if (this.#isFull(link)) {
        this.#putOff.add(link);
        return null;
      }
      const chunk = read(n);
      const wrong = chunk === null ? null : meter.pass(chunk);
      if (wrong === null) return chunk;
      this.#cutOff(link, 'packet-too-large', wrong);
      socket.destroy();
      return null;
    };
    socket.once('close', () => this.#putOff.delete(link));
  }

  /** Room has come: as many read on as fit, once the turn that is being released is through. */
  readOn(): void {
    if (this.#putOff.size === 0) return;
    let room = this.#limits.heldBytes - this.#held().bytes;
    for (const link of this.#putOff) {
      if (room < 0) break;
      if (this.#isFull(link)) continue;
      room -= CHUNK;
      this.#putOff.delete(link);
      setImmediate(() => link.socket.emit('readable'));
    }
    // Whoever read on may have brought half a packet, and nothing to release that would call us again.
    if (this.#putOff.size > 0 && this.#held().count === 0) setImmediate(() => this.readOn());
  }

  #isFull(link: Link): boolean {
    return link.heldBytes > this.#limits.heldBytesPerClient || this.#held().bytes > this.#limits.heldBytes;
  }
}
