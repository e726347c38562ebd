import fc from 'fast-check';
import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { above, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';

// Where backfill and what is live meet, at a rule that waits both ways.

const WAITS: Pack = {
  ...(PACKS.find((p) => p.lifeline === 'gas') as Pack),
  rules: [
    {
      ...rule({ of: 'value' }, step(2, above(50), { onDelay: minutes(10), offDelay: minutes(10) })),
      id: as.rule('gas.co.limit'),
      lifeline: as.lifeline('gas'),
      metric: as.metric('co'),
    },
  ],
};

/** An hour over the limit that is told of when it is over, oldest first; a device says `then` live before and after it. */
async function afterBackfill(
  backlog: readonly number[],
  live: (w: FlowHarness) => Promise<unknown>,
): Promise<FlowHarness> {
  const w = await FlowHarness.begin({ packs: [WAITS] });
  for (let i = 0; i < 3; i++) {
    await w.value('gas', 'G-1', 'co', 5);
    await w.pass(minutes(5));
  }
  const began = w.clock.now();
  await w.pass(hours(1));
  await live(w);
  for (const [i, v] of backlog.entries()) {
    await w.value('gas', 'G-1', 'co', v, began + i * minutes(5));
    await w.pass(100);
  }
  return w;
}

test('a normal reading makes no live alarm of a late one, though the off-delay still runs', async () => {
  const w = await afterBackfill([70, 71, 72, 73, 74], async () => undefined);
  expect(w.open('G-1')).toMatchObject([{ late: true, trigger: { value: 72 } }]);
  await w.value('gas', 'G-1', 'co', 6);
  expect(w.kinds('G-1')).toEqual(['raised']);
  await w.pass(minutes(11));
  await w.value('gas', 'G-1', 'co', 7);
  expect(w.kinds('G-1')).toEqual(['raised', 'returned']);
});

test('a reading over the limit ends no late alarm, though its own on-delay still runs', async () => {
  const w = await afterBackfill([70, 71, 72, 73, 74], (w) => w.value('gas', 'G-1', 'co', 80));
  expect(w.open('G-1')).toMatchObject([{ late: true }]);
  await w.value('gas', 'G-1', 'co', 81);
  expect(w.kinds('G-1')).toEqual(['raised']);
  await w.pass(minutes(11));
  await w.value('gas', 'G-1', 'co', 82);
  expect(w.kinds('G-1')).toEqual(['raised', 'recurred']);
  expect(w.open('G-1')).toMatchObject([{ late: false }]);
});

test('what was over before an outage and after it, and in between was not: an excursion of that outage is another one', async () => {
  const AT_ONCE: Pack = {
    ...WAITS,
    rules: WAITS.rules.map((r) => ({ ...r, steps: r.steps.map((s) => ({ ...s, onDelay: 0, offDelay: 0 })) })),
  };
  const w = await FlowHarness.begin({ packs: [AT_ONCE] });
  await w.value('gas', 'G-1', 'co', 70);
  const [alarm] = w.open('G-1');
  if (alarm !== undefined) await w.acknowledge(alarm);
  const began = w.clock.now();
  await w.pass(hours(2));
  await w.value('gas', 'G-1', 'co', 71);
  await w.pass(minutes(1));
  await w.value('gas', 'G-1', 'co', 5);
  expect(w.open('G-1').filter((a) => a.metric === 'co')).toEqual([]);
  w.events.length = 0;
  // It lasted for ten minutes, and was so again an hour later.
  for (const [minute, value] of [
    [5, 72],
    [10, 6],
    [60, 73],
    [61, 74],
    [70, 7],
  ] as const)
    await w.value('gas', 'G-1', 'co', value, began + minutes(minute));
  const late = w.events.filter(({ event: { change } }) => change.kind === 'raised');
  expect(late.map((e) => e.after.trigger.value)).toEqual([73]);
  expect(w.open('G-1').filter((a) => a.metric === 'co')).toMatchObject([{ late: true }]);
});

test('one excursion of an outage that comes in no order rings late once, however what is live ends it meanwhile', async () => {
  const minute = fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: 40 }, (_, i) => i),
      { minLength: 40 },
    ),
    liveAfter: fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 4 }),
    everyMinutes: fc.constantFrom(1, 2, 5),
  });
  await fc.assert(
    fc.asyncProperty(minute, async ({ order, liveAfter, everyMinutes }) => {
      const w = await FlowHarness.begin({ packs: [WAITS] });
      for (let i = 0; i < 3; i++) {
        await w.value('gas', 'G-1', 'co', 5 + i);
        await w.pass(minutes(1));
      }
      const began = w.clock.now();
      const at = (i: number) => began + i * minutes(everyMinutes);
      await w.pass(at(40) - began);
      // Over the limit from the eighth to the thirtieth; the newest that was kept back is no longer.
      for (const [n, i] of order.entries()) {
        await w.value('gas', 'G-1', 'co', i >= 8 && i < 30 ? 70 + i / 100 : 5 + i / 100, at(i));
        await w.pass(100);
        if (liveAfter.includes(n)) await w.value('gas', 'G-1', 'co', 6 + n / 100);
      }
      const rang = w.events.filter(({ event: { change } }) => 'breach' in change);
      expect(rang.map(({ event: { change } }) => change.kind)).toEqual(['raised']);
      expect(w.open('G-1')).toMatchObject([{ late: true }]);
    }),
    { numRuns: 60, seed: 4 },
  );
});
