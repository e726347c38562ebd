import { chance } from '../../simulators/random.ts';
import { type Duration, days, hours, type Millis, minutes, seconds } from '../../src/domain/time.ts';

/** What a device's clock does in place of telling the time. */
export type Sickness =
  | { readonly is: 'steps'; readonly by: Duration }
  | { readonly is: 'stands' }
  | { readonly is: 'drifts'; readonly share: number }
  | { readonly is: 'jitters'; readonly upTo: Duration };

type Stretch = { readonly from: Millis; readonly to: Millis };
/** A way out to people. */
type OfChannel = Stretch & { readonly channel: 'hook' | 'mail' };
type OfDevice = Stretch & { readonly device: string };

/** One thing that goes wrong. Each can be left out without any other changing. */
export type Fate = { readonly id: string } & (
  | (OfDevice & { readonly kind: 'clock'; readonly sickness: Sickness })
  | (OfDevice & {
      readonly kind: 'offline';
      /** In which order what was kept back is sent. */
      readonly flush: 'oldest first' | 'newest first' | 'shuffled' | 'in batches';
      readonly pace: Duration;
    })
  | (OfDevice & { readonly kind: 'slow link'; readonly upTo: Duration })
  | (OfDevice & { readonly kind: 'lossy link'; readonly share: number })
  | (OfDevice & { readonly kind: 'replays'; readonly share: number; readonly after: Duration })
  | (OfDevice & { readonly kind: 'fault values'; readonly share: number })
  | (Stretch & { readonly kind: 'store away' | 'store torn' | 'full disk' })
  /** It says that it has kept what it has not, or keeps it twice and again with the next. */
  | (Stretch & { readonly kind: 'store forgets' | 'store repeats' })
  | (Stretch & { readonly kind: 'store answers late'; readonly by: Duration })
  /** `loses answers`: it has the message, and nobody hears so. */
  | (OfChannel & { readonly kind: 'receiver away' | 'receiver refuses' | 'receiver loses answers' })
  /** It takes so long until it says that it has it. */
  | (OfChannel & { readonly kind: 'receiver slow'; readonly by: Duration })
  /** Without a network: what they do is sent later. */
  | (Stretch & { readonly kind: 'crew offline'; readonly crew: string })
  | (Stretch & { readonly kind: 'slow store'; readonly by: Duration })
  | (Stretch & { readonly kind: 'slow disk'; readonly by: Duration })
  | {
      readonly kind: 'restart';
      readonly from: Millis;
      /** `killed before` the commit in hand, or `after` it and before anybody is told. */
      readonly how: 'stopped' | 'killed before' | 'killed after';
      readonly off: Duration;
      /** How far the machine's clock is set meanwhile. */
      readonly clockSet: Duration;
    }
);

const STEPS = [
  ...[1, 20, 45, 90].map(seconds),
  ...[5, 59].map(minutes),
  ...[1, 8].map(hours),
  ...[1, 6, 8, 365].map(days),
].flatMap((by) => [-by, by]);

/** Everything that goes wrong in one history. A day of a device has about two troubles, a day of the service about three. */
export function fatesOf(
  seed: number,
  devices: readonly string[],
  from: Millis,
  lasts: Duration,
  ourClock: boolean,
): readonly Fate[] {
  const fates = [
    ...fatesOfDevices(seed, devices, from, lasts),
    ...fatesOfService({ seed, from, lasts, ourClock }),
  ];
  return fates.sort((a, b) => a.from - b.from);
}

export function fatesOfDevices(
  seed: number,
  devices: readonly string[],
  from: Millis,
  lasts: Duration,
): readonly Fate[] {
  const fates: Fate[] = [];
  const shareOfDay = lasts / days(1);
  for (const device of devices) {
    const c = chance(seed, `fate of ${device}`);
    // Half of all clocks are right for as long as they live.
    const clockIsRight = c.next() < 0.5;
    for (let i = 0; i < 2.5 * shareOfDay; i++) {
      const begins = from + c.between(0, lasts);
      const ends = begins + c.pick([minutes(10), hours(1), hours(5)]) * c.between(0.5, 1.5);
      const common = { id: `${device}#${i}`, device, from: begins, to: ends };
      const draw = c.next();
      const extent = c.next();
      if (draw < 0.3) {
        if (!clockIsRight)
          fates.push({ ...common, kind: 'clock', sickness: sicknessOf(c.next(), c.pick(STEPS)) });
      } else if (draw < 0.55) {
        const flush = c.pick(['oldest first', 'newest first', 'shuffled', 'in batches'] as const);
        fates.push({ ...common, kind: 'offline', flush, pace: c.pick([20, 200, seconds(3)]) });
      } else if (draw < 0.7) fates.push({ ...common, kind: 'slow link', upTo: seconds(5 + 22 * extent) });
      else if (draw < 0.8) fates.push({ ...common, kind: 'lossy link', share: extent / 2 });
      else if (draw < 0.92) {
        const after = c.pick([seconds(1), seconds(20), minutes(10), hours(3), days(1)]);
        fates.push({ ...common, kind: 'replays', share: extent, after });
      } else fates.push({ ...common, kind: 'fault values', share: extent });
    }
  }
  return fates.sort((a, b) => a.from - b.from);
}

