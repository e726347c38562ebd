import { chance } from '../random.ts';
import { type MakeModel, round, traffic, warmth } from './model.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** An ultrasonic eye over a dry road: it sees nought, and half a centimetre of nothing now and then. */
export const floodDepth: MakeModel = (_instrument, world) => ({
  lifeline: 'waterlogging',
  alarmEvery: MINUTE,
  // Sends more often as soon as there is water to speak of.
  alarms: (v) => typeof v.depth === 'number' && v.depth >= 5,
  sense: (t, noise) => ({
    depth: round(Math.max(0, 0.25 * noise.normal() - 0.3), 1),
    temp: round(17 + 6 * warmth(world, t) + 0.1 * noise.normal(), 1),
  }),
});

/** Rain of the past hour, from the rain that all of the city shares, in tips of 0.2 mm. */
export const rainGauge: MakeModel = (_instrument, world) => ({
  lifeline: 'waterlogging',
  alarmEvery: MINUTE,
  alarms: (v) => typeof v.rain1h === 'number' && v.rain1h >= 8,
  sense: (t, noise) => ({
    rain1h: round(Math.floor(fallen(world.rain, t) / 0.2) * 0.2, 1),
    temp: round(17 + 6 * warmth(world, t) + 0.1 * noise.normal(), 1),
  }),
});

/** Millimetres over the hour before `t`, by the minute. */
export function fallen(rain: (atMs: number) => number, t: number): number {
  let mm = 0;
  for (let at = t - HOUR; at < t; at += MINUTE) mm += (rain(at + MINUTE / 2) * MINUTE) / HOUR;
  return mm;
}

/** A drain 3 to 4 m deep with the day's rise and fall of waste water in it. */
export const drainLevel: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [deep, low] = [own.between(3, 4), own.between(0.3, 0.7)];
  return {
    lifeline: 'waterlogging',
    alarmEvery: MINUTE,
    alarms: (v) => typeof v.level === 'number' && v.level >= 2,
    sense: (t, noise) => {
      const level = Math.max(0.05, low + 0.25 * traffic(world, t) + 0.01 * noise.normal());
      return {
        level: round(level, 3),
        airHeight: round(deep - level, 3),
        flow: round(0.4 + 0.3 * level + 0.03 * noise.normal(), 2),
      };
    },
  };
};

/** A cover lies still; below it there is some water, far down. */
export const cover: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [lies, water] = [own.between(0.1, 1), own.between(1.4, 2.8)];
  return {
    lifeline: 'manhole',
    alarmEvery: MINUTE,
    alarms: (v) => v.open === true || v.overflow === true || (typeof v.tilt === 'number' && v.tilt >= 10),
    sense: (_t, noise) => ({
      tilt: round(Math.max(0, lies + 0.1 * noise.normal()), 1),
      open: false,
      level: round(water + 0.01 * noise.normal(), 2),
      overflow: false,
      water: false,
    }),
  };
};
