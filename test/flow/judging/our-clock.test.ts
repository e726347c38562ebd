import { describe, expect, test } from 'vitest';
import { type Duration, days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { expectTheSame, lives, times } from './clock-hours.ts';

const AMOUNTS: readonly [string, Duration][] = [
  ['1 s', seconds(1)],
  ['20 s', seconds(20)],
  ['2 min', minutes(2)],
  ['45 min', minutes(45)],
  ['8 h', hours(8)],
  ['1 d', days(1)],
  ['1 y', days(365)],
];

describe('what is done to the machine’s clock moves no judgement while the devices speak for ours', () => {
  const untouched = lives([]);

  test('the story untouched has what it should', async () => {
    const kinds = new Set((await untouched).story.map((s) => s.what.split(' ').at(-1)));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['acknowledged', 'raised', 'realarmed', 'returned', 'shelved', 'unshelved']),
    );
    expect(Object.keys(times(await untouched)).filter((w) => w.startsWith('GONE'))).not.toEqual([]);
  });

  for (const [name, amount] of AMOUNTS)
    for (const sign of [1, -1]) {
      const set = sign * amount;
      const way = `${name} ${sign > 0 ? 'ahead' : 'back'}`;
      test(`set ${way}`, async () => expectTheSame(await lives([{ after: minutes(30), set }]), untouched));
      test(`set ${way}, and right again after three minutes`, async () =>
        expectTheSame(
          await lives([
            { after: minutes(30), set },
            { after: minutes(33), set: -set },
          ]),
          untouched,
        ));
      test(`set ${way}, twice`, async () =>
        expectTheSame(
          await lives([
            { after: minutes(10), set },
            { after: minutes(95), set },
          ]),
          untouched,
        ));
      test(`set ${way}, with restarts before, while it is so, and after it is right again`, async () =>
        expectTheSame(
          await lives([
            { after: minutes(12), restart: true },
            { after: minutes(30), set },
            { after: minutes(31), restart: true },
            { after: minutes(64), restart: true },
            { after: minutes(95), set: -set },
            { after: minutes(97), restart: true },
          ]),
          untouched,
        ));
    }
});
