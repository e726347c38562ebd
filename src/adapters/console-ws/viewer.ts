import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { SignalNow } from '../../domain/alarm/alarm.ts';
import type { Reading } from '../../domain/reading.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { signalJson } from '../../wire/alarm.ts';
import { type LiveFrame, readingItem } from '../../wire/live/live.ts';
import { GOOD_BYE, type LiveLimits, TICK_EVERY } from './limits.ts';

/**
 * Where a console stands with the events of the journal:
 *
 *     waiting ──snapshot──▶ catchingUp ──nothing missed──▶ live
 *        ▲                      ▲                            │
 *        │                      └── comes back with ?after   │
 *        └──── resync ◀──── behind ◀── it reads too slowly ──┘
 */
export type ViewerState = 'waiting' | 'catchingUp' | 'live' | 'behind';

export const encode = (frame: LiveFrame): Buffer => Buffer.from(JSON.stringify(frame));

/** One console: its socket, what it has been told, and what waits for it. */
export class Viewer {
  readonly socket: WebSocket;
  readonly token: string;
  /** By which frames it may hear. */
  roles: readonly Role[];
  /** The areas it may see, and the rule by them. */
  scope: Scope;
  sees: (area: string) => boolean;
  /** The last event that it was told, or that its snapshot holds. */
  seq: number;
  standing: ViewerState = 'waiting';
  /** Points it asked for. */
  watching: ReadonlySet<string> = new Set();
  /** It has asked for drills as well. */
  hearsDrills = false;
  requests = 0;
  /** Revision of the floods that it was told of; before the first there is nothing to tell. */
  floodsAt = 0;
  #floodsTold = '';
  #failingTold = false;
  pingsUnanswered = 0;
  /** Seconds between the pings that it asked for; `null`: it is content with those that everybody gets. */
  pingEvery: number | null = null;
  #ticksQuiet = 0;
  readonly #raw: Duplex;
  readonly #limits: LiveLimits;
  /** Newest reading of each metric that waits for the next frame, and when the newest one sent was observed. */
  readonly #pending = new Map<string, Reading>();
  readonly #shownUpTo = new Map<string, Millis>();
  readonly #signalsTold = new Map<string, Millis>();
  #corked = false;
  /** Bytes that may wait: a snapshot may be larger than what deltas are allowed, and must not count against them. */
  #allowance: number;
  #bufferedBefore = 0;
  #ticksStill = 0;
  #closing = false;
  #ticksClosing = 0;
  #cut = false;
  readonly #drained: (() => void)[] = [];

  constructor(given: {
    socket: WebSocket;
    raw: Duplex;
    token: string;
    scope: Scope;
    roles: readonly Role[];
    sees: (area: string) => boolean;
    limits: LiveLimits;
  }) {
    this.socket = given.socket;
    this.#raw = given.raw;
    this.token = given.token;
    this.scope = given.scope;
    this.roles = given.roles;
    this.sees = given.sees;
    this.#limits = given.limits;
    this.#allowance = given.limits.buffered;
    this.seq = -1;
    this.#raw.on('drain', () => this.nudge());
    this.socket.on('close', () => this.nudge());
  }

  /** Bytes that wait to be taken by the console, or by the network on the way to it. */
  get buffered(): number {
    return this.socket.bufferedAmount;
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Everything said in one go leaves in one write: 10,000 events at once are not 10,000 system calls. */
  send(frame: Buffer): void {
    if (!this.open) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#raw.cork();
      queueMicrotask(() => {
        this.#corked = false;
        this.#raw.uncork();
      });
    }
    this.socket.send(frame, { binary: false });
  }

