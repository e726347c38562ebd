import type { UnitCode } from '../ids.ts';
import type { Millis } from '../time.ts';
import type { NoticePolicy } from './policy.ts';
import { type Directory, inPost } from './recipients.ts';
import type { Unit } from './unit.ts';

/**
 * Where a call to whoever is on duty would find nobody at an instant: units that policies in use may call, in order of code.
 *
 * @returns `null` in it: policies call the centre, and there is none
 */
export function unmannedUnits(
  policies: readonly NoticePolicy[],
  directory: Directory,
  at: Millis,
): readonly (Unit | null)[] {
  const kinds = new Set<Unit['kind']>();
  const codes = new Set<UnitCode>();
  for (const { enabled, rungs } of policies)
    for (const to of enabled ? rungs.flatMap((r) => r.to) : [])
      if ('unit' in to && to.post === 'duty') {
        if (typeof to.unit === 'object') codes.add(to.unit.code);
        else kinds.add(to.unit);
      }
  const units = directory.units().filter((u) => !u.outOfService);
  const called = units.filter((u) => kinds.has(u.kind) || codes.has(u.code));
  const unmanned = called.filter((u) => inPost(u, 'duty', directory, at).length === 0);
  const noCentre = kinds.has('centre') && units.every((u) => u.kind !== 'centre');
  return noCentre ? [null, ...unmanned] : unmanned;
}
