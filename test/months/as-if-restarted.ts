import { toExactJson } from '../../src/wire/files/exact-json.ts';
import { FlowHarness } from '../flow/flow-harness.ts';
import { ManualClock } from '../memory/clock.ts';
import { MemoryDisk } from '../memory/journal.ts';
import { must } from './failure.ts';
import { HOUSE } from './house.ts';
import type { StoreThatGoesAway } from './store.ts';

type Memory = NonNullable<ReturnType<FlowHarness['core']['points']['of']>>['memory'];

/** Of a rule of silence nothing is remembered but that it holds, and that is found again with the next tick. */
function of(memory: Memory | undefined, part: keyof Memory): string {
  const it = memory?.[part] ?? null;
  if (!(it instanceof Map)) return toExactJson(it);
  return toExactJson(
    new Map([...(it as ReadonlyMap<string, unknown>)].filter(([key]) => !key.endsWith('.silence'))),
  );
}

/** What would be lost by a kill at this moment: a second service is rebuilt from a copy of the disk, and is the same. */
export async function asIfRestarted(w: FlowHarness, store: StoreThatGoesAway): Promise<void> {
  const disk = new MemoryDisk();
  Object.assign(disk.state, structuredClone(w.disk.state));
  const clock = new ManualClock(w.clock.now());
  const again = await FlowHarness.begin({ clock, disk, history: store, packs: [HOUSE] });
  for (const { code } of w.core.register.points()) {
    const [here, there] = [w.core.points.of(code), again.core.points.of(code)];
    for (const part of Object.keys(here?.memory ?? {}) as (keyof Memory)[]) {
      const [is, would] = [of(here?.memory, part), of(there?.memory, part)];
      must(
        is === would,
        () => `a restart now would make of the memory of ${code}, ${part}: ${would} where it is ${is}`,
      );
    }
  }
  const before = new Map(w.board.open().map((a) => [a.id, a]));
  const after = new Map(again.board.open().map((a) => [a.id, a]));
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [is, would] = [before.get(id), after.get(id)].map((a) => toExactJson(a ?? null));
    must(is === would, () => `a restart now would make of ${id}: ${would}\nwhere it is ${is}`);
  }
}
