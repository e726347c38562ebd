import { expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { LineTrouble } from '../../../src/flow/ports/upstream/line.ts';
import { SelfWatch } from '../../../src/flow/self-watch.ts';
import { SpoolWatch } from '../../../src/flow/storage/spool-watch.ts';
import { upstreamsOver } from '../../support/upstreams.ts';
import { FlowHarness } from '../flow-harness.ts';
import { CITY } from './two-platforms.ts';

test('a platform above that is not told for half an hour is an alarm before the desk, and ends with it', async () => {
  const flow = await FlowHarness.begin({});
  let isDown = true;
  const up = upstreamsOver(flow, {
    open: () => ({
      batch: 10,
      keepsAlive: false,
      send: async (documents) => {
        if (isDown) throw new LineTrouble('nobody answers');
        return documents.map(() => ({ is: 'accepted', said: 'ok', receipt: null }));
      },
      reconcile: async () => null,
    }),
  });
  await up.office.keep({ ...CITY, objects: ['alarm'] }, {});
  const self = new SelfWatch({
    turn: flow.turn,
    registrar: flow.registrar,
    drain: flow.drain,
    spool: new SpoolWatch({ journal: flow.journal, log: flow.log, meters: flow.meters, maxBytes: 1e9 }),
    losses: { readings: 0 },
    meters: flow.meters,
    rssMiB: () => 100,
    clock: { apart: 0 },
    devices: { devicesSay: null },
    probe: { misses: 0 },
    stalledUp: (now) => up.sender.stalled(now),
  });
  await self.start(flow.core.register);
  const pass = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      await flow.pass(minutes(1));
      up.sender.kick();
      await new Promise((resolve) => setImmediate(resolve));
      self.report(flow.clock.now());
      await flow.turn.settle();
    }
  };
  const upward = () => flow.open('PLATFORM').filter((a) => a.metric === 'upward');
  for (let i = 0; i < 3; i++) {
    await flow.value('gas', 'GAS-1', 'ch4', 25);
    await flow.pass(minutes(1));
  }
  await pass(20);
  expect(upward()).toEqual([]);
  await pass(15);
  expect(upward().map((a) => [a.level, a.phase.is])).toEqual([[3, 'active-unacked']]);
  // What is told of ourselves goes to nobody above.
  expect(up.office.one('city')?.queued.live).toBe(1);
  isDown = false;
  up.sender.hurry('city');
  await flow.pass(seconds(1));
  await pass(3);
  expect(upward().map((a) => a.phase.is)).toEqual(['returned-unacked']);
});
