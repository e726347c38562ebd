import { chance } from '../random.ts';
import { type MakeModel, round, warmth } from './model.ts';

/** Methane of a healthy chamber: traces, a little more when it is warm. A device alarms by itself from 20 %LEL. */
export const gasChamber: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const [base, swell, depthTemp] = [own.between(0.1, 1.2), own.between(0.1, 0.6), own.between(12, 19)];
  const damp = own.between(62, 88);
  return {
    lifeline: 'gas',
    alarmEvery: 30_000,
    alarms: (v) => typeof v.ch4 === 'number' && v.ch4 >= 20,
    sense: (t, noise) => ({
      ch4: round(Math.max(0, base + swell * (1 + warmth(world, t)) + 0.06 * noise.normal()), 2),
      temp: round(depthTemp + 1.5 * warmth(world, t) + 0.08 * noise.normal(), 1),
      humidity: round(Math.min(99, damp + 4 * noise.normal() ** 2 * 0.2), 1),
      water: false,
      fault: false,
    }),
  };
};

/** A regulator station is above ground, ventilated, and watched for what harms the people who enter it. */
export const gasStation: MakeModel = (instrument, world) => {
  const own = chance(world.seed, `${instrument.code}/model`);
  const base = own.between(0.2, 0.8);
  return {
    lifeline: 'gas',
    alarmEvery: 30_000,
    alarms: (v) => typeof v.ch4 === 'number' && v.ch4 >= 20,
    sense: (t, noise) => ({
      ch4: round(Math.max(0, base + 0.1 * noise.normal()), 2),
      o2: round(20.9 + 0.05 * noise.normal(), 2),
      co: round(Math.max(0, 1.5 + 0.5 * noise.normal()), 1),
      h2s: round(Math.max(0, 0.3 + 0.1 * noise.normal()), 1),
      temp: round(18 + 6 * warmth(world, t) + 0.1 * noise.normal(), 1),
      fault: false,
    }),
  };
};
