import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { dayOf, UP_OBJECTS } from '../../../src/domain/upstream/item.ts';
import { stateOf } from '../../../src/domain/upstream/reconcile.ts';
import { gatherPeriod } from '../../../src/flow/answering/gather-period.ts';
import { countIndicators } from '../../../src/flow/board/indicators.ts';
import { close, control, make, review } from '../../domain/incident/table.ts';
import { create as order } from '../../domain/order/build.ts';
import { issue, lift, submit, create as warning } from '../../domain/warning/build.ts';
import { START } from '../flow-harness.ts';
import { TwoPlatforms } from './two-platforms.ts';

const SOURCE = 'qiaocheng';
const ALL = { objects: [...UP_OBJECTS] };
const expires = START + minutes(60 * 24);

async function warn(two: TwoPlatforms, command: ReturnType<typeof warning>) {
  const { core, turn } = two.district;
  const now = core.warnings.open.get(as.warning('W1')) ?? null;
  const done = await turn.tell((draft) => core.warnings.command(now, command, draft));
  if (!done.ok) throw new Error(done.error.code);
  await two.settle();
  return done.value;
}

async function gather(two: TwoPlatforms, command: ReturnType<typeof make>) {
  const { core, turn } = two.district;
  const now = core.incidents.open.get(as.incident('I1')) ?? null;
  const done = await turn.tell((draft) => core.incidents.command(now, command, draft));
  if (!done.ok) throw new Error(done.error.code);
  await two.settle();
  return done.value;
}

const link = (two: TwoPlatforms, online: boolean, device = 'GAS-1') =>
  two.district.packet(`lifeline/v1/gas/${device}/status`, JSON.stringify({ online }));

describe('a warning of the district', () => {
  test('is seen in the city with whose it is, through its life and over a kill, and told to nobody there', async () => {
    const two = await TwoPlatforms.begin(ALL);
    const drafted = await warn(two, warning({ expires }));
    expect(two.city.board.responses.warnings()).toEqual([{ ...drafted, from: SOURCE }]);
    await warn(two, submit);
    const issued = await warn(two, issue);
    await two.killCity();
    expect(two.city.board.responses.warnings()).toEqual([{ ...issued, from: SOURCE }]);
    expect(two.city.core.warnings.open.size).toBe(0);
    expect(two.city.core.notices.book.pending()).toEqual([]);
    expect(two.down.office.sources()).toMatchObject([{ openWarnings: 1, openIncidents: 0 }]);
    await warn(two, lift);
    expect(two.city.board.responses.warnings()).toEqual([]);
    const events = await two.city.journal.responseEvents('W1');
    expect(events.map((e) => e.event.revision)).toEqual([1, 2, 3, 4]);
  });

  test('is decided below: nobody lifts it in the city, open or over', async () => {
    const two = await TwoPlatforms.begin(ALL);
    for (const command of [warning({ expires }), submit, issue]) await warn(two, command);
    const lifted = () => {
      const [seen = null] = two.city.board.responses.warnings();
      return two.city.turn.tell((draft) => two.city.core.warnings.command(seen, lift, draft));
    };
    expect(await lifted()).toMatchObject({ ok: false, error: { code: 'of-a-source' } });
    expect(two.city.board.responses.warnings()[0]?.state).toBe('issued');
  });
});

describe('an incident of the district', () => {
  test('is seen in the city and decided below, and the city gathers none of its alarms', async () => {
    const two = await TwoPlatforms.begin(ALL);
    const made = await gather(two, make());
    const [seen] = two.city.board.responses.incidents();
    expect(seen).toEqual({ ...made, from: SOURCE });
    const done = await two.city.turn.tell((draft) =>
      two.city.core.incidents.command(seen ?? null, control, draft),
    );
    expect(done).toMatchObject({ ok: false, error: { code: 'of-a-source' } });
    await two.killCity();
    expect(two.city.board.responses.incidents()).toEqual([seen]);
    expect(two.city.core.incidents.open.size).toBe(0);
    for (const command of [control, close, review]) await gather(two, command);
    expect(two.city.board.responses.incidents()).toEqual([]);
  });
});

describe('a device of the district', () => {
  test('that goes is known to be gone in the city until it is back, over a kill', async () => {
    const two = await TwoPlatforms.begin(ALL);
    await two.district.value('gas', 'GAS-1', 'ch4', 1);
    await link(two, false);
    await two.settle();
    await two.killCity();
    const [source] = two.down.office.sources();
    expect(source?.offline).toMatchObject([
      { device: 'GAS-1', point: 'GAS-1', lifeline: 'gas', online: false },
    ]);
    await link(two, true);
    await two.settle();
    expect(two.down.office.sources()[0]?.offline).toEqual([]);
    await two.killCity();
    expect(two.down.office.sources()[0]?.offline).toEqual([]);
  });

  test('that its register has no more is missed no more', async () => {
    const two = await TwoPlatforms.begin(ALL);
    await two.district.value('gas', 'GAS-1', 'ch4', 1);
    await link(two, false);
    await two.settle();
    expect(two.down.office.sources()[0]?.offline).toHaveLength(1);
    const content = { version: 9, digest: 'd', areas: [], assets: [], points: [], devices: [] };
    await two.down.office.take(
      SOURCE,
      {
        stream: 'stream-1',
        items: [{ number: 'bulk-900', at: 0, object: 'register', late: false, content }],
      },
      () => true,
    );
    expect(two.down.office.sources()[0]?.offline).toEqual([]);
  });

  test('of another area than the token’s is not taken', async () => {
    const two = await TwoPlatforms.begin(ALL);
    const content = { device: 'D', point: 'P', lifeline: 'gas', area: '341621', online: false, at: START };
    const { items } = await two.down.office.take(
      SOURCE,
      {
        stream: 's',
        items: [
          {
            number: 'bulk-1',
            at: 0,
            object: 'deviceState',
            late: false,
            content: { ...content, at: new Date(START).toISOString() },
          },
        ],
      },
      (area) => area === '341602',
    );
    expect(items).toMatchObject([{ is: 'rejected' }]);
  });
});