  /** @returns false when too much waits already: the console is then behind and was not told */
  tell(seq: number, frame: Buffer): boolean {
    if (this.buffered <= this.#limits.buffered) this.#allowance = this.#limits.buffered;
    if (this.buffered + frame.length > this.#allowance) return false;
    this.send(frame);
    this.seq = seq;
    return true;
  }

  showSnapshot(seq: number, frame: Buffer): void {
    this.send(frame);
    this.#allowance = this.buffered + this.#limits.buffered;
    this.seq = seq;
  }

  fallBehind(): void {
    this.standing = 'behind';
    this.#pending.clear();
  }

  /** Resolves when what was sent has left, or the socket has closed. */
  async drained(): Promise<void> {
    while (this.open && this.buffered > this.#limits.buffered / 4) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
  }

  /** Newest wins, also over what was already shown: backfill is history, not news. */
  note(r: Reading): void {
    const key = `${r.point} ${r.metric}`;
    if ((this.#shownUpTo.get(key) ?? Number.NEGATIVE_INFINITY) > r.observedAt) return;
    const waiting = this.#pending.get(key);
    if (waiting === undefined || waiting.observedAt <= r.observedAt) this.#pending.set(key, r);
  }

  watch(points: ReadonlySet<string>): void {
    this.watching = points;
    this.#pending.clear();
    this.#shownUpTo.clear();
    this.#signalsTold.clear();
  }

  /**
   * One frame with everything that is new since the last.
   *
   * @param sees asked again for each point, for one may have moved to another district since it was asked for
   */
  tellReadings(sees: (point: string) => boolean): void {
    if (this.#pending.size === 0 || this.standing !== 'live') return;
    if (this.buffered > this.#limits.buffered) return;
    const items = [...this.#pending.values()].filter((r) => sees(r.point));
    for (const [key, r] of this.#pending) this.#shownUpTo.set(key, r.observedAt);
    this.#pending.clear();
    if (items.length === 0) return;
    this.send(encode({ type: 'readings', items: items.map(readingItem) }));
  }

  /** What has changed of the numbers of rules, of the points that are watched. */
  tellSignals(
    signalsOf: (point: string) => readonly { readonly alarm: string; readonly signal: SignalNow }[],
  ): void {
    if (this.standing !== 'live' || this.buffered > this.#limits.buffered) return;
    const items: Extract<LiveFrame, { type: 'signals' }>['items'] = [];
    for (const point of this.watching)
      for (const { alarm, signal } of signalsOf(point)) {
        if (this.#signalsTold.get(alarm) === signal.at) continue;
        this.#signalsTold.set(alarm, signal.at);
        items.push({ alarmId: alarm, ...signalJson(signal) });
      }
    if (items.length > 0) this.send(encode({ type: 'signals', items }));
  }

  /** @param any whether a flood is on: to somebody who has heard of none, "none" is no news */
  tellFloods(revision: number, text: string, any: boolean): void {
    if (this.buffered > this.#limits.buffered) return;
    this.floodsAt = revision;
    if (text === this.#floodsTold || (!any && this.#floodsTold === '')) return;
    this.#floodsTold = text;
    this.send(Buffer.from(text));
  }

  /** To whom it was always well nothing is said. */
  tellSelfCheck(failing: boolean): void {
    if (failing === this.#failingTold || this.buffered > this.#limits.buffered) return;
    this.#failingTold = failing;
    this.send(encode({ type: 'selfCheck', failing }));
  }

  ping(frame: Buffer): void {
    // A ping to a socket that takes nothing would only be one thing more that waits.
    if (this.buffered > this.#limits.buffered) return;
    this.pingsUnanswered += 1;
    this.send(frame);
    if (this.open) this.socket.ping();
  }

  /** Once a tick: the word that we are there, as often as it was asked for. What waits to be read is word enough. */
  beat(frame: Buffer): void {
    if (this.pingEvery === null) return;
    this.#ticksQuiet += 1;
    if (this.#ticksQuiet * TICK_EVERY < this.pingEvery * seconds(1) || this.buffered > 0) return;
    this.#ticksQuiet = 0;
    this.send(frame);
  }

  /**
   * Asked once a tick. True when bytes have waited for so long without one of them leaving that nobody can be
   * reading, or when a good-bye has been left without an answer. In ticks and not by the clock, which may be
   * stepped.
   */
  isStuck(): boolean {
    if (this.#cut) return false;
    const buffered = this.buffered;
    const moves = buffered === 0 || buffered < this.#bufferedBefore;
    this.#bufferedBefore = buffered;
    this.#ticksStill = moves ? 0 : this.#ticksStill + 1;
    if (this.#closing) this.#ticksClosing += 1;
    return this.#ticksStill * TICK_EVERY > this.#limits.stuck || this.#ticksClosing * TICK_EVERY > GOOD_BYE;
  }

  /** Says why, and gives the other side a moment to hear it. */
  close(code: number, why: string): void {
    this.#closing = true;
    this.socket.close(code, why);
  }

  /** Nobody is there who could be told. */
  cut(): void {
    this.#cut = true;
    this.socket.terminate();
  }

  /** Lets those look again who wait for the socket to drain. */
  nudge(): void {
    for (const look of this.#drained.splice(0)) look();
    this.onDrained();
  }

  /** Set by whoever wants to help a console on as soon as it has read what waited. */
  onDrained: () => void = () => {};
}
