import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { type Duration, days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness, LI } from '../flow-harness.ts';
import { expectTheSame, lives } from './clock-hours.ts';

/** By then it is known of each device that its clock and ours are apart; before, its readings are late ones. */
const RECOGNISED = minutes(5);

/** Beyond what is caught up little by little; of even and uneven amounts. */
const TAKEN_OVER: readonly [string, Duration][] = [
  ['45 min ahead', minutes(45)],
  ['45 min back', -minutes(45)],
  ['7 h 13 min 11.017 s ahead', hours(7) + minutes(13) + seconds(11) + 17],
  ['7 h 13 min 11.017 s back', -hours(7) - minutes(13) - seconds(11) - 17],
  ['a year ahead', days(365)],
  ['a year back', -days(365)],
];

describe('the machine’s clock is taken for ours while readings go on, and no judgement moves', () => {
  const timeless = lives([], { time: 'none' });
  const untouched = lives([]);

  test.each(TAKEN_OVER)('set %s, with devices that have no time', async (_, set) => {
    const h = await lives([{ after: minutes(30), set }], { time: 'none' });
    expect(h.adopted).toBe(set);
    await expectTheSame(h, timeless);
  });

  test.each(TAKEN_OVER)('set %s, with restarts in between', async (_, set) => {
    const h = await lives(
      [
        { after: minutes(12), restart: true },
        { after: minutes(30), set },
        { after: minutes(45), restart: true },
        { after: minutes(98), restart: true },
      ],
      { time: 'none' },
    );
    expect(h.adopted).toBe(set);
    await expectTheSame(h, timeless);
  });

  test.each(TAKEN_OVER)('set %s, and an hour and a half later back', async (_, set) => {
    const h = await lives(
      [
        { after: minutes(30), set },
        { after: minutes(120), set: -set },
      ],
      { time: 'none' },
    );
    expect(h.adopted).toBe(0);
    await expectTheSame(h, timeless);
  });

  test.each(TAKEN_OVER)('put right by %s, with devices that were right all the time', async (_, set) => {
    const h = await lives([{ after: minutes(30), set }], { wrong: -set });
    expect(h.adopted).toBe(set);
    await expectTheSame(h, untouched, RECOGNISED);
  });
});

describe('when the machine’s clock is taken for ours, what still waits moves along', () => {
  test.each([
    ['a year ahead', days(365)],
    ['eight hours ahead', hours(8)],
    ['eight hours back', hours(-8)],
    ['a year back', days(-365)],
  ] as const)(
    '%s: the shelf ends, the acknowledgement is re-alarmed and the silence tells when they would have',
    async (_, by) => {
      let w = await FlowHarness.begin();
      const say = (device: string, ch4: number) => w.telemetry('gas', device, { values: { ch4 } });
      for (const device of ['ACKED', 'SHELVED']) await say(device, 60);
      await say('GONE', 0.1);
      const [acked] = w.open('ACKED');
      const [shelved] = w.open('SHELVED');
      if (acked === undefined || shelved === undefined) throw new Error('the alarms are not there');
      await w.acknowledge(acked);
      await w.turn.act(
        shelved.id,
        {
          do: 'shelve',
          by: LI,
          until: w.clock.now() + hours(1),
          reason: 'test',
          seenRevision: shelved.revision,
          commandId: as.command('shelve-2'),
        },
        null,
      );
      await w.pass(minutes(10));
      await w.turn.tick('all');
      w.clock.wallStepsBy(by);
      const moved = w.clock.adopt();
      w = await w.restart(moved);
      await w.pass(minutes(15));
      expect(w.kinds('SHELVED')).toEqual([]);
      expect(w.kinds('ACKED')).toEqual([]);
      expect(w.kinds('GONE')).toEqual([]);
      await w.pass(minutes(10));
      expect(w.kinds('ACKED')).toContain('realarmed');
      expect(w.kinds('SHELVED')).toEqual([]);
      await w.pass(minutes(30));
      expect(w.kinds('SHELVED')).toContain('unshelved');
      await w.pass(hours(3));
      expect(w.kinds('GONE')).toContain('raised');
    },
  );
});
