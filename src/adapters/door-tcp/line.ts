import type { Socket } from 'node:net';
import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { CommandNews } from '../../flow/ports/down/ways.ts';
import type { DoorKey, FrameDesk } from '../../flow/ports/frames/frame-desk.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { notSpoken, type StationCommand } from '../../wire/protocols/told.ts';
import { TokenBucket } from '../shared/token-bucket.ts';
import { Answers } from './answers.ts';
import type { DoorLimits } from './limits.ts';
import type { Heard, HeardFrame, Talk } from './talk.ts';

/** What a held frame costs beside its bytes. */
const HOLD_BYTES = 400;

type Told = {
  readonly station: string;
  readonly tell: (news: CommandNews) => void;
  readonly end: () => void;
};

/** What all lines of a door share. */
export type LineParts = {
  readonly door: DoorKey;
  readonly limits: DoorLimits;
  readonly desk: FrameDesk;
  readonly clock: Clock;
  readonly meters: Meters;
  /** Whether our clock is not to be given to anybody. */
  readonly isClockDoubted: () => boolean;
  /** Bytes held over all lines. */
  readonly held: { bytes: number };
  /** A line has said whose it is. @returns why it may not */
  readonly speaksFor: (line: DoorLine, station: string) => string | null;
  /** Whether a frame of a station that nobody knows may still be set aside. */
  readonly takesUnknown: (line: DoorLine) => boolean;
  readonly cutOff: (line: DoorLine, code: string, why: string) => void;
  /** Lines that read no further until there is room. */
  readonly waiting: Set<DoorLine>;
  /** Room has come. */
  readonly released: () => void;
};

/**
 * One connection: reads, hands frames to the desk, and sends their answers in the order in which they came, when they
 * are kept. Reads no further while too much of what came is not released yet, or comes too fast.
 */
export class DoorLine {
  readonly socket: Socket;
  readonly address: string;
  readonly stations = new Set<string>();
  readonly #parts: LineParts;
  readonly #talk: Talk;
  readonly #answers: Answers;
  readonly #pace: TokenBucket;
  readonly since: Millis;
  lastHeardAt: Millis;
  hasSpoken = false;
  #heldBytes = 0;
  #heldFrames = 0;
  #bytesBefore = 0;
  #noise = 0;
  #isPaused = false;
  #endPause: (() => void) | null = null;
  #endStep: (() => void) | null = null;
  /** Commands that have left and are waited for, by id. */
  readonly #told = new Map<string, Told>();

  constructor(socket: Socket, address: string, talk: Talk, parts: LineParts) {
    this.socket = socket;
    this.address = address;
    this.#talk = talk;
    this.#parts = parts;
    const { clock, limits } = parts;
    this.since = clock.now();
    this.lastHeardAt = this.since;
    this.#pace = new TokenBucket(
      { perSecond: limits.framesPerSecond, atOnce: limits.framesAtOnce },
      this.since,
    );
    this.#answers = new Answers((bytes) => this.#send(bytes));
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('close', () => {
      parts.waiting.delete(this);
      this.#endPause?.();
      this.#endStep?.();
      for (const id of [...this.#told.keys()]) this.#news(id, { is: 'gone' });
    });
  }

  get heldFrames(): number {
    return this.#heldFrames;
  }

  /** One command at a time for each station. */
  isFree(station: string): boolean {
    return !this.socket.destroyed && ![...this.#told.values()].some((t) => t.station === station);
  }

  tell(command: StationCommand, tell: (news: CommandNews) => void): void {
    const { clock, desk, door, isClockDoubted } = this.#parts;
    const now = clock.now();
    const { id, station } = command;
    const { offset } = desk.station(door, station);
    const spoken = this.#talk.tell?.(command, { now: isClockDoubted() ? null : now, offset }, now);
    if (spoken === undefined || spoken.is === 'not-spoken') {
      tell(spoken ?? notSpoken('nothing can be said at this door'));
      return;
    }
    const { bytes, within } = spoken;
    const end = clock.after(within, () => {
      this.#talk.forget?.(id);
      this.#news(id, { is: 'no-answer', said: `no answer within ${Math.round(within / 1_000)} s` });
    });
    this.#told.set(id, { station, tell, end });
    if (bytes === null) this.#step();
    else this.#send(bytes);
  }

  #news(id: string, news: CommandNews): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    if (news.is !== 'delivered') {
      told.end();
      this.#told.delete(id);
    }
    told.tell(news);
  }

