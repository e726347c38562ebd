import type { DrillId } from '../ids.ts';
import type { Asset, Device, Point } from '../register/register.ts';
import type { Duration } from '../time.ts';

/** One packet of a drill, as a device would send it. */
export type DrillStep = {
  /** Since the drill began. */
  readonly after: Duration;
  readonly topic: string;
  /** As JSON; instants in it are of the drill's own time. */
  readonly payload: string;
};

/** What a drill plays, and on what: kept with it, so that a restart goes on with the same. */
export type DrillScript = {
  readonly drill: DrillId;
  /** Copies as the register had them when it began. */
  readonly assets: readonly Asset[];
  readonly points: readonly Point[];
  readonly devices: readonly Device[];
  /** In order of time. Empty once the drill is over. */
  readonly steps: readonly DrillStep[];
};
