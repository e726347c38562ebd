import type { Kind } from '../city.ts';
import type { MakeModel } from '../models/model.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { building } from './building.ts';
import { drainage } from './drainage.ts';
import { environment } from './environment.ts';
import { fire } from './fire.ts';
import { gallery } from './gallery.ts';
import { gasUser } from './gas-user.ts';
import { heating } from './heating.ts';
import { kindOf, type SimKind, type SimLifeline, scenarioOf, steady } from './lifeline.ts';
import { lift } from './lift.ts';
import { lpg } from './lpg.ts';
import { waterSupply } from './water-supply.ts';

/** Lifelines beyond the first four, which have models of their own. */
const LIFELINES: readonly SimLifeline[] = [
  waterSupply,
  drainage,
  heating,
  gallery,
  gasUser,
  lpg,
  lift,
  building,
  fire,
  environment,
];

export const LIFELINE_SCENARIOS: Readonly<Record<string, Scenario>> = Object.fromEntries(
  LIFELINES.map((l) => [l.scenario.name, scenarioOf(l)]),
);

type Known = { readonly lifeline: SimLifeline; readonly kind: SimKind; readonly model: MakeModel };

const KINDS: ReadonlyMap<Kind, Known> = new Map(
  LIFELINES.flatMap((lifeline) =>
    Object.entries(lifeline.kinds).map(([key, kind]) => [
      kindOf(lifeline, key),
      { lifeline, kind, model: steady(lifeline, kind) },
    ]),
  ),
);

/** What is known of a kind of one of these lifelines. */
export function knownKind(kind: Kind): Known {
  const known = KINDS.get(kind);
  if (known === undefined) throw new Error(`no lifeline of the simulator has a kind ${kind}`);
  return known;
}
