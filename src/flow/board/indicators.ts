import type { Alarm, Overlay } from '../../domain/alarm/alarm.ts';
import type { ChangeKind } from '../../domain/alarm/events.ts';
import { FLOOD_WINDOW } from '../../domain/alarm/flood.ts';
import { type BriefEvent, IndicatorCount } from '../../domain/alarm/indicators.ts';
import { isUnacked } from '../../domain/alarm/order.ts';
import type { Millis } from '../../domain/time.ts';
import type { BriefFilter, Journal } from '../ports/journal.ts';
import type { BelowCounted, Service } from '../ports/service.ts';

/** Events read at once: a page is a few hundred milliseconds of the reading thread at the worst. */
const PAGE = 5_000;
const COUNTED: readonly ChangeKind[] = [
  'raised',
  'recurred',
  'returned',
  'acknowledged',
  'shelved',
  'closed',
];

/**
 * The indicators of a period, of the areas that somebody sees: of what is ours, with what platforms below have told apart.
 *
 * @param open open alarms, of everywhere
 * @param now our clock; what is after it has not happened
 */
export async function countIndicators(given: {
  journal: Pick<Journal, 'briefEvents'>;
  open: readonly Alarm[];
  filter: Pick<BriefFilter, 'from' | 'to' | 'lifeline' | 'area'>;
  sees: (area: string) => boolean;
  now: Millis;
}): ReturnType<Service['indicators']> {
  const { journal, filter, sees, now } = given;
  const to = Math.max(filter.from, Math.min(filter.to, now));
  const count = new IndicatorCount(filter.from, to);
  const events = (range: Omit<BriefFilter, 'lifeline' | 'area'>) =>
    eachEvent(journal, { ...filter, ...range }, sees);
  const below = new Map<string, BelowCounted>();
  const add = (source: string, what: 'raised' | 'open') => {
    const known = below.get(source) ?? { source, raised: 0, open: 0 };
    below.set(source, { ...known, [what]: known[what] + 1 });
  };
  for await (const e of events({ from: filter.from - FLOOD_WINDOW, to, kinds: COUNTED }))
    if (e.from === null) count.take(e);
    else if (e.kind === 'raised' && !e.hidden && e.at >= filter.from) add(e.from, 'raised');
  for await (const e of events({ from: to, to: now, kinds: ['closed'] }))
    if (e.from === null) count.wasOpen(e.alarm, e.raisedAt, e.at);
  const seen = given.open.filter(
    (a) =>
      sees(a.areaCode) &&
      (filter.lifeline === undefined || a.lifeline === filter.lifeline) &&
      (filter.area === undefined || a.areaCode.startsWith(filter.area)),
  );
  const open = seen.filter((a) => a.from === undefined);
  for (const { from } of seen) if (from !== undefined) add(from, 'open');
  for (const a of open) count.wasOpen(a.id, a.raisedAt, to);
  const hidden = (is: Overlay['is']) => open.filter((a) => a.overlay.is === is).length;
  return {
    indicators: count.result(),
    openNow: {
      open: open.length,
      unacked: open.filter(isUnacked).length,
      shelved: hidden('shelved'),
      suppressed: hidden('suppressed'),
      outOfService: hidden('outOfService'),
    },
    below: [...below.values()].sort((a, b) => (a.source < b.source ? -1 : 1)),
  };
}

async function* eachEvent(
  journal: Pick<Journal, 'briefEvents'>,
  filter: BriefFilter,
  sees: (area: string) => boolean,
): AsyncGenerator<BriefEvent> {
  let after: string | null = null;
  do {
    const page = await journal.briefEvents(filter, PAGE, after);
    for (const e of page.items) if (sees(e.area)) yield e;
    after = page.next;
  } while (after !== null);
}
