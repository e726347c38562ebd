import type { City, Instrument, Kind } from '../city.ts';
import type { Incident } from '../incident.ts';
import type { Chance } from '../random.ts';

/** An alarm that a scenario must cause: at this point, by this rule, at this level in the end. */
export type Expected = {
  readonly point: string;
  readonly rule: string;
  /** The gravest level that the occurrence reaches. */
  readonly level: 1 | 2 | 3 | 4;
  /** Raised by backfill 补传. */
  readonly late: boolean;
  /** At a greater speed it is over before its rule has waited long enough. Absent: at any. */
  readonly upToSpeed?: number;
};

/** An incident that must form, of the alarms at these points and of no others. */
export type ExpectedIncident = {
  /** The correlation; left out: whichever. */
  readonly kind?: string;
  readonly points: readonly string[];
};

/** What happens in a city: incidents, and the alarms they must cause. Whatever is not listed must stay silent. */
export type Plot = {
  readonly incidents: readonly Incident[];
  readonly expected: readonly Expected[];
  /** Where the register is known; whatever is not listed must form none, and what came late is in none. */
  readonly forms: readonly ExpectedIncident[];
  /** Points at which one may form besides: a rule that needs a neighbour in the register says something there, or does not. */
  readonly mayForm?: readonly string[];
  /** Virtual milliseconds until everything has happened, returns included. */
  readonly durationMs: number;
  /** Local time of day at the start, milliseconds after midnight, where the plot needs one. */
  readonly timeOfDay?: number;
  /** Rain, mm/h. */
  readonly rain?: (atMs: number) => number;
};

export type Scenario = {
  readonly title: string;
  /** The city with what the scenario brings along; without it the profile has all that is needed. */
  furnish?(city: City): City;
  /** @param city as furnished */
  plot(city: City, seed: number): Plot;
};

/** The city in which a scenario plays. */
export const stage = (scenario: Scenario, city: City): City => scenario.furnish?.(city) ?? city;

export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const ofKind = (city: City, kind: Kind): readonly Instrument[] =>
  city.instruments.filter((i) => i.kind === kind);

/** `n` different instruments of a kind, by chance; fewer where the city has fewer. */
export function choose(city: City, kind: Kind, n: number, dice: Chance): readonly Instrument[] {
  const left = [...ofKind(city, kind)];
  const chosen: Instrument[] = [];
  while (chosen.length < n && left.length > 0) {
    chosen.push(...left.splice(dice.whole(0, left.length - 1), 1));
  }
  return chosen;
}
