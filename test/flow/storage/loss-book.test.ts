import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../../src/domain/reading.ts';
import { minutes } from '../../../src/domain/time.ts';
import { SelfWatch } from '../../../src/flow/self-watch.ts';
import { LossBook, type RefusedLine } from '../../../src/flow/storage/loss-book.ts';
import { SpoolWatch } from '../../../src/flow/storage/spool-watch.ts';
import { FlowHarness, START } from '../flow-harness.ts';

const reading = (point: string, i: number): Reading => ({
  point: as.point(point),
  metric: as.metric('ch4'),
  value: i,
  quality: GOOD,
  observedAt: START + i,
  receivedAt: START + i,
  backfill: false,
});
const line = (point: string, i: number, reason = 'type conflict'): RefusedLine => ({
  line: `gas,point=${point} ch4=${i} ${START + i}`,
  reason,
  readings: [reading(point, i)],
  frame: null,
});

async function begin() {
  const w = await FlowHarness.begin();
  const book = new LossBook({ ledger: w.journal, clock: w.clock, log: w.log, meters: w.meters });
  const entries = async () => (await w.journal.losses({}, 100, null)).items;
  return { w, book, entries };
}

test('readings that the store refuses for good are noted by point and reason, with what they were', async () => {
  const { w, book, entries } = await begin();
  await book.storeRefused([line('A', 1), line('A', 2), line('B', 3), line('A', 4, 'too old')]);
  expect(await entries()).toHaveLength(3);
  const [first] = (await entries()).filter((l) => l.point === 'A' && l.why === 'type conflict');
  expect(first).toMatchObject({
    cause: 'store-refused',
    n: 2,
    metric: 'ch4',
    observed: { from: START + 1, to: START + 2 },
    kept: `gas,point=A ch4=1 ${START + 1}\ngas,point=A ch4=2 ${START + 2}`,
  });
  expect(w.meters.sum('losses_total')).toBe(4);
  expect(book.readings).toBe(4);
});

test('a batch that is repeated after a failure adds no entry', async () => {
  const { w, book, entries } = await begin();
  await book.storeRefused([line('A', 1), line('A', 2)]);
  w.clock.forward(minutes(3));
  await book.storeRefused([line('A', 1), line('A', 2)]);
  expect(await entries()).toHaveLength(1);
});

test('the text that is kept has a bound, and says what it leaves out', async () => {
  const { book, entries } = await begin();
  await book.storeRefused(Array.from({ length: 1_000 }, (_, i) => line('A', i)));
  const [entry] = await entries();
  expect(entry?.n).toBe(1_000);
  expect(entry?.kept?.length).toBeLessThan(9_000);
  expect(entry?.kept).toMatch(/# \d+ more lines are not kept here$/);
});

test('QoS 0 dropped under pressure is one entry a minute, not one a packet', async () => {
  const { w, book, entries } = await begin();
  for (let i = 0; i < 500; i++) w.meters.count('packets_dropped_total{qos="0"}');
  await book.look();
  expect(await entries()).toEqual([]);
  w.clock.forward(minutes(1));
  await book.look();
  expect(await entries()).toMatchObject([
    { cause: 'qos0-pressure', what: 'packets', n: 500, at: START, until: START + minutes(1) },
  ]);
  w.clock.forward(minutes(1));
  await book.look();
  expect(await entries()).toHaveLength(1);
});

test('the operators are told by an alarm of the platform when acknowledged readings were given up', async () => {
  const { w, book } = await begin();
  const { turn, registrar, drain, meters, log, journal } = w;
  const spool = new SpoolWatch({ journal, log, meters, maxBytes: 1e9 });
  const self = new SelfWatch({
    turn,
    registrar,
    drain,
    spool,
    losses: book,
    meters,
    rssMiB: () => 100,
    clock: { apart: 0 },
    devices: { devicesSay: null },
    probe: { misses: 0 },
  });
  await self.start(w.core.register);
  self.report(w.clock.now());
  w.clock.forward(minutes(1));
  await book.storeRefused([line('A', 1)]);
  self.report(w.clock.now());
  await turn.settle();
  expect(w.open('PLATFORM').map((a) => [a.metric, a.level])).toEqual([['lost', 2]]);
});
