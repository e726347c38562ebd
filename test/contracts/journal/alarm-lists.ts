import fc from 'fast-check';
import { expect } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Level } from '../../../src/domain/level.ts';
import type { AlarmFilter, Journal, JournaledEvent } from '../../../src/flow/ports/journal.ts';
import { JournalMemory } from '../../memory/journal.ts';
import { acknowledged, closed, raised, T0, turn } from './journal-records.ts';

export const filters: fc.Arbitrary<AlarmFilter> = fc.record({
  state: fc.constantFrom('open', 'unacked', 'closed', 'all'),
  level: fc.option(fc.constantFrom<Level[]>(1, 2, 3, 4), { nil: undefined }),
  lifeline: fc.option(fc.constantFrom('gas', 'bridge').map(as.lifeline), { nil: undefined }),
  area: fc.option(fc.constantFrom('34', '3416', '341602', '35', '').map(as.area), { nil: undefined }),
  point: fc.option(fc.constantFrom('P-0', 'P-1').map(as.point), { nil: undefined }),
  from: fc.option(fc.integer({ min: T0, max: T0 + 40 }), { nil: undefined }),
  to: fc.option(fc.integer({ min: T0, max: T0 + 40 }), { nil: undefined }),
});

function story(): JournaledEvent[] {
  const events: JournaledEvent[] = [];
  for (let i = 0; i < 200; i++) {
    const a = {
      id: `a-${(i * 7919) % 1000}`,
      raisedAt: T0 + ((i * 31) % 40),
      level: ((i % 4) + 1) as Level,
      lifeline: i % 3 === 0 ? 'bridge' : 'gas',
      area: ['341602', '341603', '340100', '35'][i % 4] as string,
      point: `P-${i % 5}`,
    };
    events.push(raised(events.length + 1, a));
    if (i % 3 > 0) events.push(acknowledged(events.length + 1, a));
    if (i % 3 > 1) events.push(closed(events.length + 1, a));
  }
  return events;
}

/** Its lists are the same as in memory, for any filter and any page size. */
export async function expectListsAsInMemory(journal: Journal): Promise<void> {
  const inMemory = new JournalMemory();
  for (const each of [journal, inMemory]) {
    await each.recover();
    await each.commit(turn(1, { events: story() }));
  }
  const wholeList = async (of: Journal, filter: AlarmFilter, limit: number): Promise<string[]> => {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page = await of.alarms(filter, limit, after);
      ids.push(...page.items.map((a) => a.id), '|');
      after = page.next;
    } while (after !== null);
    return ids;
  };
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 20, max: 90 }), async (filter, limit) => {
      expect(await wholeList(journal, filter, limit)).toEqual(await wholeList(inMemory, filter, limit));
    }),
    { numRuns: 150 },
  );
}
