import { type Duration, type Millis, minutes, seconds } from '../domain/time.ts';
import type { WatchedClock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Meters } from './ports/meters.ts';

/** Apart by less is how clocks are. */
const AGREES: Duration = seconds(1);
/** The machine's clock has been set when it stays apart for this long. */
const NOTICED_AFTER: Duration = seconds(3);
/** Up to here we catch up, or wait, by going faster or slower … */
const CAUGHT_UP: Duration = minutes(2);
/** … by a tenth at most: a delay of ten minutes is nine or eleven then. */
const FASTER_AT_MOST = 0.1;
/** Nearly together, we go on gently: within about this time. */
const GENTLY: Duration = seconds(10);
/** Nearer than this there is nothing to catch up. */
const CLOSE: Duration = 20;
/** What has stood still at its new place for this long is where people want it. */
const SETTLED_AFTER: Duration = minutes(5);
/** Somebody who sets it to and fro does not make us start anew each time. */
const ADOPTED_AT_MOST_EVERY: Duration = minutes(60);
const DEVICES_ASKED_EVERY: Duration = seconds(30);

/** What the devices say: theirs less ours, of many at once; `null`: too few tell the time, or they do not agree. */
export type DevicesSay = () => Duration | null;

/**
 * Watches the machine's clock beside ours. A clock that was set changes nothing at first: what waits goes on waiting by
 * what has really passed, and the desk is told by how much. Where the devices' clocks speak for ours it stays so. Else up
 * to two minutes are caught up by going a little faster or slower; and when more has stood for minutes, the service starts
 * anew with the machine's clock, and what is still waiting moves along (`domain/alarm/clock-moved.ts`).
 */
export class ClockWatch {
  readonly #clock: WatchedClock;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #devicesSay: DevicesSay;
  readonly #settled: (apart: Duration) => void;
  /** Where the machine's clock stands, beyond ours, and since when. */
  #stands: { readonly apart: Duration; readonly since: Millis } | null = null;
  #told: Duration = 0;
  #asked = false;
  #allowed = true;
  #askAgainAt: Millis = 0;
  readonly #mayAdoptFrom: Millis;

  constructor(given: {
    clock: WatchedClock;
    log: Log;
    meters: Meters;
    devicesSay: DevicesSay;
    /** Called once, when the machine's clock should become ours. */
    settled: (apart: Duration) => void;
    /** When that was last done; `null`: not while this process has run. */
    adoptedAt: Millis | null;
  }) {
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#devicesSay = given.devicesSay;
    this.#settled = given.settled;
    this.#mayAdoptFrom = given.adoptedAt === null ? 0 : given.adoptedAt + ADOPTED_AT_MOST_EVERY;
    given.meters.set('clock_apart_seconds', 0);
    given.meters.count('clock_steps_total', 0);
  }

  /** By how much the machine's clock is beyond ours; 0 while they agree. */
  get apart(): Duration {
    return this.#told;
  }

  /** Looks; about once a second. @returns whether the desk should hear of it now */
  look(): boolean {
    const now = this.#clock.now();
    const apart = this.#clock.apart();
    this.#meters.set('clock_apart_seconds', apart / 1_000);
    if (Math.abs(apart) < AGREES) return this.#agree(apart);
    if (this.#stands === null || hasMoved(this.#stands.apart, apart)) this.#stands = { apart, since: now };
    const small = Math.abs(apart) <= CAUGHT_UP;
    if (small) this.#stands = { apart, since: this.#stands.since };
    const stoodFor = now - this.#stands.since;
    if (stoodFor < NOTICED_AFTER) return false;
    const isRight = this.#devicesAllow(apart, now);
    this.#clock.goAt(small && isRight ? 1 + towards(apart) : 1);
    if (!small && isRight && stoodFor >= SETTLED_AFTER && now >= this.#mayAdoptFrom) this.#adopt(apart);
    return this.#tell(apart);
  }

  #agree(apart: Duration): boolean {
    this.#clock.goAt(1 + towards(apart));
    const isNews = this.#told !== 0;
    if (isNews) this.#log.info("the machine's clock and ours agree again");
    this.#stands = null;
    this.#told = 0;
    this.#askAgainAt = 0;
    return isNews;
  }

  #tell(apart: Duration): boolean {
    const isNews = hasMoved(this.#told, apart) && Math.abs(apart) >= Math.abs(this.#told);
    this.#told = apart;
    if (!isNews) return false;
    this.#meters.count('clock_steps_total');
    this.#log.warn("the machine's clock was set; judging goes on by what has really passed", {
      apartMs: apart,
    });
    return true;
  }

  /** Where the devices' clocks are nearer to ours than to the machine's, that one is wrong, and nobody follows it. */
  #devicesAllow(apart: Duration, now: Millis): boolean {
    if (now < this.#askAgainAt) return this.#allowed;
    this.#askAgainAt = now + DEVICES_ASKED_EVERY;
    const devices = this.#devicesSay();
    this.#allowed = devices === null || Math.abs(devices) >= Math.abs(apart - devices);
    return this.#allowed;
  }

  #adopt(apart: Duration): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#settled(apart);
  }
}

const hasMoved = (before: Duration, now: Duration): boolean => Math.abs(now - before) >= AGREES;

function towards(apart: Duration): number {
  if (Math.abs(apart) < CLOSE) return 0;
  return Math.max(-FASTER_AT_MOST, Math.min(FASTER_AT_MOST, apart / GENTLY));
}
