import { as } from '../domain/ids.ts';
import { type Point, UNPLACED_AREA } from '../domain/register/register.ts';
import type { Duration, Millis } from '../domain/time.ts';
import { PROBE } from '../packs/probe.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Meters } from './ports/meters.ts';
import type { ProbeLine } from './ports/probe-line.ts';

/** Misses in a row at which the self-check has failed (promises C17). */
const MISSES = 3;

/** The probe as a device at a point: known to judging, in no register. */
export const PROBE_POINT: Point = {
  code: as.point('PROBE'),
  name: PROBE.name.zh,
  lifeline: PROBE.lifeline,
  asset: null,
  area: UNPLACED_AREA.code,
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
};
export const PROBE_DEVICE = as.device('PROBE');
export const PROBE_TOPIC = `lifeline/v1/${PROBE.lifeline}/${PROBE_DEVICE}/telemetry`;

/**
 * Sends itself through the whole house, as a device in and as a console out: broker, turn, journal, rule, alarm,
 * WebSocket. What has not come out when the next is sent was missed; three in a row, and the self-check 系统自检 has failed,
 * until one comes out again.
 */
export class Probe {
  readonly #line: ProbeLine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #changed: () => void;
  /** Counts up from what nobody can guess. */
  #beat: number;
  #waitsFor: number | null = null;
  #misses = 0;
  #seenAt: Millis;

  constructor(given: {
    line: ProbeLine;
    clock: Clock;
    log: Log;
    meters: Meters;
    firstBeat: number;
    /** The self-check has failed, or is well again. */
    changed: () => void;
  }) {
    this.#line = given.line;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#changed = given.changed;
    this.#beat = given.firstBeat;
    this.#seenAt = given.clock.now();
    given.line.hears((beat) => this.#hear(beat));
  }

  /** Begins; the first beat is a period away. @returns ends it */
  start(period: Duration): () => void {
    return this.#clock.every(period, () => this.beat());
  }

  get misses(): number {
    return this.#misses;
  }

  get failing(): boolean {
    return this.#misses >= MISSES;
  }

  /** How long ago a beat last came out, or the service began. */
  get age(): Duration {
    return this.#clock.now() - this.#seenAt;
  }

  /** Looks whether the last one has come out, and sends the next. */
  beat(): void {
    if (this.#waitsFor !== null) this.#miss();
    this.#beat++;
    this.#waitsFor = this.#beat;
    // What went before ends first, or this one would be no event.
    this.#line.send(0);
    this.#line.send(this.#beat);
  }

  #miss(): void {
    this.#misses++;
    this.#meters.count('probe_misses_total');
    this.#log.warn('a probe did not come out as an alarm', {
      misses: this.#misses,
      line: this.#line.state(),
    });
    if (this.#misses !== MISSES) return;
    this.#log.error('the self-check has failed: packets may not become alarms before the operators', {
      line: this.#line.state(),
    });
    this.#changed();
  }

  #hear(beat: number): void {
    if (beat !== this.#waitsFor) return;
    const wasFailing = this.failing;
    this.#waitsFor = null;
    this.#misses = 0;
    this.#seenAt = this.#clock.now();
    if (!wasFailing) return;
    this.#log.info('the self-check is well again');
    this.#changed();
  }
}
