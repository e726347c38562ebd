import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../src/domain/alarm/alarm.ts';
import type { Drill } from '../../src/domain/drill/drill.ts';
import type { JournaledDrilled } from '../../src/domain/drill/drilled.ts';
import { as } from '../../src/domain/ids.ts';
import { minutes } from '../../src/domain/time.ts';
import { ALL, DrilledCity } from './drill-harness.ts';

const drilled = (city: DrilledCity): readonly JournaledDrilled[] =>
  city.flow.records.flatMap((r) => r.drilled ?? []);
const alarmsOf = (city: DrilledCity, drill: Drill): readonly Alarm[] =>
  city.flow.board.drills.alarms(drill.id);

/** A quiet city over so many minutes, then a drill that has raised its alarms. */
async function drilling(wish: Parameters<DrilledCity['begins']>[0] = {}, endsOnRed = false) {
  const city = await DrilledCity.begin('quiet', 3, 60);
  city.endsOnRed = endsOnRed;
  await city.live(2);
  const drill = await city.begins(wish);
  await city.live(12);
  return { city, drill };
}

describe('a drill in a city that lives', () => {
  test('real alarms, notices, incidents and counts are the same with it and without, to the number, at the very same points', async () => {
    const outcome = async (withDrill: boolean) => {
      const city = await DrilledCity.begin('gas-leak', 1, 40);
      await city.live(2);
      if (withDrill) {
        const drill = await city.begins({ notices: 'marked' });
        await city.live(28);
        expect(alarmsOf(city, drill).length).toBeGreaterThan(1);
        // At points at which something real is open, too.
        const real = new Set(city.flow.board.open().map((a) => a.pointCode));
        expect(alarmsOf(city, drill).some((a) => real.has(a.pointCode))).toBe(true);
      } else await city.live(28);
      return {
        real: city.real(),
        sent: city.sent(),
        counted: await city.counted(),
        responded: city.responded(),
        open: city.flow.board.open().map((a) => [a.pointCode, a.ruleId, a.level, a.phase.is]),
        listed: (await city.flow.journal.alarms({ state: 'all' }, 1_000, null)).items.length,
        mqtt: city.flow.told.length,
        stored: (await city.flow.stored(city.flow.board.open()[0]?.pointCode ?? '', 'ch4')).length,
      };
    };
    const [without, with_] = [await outcome(false), await outcome(true)];
    expect(without.real.length).toBeGreaterThan(3);
    expect(without.sent.length).toBeGreaterThan(1);
    expect(without.responded.length).toBeGreaterThan(0);
    expect(with_).toEqual(without);
  });

  test('its alarms live the whole chain, each with its mark, and are in no list of what is real', async () => {
    const { city, drill } = await drilling();
    const { flow } = city;
    const alarms = alarmsOf(city, drill);
    expect(alarms.length).toBeGreaterThan(1);
    expect(alarms.every((a) => a.drill === drill.id)).toBe(true);
    expect(flow.board.open()).toEqual([]);
    expect(flow.events).toEqual([]);
    expect(flow.board.floods.list()).toEqual([]);
    expect((await flow.journal.drilled(drill.id, 'alarm', 100, null)).items.map((i) => i.id).sort()).toEqual(
      alarms.map((a) => a.id).sort(),
    );
    // One leak is one incident, of the drill.
    const incidents = flow.board.drills.responses.incidents();
    expect(incidents.length).toBeGreaterThan(0);
    expect(incidents.every((i) => i.drill === drill.id)).toBe(true);
    expect(flow.board.responses.incidents()).toEqual([]);
    const [first] = alarms as [Alarm];
    expect(flow.board.live(first).current?.value).toBeGreaterThan(10);
    const order = await makeOrder(city, first);
    expect([order.drill, order.no.startsWith('YL')]).toEqual([drill.id, true]);
    expect(flow.core.orders.nextNo(flow.clock.now())).toMatch(/-0001$/);
    const warned = await city.responses.draftWarning(
      {
        content: {},
        lifeline: null,
        status: 'actual',
        alarms: [first.id],
        incident: null,
        recipients: [as.unit('gas-co')],
        issuer: null,
      },
      city.asked('chen'),
      ALL,
    );
    expect(warned.ok && [warned.value.drill, warned.value.status]).toEqual([drill.id, 'exercise']);
    expect([flow.board.responses.orders(), flow.board.responses.warnings()]).toEqual([[], []]);
    expect(flow.board.live(first).orders.map((o) => o.id)).toEqual([order.id]);
    expect(flow.told).toEqual([]);
  });

  test('events of a drill stand in the one sequence, without a gap', async () => {
    const { city } = await drilling();
    const all = await city.flow.journal.eventsAfter(as.seq(0), 10_000);
    expect(all.map((e) => e.seq)).toEqual(all.map((_, i) => i + 1));
    expect(all.length).toBe(drilled(city).length);
  });
});

