import type { Area, ClockPolicy, Unit } from '../../api/answers.ts';

type Held = Pick<ClockPolicy, 'id' | 'match'>;
type About = { readonly lifeline: string; readonly level: number; readonly area: string };

/** Whether an area is one of these, or lies below one of them. */
export function liesIn(areas: readonly Pick<Area, 'code' | 'parent'>[]) {
  const parents = new Map(areas.map((a) => [a.code, a.parent]));
  return (area: string, among: readonly string[]): boolean => {
    const seen = new Set<string>();
    for (let at: string | null | undefined = area; at != null && !seen.has(at); at = parents.get(at)) {
      if (among.includes(at)) return true;
      seen.add(at);
    }
    return false;
  };
}
export type LiesIn = ReturnType<typeof liesIn>;

/** Whose minutes an order about this would be made with, as `clockPolicyFor` of the domain finds them. */
export function policyFor<P extends Held>(policies: readonly P[], about: About, lies: LiesIn): P | null {
  const holds = policies.filter(
    ({ match: m }) =>
      (m.levels.length === 0 || m.levels.includes(about.level)) &&
      (m.lifelines.length === 0 || m.lifelines.includes(about.lifeline)) &&
      (m.areas.length === 0 || lies(about.area, m.areas)),
  );
  const weight = ({ match: m }: P): number =>
    (m.areas.length > 0 ? 4 : 0) + (m.lifelines.length > 0 ? 2 : 0) + (m.levels.length > 0 ? 1 : 0);
  const inside = (a: P, b: P): number =>
    Number(a.match.areas.length > 0 && a.match.areas.every((x) => lies(x, b.match.areas)));
  holds.sort((a, b) => weight(b) - weight(a) || inside(b, a) - inside(a, b) || (a.id < b.id ? -1 : 1));
  return holds[0] ?? null;
}

/**
 * Which policies go before one, where both hold: such as say as exactly what they are for, or more exactly.
 *
 * @param lifelines those of this service; none known yet: any one
 * @returns `idle`: it is never the first, so nothing is made by it
 */
export function goBefore<P extends Held>(
  one: Held,
  others: readonly P[],
  lifelines: readonly string[],
  lies: LiesIn,
): { readonly first: readonly P[]; readonly idle: boolean } {
  const { levels, lifelines: lines, areas } = one.match;
  const first = new Set<P>();
  const known = lifelines.length > 0 ? lifelines : [''];
  let idle = true;
  for (const level of levels.length > 0 ? levels : [1, 2, 3, 4])
    for (const lifeline of lines.length > 0 ? lines : known)
      for (const area of areas.length > 0 ? areas : [''])
        if (policyFor<Held>([...others, one], { level, lifeline, area }, lies) === one) idle = false;
        else first.add(policyFor(others, { level, lifeline, area }, lies) as P);
  return { first: [...first], idle };
}

export type Proposed = { readonly unit: string; readonly why: 'owner' | 'crew' };

/**
 * Who should go there: a crew of the unit that owns the place, or that unit; else a crew whose areas hold it and whose line it is.
 *
 * @param owner code of the unit that owns the place; `null`: nobody is known to
 */
export function proposedUnit(
  units: readonly Unit[],
  owner: string | null,
  about: Omit<About, 'level'>,
  lies: LiesIn,
): Proposed | null {
  const able = units.filter(
    (u) => u.inService && (u.lifelines.length === 0 || u.lifelines.includes(about.lifeline)),
  );
  const near = (u: Unit): boolean => u.areas.length === 0 || lies(about.area, u.areas);
  const crews = able.filter((u) => u.kind === 'crew' && near(u));
  const own = owner === null ? undefined : units.find((u) => u.code === owner && u.inService);
  const theirs = own === undefined ? undefined : (crews.find((u) => u.parent === own.code) ?? own);
  if (theirs !== undefined) return { unit: theirs.code, why: 'owner' };
  // The one that answers for less is nearer.
  const nearest = [...crews].sort((a, b) => breadth(a) - breadth(b))[0];
  return nearest === undefined ? null : { unit: nearest.code, why: 'crew' };
}

const breadth = (u: Unit): number =>
  (u.areas.length === 0 ? 1_000 : 0) +
  (u.lifelines.length === 0 ? 100 : u.lifelines.length) -
  longest(u.areas) / 100;
const longest = (codes: readonly string[]): number => Math.max(0, ...codes.map((c) => c.length));
