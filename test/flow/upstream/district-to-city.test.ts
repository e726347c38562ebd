import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { dayOf } from '../../../src/domain/upstream/item.ts';
import { stateOf } from '../../../src/domain/upstream/reconcile.ts';
import { gatherPeriod } from '../../../src/flow/answering/gather-period.ts';
import { create, DESK } from '../../domain/order/build.ts';
import { LI, START } from '../flow-harness.ts';
import { type Fate, TwoPlatforms } from './two-platforms.ts';

const SOURCE = 'qiaocheng';

describe('an alarm of the district', () => {
  test('is on the board of the city with whose it is, and lives there as it lives below', async () => {
    const two = await TwoPlatforms.begin();
    await two.gas('GAS-1', 25);
    await two.settle();
    const [below] = two.district.open('GAS-1');
    const [above] = two.city.open('GAS-1');
    expect(above).toEqual({ ...below, from: SOURCE });
    await two.district.acknowledge(below as NonNullable<typeof below>);
    await two.settle();
    expect(two.city.open('GAS-1')[0]?.phase.is).toBe('active-acked');
    await two.gas('GAS-1', 0, 8);
    const [cold] = two.district.open('GAS-1');
    if (cold === undefined) throw new Error('it closed by itself');
    await two.district.turn.act(
      cold.id,
      { do: 'reset', by: LI, note: null, commandId: as.command('r1') },
      null,
    );
    await two.settle();
    expect(two.district.open('GAS-1')).toEqual([]);
    expect(two.city.open('GAS-1')).toEqual([]);
    expect(two.city.kinds('GAS-1')).toEqual(two.district.kinds('GAS-1'));
  });

  test('is decided below: nobody acknowledges it in the city', async () => {
    const two = await TwoPlatforms.begin();
    await two.gas('GAS-1', 60);
    await two.settle();
    const [above] = two.city.open('GAS-1');
    if (above === undefined) throw new Error('it is not there');
    const done = await two.city.turn.act(
      above.id,
      { do: 'acknowledge', by: LI, seenRevision: above.revision, note: null, commandId: as.command('c1') },
      above,
    );
    expect(done).toMatchObject({ ok: false, error: { code: 'of-a-source' } });
    expect(two.city.open('GAS-1')[0]?.phase.is).toBe('active-unacked');
  });

  test('stays as it was told while the line is silent, over a kill of the city as well', async () => {
    const two = await TwoPlatforms.begin();
    await two.gas('GAS-1', 60);
    await two.settle();
    const before = two.city.open('GAS-1');
    two.fate = () => 'cut';
    await two.pass(minutes(10), seconds(30));
    expect(two.down.office.sources()).toMatchObject([{ silent: true, openAlarms: 1 }]);
    await two.killCity();
    await two.city.pass(minutes(10));
    expect(two.city.open('GAS-1')).toEqual(before);
    expect(two.down.office.sources()).toMatchObject([{ silent: true, openAlarms: 1 }]);
    two.fate = () => 'pass';
    await two.pass(minutes(16), seconds(30));
    expect(two.down.office.sources()).toMatchObject([{ silent: false, openAlarms: 1 }]);
  });

  test('that was open before anything went up goes up as it stands', async () => {
    const two = await TwoPlatforms.begin({ enabled: false });
    await two.gas('GAS-1', 60);
    expect(two.district.open('GAS-1')).toHaveLength(1);
    expect(two.city.open()).toEqual([]);
    const setup = two.up.office.one('city')?.setup;
    if (setup === undefined) throw new Error('not set up');
    await two.up.office.keep({ ...setup, enabled: true }, {});
    await two.settle();
    expect(two.city.open('GAS-1')).toHaveLength(1);
  });

  test('of our own in the city is not overwritten from below', async () => {
    const two = await TwoPlatforms.begin();
    await two.city.value('gas', 'GAS-1', 'ch4', 60);
    for (let i = 0; i < 3; i++) {
      await two.city.pass(minutes(1));
      await two.city.value('gas', 'GAS-1', 'ch4', 60);
    }
    const own = two.city.open('GAS-1');
    const [alarm] = own;
    if (alarm === undefined) throw new Error('no alarm');
    const event = two.city.events.at(-1)?.event;
    const { items } = await two.down.office.take(
      SOURCE,
      {
        stream: 's',
        items: [
          {
            number: 'live-1',
            at: 0,
            object: 'alarm',
            late: false,
            content: {
              event: { ...event, revision: alarm.revision + 1 },
              after: { ...alarm, revision: alarm.revision + 1 },
            },
          },
        ],
      },
      () => true,
    );
    expect(items).toMatchObject([{ is: 'rejected', words: expect.stringContaining('our own') }]);
    expect(two.city.open('GAS-1')).toEqual(own);
  });
});

