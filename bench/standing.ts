import { parseArgs } from 'node:util';
import { Snapshots } from '../src/adapters/console-ws/snapshots.ts';
import type { Viewer } from '../src/adapters/console-ws/viewer.ts';
import { encodeTurn } from '../src/adapters/journal-rows/encode.ts';
import { as } from '../src/domain/ids.ts';
import type { RegisterChange } from '../src/domain/register/register.ts';
import { seconds } from '../src/domain/time.ts';
import { LiveBoard } from '../src/flow/board/board.ts';
import { Core } from '../src/flow/core/core.ts';
import type { Draft } from '../src/flow/core/draft.ts';
import type { Recovered } from '../src/flow/ports/journal.ts';
import { Meters } from '../src/flow/ports/meters.ts';
import { PACKS } from '../src/packs/index.ts';
import { pointOf, recoveredWith } from './points.ts';

/**
 * What stands between two packets: memory that each point takes, what a tick of the clock and the keeping of memories hold
 * the judging thread up for, and what a console that joins does. CPU of this thread; no disk and no socket.
 *
 *     node --expose-gc bench/standing.ts [--points 20000] [--alarms 10000]
 */
const { values } = parseArgs({
  options: { points: { type: 'string', default: '20000' }, alarms: { type: 'string', default: '10000' } },
});
const POINTS = Number(values.points);
const ALARMS = Number(values.alarms);
/** A reading each ten seconds, until every window is full. */
const ROUNDS = 30;
const FROM = Date.UTC(2026, 0, 1);
const PER_TURN = 100;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const empty = heap();
let alarms = 0;
const core = new Core({
  packs: PACKS,
  ids: { alarm: () => as.alarm(`A${++alarms}`) },
  meters: new Meters(),
  limits: { shelveAtMost: 0, shelveLevel1: true },
  autoRegister: false,
});
core.restore(registered(), FROM);
say(`${POINTS} points registered: ${((heap() - empty) / POINTS).toFixed(0)} bytes of heap each`);

let clock = FROM;
for (let round = 0; round < ROUNDS; round++) {
  clock += seconds(10);
  everyPoint((p) => 1 + ((p + round) % 7) / 10);
}
say(`… with ${ROUNDS} readings each: ${((heap() - empty) / POINTS).toFixed(0)} bytes`);

clock += seconds(60);
const ticks: number[] = [];
const kept: number[] = [];
for (let n = 0; n < 20; n++) {
  const draft = core.begin(clock + n);
  let from = cpuMs();
  core.tick(draft);
  ticks.push(cpuMs() - from);
  from = cpuMs();
  encodeTurn(core.finish(draft, 'share'));
  kept.push(cpuMs() - from);
}
say(`a tick: ${spread(ticks)}; the memories of one turn: ${spread(kept)}`);

clock += seconds(10);
everyPoint((p) => (p < ALARMS ? 60 : 1));
const board = new LiveBoard({ epoch: 'bench', core });
for (let n = 0; n < 3; n++) say(await joined());

/** The longest times that nobody else had a turn. */
async function joined(): Promise<string> {
  const slices: number[] = [];
  let made = false;
  let last = cpuMs();
  const look = (): void => {
    const now = cpuMs();
    slices.push(now - last);
    last = now;
    if (!made) setImmediate(look);
  };
  setImmediate(look);
  const size = await new Promise<number>((resolve, reject) => {
    const snapshots = new Snapshots(board, () => clock, {
      ready: () => undefined,
      failed: (_viewers, cause) => reject(cause),
    });
    const viewer = {
      scope: [],
      sees: () => true,
      open: true,
      showSnapshot: (_seq: number, frame: Buffer) => resolve(frame.length),
    };
    snapshots.want(viewer as unknown as Viewer);
  });
  made = true;
  await new Promise((resolve) => setImmediate(resolve));
  return `a console joins, ${board.open().length} alarms, ${(size / 1e6).toFixed(1)} MB: ${spread(slices)}`;
}

function spread(ms: readonly number[]): string {
  const sorted = [...ms].sort((a, b) => b - a);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `${ms.length} slices, median ${middle.toFixed(1)}, longest ${(sorted[0] ?? Number.NaN).toFixed(1)} ms`;
}

function everyPoint(valueAt: (p: number) => number): void {
  for (let from = 0; from < POINTS; from += PER_TURN) {
    const draft: Draft = core.begin(clock + 300);
    for (let p = from; p < Math.min(from + PER_TURN, POINTS); p++)
      core.take(
        {
          topic: `lifeline/v1/gas/${codeOf(p)}/telemetry`,
          payload: Buffer.from(`{"ts":${clock},"values":{"ch4":${valueAt(p)}}}`),
          qos: 1,
          retain: false,
          receivedAt: clock + 250,
        },
        draft,
      );
    core.finish(draft, 'none');
  }
}

function registered(): Recovered {
  const register: RegisterChange[] = [];
  const lifeline = as.lifeline('gas');
  for (let p = 0; p < POINTS; p++) {
    const point = as.point(codeOf(p));
    register.push({ kind: 'point', point: pointOf(point, lifeline) });
    register.push({
      kind: 'device',
      device: {
        code: as.device(codeOf(p)),
        lifeline,
        point,
        vendor: null,
        serial: null,
        installedAt: null,
        unverified: false,
      },
    });
  }
  return recoveredWith(register);
}

function codeOf(p: number): string {
  return `bench-${p}`;
}
