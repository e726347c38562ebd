import { Repeats } from '../../domain/repeats.ts';
import { minutes } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log, LogFields } from '../../flow/ports/log.ts';

/** Told apart in a minute; beyond them, whoever makes them up is the story. */
const STORIES = 5_000;

type Story = { readonly msg: string; readonly fields: LogFields };

/** Says the same thing of the same address once a minute, and afterwards how often it happened besides. */
export class QuietLog {
  readonly #log: Log;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #repeats = new Repeats<Story>({ oneByOne: 1, kindsAtMost: STORIES });
  #minute = 0;

  constructor(log: Log, clock: Pick<Clock, 'now'>) {
    this.#log = log;
    this.#clock = clock;
  }

  warn(address: string, what: string, msg: string, fields: LogFields = {}): void {
    const minute = Math.floor(this.#clock.now() / minutes(1));
    if (minute !== this.#minute) this.tellRest();
    this.#minute = minute;
    const story = { msg, fields: { address, ...fields } };
    if (this.#repeats.note(`${address} ${what}`, story)) this.#log.warn(msg, story.fields);
  }

  /** What was not said by itself is said as a number: when a later minute brings something, and when the broker stops. */
  tellRest(): void {
    const { kinds, beyond } = this.#repeats.end();
    for (const { last, times } of kinds) this.#log.warn(last.msg, { ...last.fields, timesMore: times });
    if (beyond !== null)
      this.#log.warn('MQTT clients were refused or cut off, too many kinds to be told singly', {
        times: beyond.times,
      });
  }
}
