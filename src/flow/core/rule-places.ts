import type { LifelineKey } from '../../domain/ids.ts';
import type { Setting } from '../../domain/rules/change.ts';
import { ANYWHERE, nearness, type RulePlace } from '../../domain/rules/effective.ts';

/** Where points are, for those whose rules change. */
export interface Places {
  hasArea(code: string): boolean;
  lifelineOfPoint(code: string): LifelineKey | undefined;
  /** One for every distinct combination of areas and overridden points of a lifeline. */
  places(lifeline: LifelineKey, points: ReadonlySet<string>): Iterable<RulePlace>;
}

/** One place for each way in which settings meet: anywhere first, then areas that may have no point yet, then points. */
export function* placesOf(
  lifeline: LifelineKey,
  settings: readonly Setting[],
  all: Pick<Places, 'places'>,
): Generator<RulePlace> {
  const seen = new Set<string>();
  const isNew = (place: RulePlace): boolean => {
    const held = settings.map((s) => nearness(s.scope, place)).join();
    if (seen.has(held)) return false;
    seen.add(held);
    return true;
  };
  isNew(ANYWHERE);
  yield ANYWHERE;
  for (const { scope } of settings) {
    if (scope.kind !== 'area') continue;
    const place = { areas: [scope.area], point: null };
    if (isNew(place)) yield place;
  }
  const points = new Set(settings.flatMap((s) => (s.scope.kind === 'point' ? [s.scope.point] : [])));
  for (const place of all.places(lifeline, points)) if (isNew(place)) yield place;
}
