import { chance } from '../random.ts';
import { type MakeModel, type Model, round, traffic, warmth } from './model.ts';

const bridge = (sense: Model['sense']): Model => ({
  lifeline: 'bridge',
  alarmEvery: 30_000,
  alarms: () => false,
  sense,
});

/** Sags with traffic, rises and falls with the temperature of the day. Down is negative. */
export const deflection: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [sag, sun] = [own.between(6, 11), own.between(2, 5)];
  return bridge((t, noise) => ({
    deflection: round(
      -sag * traffic(world, t) * (0.7 + 0.3 * noise.next()) - sun * warmth(world, t) + 0.4 * noise.normal(),
      2,
    ),
  }));
};

export const strain: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [offset, sun, load] = [own.between(-30, 30), own.between(20, 45), own.between(15, 30)];
  return bridge((t, noise) => ({
    strain: round(
      offset + sun * warmth(world, t) + load * traffic(world, t) * noise.next() + 1.5 * noise.normal(),
      1,
    ),
    temp: round(17 + 8 * warmth(world, t) + 0.1 * noise.normal(), 1),
  }));
};

/** The heaviest vehicle since the last report; lawful ones weigh up to 49 t. */
export const weigh: MakeModel = (_instrument, world) => ({
  ...bridge((t, noise) => {
    const busy = traffic(world, t);
    const load = Math.min(49, 2 + 12 * noise.next() + (noise.next() < busy / 3 ? 28 * noise.next() : 0));
    return { load: round(load, 1), axle: round(Math.min(11.5, 0.6 + load * 0.22), 1) };
  }),
  // Speaks at once of what no lorry may weigh.
  alarms: (v) => typeof v.load === 'number' && v.load > 55,
});

export const weather: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const breeze = own.between(1.5, 4);
  return bridge((t, noise) => {
    const mean = breeze * (1 + 0.4 * warmth(world, t));
    return {
      wind10: round(mean + 0.05 * noise.normal(), 2),
      wind: round(Math.max(0.3, mean * (1 + 0.25 * noise.normal())), 2),
      temp: round(17 + 7 * warmth(world, t) + 0.1 * noise.normal(), 1),
    };
  });
};

const SAMPLES_PER_SECOND = 20;
const FRAME_SECONDS = 10;

/** Frames of ten seconds at 20 Hz: the girder's own frequency under traffic, with noise on it. */
export const vibration: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [hertz, lively] = [own.between(0.8, 2.4), own.between(0.02, 0.05)];
  return {
    ...bridge(() => ({})),
    wave: (t, noise) => {
      const amplitude = lively * (0.3 + traffic(world, t)) * (0.8 + 0.4 * noise.next());
      const phase = 2 * Math.PI * noise.next();
      const az = Array.from({ length: SAMPLES_PER_SECOND * FRAME_SECONDS }, (_, i) =>
        round(
          amplitude * Math.sin(2 * Math.PI * hertz * (i / SAMPLES_PER_SECOND) + phase) +
            0.004 * noise.normal(),
          4,
        ),
      );
      return { dt: 1000 / SAMPLES_PER_SECOND, series: { az } };
    },
  };
};
