import type { Metric } from '../domain/metric.ts';
import type { Pack } from '../domain/pack.ts';
import { BRIDGE } from './bridge.ts';
import { BUILDING } from './building.ts';
import { DRAINAGE } from './drainage.ts';
import { ENVIRONMENT } from './environment.ts';
import { FIRE } from './fire.ts';
import { GALLERY } from './gallery.ts';
import { GAS } from './gas.ts';
import { GAS_USER } from './gas-user.ts';
import { HEATING } from './heating.ts';
import { HOUSEKEEPING } from './language/commands.ts';
import { checked } from './language/schema.ts';
import { LIFT } from './lift.ts';
import { LPG } from './lpg.ts';
import { MANHOLE } from './manhole.ts';
import { WATER_SUPPLY } from './water-supply.ts';
import { WATERLOGGING } from './waterlogging.ts';

/** Every lifeline that we know, in the order in which people read them; a further one is a new file and its name here. */
export const PACKS: readonly Pack[] = [
  GAS,
  WATERLOGGING,
  MANHOLE,
  BRIDGE,
  WATER_SUPPLY,
  DRAINAGE,
  HEATING,
  GALLERY,
  GAS_USER,
  LPG,
  LIFT,
  BUILDING,
  FIRE,
  ENVIRONMENT,
]
  .map((pack) => ({ ...pack, commands: [...HOUSEKEEPING, ...(pack.commands ?? [])] }))
  .map(checked);

export function packOf(key: string): Pack | undefined {
  return PACKS.find((p) => p.lifeline === key);
}

export function metricOf(pack: Pack, key: string): Metric | undefined {
  return pack.metrics.find((m) => m.key === key);
}