function fatesOfService(given: {
  readonly seed: number;
  readonly from: Millis;
  readonly lasts: Duration;
  readonly ourClock: boolean;
}): readonly Fate[] {
  const { seed, from, lasts, ourClock } = given;
  const fates: Fate[] = [];
  const shareOfDay = lasts / days(1);
  const c = chance(seed, 'fate of the service');
  const clockIsSet = c.next() < 0.25 && ourClock;
  for (let i = 0; i < 3 * shareOfDay; i++) {
    const begins = from + c.between(minutes(10), lasts);
    const ends = begins + c.pick([minutes(2), minutes(30), hours(3)]) * c.between(0.5, 1.5);
    const id = `service#${i}`;
    const draw = c.next();
    if (draw < 0.6) {
      const how = c.pick(['stopped', 'killed before', 'killed after'] as const);
      const off = c.pick([5, seconds(4), seconds(40), minutes(10), hours(2)]);
      const clockSet = clockIsSet && c.next() < 0.5 ? c.pick(STEPS.slice(0, 18)) : 0;
      fates.push({ id, kind: 'restart', from: begins, how, off, clockSet });
    } else if (draw < 0.7) fates.push({ id, kind: 'store away', from: begins, to: ends });
    else if (draw < 0.77) fates.push({ id, kind: 'store torn', from: begins, to: ends });
    else if (draw < 0.83) {
      const by = c.pick([300, seconds(5), minutes(1)]);
      fates.push({ id, kind: 'slow store', from: begins, to: ends, by });
    } else if (draw < 0.9) fates.push({ id, kind: 'full disk', from: begins, to: ends });
    else fates.push({ id, kind: 'slow disk', from: begins, to: ends, by: c.pick([20, 300, seconds(5)]) });
  }
  return fates;
}

/** What goes wrong with those who are told: about three troubles a day, each of one channel. */
export function fatesOfReceivers(seed: number, from: Millis, lasts: Duration): readonly Fate[] {
  const c = chance(seed, 'fate of receivers');
  return Array.from({ length: Math.ceil((3 * lasts) / days(1)) }, (_, i): Fate => {
    const begins = from + c.between(0, lasts);
    const to = begins + c.pick([minutes(2), minutes(30), hours(2)]) * c.between(0.5, 1.5);
    const channel = c.pick(['hook', 'hook', 'mail'] as const);
    const common = { id: `receivers#${i}`, from: begins, to, channel };
    const draw = c.next();
    if (draw < 0.4) return { ...common, kind: 'receiver away' };
    if (draw < 0.5) return { ...common, kind: 'receiver refuses' };
    if (draw < 0.65) return { ...common, kind: 'receiver loses answers' };
    return { ...common, kind: 'receiver slow', by: c.pick([200, seconds(4), seconds(12)]) };
  });
}

/** A store that lies: about once in two days. */
export function fatesOfStore(seed: number, from: Millis, lasts: Duration): readonly Fate[] {
  const c = chance(seed, 'fate of the store');
  return Array.from({ length: Math.ceil(lasts / days(2)) }, (_, i): Fate => {
    const begins = from + c.between(0, lasts);
    const to = begins + c.pick([minutes(2), minutes(30), hours(2)]) * c.between(0.5, 1.5);
    const common = { id: `store#${i}`, from: begins, to };
    const draw = c.next();
    if (draw < 0.4) return { ...common, kind: 'store forgets' };
    if (draw < 0.7) return { ...common, kind: 'store repeats' };
    return { ...common, kind: 'store answers late', by: c.pick([300, seconds(20), minutes(2)]) };
  });
}

/** Crews without a network: about twice a day, in a shaft or on a long way. */
export function fatesOfCrews(
  seed: number,
  crews: readonly string[],
  from: Millis,
  lasts: Duration,
): readonly Fate[] {
  const c = chance(seed, 'fate of crews');
  return Array.from({ length: Math.ceil((2 * crews.length * lasts) / days(1)) }, (_, i): Fate => {
    const begins = from + c.between(0, lasts);
    const to = begins + c.pick([minutes(20), hours(1), hours(4)]) * c.between(0.5, 1.5);
    return { id: `crews#${i}`, kind: 'crew offline', from: begins, to, crew: c.pick(crews) };
  });
}

function sicknessOf(draw: number, by: Duration): Sickness {
  if (draw < 0.6) return { is: 'steps', by };
  if (draw < 0.75) return { is: 'stands' };
  if (draw < 0.9) return { is: 'drifts', share: (draw - 0.825) * 0.1 };
  return { is: 'jitters', upTo: minutes(3) };
}