test('what is there when an upstream begins goes up as it stands, of each object it is told of', async () => {
  const two = await TwoPlatforms.begin({ ...ALL, objects: ['alarm'] });
  await two.district.value('gas', 'GAS-1', 'ch4', 1);
  await link(two, false);
  await warn(two, warning({ expires }));
  await gather(two, make());
  await two.district.turn.tell((draft) => two.district.core.orders.command(null, order({}), draft));
  await two.settle();
  expect(two.city.board.responses.warnings()).toEqual([]);
  const setup = two.up.office.one('city')?.setup;
  if (setup === undefined) throw new Error('not set up');
  await two.up.office.keep({ ...setup, ...ALL }, {});
  await two.settle();
  const { responses } = two.city.board;
  expect([responses.warnings(), responses.incidents(), responses.orders()].map((l) => l.length)).toEqual([
    1, 1, 1,
  ]);
  expect(two.down.office.sources()[0]?.offline).toHaveLength(1);
});

test('digests agree of each object, over a line that repeats and loses answers', async () => {
  const two = await TwoPlatforms.begin(ALL);
  let n = 0;
  two.fate = () => (['pass', 'cut the answer', 'twice', 'cut'] as const)[n++ % 4] ?? 'pass';
  await two.gas('GAS-1', 60);
  await link(two, false);
  for (const command of [warning({ expires }), submit, issue]) await warn(two, command);
  for (const command of [make(), control]) await gather(two, command);
  await two.district.turn.tell((draft) => two.district.core.orders.command(null, order({}), draft));
  await two.pass(minutes(2), seconds(10));
  two.fate = () => 'pass';
  await two.pass(minutes(2), seconds(20));
  const found = await two.up.office.reconciliation('city', dayOf(START));
  if (!found.ok) throw new Error(found.error.code);
  const told = found.value.map((d) => [d.object, stateOf(d), d.ours.count > 0]);
  expect(told).toEqual(
    ['alarm', 'warning', 'order', 'incident', 'register', 'deviceState'].map((o) => [o, 'agrees', true]),
  );
});

test('a report of the city counts warnings and incidents of its districts apart', async () => {
  const two = await TwoPlatforms.begin(ALL);
  for (const command of [warning({ expires }), submit, issue]) await warn(two, command);
  await gather(two, make());
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
  expect(['warnings.issued', 'warnings.overdue-at-end', 'incidents.made'].map(value)).toEqual([0, 0, 0]);
  const [row] = figures.tables.find((t) => t.key === 'below')?.rows ?? [];
  expect(row?.slice(-4)).toEqual([1, 1, 1, 1]);
});

test('indicators and repeat points of the city are of its own alarms, with what its districts have told apart', async () => {
  const two = await TwoPlatforms.begin(ALL);
  await two.gas('GAS-1', 60);
  await two.settle();
  const [told] = await two.district.journal.eventsAfter(as.seq(0), 1);
  // Three of them at one point, and more than one would count here.
  for (const n of [1, 2]) {
    const id = `A-again-${n}`;
    const again = JSON.parse(JSON.stringify(told)) as { event: { alarmId: string }; after: { id: string } };
    const content = { event: { ...again.event, alarmId: id }, after: { ...again.after, id } };
    const item = { number: `live-9${n}`, at: 0, object: 'alarm' as const, late: false, content };
    const taken = await two.down.office.take(SOURCE, { stream: 'stream-1', items: [item] }, () => true);
    expect(taken.items).toMatchObject([{ is: 'taken' }]);
  }
  const { journal, board } = two.city;
  const to = two.district.clock.now() + 1;
  const period = { from: START, to };
  const counted = await countIndicators({
    ...{ journal, open: board.open(), filter: period, sees: () => true, now: to },
  });
  expect(counted.indicators.raised).toBe(0);
  expect(counted.openNow.open).toBe(0);
  expect(counted.below).toEqual([{ source: SOURCE, raised: 3, open: 3 }]);
  const figures = await gatherPeriod(journal, {
    period,
    sees: () => true,
    upTo: await journal.lastBefore(to),
    incident: null,
    facts: { points: [], nameOf: (l) => l, depths: new Set(), placeOf: () => null, skills: [] },
    breathe: async () => undefined,
  });
  expect(figures.tables.find((t) => t.key === 'repeats')?.rows).toEqual([]);
});