  /** Reads on, where it waited for room. */
  resume(): void {
    if (!this.#isPaused || this.#endPause !== null || this.#isFull()) return;
    this.#isPaused = false;
    this.#parts.waiting.delete(this);
    this.socket.resume();
  }

  #read(chunk: Uint8Array): void {
    const { clock, limits, meters, door } = this.#parts;
    const now = clock.now();
    meters.count(`door_bytes_total{door="${door}"}`, chunk.length);
    if (!this.hasSpoken) this.#bytesBefore += chunk.length;
    for (const heard of this.#talk.hear(chunk, now)) {
      if (this.socket.destroyed) return;
      this.#hear(heard, now);
    }
    if (!this.hasSpoken && this.#bytesBefore > limits.bytesBeforeFrame) {
      this.#cutOff('no-frame', `${this.#bytesBefore} bytes have come, and no good frame among them`);
      return;
    }
    this.#step();
    const wait = this.#pace.wait(now, 0);
    if (wait > 0) this.#pauseFor(wait);
    else if (this.#isFull()) this.#pause();
  }

  #hear(heard: Heard, now: Millis): void {
    const { limits, meters, door } = this.#parts;
    if (heard.is === 'flaw') {
      meters.count(`door_flaws_total{door="${door}",flaw="${heard.flaw}"}`);
      this.#noise += heard.bytes.length;
      if (this.#noise > limits.noiseBytes)
        this.#cutOff('noise', `${this.#noise} bytes in a row were no frame (${heard.flaw})`);
      return;
    }
    this.#noise = 0;
    this.#take(heard, now);
  }

  #take(frame: HeardFrame, now: Millis): void {
    const { door, desk, meters, speaksFor, takesUnknown } = this.#parts;
    const { station, isAgain } = frame;
    const { isKnown, offset, sums } = desk.station(door, station);
    if (frame.sum === 'modbus' && (sums === 'hj' || !isKnown)) {
      meters.count(`door_flaws_total{door="${door}",flaw="other-sum"}`);
      return;
    }
    if (frame.sum === 'modbus') meters.count(`door_other_sums_total{door="${door}"}`);
    const why = speaksFor(this, frame.speaker ?? station);
    if (why !== null) return;
    this.hasSpoken = true;
    this.lastHeardAt = now;
    for (const { id, news } of frame.replies ?? []) this.#news(id, news);
    this.#pace.spend(now);
    meters.count(`door_frames_total{door="${door}",kind="${isAgain ? 'again' : frame.kind}"}`);
    const isAnswered = frame.answerWhenKept !== null;
    const settle = isAnswered || frame.answerNow !== null ? this.#answers.take() : null;
    const clock = () => ({ now: this.#parts.isClockDoubted() ? null : this.#parts.clock.now(), offset });
    if (frame.isIdle) {
      settle?.(frame.answerNow?.(clock()) ?? frame.answerWhenKept?.(clock()) ?? null);
      return;
    }
    if (!isKnown && !takesUnknown(this)) {
      settle?.(null);
      return;
    }
    const bytes = frame.bytes.length + HOLD_BYTES;
    this.#hold(bytes, 1);
    const { kind, said, flaws } = frame;
    desk.take(
      { door, station, kind, said, flaws, bytes: frame.bytes, receivedAt: now, isAnswered },
      (outcome) => {
        this.#hold(-bytes, -1);
        if (outcome === 'kept') settle?.(frame.answerWhenKept?.(clock()) ?? null);
        else this.#cutOff('not-kept', 'its frame could not be kept');
        this.resume();
        if (this.#heldFrames === 0) this.#step();
        if (this.#parts.waiting.size > 0) this.#parts.released();
      },
    );
  }

  #hold(bytes: number, frames: number): void {
    this.#heldBytes += bytes;
    this.#heldFrames += frames;
    this.#parts.held.bytes += bytes;
  }

  /** Where we ask: what is due now. */
  #step(): void {
    const { clock } = this.#parts;
    if (this.#talk.step === undefined || this.socket.destroyed) return;
    const now = clock.now();
    const { send, heard, again } = this.#talk.step(now, this.#heldFrames === 0);
    if (send !== null) this.#send(send);
    for (const one of heard) this.#hear(one, now);
    this.#endStep?.();
    this.#endStep = null;
    if (again === Number.POSITIVE_INFINITY) return;
    this.#endStep = clock.after(Math.max(1, again - now), () => {
      this.#endStep = null;
      this.#step();
    });
  }

  #send(bytes: Uint8Array): void {
    if (this.socket.destroyed) return;
    this.socket.write(bytes);
    this.#parts.meters.count(`door_answers_total{door="${this.#parts.door}"}`);
    if (this.socket.writableLength > this.#parts.limits.unreadBytes)
      this.#cutOff('unread', 'it does not read its answers');
  }

  #isFull(): boolean {
    const { held, limits } = this.#parts;
    return (
      this.#heldBytes > limits.heldBytesPerLine || (this.#heldBytes > 0 && held.bytes > limits.heldBytes)
    );
  }

  #pause(): void {
    this.#isPaused = true;
    this.#parts.waiting.add(this);
    this.socket.pause();
  }

  #pauseFor(ms: number): void {
    const { clock, meters, door } = this.#parts;
    meters.count(`door_slowed_total{door="${door}"}`);
    this.#pause();
    this.#endPause?.();
    this.#endPause = clock.after(ms, () => {
      this.#endPause = null;
      this.resume();
    });
  }

  #cutOff(code: string, why: string): void {
    if (!this.socket.destroyed) this.#parts.cutOff(this, code, why);
  }
}
