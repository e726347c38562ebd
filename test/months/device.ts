import { type Chance, chance } from '../../simulators/random.ts';
import { type Duration, type Millis, seconds } from '../../src/domain/time.ts';
import type { Agenda } from './agenda.ts';
import type { Sample } from './course.ts';
import type { Fate } from './fate.ts';

/** What was measured, and as what it was stamped. */
export type Stamped<S> = S & { readonly stampedAt: Millis };
/** What a device hands to the network: samples as it stamped them. */
export type Parcel<S = Sample> = {
  readonly device: string;
  readonly samples: readonly Stamped<S>[];
  readonly text: string;
};

/** What the network makes of a parcel: `kept` is an acknowledgement, and the rest is silence. */
export type Send<S = Sample> = (parcel: Parcel<S>, answered: (kept: boolean) => void) => void;

/** One sample as the device writes it. @param isFault with other quantities that are not to be believed */
export type Write<S> = (sample: Stamped<S>, isFault: boolean) => object;

export const writeGas: Write<Sample> = ({ stampedAt, values }, isFault) => ({
  ts: stampedAt,
  values: isFault ? { ...values, humidity: 9999, temp: -9999 } : values,
});

/** A device that measures at its pace, keeps what was not acknowledged, and suffers its fates. */
export class Device<S extends { readonly n: number } = Sample> {
  readonly name: string;
  readonly every: Duration;
  readonly #course: { sample(takenAt: Millis): S };
  readonly #write: Write<S>;
  readonly #fates: readonly Fate[];
  readonly #ofKind: ReadonlyMap<Fate['kind'], readonly Fate[]>;
  readonly #chance: Chance;
  readonly #agenda: Agenda;
  readonly #send: Send<S>;
  readonly #until: Millis;
  /** Kept while there is no link. */
  #kept: Parcel<S>[] = [];

  constructor(given: {
    seed: number;
    name: string;
    course: { sample(takenAt: Millis): S };
    write: Write<S>;
    /** Its own, in order of their beginning. */
    fates: readonly Fate[];
    agenda: Agenda;
    from: Millis;
    until: Millis;
    send: Send<S>;
    /** How often it may measure. */
    paces: readonly Duration[];
  }) {
    this.name = given.name;
    this.#course = given.course;
    this.#write = given.write;
    this.#fates = given.fates;
    this.#ofKind = Map.groupBy(this.#fates, (f) => f.kind);
    this.#chance = chance(given.seed, `device ${given.name}`);
    this.#agenda = given.agenda;
    this.#send = given.send;
    this.#until = given.until;
    this.every = this.#chance.pick(given.paces);
    this.#samples(given.from + this.#chance.between(0, this.every));
    for (const f of this.#fates)
      if (f.kind === 'offline')
        this.#agenda.add(Math.min(f.to, this.#until), () => this.#flush(f, Math.min(f.to, this.#until)));
  }

  /** Whether its clock tells the time for as long as it lives. */
  get isRight(): boolean {
    return !this.#fates.some((f) => f.kind === 'clock');
  }

  /** What its clock shows. */
  #clock(now: Millis): Millis {
    const f = this.#now('clock', now);
    if (f === undefined) return Math.round(now);
    const { sickness: s } = f;
    switch (s.is) {
      case 'steps':
        return Math.round(now + s.by);
      case 'stands':
        return Math.round(f.from);
      case 'drifts':
        return Math.round(now + (now - f.from) * s.share);
      case 'jitters':
        return Math.round(now + this.#chance.between(-s.upTo, s.upTo));
    }
  }

  #samples(when: Millis): void {
    if (when >= this.#until) return;
    this.#agenda.add(when, () => {
      const sample = { ...this.#course.sample(when), stampedAt: this.#clock(when) };
      const parcel = this.#parcel([sample], when);
      if (this.#now('offline', when) !== undefined) this.#kept.push(parcel);
      else this.#post(parcel, when);
      this.#samples(when + this.every + this.#chance.between(-200, 200));
    });
  }

  #parcel(samples: Parcel<S>['samples'], now: Millis): Parcel<S> {
    const faulty = this.#now('fault values', now);
    const body = samples.map((s) =>
      this.#write(s, faulty !== undefined && this.#chance.next() < faulty.share),
    );
    return { device: this.name, samples, text: JSON.stringify(body.length === 1 ? body[0] : body) };
  }

  #flush(f: Fate & { readonly kind: 'offline' }, now: Millis): void {
    if (this.#now('offline', now) !== undefined && now < this.#until) return;
    const kept = this.#kept;
    this.#kept = [];
    if (f.flush === 'newest first') kept.reverse();
    if (f.flush === 'shuffled') kept.sort((a, b) => this.#order(a) - this.#order(b));
    const parcels = f.flush === 'in batches' ? this.#batches(kept, now) : kept;
    for (const [i, parcel] of parcels.entries()) {
      const when = now + i * f.pace;
      this.#agenda.add(when, () => this.#post(parcel, when));
    }
  }

  /** Shuffled the same way every time. */
  #order(p: Parcel<S>): number {
    return chance(p.samples[0]?.n ?? 0, this.name).next();
  }

  #batches(kept: readonly Parcel<S>[], now: Millis): Parcel<S>[] {
    const batches: Parcel<S>[] = [];
    for (let i = 0; i < kept.length; i += 10)
      batches.push(
        this.#parcel(
          kept.slice(i, i + 10).flatMap((p) => p.samples),
          now,
        ),
      );
    return batches;
  }

  /** Onto the network, again and again until it is acknowledged. */
  #post(parcel: Parcel<S>, now: Millis, tries = 0): void {
    const slow = this.#now('slow link', now);
    const arrives =
      now + (slow === undefined ? this.#chance.between(5, 300) : this.#chance.between(5, slow.upTo));
    const lost = this.#now('lossy link', now);
    const again = () => {
      // Ever more patiently, as devices do that run on a battery.
      const when = arrives + this.#chance.between(seconds(5), seconds(25)) * 2 ** Math.min(tries, 4);
      this.#agenda.add(when, () => this.#post(parcel, when, tries + 1));
    };
    if (lost !== undefined && this.#chance.next() < lost.share) {
      again();
      return;
    }
    this.#agenda.add(arrives, () =>
      this.#send(parcel, (kept) => (kept ? this.#acknowledged(parcel, arrives) : again())),
    );
  }

  #acknowledged(parcel: Parcel<S>, now: Millis): void {
    const replays = this.#now('replays', now);
    if (replays === undefined || this.#chance.next() >= replays.share) return;
    const when = now + replays.after;
    if (when < this.#until)
      this.#agenda.add(when, () => {
        // By the same link.
        if (this.#now('offline', when) === undefined) this.#send(parcel, () => undefined);
      });
  }

  #now<K extends Fate['kind']>(kind: K, now: Millis): (Fate & { readonly kind: K }) | undefined {
    const all = this.#ofKind.get(kind);
    if (all === undefined) return undefined;
    // In order of their beginning.
    for (const f of all) {
      if (f.from > now) break;
      if (!('to' in f) || now < f.to) return f as Fate & { readonly kind: K };
    }
    return undefined;
  }
}
