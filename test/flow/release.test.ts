import { expect, test } from 'vitest';
import type { LiveBoard } from '../../src/flow/board/board.ts';
import type { TurnRecord } from '../../src/flow/ports/journal.ts';
import { releaseInto } from '../../src/flow/release.ts';
import { FlowHarness } from './flow-harness.ts';

test('other systems are told an alarm once, and not before its turn is durable', async () => {
  let toldAtCommit = -1;
  const flow: FlowHarness = await FlowHarness.begin({
    hooks: {
      before: () => {
        toldAtCommit = flow.told.length;
      },
    },
  });
  await flow.telemetry('gas', 'GAS-1', { values: { ch4: 60 } });
  expect(toldAtCommit).toBe(0);
  const raised = flow.told.map((t) => JSON.parse(t.payload)).filter((f) => f.event === 'raised');
  expect(raised.map((f) => f.alarm.pointCode)).toEqual(['GAS-1']);
  expect(flow.told[0]?.topic).toMatch(/^lifeline\/v1\/alarms\/1\//);
});

test.each([
  ['readings', { readings: [{}] }, true],
  ['frames', { frames: [{}] }, true],
  ['stock data', { stock: [{}] }, true],
  ['what is known of a clock', { clocks: [['G-1', null]] }, true],
  ['nothing to carry', {}, false],
])('a turn with %s wakes the drain, after the consoles were shown it', (_, part, wakes) => {
  const done: string[] = [];
  const release = releaseInto({
    board: { release: () => done.push('shown') } as unknown as LiveBoard,
    drain: { kick: () => done.push('drain') },
    tell: () => done.push('told'),
  });
  release({ turn: 1, events: [], readings: [], frames: [], ...part } as unknown as TurnRecord);
  expect(done).toEqual(wakes ? ['shown', 'drain'] : ['shown']);
});