describe('notices of a drill', () => {
  test('off: nobody is told, and it is kept whom it would have told; nobody counts as not reached', async () => {
    const { city } = await drilling({ notices: 'off' });
    expect(city.told.sent).toEqual([]);
    const kept = city.told.notices();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.every((n) => n.state === 'superseded' && n.why === 'drill' && n.drill !== undefined)).toBe(
      true,
    );
    expect(city.flow.core.notices.unreached()).toEqual([]);
  });

  test('marked: they go to their receivers, each with 演练 before all else, and in the last lane', async () => {
    const { city } = await drilling({ notices: 'marked' });
    expect(city.told.sent.length).toBeGreaterThan(0);
    expect(city.told.sent.every((s) => s.message.text.marks[0] === 'drill')).toBe(true);
  });
});

describe('the end of a drill', () => {
  test('a real red alarm rings first and ends it in the same turn; what the drill left stands as it was', async () => {
    const { city, drill } = await drilling({}, true);
    const { flow } = city;
    const before = alarmsOf(city, drill);
    await city.told.gas(70, 'G-9');
    await city.told.gas(70, 'G-9');
    flow.clock.forward(60_000);
    await city.told.gas(72, 'G-9');
    const turn = flow.records.find((r) => r.events.some((e) => e.after.level === 1));
    expect(turn?.drilled?.map((e) => [e.of, e.event.change.kind])).toEqual([['drill', 'ended']]);
    const seqs = [turn?.events[0]?.seq ?? 0, turn?.drilled?.[0]?.seq ?? 0];
    expect(seqs[0]).toBeLessThan(seqs[1] ?? 0);
    expect(await flow.journal.drill(drill.id)).toMatchObject({ state: 'over', why: 'real-red' });
    expect(flow.board.drills.running()).toEqual([]);
    expect(flow.board.drills.alarms()).toEqual([]);
    expect(flow.board.open().map((a) => a.pointCode)).toEqual(['G-9']);
    const told = drilled(city).length;
    await city.live(5);
    expect(drilled(city).length).toBe(told);
    const done = await flow.acknowledge(before[0] as Alarm);
    expect(done.ok ? null : done.error.code).toBe('alarm-unknown');
  });

  test('a red one of the drill itself, and a real one that is not red, end nothing', async () => {
    const { city, drill } = await drilling({}, true);
    expect(alarmsOf(city, drill).some((a) => a.level === 1)).toBe(true);
    await city.told.gas(25, 'G-9');
    expect(city.flow.board.drills.running().length).toBe(1);
  });

  test('by the person who began it or another; once, and its orders run no clock any more', async () => {
    const { city, drill } = await drilling();
    const order = await makeOrder(city, alarmsOf(city, drill)[0] as Alarm);
    const asked = city.asked('li');
    const ended = await city.drills.end(drill.id, asked, ALL);
    expect(ended.ok && [ended.value.why, ended.value.endedBy]).toEqual([
      'person',
      { kind: 'operator', account: 'li', name: 'li' },
    ]);
    // The same command again is a retry.
    expect((await city.drills.end(drill.id, asked, ALL)).ok).toBe(true);
    const again = await city.drills.end(drill.id, city.asked('li'), ALL);
    expect(again.ok ? null : again.error.code).toBe('drill-over');
    const late = await city.responses.actOnOrder(order.id, { do: 'accept', ...city.asked('wang') }, ALL);
    expect(late.ok ? null : late.error.code).toBe('drill-over');
    const told = drilled(city).length;
    await city.live(20);
    expect(drilled(city).length).toBe(told);
    expect(city.told.notices().every((n) => n.state !== 'queued')).toBe(true);
  });

  test('while one runs there is no second; what is of it and what is real are not put together', async () => {
    const { city, drill } = await drilling();
    await expect(city.begins()).rejects.toThrow('drill-running');
    await city.told.gas(30, 'G-9');
    await city.told.gas(30, 'G-9');
    const [real] = city.flow.board.open() as [Alarm];
    const mixed = await city.responses.createOrder(
      { ...WISH, alarms: [real.id, (alarmsOf(city, drill)[0] as Alarm).id] },
      city.asked('chen'),
      ALL,
    );
    expect(mixed.ok ? null : mixed.error.code).toBe('drill-mixed');
  });
});

