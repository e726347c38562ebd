import { FrameMeter } from './frame-meter.ts';
import type { Limits } from './limits.ts';
import type { CutOffTeller, DeviceLink } from './link.ts';

/** About what one read brings, and what it may bring when room is short. */
const CHUNK = 64 * 1024;
const READ_LITTLE = 16 * 1024;

/**
 * Stands between each socket and aedes, which reads by `socket.read()`: measures every packet before its
 * body has come, and reads no further from a client while too much of what came is not released yet. Then
 * TCP slows the sender.
 */
export class Backpressure {
  readonly #limits: Limits;
  readonly #cutOff: CutOffTeller;
  /** Bytes held over all clients, and packets. */
  readonly #held: () => { readonly bytes: number; readonly count: number };
  /** Milliseconds until a client that was too fast may go on. */
  readonly #wait: (link: DeviceLink) => number;
  /** Takes what needs nothing of aedes; what it leaves is aedes's. */
  readonly #fastPath: (link: DeviceLink, chunk: Buffer) => Buffer | null;
  /** Links whose reading was put off, the longest waiting first. */
  readonly #paused = new Set<DeviceLink>();
  #closed = false;

  constructor(o: {
    limits: Limits;
    cutOff: CutOffTeller;
    held: () => { bytes: number; count: number };
    wait: (link: DeviceLink) => number;
    fastPath: (link: DeviceLink, chunk: Buffer) => Buffer | null;
  }) {
    this.#limits = o.limits;
    this.#cutOff = o.cutOff;
    this.#held = o.held;
    this.#wait = o.wait;
    this.#fastPath = o.fastPath;
  }

  /** From now on nothing more is read from anybody. */
  close(): void {
    this.#closed = true;
  }

  /** To be called while everything up to the next packet is still unread. */
  fit(link: DeviceLink): void {
    const { socket } = link;
    const meter = new FrameMeter(this.#limits.packetBytes);
    const read = socket.read.bind(socket);
    /** What has passed beside the stream, and is aedes's. */
    let beside: Buffer | null = null;
    const pass = (chunk: Buffer): Buffer | null => {
      const between = meter.isBetween;
      const wrong = meter.pass(chunk);
      if (wrong === null) return between ? this.#fastPath(link, chunk) : chunk;
      this.#cutOff(link, 'packet-too-large', wrong);
      socket.destroy();
      return null;
    };
    let begun = false;
    socket.read = (n?: number) => {
      if (n === 0) return read(0); // the stream's own way to start the flow
      if (this.#closed) return null;
      if (link.beginning !== null) {
        // The rest stays in the stream, and so does the end of a client that has said all it had to say: aedes forgets
        // what came before its CONNACK as soon as the connection has ended.
        const connect: Buffer | null = begun ? null : read(link.beginning.connectBytes);
        if (connect === null) return null;
        begun = true;
        return pass(connect);
      }
      if (link.pause !== null || this.#mustWait(link)) return null;
      if (this.#isFull(link)) {
        this.#paused.add(link);
        return null;
      }
      const chunk: Buffer | null = this.#isTight() ? this.#readLittle(link, read) : read(n);
      const rest = chunk === null ? null : pass(chunk);
      const first = beside;
      beside = null;
      return first === null ? rest : rest === null ? first : Buffer.concat([first, rest]);
    };
    if ('taker' in socket)
      socket.taker = (chunk) => {
        if (
          beside !== null ||
          this.#closed ||
          link.beginning !== null ||
          link.pause !== null ||
          this.#isTight()
        )
          return false;
        if (this.#isFull(link) || this.#mustWait(link)) return false;
        beside = pass(chunk);
        if (beside !== null) socket.emit('readable');
        return true;
      };
    socket.once('close', () => {
      this.#paused.delete(link);
      if (link.pause !== null) clearTimeout(link.pause);
    });
  }

  /** Too fast: nothing more is read until its time has come, and TCP slows the sender. */
  #mustWait(link: DeviceLink): boolean {
    const ms = this.#wait(link);
    if (ms === 0) return false;
    link.pause = setTimeout(() => {
      link.pause = null;
      link.socket.emit('readable');
    }, ms);
    return true;
  }

  /**
   * A packet of this client waits for its release. Left to itself aedes would read nothing more from the
   * client until then, not even its PINGREQ, and while the journal stands still every device would think us
   * dead and come back in a storm. Each 'readable' makes aedes wait for one packet less.
   */
  keepReading(link: DeviceLink): void {
    if (link.nudges++ > 0) return;
    setImmediate(() => {
      const n = link.nudges;
      link.nudges = 0;
      for (let i = 0; i < n; i++) link.socket.emit('readable');
    });
  }

  /** Room has come: as many read on as fit, once the turn that is being released is through. */
  resume(): void {
    if (this.#paused.size === 0) return;
    let room = this.#limits.heldBytes - this.#held().bytes;
    for (const link of this.#paused) {
      if (room < 0) break;
      if (this.#isFull(link)) continue;
      room -= CHUNK;
      this.#paused.delete(link);
      setImmediate(() => link.socket.emit('readable'));
    }
    // Whoever read on may have brought half a packet, and nothing to release that would call us again.
    if (this.#paused.size > 0 && this.#held().count === 0) setImmediate(() => this.resume());
  }

  #readLittle(link: DeviceLink, read: (n?: number) => Buffer | null): Buffer | null {
    const { readableLength } = link.socket;
    // The stream does not say again that there is something to read.
    if (readableLength > READ_LITTLE) this.#paused.add(link);
    return read(Math.min(readableLength, READ_LITTLE) || undefined);
  }

  /** When too much is held of all, a client of whom nothing is held may still come in and be heard. */
  #isFull(link: DeviceLink): boolean {
    return link.heldBytes > this.#limits.heldBytesPerClient || (link.heldBytes > 0 && this.#isTight());
  }

  #isTight(): boolean {
    return this.#held().bytes > this.#limits.heldBytes;
  }
}
