import type { FirstKind, Instrument, Kind } from '../city.ts';
import { knownKind } from '../lifelines/index.ts';
import { deflection, strain, vibration, weather, weigh } from './bridge.ts';
import { gasChamber, gasStation } from './gas.ts';
import type { MakeModel, Model, World } from './model.ts';
import { cover, drainLevel, floodDepth, rainGauge } from './water.ts';

const MODELS: Readonly<Record<FirstKind, MakeModel>> = {
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

export const isFirst = (kind: Kind): kind is FirstKind => Object.hasOwn(MODELS, kind);

export function modelOf(instrument: Instrument, world: World): Model {
  const { kind } = instrument;
  return (isFirst(kind) ? MODELS[kind] : knownKind(kind).model)(instrument, world);
}

export function lifelineOf(kind: Kind): string {
  if (!isFirst(kind)) return knownKind(kind).lifeline.lifeline;
  if (kind.startsWith('gas-')) return 'gas';
  if (kind.startsWith('bridge-')) return 'bridge';
  return kind === 'cover' ? 'manhole' : 'waterlogging';
}
