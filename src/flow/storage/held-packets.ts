import type { Frame, Reading } from '../../domain/reading.ts';
import type { Draft } from '../core/draft.ts';
import type { Flaw, Intake, Packet } from '../ports/broker.ts';
import type { Meters } from '../ports/meters.ts';
import { type Clocks, SPOOLED_PER_BYTE, SPOOLED_TURN, spoolSize } from './spool-size.ts';

/** Of those held let go in one turn at most. */
const AT_ONCE = 512;

export type PacketItem = {
  readonly kind: 'packet';
  readonly packet: Packet;
  readonly release: Parameters<Intake>[1];
  /** What was set aside of it, once it is judged. */
  flaws: readonly Flaw[];
  /** Judged, and waiting for room in the spool. */
  isHeld: boolean;
};

/** A packet that was judged and for which the spool has no room: it is acknowledged when it has. */
type Held = {
  readonly item: PacketItem;
  readonly readings: readonly Reading[];
  readonly frames: readonly Frame[];
  /** What was believed of its point's clock after it: kept with it, and not before. */
  readonly clocks: Clocks;
  /** At most so much do they take in the spool. */
  readonly bytes: number;
};

/** What comes into a turn, as far as it takes room. */
type Measured =
  | PacketItem
  | { readonly kind: 'stock'; readonly readings: readonly Reading[] }
  | { readonly kind: 'act' | 'acts' | 'rule' | 'register' | 'share' | 'tell' | 'tick' };

/** Bytes of the spool that a turn may still fill. */
type Budget = { left: number };

/**
 * Packets that were judged while the spool was full (promises C13). They wait here, unacknowledged, in order of arrival: alarms go
 * on, and what their senders have is not kept twice.
 *
 *     comes ──▶ judged ──▶ is there room, for it and for those before it?
 *                            yes ──▶ kept with this turn, acknowledged when the turn is durable
 *                            no  ──▶ shown to consoles, and
 *                                      QoS 0, or our own   let go
 *                                      QoS 1 and 2         held ── room comes ──▶ kept with that turn (`owed`)
 */
export class HeldPackets {
  readonly #room: () => number;
  readonly #holding: (isHolding: boolean) => void;
  readonly #meters: Meters;
  /** In order of arrival. */
  #held: Held[] = [];

  /**
   * @param given.room bytes that may still come into the spool
   * @param given.holding hears when packets begin to be held, and when none is any more; throws nothing
   */
  constructor(given: { room: () => number; holding: (isHolding: boolean) => void; meters: Meters }) {
    this.#room = given.room;
    this.#holding = given.holding;
    this.#meters = given.meters;
  }

  get hasAny(): boolean {
    return this.#held.length > 0;
  }

  /** Whether there is room for these in a turn of their own. Of those held: for the first. */
  hasRoomFor(bytes = this.#held[0]?.bytes ?? 0): boolean {
    return SPOOLED_TURN + bytes <= this.#room();
  }

  /**
   * What of the room is left for this turn, where it may not be enough for all of it; `null`: it is enough, and
   * nobody needs to measure.
   */
  budgetFor(items: readonly Measured[]): Budget | null {
    let left = this.#room() - SPOOLED_TURN;
    if (this.#held.length > 0) return { left };
    if (left === Number.POSITIVE_INFINITY) return null;
    let most = 0;
    for (const item of items) {
      if (item.kind === 'packet') most += item.packet.payload.length + item.packet.topic.length;
      else if (item.kind === 'stock') left -= spoolSize(item.readings, []);
    }
    return most * SPOOLED_PER_BYTE < left ? null : { left };
  }

  /** Those for which there is room now, into the turn. @returns what is to be released with it */
  takeBack(draft: Draft, budget: Budget): PacketItem[] {
    const now: PacketItem[] = [];
    for (const { item, readings, frames, clocks, bytes } of this.#held) {
      if (now.length >= AT_ONCE || bytes > budget.left) break;
      budget.left -= bytes;
      item.isHeld = false;
      for (const r of readings) draft.owedReadings.push(r);
      for (const f of frames) draft.owedFrames.push(f);
      for (const [point, clock] of clocks) draft.clocks.set(point, clock);
      now.push(item);
    }
    if (now.length > 0) this.#held = this.#held.slice(now.length);
    if (now.length > 0 && this.#held.length === 0) this.#holding(false);
    return now;
  }

  /**
   * Judged like any other, and then kept only where there is room for it and for those before it.
   *
   * @param judge takes the packet into the draft
   * @returns what is to be released with the turn; `null`: nothing yet
   */
  take(
    item: PacketItem,
    judge: (packet: Packet, draft: Draft) => readonly Flaw[],
    draft: Draft,
    budget: Budget,
  ): PacketItem | (() => void) | null {
    const { packet, release } = item;
    const [readingsBefore, framesBefore] = [draft.readings.length, draft.frames.length];
    const clocksBefore = draft.clocks;
    draft.clocks = new Map();
    item.flaws = judge(packet, draft);
    const clocks = asTheyAre(draft.clocks);
    draft.clocks = clocksBefore;
    const readings = draft.readings.slice(readingsBefore);
    const frames = draft.frames.slice(framesBefore);
    const bytes = spoolSize(readings, frames, clocks);
    if (this.#held.length === 0 && bytes <= budget.left) {
      budget.left -= bytes;
      for (const [point, clock] of clocks) draft.clocks.set(point, clock);
      return item;
    }
    draft.readings.length = readingsBefore;
    draft.frames.length = framesBefore;
    for (const r of readings) draft.shown.push(r);
    if (packet.own === true) return item;
    if (packet.qos === 0) {
      this.#meters.count('packets_dropped_total{qos="0"}');
      return () => release('dropped', item.flaws);
    }
    item.isHeld = true;
    this.#held.push({ item, readings, frames, clocks, bytes });
    if (this.#held.length === 1) this.#holding(true);
    return null;
  }

  /** Nothing may be promised any more: their senders keep them. */
  refuse(): void {
    for (const { item } of this.#held.splice(0)) item.release('failed', []);
  }
}

/** What is believed now: packets that are not kept change it further. */
const asTheyAre = (clocks: Clocks): Clocks =>
  new Map([...clocks].map(([point, clock]) => [point, clock === null ? null : { ...clock }]));
