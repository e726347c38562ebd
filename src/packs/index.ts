import type { Metric, Pack } from '../domain/metric.ts';
import { BRIDGE } from './bridge.ts';
import { GAS } from './gas.ts';
import { MANHOLE } from './manhole.ts';
import { checked } from './schema.ts';
import { WATERLOGGING } from './waterlogging.ts';

/** Every lifeline that we know; a further one is a new file and a line here. */
export const PACKS: readonly Pack[] = [GAS, WATERLOGGING, MANHOLE, BRIDGE].map(checked);

export function packOf(key: string): Pack | undefined {
  return PACKS.find((p) => p.lifeline === key);
}

export function metricOf(pack: Pack, key: string): Metric | undefined {
  return pack.metrics.find((m) => m.key === key);
}