test('an order of the district is seen in the city, and not worked on there', async () => {
  const two = await TwoPlatforms.begin();
  const made = await two.district.turn.tell((draft) =>
    two.district.core.orders.command(null, create({}), draft),
  );
  if (!made.ok) throw new Error(made.error.code);
  await two.settle();
  const [above] = two.city.board.responses.orders();
  expect(above).toEqual({ ...made.value, from: SOURCE });
  const done = await two.city.turn.tell((draft) =>
    two.city.core.orders.command(
      above ?? null,
      { do: 'urge', note: 'x', by: DESK, commandId: as.command('u') } as never,
      draft,
    ),
  );
  expect(done).toMatchObject({ ok: false, error: { code: 'of-a-source' } });
  await two.killCity();
  expect(two.city.board.responses.orders()).toEqual([above]);
  // Its number is the district's: our own go on by themselves.
  expect(two.city.core.orders.nextNo(two.city.clock.now()).slice(-4)).toBe('0001');
});

test('what the service knows of itself goes up with no window, and no window is refused for it', async () => {
  const two = await TwoPlatforms.begin();
  await two.city.value('gas', 'GAS-1', 'ch4', 1);
  const own = {
    kind: 'point',
    point: { ...two.city.core.register.point('GAS-1' as never), code: 'PLATFORM', lifeline: 'platform' },
  };
  const device = {
    kind: 'device',
    device: { code: 'PLATFORM', lifeline: 'platform', point: 'PLATFORM', vendor: null, serial: null },
  };
  await two.city.change([own, device] as never);
  const { items } = await two.down.office.take(
    SOURCE,
    {
      stream: 's',
      items: [
        {
          ...{ number: 'bulk-1', at: 0, object: 'reading', late: false },
          content: {
            from: 0,
            to: 60_000,
            series: [
              ['PLATFORM', 'spool', [[1, 5]]],
              ['FAR-1', 'ch4', [[1, 5]]],
            ],
          },
        },
      ],
    },
    () => true,
  );
  expect(items).toEqual([{ number: 'bulk-1', is: 'taken' }]);
  expect(two.city.records.flatMap((r) => r.stock ?? []).map((r) => r.point)).toEqual(['FAR-1']);
});

test('a report of the city counts what its districts have apart, and its own without it', async () => {
  const two = await TwoPlatforms.begin();
  await two.gas('GAS-1', 60);
  await two.district.turn.tell((draft) => two.district.core.orders.command(null, create({}), draft));
  await two.settle();
  const { journal } = two.city;
  const to = two.district.clock.now() + 1;
  const figures = await gatherPeriod(journal, {
    period: { from: START, to },
    sees: () => true,
    upTo: await journal.lastBefore(to),
    incident: null,
    facts: { points: [], nameOf: (l) => l, depths: new Set(), placeOf: () => null, skills: [] },
    breathe: async () => undefined,
  });
  const value = (key: string) => figures.figures.find((f) => f.key === key)?.value;
  expect([value('alarms.raised'), value('alarms.open-at-end'), value('orders.made')]).toEqual([0, 0, 0]);
  expect(figures.tables.find((t) => t.key === 'below')?.rows).toEqual([
    [SOURCE, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0],
  ]);
});

