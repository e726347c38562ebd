import type { Instrument, Kind } from '../city.ts';
import { deflection, strain, vibration, weather, weigh } from './bridge.ts';
import { gasChamber, gasStation } from './gas.ts';
import type { MakeModel, Model, World } from './model.ts';
import { cover, drainLevel, floodDepth, rainGauge } from './water.ts';

const MODELS: Readonly<Record<Kind, MakeModel>> = {
  'gas-chamber': gasChamber,
  'gas-station': gasStation,
  'flood-depth': floodDepth,
  'rain-gauge': rainGauge,
  'drain-level': drainLevel,
  cover,
  'bridge-deflection': deflection,
  'bridge-strain': strain,
  'bridge-weigh': weigh,
  'bridge-vibration': vibration,
  'bridge-weather': weather,
};

export const modelOf = (instrument: Instrument, world: World): Model =>
  MODELS[instrument.kind](instrument, world);

export function lifelineOf(kind: Kind): string {
  if (kind.startsWith('gas-')) return 'gas';
  if (kind.startsWith('bridge-')) return 'bridge';
  return kind === 'cover' ? 'manhole' : 'waterlogging';
}
