import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { GrowingBytes } from '../../src/adapters/console-ws/growing-bytes.ts';
import { Snapshots } from '../../src/adapters/console-ws/snapshots.ts';
import type { Viewer } from '../../src/adapters/console-ws/viewer.ts';
import type { Board } from '../../src/flow/ports/service.ts';
import { alarmToJson } from '../../src/wire/alarm.ts';
import { FlowHarness } from '../flow/flow-harness.ts';

const ALARMS = 60;

async function withAlarms(): Promise<FlowHarness> {
  const flow = await FlowHarness.begin();
  for (let p = 0; p < ALARMS; p++) await flow.value('gas', `G-${p}`, 'ch4', 60);
  return flow;
}

/** What a console that joins now is shown. */
function shown(board: Board): Promise<string> {
  return new Promise((resolve, reject) => {
    let frame = '';
    const snapshots = new Snapshots(board, () => 0, {
      ready: () => resolve(frame),
      failed: (_viewers, cause) => reject(cause),
    });
    const viewer: Partial<Viewer> = {
      scope: [],
      sees: () => true,
      open: true,
      showSnapshot: (_seq, bytes) => {
        frame = bytes.toString();
      },
    } as Partial<Viewer>;
    snapshots.want(viewer as Viewer);
  });
}

describe('a snapshot', () => {
  test('shows every open alarm, in the order of the list', async () => {
    const { board } = await withAlarms();
    const said = JSON.parse(await shown(board));
    expect(said).toMatchObject({ type: 'snapshot', seq: board.seq(), orders: [], warnings: [] });
    expect(said.alarms).toHaveLength(ALARMS);
    expect(said.alarms).toEqual(
      JSON.parse(JSON.stringify(board.open().map((a) => alarmToJson(a, board.live(a))))),
    );
  });

  test('lets others have their turn every few milliseconds, however long one alarm takes', async () => {
    const { board } = await withAlarms();
    const live = board.live.bind(board);
    board.live = (alarm) => {
      for (const until = performance.now() + 1; performance.now() < until; );
      return live(alarm);
    };
    let rounds = 0;
    let isMade = false;
    const counting = (async () => {
      while (!isMade) {
        await nextRound();
        rounds++;
      }
    })();
    await shown(board);
    isMade = true;
    await counting;
    // 60 ms of work in slices of 3 ms and what is begun by then.
    expect(rounds).toBeGreaterThanOrEqual(6);
  });
});

describe('growing bytes', () => {
  test('hold what was put in, beyond the room made for it and in any script', () => {
    const piece = `测点${'x'.repeat(1_000)}🜂`;
    const bytes = new GrowingBytes(0);
    for (let i = 0; i < 1_000; i++) bytes.push(piece);
    expect(bytes.bytes.toString()).toBe(piece.repeat(1_000));
  });
});