describe('over a line that cuts, repeats and loses answers, with kills on both sides', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'seed %i: every item once, in order per alarm, digests agree',
    async (seed) => {
      const chance = random(seed);
      const two = await TwoPlatforms.begin();
      const fates: readonly Fate[] = ['pass', 'cut', 'cut the answer', 'twice'];
      two.fate = () => fates[Math.floor(chance() * fates.length)] ?? 'pass';
      for (let round = 0; round < 12; round++) {
        const device = `GAS-${1 + Math.floor(chance() * 4)}`;
        await two.district.value('gas', device, 'ch4', chance() < 0.6 ? 60 : 0);
        await two.pass(minutes(1), seconds(20));
        for (const alarm of two.district.open())
          if (chance() < 0.3 && alarm.phase.is === 'active-unacked') await two.district.acknowledge(alarm);
        if (chance() < 0.2) await two.killDistrict();
        if (chance() < 0.2) await two.killCity();
      }
      two.fate = () => 'pass';
      await two.pass(minutes(4), seconds(20));
      const seen = two.up.office.one('city');
      expect(seen?.queued).toEqual({ live: 0, bulk: 0 });
      expect(seen?.rejected).toBe(0);
      const events = await two.district.journal.eventsAfter(as.seq(0), 10_000);
      expect(seen?.given.live).toBe(events.length);
      const above = await two.city.journal.eventsAfter(as.seq(0), 10_000);
      const story = (all: typeof events) =>
        Object.groupBy(
          all.map((e) => `${e.after.id} ${e.event.revision} ${e.event.change.kind}`),
          (s) => s.split(' ')[0] ?? '',
        );
      expect(story(above)).toEqual(story(events));
      for (const day of new Set(events.map((e) => dayOf(e.event.at)))) {
        const found = await two.up.office.reconciliation('city', day);
        if (!found.ok) throw new Error(found.error.code);
        expect(found.value.map((d) => [d.object, stateOf(d)])).toEqual(
          found.value.map((d) => [d.object, 'agrees']),
        );
        expect(found.value.some((d) => d.object === 'alarm' && d.ours.count > 0)).toBe(true);
      }
      expect(two.down.office.sources()[0]?.link.live).toEqual([[1, events.length]]);
    },
  );
});

/** Mulberry32. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('what is sent again', () => {
  const item = (number: string, object: 'alarm' | 'reading', content: unknown) => ({
    stream: 's',
    items: [{ number, at: 0, object, late: false, content }],
  });
  const everywhere = () => true;

  test('under the number that it had is known, and readings of it are kept once', async () => {
    const two = await TwoPlatforms.begin();
    const readings = item('bulk-7', 'reading', {
      from: 0,
      to: 60_000,
      series: [['GAS-1', 'ch4', [[1_000, 5]]]],
    });
    const first = await two.down.office.take(SOURCE, readings, everywhere);
    const again = await two.down.office.take(SOURCE, readings, everywhere);
    expect([first.items, again.items]).toEqual([
      [{ number: 'bulk-7', is: 'taken' }],
      [{ number: 'bulk-7', is: 'known' }],
    ]);
    expect(two.city.records.flatMap((r) => r.stock ?? [])).toHaveLength(1);
    expect(two.down.office.sources()).toMatchObject([{ link: { bulk: [[7, 7]] } }]);
  });

  test('under another number, older than what is known here, changes nothing', async () => {
    const two = await TwoPlatforms.begin();
    await two.gas('GAS-1', 60);
    const raised = two.district.events.at(-1);
    await two.district.acknowledge(two.district.open('GAS-1')[0] as never);
    await two.settle();
    const before = two.city.open('GAS-1');
    const content = JSON.parse(JSON.stringify({ event: raised?.event, after: raised?.after })) as unknown;
    const { items } = await two.down.office.take(SOURCE, item('live-9', 'alarm', content), everywhere);
    expect(items).toEqual([{ number: 'live-9', is: 'taken' }]);
    expect(two.city.open('GAS-1')).toEqual(before);
    expect(two.city.failure).toBeNull();
  });

  test('of an area that its token does not speak for, or that is no alarm, is refused with words', async () => {
    const two = await TwoPlatforms.begin();
    two.fate = () => 'cut';
    await two.gas('GAS-1', 60);
    const raised = two.district.events.at(-1);
    const content = { event: raised?.event, after: raised?.after };
    const barred = await two.down.office.take(SOURCE, item('live-1', 'alarm', content), () => false);
    expect(barred.items).toMatchObject([{ is: 'rejected', words: expect.stringContaining('area') }]);
    const none = { event: raised?.event, after: { ...raised?.after, level: 9 } };
    const bad = await two.down.office.take(SOURCE, item('live-1', 'alarm', none), everywhere);
    expect(bad.items).toMatchObject([{ is: 'rejected', words: expect.stringContaining('level') }]);
    expect(two.city.open()).toEqual([]);
  });
});
