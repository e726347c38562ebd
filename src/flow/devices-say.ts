import { commonOffset } from '../domain/quality/common-offset.ts';
import type { Duration, Millis } from '../domain/time.ts';
import type { Core } from './core/core.ts';

/**
 * What the clocks of the devices say of ours, of those that were heard since the start.
 *
 * @returns theirs less ours; `null`: too few, or they do not agree
 */
export function devicesSay(core: Core, startedAt: Millis): Duration | null {
  const offsets: Duration[] = [];
  for (const { code, point } of core.register.devices()) {
    const offset = core.quality.of(code)?.clock.offset ?? null;
    if (offset === null || point === null) continue;
    if ((core.point(point)?.memory.heardAt ?? 0) >= startedAt) offsets.push(offset);
  }
  return commonOffset(offsets);
}
