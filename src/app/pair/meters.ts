import { seconds } from '../../domain/time.ts';
import type { Ground } from '../ground.ts';

/** What `/metrics` says of two machines; nothing where there is one. @returns ends it */
export function meterPair({ options, clock, meters }: Ground): readonly (() => void)[] {
  const { pair } = options;
  if (pair === undefined) return [];
  const show = () => {
    const { epoch, standbys, switched } = pair.health();
    meters.set('pair_active', pair.lease.isGood() ? 1 : 0);
    meters.set('pair_epoch', epoch);
    meters.set('pair_standbys', standbys.length);
    meters.set('pair_last_switch_seconds', (switched?.at ?? 0) / 1_000);
  };
  show();
  return [clock.every(seconds(2), show)];
}
