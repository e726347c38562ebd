import { Rows } from '../../../src/domain/judge/rows.ts';
import { toExactJson } from '../../../src/wire/files/exact-json.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { ManualClock } from '../../memory/clock.ts';
import { must } from '../failure.ts';
import { HOUSE, HOUSES, TOGETHER } from '../house.ts';
import type { StoreThatGoesAway } from '../store.ts';

type Memory = NonNullable<ReturnType<FlowHarness['core']['points']['of']>>['memory'];

/** Of a rule of silence nothing is remembered but that it holds, and that is found again with the next tick. */
function of(memory: Memory | undefined, part: keyof Memory): unknown {
  const it = memory?.[part] ?? null;
  if (!(it instanceof Map)) return it;
  return new Map([...(it as ReadonlyMap<string, unknown>)].filter(([key]) => !key.endsWith('.silence')));
}

/**
 * What would be lost by a kill at this moment: a second service is rebuilt from a copy of the disk, and is the same.
 *
 * @returns false where the first went on with another turn meanwhile: nothing was compared
 */
export async function asIfRestarted(w: FlowHarness, store: StoreThatGoesAway): Promise<boolean> {
  const turn = w.core.lastTurn;
  const disk = w.disk.copied();
  const clock = new ManualClock(w.clock.now());
  const again = await FlowHarness.begin({
    clock,
    disk,
    history: store,
    packs: HOUSES,
    correlations: [TOGETHER],
  });
  if (w.core.lastTurn !== turn) return false;
  for (const { code } of w.core.register.points()) {
    const [here, there] = [w.core.points.of(code), again.core.points.of(code)];
    for (const part of Object.keys(here?.memory ?? {}) as (keyof Memory)[]) {
      const [is, would] = [of(here?.memory, part), of(there?.memory, part)];
      // Of a point that never spoke, and was not kept yet, it is the start.
      if (part === 'awaitedSince' && would === null) continue;
      must(
        isSame(is, would),
        () =>
          `a restart now would make of the memory of ${code}, ${part}: ${toExactJson(would)} where it is ${toExactJson(is)}`,
      );
    }
  }
  const [drafts, after] = [w.core.book.drafts(), again.core.book.drafts()];
  must(isSame(drafts, after), () => `a restart now would make of drafts of rules: ${toExactJson(after)}`);
  for (const rule of HOUSE.rules.map((r) => r.id)) {
    const [is, would] = [w.core.book.versions(rule), again.core.book.versions(rule)];
    must(
      isSame(is, would),
      () => `a restart now would make of the versions of ${rule}: ${toExactJson(would)}`,
    );
  }
  compareAlarms(w, again);
  compareResponses(w, again);
  return true;
}

function compareAlarms(w: FlowHarness, again: FlowHarness): void {
  const before = new Map(w.board.open().map((a) => [a.id, a]));
  const after = new Map(again.board.open().map((a) => [a.id, a]));
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [is, would] = [before.get(id) ?? null, after.get(id) ?? null];
    must(
      isSame(is, would),
      () => `a restart now would make of ${id}: ${toExactJson(would)}\nwhere it is ${toExactJson(is)}`,
    );
  }
}

function compareResponses(w: FlowHarness, again: FlowHarness): void {
  for (const kind of ['orders', 'warnings', 'incidents'] as const) {
    const would: ReadonlyMap<string, unknown> = again.core[kind].open;
    for (const [id, is] of w.core[kind].open as ReadonlyMap<string, unknown>)
      must(
        isSame(is, would.get(id)),
        () =>
          `a restart now would make of ${id}: ${toExactJson(would.get(id))}\nwhere it is ${toExactJson(is)}`,
      );
    must(would.size === w.core[kind].open.size, () => `a restart now would bring ${would.size} ${kind}`);
    const shown = (x: FlowHarness) => x.board.responses[kind]().map((t) => `${t.id} ${t.revision}`);
    must(isSame(shown(w), shown(again)), () => `a restart now would show ${shown(again)} of ${kind}`);
  }
  must(
    w.core.orders.nextNo(w.clock.now()) === again.core.orders.nextNo(w.clock.now()),
    () => `a restart now would number an order ${again.core.orders.nextNo(w.clock.now())}`,
  );
}

/** The same when written down: Maps in their order, Rows by their numbers; a key without a value is none. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((x, i) => isSame(x, b[i]));
  if (a instanceof Rows) return b instanceof Rows && isSame(a.toJSON(), b.toJSON());
  if (a instanceof Map) return b instanceof Map && isSame([...a], [...b]);
  if (Array.isArray(b) || b instanceof Rows || b instanceof Map) return false;
  const [left, right] = [a, b] as Record<string, unknown>[] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  for (const key in left) if (!isSame(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
