import { type Duration, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { WriterSeen } from '../ports/pair/pair.ts';

const LOOK_EVERY: Duration = seconds(1);
/** Ours: longer than a broker takes to start anew, and shorter than anybody would wait for readings. */
export const BLIND_AT_MOST: Duration = seconds(20);
/** A standby that has not said anything for so long may have gone. */
const SEEN_WITHIN: Duration = seconds(10);

type GivingWayOptions = {
  /** Whether this machine reaches the broker; `null`: there is none, or it is not known. */
  readonly reachesBroker: () => boolean | null;
  readonly seen: () => WriterSeen | null;
  /** Cannot be set. */
  readonly passed: () => Duration;
  readonly clock: Clock;
};

/**
 * A machine that writes, and hears nothing because its way to the broker is cut, gives way to one that stands by and reaches it. Where
 * nobody does, the broker is away and a change would mend nothing.
 */
export class GivingWay {
  readonly #o: GivingWayOptions;
  #blindSince: Duration | null = null;
  /** Resolves with to whom. */
  readonly due: Promise<string>;
  #tell: (to: string) => void = () => undefined;
  readonly #end: () => void;

  constructor(options: GivingWayOptions) {
    this.#o = options;
    this.due = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#end = options.clock.every(LOOK_EVERY, () => this.#look());
  }

  end(): void {
    this.#end();
  }

  #look(): void {
    const { reachesBroker, seen, passed } = this.#o;
    if (reachesBroker() !== false) {
      this.#blindSince = null;
      return;
    }
    const now = passed();
    this.#blindSince ??= now;
    if (now - this.#blindSince < BLIND_AT_MOST) return;
    const { at = 0, others = [] } = seen() ?? {};
    const to = others.find(
      (m) => m.role === 'standby' && m.reachesBroker === true && at - m.seenAt < SEEN_WITHIN,
    );
    if (to === undefined) return;
    this.#end();
    this.#tell(to.name);
  }
}