describe('a drill over restarts', () => {
  test('killed in its middle it goes on, and comes to the same as one that nobody killed', async () => {
    const outcome = async (kills: readonly number[]) => {
      const city = await DrilledCity.begin('quiet', 3, 60);
      await city.live(2);
      await city.begins();
      let events: readonly JournaledDrilled[] = [];
      for (let m = 1; m <= 30; m++) {
        if (kills.includes(m)) {
          events = [...events, ...drilled(city)];
          await city.told.kill();
        }
        await city.live(1);
      }
      return [...events, ...drilled(city)].map((e) =>
        e.of === 'alarm'
          ? [e.event.at, e.event.change.kind, e.after.pointCode, e.after.level, e.after.worst.value]
          : [e.event.at, e.of],
      );
    };
    const quiet = await outcome([]);
    expect(quiet.length).toBeGreaterThanOrEqual(6);
    expect(await outcome([1, 9, 11, 20])).toEqual(quiet);
  });

  test('an acknowledgement in it lasts', async () => {
    const { city, drill } = await drilling();
    const [first] = alarmsOf(city, drill) as [Alarm];
    await city.flow.acknowledge(first);
    await city.told.kill();
    expect(city.flow.board.drills.alarm(first.id)?.phase.is).toBe('active-acked');
    expect(city.flow.board.drills.running()).toHaveLength(1);
  });

  test('with our clock set meanwhile its times mean nothing: it ends', async () => {
    const { city, drill } = await drilling();
    await city.told.kill(minutes(20));
    await city.flow.turn.tick();
    expect(await city.flow.journal.drill(drill.id)).toMatchObject({ state: 'over', why: 'clock-moved' });
  });
});

describe('the sheet', () => {
  test('its times are those of the journal, per person and unit, against the clocks', async () => {
    const { city, drill } = await drilling({ notices: 'marked' });
    const { flow } = city;
    const [first] = alarmsOf(city, drill) as [Alarm];
    await flow.acknowledge(first);
    const order = await makeOrder(city, first);
    const act = async (
      by: string,
      after: number,
      ask: Parameters<typeof city.responses.actOnOrder>[1] | object,
    ) => {
      await city.live(after);
      const done = await city.responses.actOnOrder(order.id, { ...ask, ...city.asked(by) } as never, ALL);
      if (!done.ok) throw new Error(done.error.code);
    };
    await act('wang', 2, { do: 'accept' });
    await act('wang', 60, {
      do: 'arrive',
      accepts: false,
      lon: null,
      lat: null,
      accuracyM: null,
      attachments: [],
    });
    await act('wang', 1, { do: 'check-safety', readings: [], permit: null });
    await act('wang', 1, { do: 'done', result: '已关阀', cause: null, remote: false, attachments: [] });
    const sheet = await city.drills.sheet((await flow.journal.drill(drill.id)) as Drill);
    const at = (of: JournaledDrilled['of'], kind: string, id: string) =>
      drilled(city).find((e) => e.of === of && e.event.change.kind === kind && e.after.id === id)?.event.at;
    const span = (what: string, id: string) =>
      sheet.spans.find((s) => s.what === what && s.subject.id === id);
    expect(span('acknowledge', first.id)).toMatchObject({
      from: at('alarm', 'raised', first.id),
      at: at('alarm', 'acknowledged', first.id),
      who: { account: 'li' },
    });
    for (const [what, kind] of [
      ['accept', 'accepted'],
      ['arrive', 'arrived'],
      ['control', 'done'],
    ] as const)
      expect(span(what, order.id)).toMatchObject({
        from: at('order', 'dispatched', order.id),
        at: at('order', kind, order.id),
        who: { account: 'wang' },
        unit: 'gas-co',
      });
    // Somebody was told, at the instant at which it had left.
    const told = sheet.spans.filter((s) => s.what === 'tell' && s.subject.id === first.id);
    expect(told[0]?.at).toBeGreaterThan(0);
    expect(told[0]?.at).toBe(city.told.sent.find((s) => s.message.facts[0]?.alarm === first.id)?.at);
    const unit = sheet.byUnit.find((u) => u.unit === 'gas-co')?.sums ?? [];
    // Arrived after an hour: its clock had run out; accepted within it.
    expect(unit.find((s) => s.what === 'arrive')).toMatchObject({ n: 1, open: 0, late: 1, withClock: 1 });
    expect(unit.find((s) => s.what === 'accept')).toMatchObject({ n: 1, late: 0, worst: minutes(2) });
    expect(sheet.byPerson.map((p) => p.name)).toContain('wang');
  });
});

const WISH = {
  source: { kind: 'alarm', id: null },
  title: null,
  lifeline: null,
  level: null,
  place: {},
  warning: null,
  incident: null,
  attachments: [],
  unit: as.unit('gas-co'),
  contact: null,
} as const;

async function makeOrder(city: DrilledCity, alarm: Alarm) {
  const done = await city.responses.createOrder(
    { ...WISH, source: { kind: 'alarm', id: alarm.id }, alarms: [alarm.id] },
    city.asked('chen'),
    ALL,
  );
  if (!done.ok) throw new Error(done.error.code);
  return done.value;
}
