import { LIFELINE_SCENARIOS } from '../lifelines/index.ts';
import { biogas } from './biogas.ts';
import { cloudburst } from './cloudburst.ts';
import { faultySensors } from './faulty-sensors.ts';
import { gasLeak } from './gas-leak.ts';
import { gatewayOutage } from './gateway-outage.ts';
import { overloadedTruck } from './overloaded-truck.ts';
import { quiet } from './quiet.ts';
import type { Scenario } from './scenario.ts';
import { stolenCover } from './stolen-cover.ts';
import { storyline } from './storyline.ts';
import { vortexVibration } from './vortex-vibration.ts';

const FIRST = {
  quiet,
  'gas-leak': gasLeak,
  biogas,
  cloudburst,
  'stolen-cover': stolenCover,
  'overloaded-truck': overloadedTruck,
  'vortex-vibration': vortexVibration,
  'gateway-outage': gatewayOutage,
  'faulty-sensors': faultySensors,
  storyline,
} as const satisfies Readonly<Record<string, Scenario>>;

export const SCENARIOS: typeof FIRST & Readonly<Record<string, Scenario>> = {
  ...FIRST,
  ...LIFELINE_SCENARIOS,
};

export function scenarioNamed(name: string): Scenario {
  const found = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (found === undefined) throw new Error(`no scenario is called ${name}`);
  return found;
}
