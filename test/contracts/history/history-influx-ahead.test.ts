import { describe, expect, test } from 'vitest';
import { Lines } from '../../../src/adapters/history-influx/lines.ts';
import { Past } from '../../../src/adapters/history-influx/past.ts';
import { as } from '../../../src/domain/ids.ts';
import { CH4, NOON, POINT, reading } from './history.contract.ts';

const TEMP = as.metric('temp');
const at = (t: number, metric = CH4) => ({ point: POINT, metric, observedAt: NOON + t });

describe('what was kept ahead of a backlog', () => {
  const lines = new Lines(() => 'gas');

  function pastWith(...ahead: { readonly turn: number; readonly at: number }[]): Past {
    const past = new Past(as.turn(0));
    past.storeGoesTo(Number.NEGATIVE_INFINITY);
    past.isNew(POINT, NOON - 1_000, as.turn(1));
    for (const a of ahead) {
      const readings = [reading(NOON + a.at, 1)];
      past.ahead.writing(readings, as.turn(a.turn));
      past.ahead.wrote([{ ...lines.ofReadings(readings, false), turns: [as.turn(a.turn)] }]);
    }
    return past;
  }

  test('overrules older turns, of the same point, metric and instant only', () => {
    const past = pastWith({ turn: 50, at: 7 }, { turn: 51, at: 3 }, { turn: 52, at: 9 });
    expect(past.ahead.has(at(3), 'reading', as.turn(2))).toBe(true);
    expect(past.ahead.has(at(7), 'reading', as.turn(2))).toBe(true);
    expect(past.ahead.has(at(8), 'reading', as.turn(2))).toBe(false);
    expect(past.ahead.has(at(7, TEMP), 'reading', as.turn(2))).toBe(false);
    expect(past.ahead.has(at(7), 'frame', as.turn(2))).toBe(false);
    expect(past.ahead.has(at(7), 'reading', as.turn(53))).toBe(false);
  });

  test('overrules no turn that is newer than itself, whatever else was kept ahead since', () => {
    const past = pastWith({ turn: 50, at: 7 }, { turn: 60, at: 3 });
    expect(past.ahead.has(at(7), 'reading', as.turn(49))).toBe(true);
    expect(past.ahead.has(at(7), 'reading', as.turn(50))).toBe(false);
    expect(past.ahead.has(at(7), 'reading', as.turn(55))).toBe(false);
    expect(past.ahead.has(at(3), 'reading', as.turn(55))).toBe(true);
  });

  test('of two metrics of one instant, told by two turns, each has its own turn', () => {
    const past = pastWith({ turn: 50, at: 7 });
    const readings = [reading(NOON + 9, 1), reading(NOON + 9, 2, { metric: TEMP })];
    past.ahead.writing(readings, as.turn(52));
    const turns = [as.turn(51), as.turn(52)];
    past.ahead.wrote([{ ...lines.ofReadings(readings, false), turns }]);
    expect(past.ahead.has(at(9), 'reading', as.turn(51))).toBe(false);
    expect(past.ahead.has(at(9, TEMP), 'reading', as.turn(51))).toBe(true);
  });

  test('may lie where an older turn writes, so that the older one says everything', () => {
    const past = pastWith({ turn: 50, at: 3 }, { turn: 51, at: 7 });
    expect(past.isNew(POINT, NOON - 1, as.turn(2))).toBe(true);
    expect(past.isNew(POINT, NOON + 3, as.turn(3))).toBe(false);
    expect(past.isNew(POINT, NOON + 5, as.turn(4))).toBe(false);
    expect(past.isNew(POINT, NOON + 8, as.turn(5))).toBe(true);
  });

  test('is forgotten when the backlog has met it, and is then what was before', () => {
    const past = pastWith({ turn: 50, at: 3 }, { turn: 51, at: 7 });
    past.reached(as.turn(50));
    expect(past.ahead.has(at(7), 'reading', as.turn(2))).toBe(true);
    past.reached(as.turn(51));
    expect(past.ahead.has(at(7), 'reading', as.turn(2))).toBe(false);
    expect(past.isNew(POINT, NOON + 7, as.turn(52))).toBe(false);
    expect(past.isNew(POINT, NOON + 8, as.turn(52))).toBe(true);
  });
});
