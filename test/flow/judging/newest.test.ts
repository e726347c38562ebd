import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { seconds } from '../../../src/domain/time.ts';
import { LifelineService } from '../../../src/flow/service.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { FlowHarness } from '../flow-harness.ts';

// A point overwrites what it knows of its newest reading: nobody outside may see it change under their hands.
test('newest readings that were given out, and those of turns, stay what they were', async () => {
  const w = await FlowHarness.begin();
  const service = new LifelineService({
    ...{
      core: w.core,
      turn: w.turn,
      registrar: w.registrar,
      board: w.board,
      journal: w.journal,
      drain: w.drain,
    },
    ...{
      packs: PACKS,
      startedAt: w.clock.now(),
      spool: { state: { bytes: 0, turns: 0, oldest: null }, full: 0, isHolding: false },
    },
    audit: { isFailing: false },
  });
  const point = as.point('G-1');
  const values = () => service.latest(point).map((r) => r.value);
  await w.value('gas', 'G-1', 'ch4', 2);
  const given = service.latest(point);
  await w.pass(seconds(10));
  await w.value('gas', 'G-1', 'ch4', 3);
  expect(given.map((r) => r.value)).toEqual([2]);
  expect(values()).toEqual([3]);
  expect(w.records.flatMap((t) => t.readings.map((r) => r.value))).toEqual([2, 3]);
});
