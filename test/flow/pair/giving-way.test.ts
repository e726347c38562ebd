import { expect, test } from 'vitest';
import { BLIND_AT_MOST, GivingWay } from '../../../src/flow/pair/giving-way.ts';
import type { OtherMachine, WriterSeen } from '../../../src/flow/ports/pair/pair.ts';
import { ManualClock } from '../../memory/clock.ts';

const other = (more: Partial<OtherMachine>, clock: ManualClock): OtherMachine => ({
  ...{ id: 'b', name: 'B', version: '1', role: 'standby', seenAt: clock.now(), reachesBroker: true },
  ...more,
});
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** A machine that writes, whose way to the broker may be cut, beside whom `others` stand by. */
function active(others: (clock: ManualClock) => OtherMachine[]) {
  const clock = new ManualClock(1_000_000);
  const here: { reaches: boolean | null; to: string | null } = { reaches: true, to: null };
  const seen = (): WriterSeen => ({
    ...{ at: clock.now(), epoch: 1, holder: { id: 'a', name: 'A' }, left: 9_000, switched: null },
    others: others(clock),
  });
  const given = { reachesBroker: () => here.reaches, seen, passed: () => clock.now(), clock };
  void new GivingWay(given).due.then((to) => {
    here.to = to;
  });
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.forward(1_000);
      await settled();
    }
  };
  return { here, pass };
}

test('a machine that does not reach the broker gives way to one that does, and not before', async () => {
  const { here, pass } = active((clock) => [other({}, clock)]);
  await pass(60_000);
  here.reaches = false;
  await pass(BLIND_AT_MOST);
  expect(here.to).toBeNull();
  await pass(2_000);
  expect(here.to).toBe('B');
});

test('a broker that starts anew changes nothing', async () => {
  const { here, pass } = active((clock) => [other({}, clock)]);
  for (let i = 0; i < 5; i++) {
    here.reaches = false;
    await pass(BLIND_AT_MOST - 2_000);
    here.reaches = true;
    await pass(2_000);
  }
  expect(here.to).toBeNull();
});

test.each<[string, Partial<OtherMachine>]>([
  ['nobody reaches it', { reachesBroker: false }],
  ['the other does not know', { reachesBroker: null }],
  ['the other has not been heard of', { seenAt: 900_000 }],
  ['the other does not stand by', { role: 'active' }],
])('and stays where a change would mend nothing: %s', async (_, more) => {
  const { here, pass } = active((clock) => [other(more, clock)]);
  here.reaches = false;
  await pass(120_000);
  expect(here.to).toBeNull();
});
