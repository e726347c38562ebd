import type { City, Instrument } from './city.ts';
import type { SimEvent, TimeScale } from './event.ts';
import { mergeByTime } from './merge.ts';
import { modelOf } from './models/index.ts';
import type { World } from './models/model.ts';
import type { Plot } from './scenarios/scenario.ts';
import { track } from './track.ts';

export type GenerateOptions = {
  readonly city: City;
  readonly plot: Plot;
  readonly seed: number;
  readonly scale: TimeScale;
  readonly qos: 0 | 1 | 2;
  /** Exclusive end, virtual milliseconds. */
  readonly until: number;
  /** Messages a second over all instruments; `null`: their own intervals. */
  readonly rate: number | null;
};

/** Beijing time; the city's day does not depend on where the simulator runs. */
const UTC_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Everything a city sends while a plot unfolds, in order of time. Pure: same arguments, same bytes. */
export function generate(o: GenerateOptions): Generator<SimEvent, void> {
  const world: World = {
    seed: o.seed,
    timeOfDay: o.plot.timeOfDay ?? (o.scale.start + UTC_OFFSET_MS) % DAY_MS,
    rain: o.plot.rain ?? (() => 0),
  };
  const byDevice = Map.groupBy(o.plot.incidents, (i) => i.device);
  const interval =
    o.rate === null ? null : Math.max(1, Math.round((o.city.instruments.length / o.rate) * 1000));
  // A thousand greetings a second are few enough for any broker.
  const settleMs = Math.max(5_000, o.city.instruments.length, interval ?? 0);
  return mergeByTime(
    o.city.instruments.map((known) => {
      const instrument: Instrument = interval === null ? known : { ...known, interval };
      return track({
        instrument,
        model: modelOf(instrument, world),
        incidents: byDevice.get(instrument.code) ?? [],
        seed: o.seed,
        scale: o.scale,
        qos: o.qos,
        until: o.until,
        settleMs,
      });
    }),
  );
}
