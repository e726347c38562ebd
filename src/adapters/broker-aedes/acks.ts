import type { DeviceLink } from './link.ts';

/** PUBACKs of the fast path: those that one turn releases for one client leave in one write. */
export class Acks {
  readonly #owed = new Set<DeviceLink>();
  #scheduled = false;

  /** In the order of the calls. */
  add(link: DeviceLink, messageId: number): void {
    if (link.acks.push(messageId) > 1) return;
    this.#owed.add(link);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const owing of this.#owed) this.flush(owing);
    });
  }

  /** What is owed to this client leaves now: before something else that must not overtake it. */
  flush(link: DeviceLink): void {
    if (!this.#owed.delete(link)) return;
    const { acks, socket } = link;
    if (!socket.destroyed) {
      const bytes = Buffer.allocUnsafe(4 * acks.length);
      for (let i = 0; i < acks.length; i++) bytes.writeUInt32BE(PUBACK + (acks[i] as number), 4 * i);
      socket.write(bytes);
    }
    acks.length = 0;
  }
}

/** Packet type 4, remaining length 2; the packet id follows (MQTT 3.1.1 §3.4). */
const PUBACK = 0x40020000;
