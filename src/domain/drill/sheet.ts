import type { Actor, Alarm } from '../alarm/alarm.ts';
import type { UnitCode } from '../ids.ts';
import { median } from '../median.ts';
import type { Notice } from '../notice/notice.ts';
import { clocksOf } from '../order/clocks.ts';
import type { Order } from '../order/order.ts';
import { accountOf } from '../response/event.ts';
import type { Duration, Millis } from '../time.ts';
import type { JournaledDrilled } from './drilled.ts';
import { DRILL_SPANS, type DrillSpanName } from './spans.ts';

/** One time of a sheet, by the journal's own instants. */
export type DrillSpan = {
  readonly what: DrillSpanName;
  readonly subject: {
    readonly kind: 'alarm' | 'order' | 'warning';
    readonly id: string;
    readonly title: string;
  };
  readonly from: Millis;
  /** `null`: it had not come to that when the drill ended, or yet. */
  readonly at: Millis | null;
  /** When the clock of an order ran out; `null`: nothing sets one. */
  readonly dueAt: Millis | null;
  /** Who did it, or was told; `null`: nobody yet, or the service itself. */
  readonly who: { readonly account: string | null; readonly name: string } | null;
  readonly unit: UnitCode | null;
};

/** All times of one kind of one person or unit. */
export type DrillSum = {
  readonly what: DrillSpanName;
  readonly n: number;
  /** Of these it had not come to that. */
  readonly open: number;
  /** `null`: all are open. */
  readonly median: Duration | null;
  readonly worst: Duration | null;
  /** Later than their clock, or open with the clock run out; of how many that have one. */
  readonly late: number;
  readonly withClock: number;
};

export type DrillSheet = {
  readonly spans: readonly DrillSpan[];
  readonly byPerson: readonly { readonly name: string; readonly sums: readonly DrillSum[] }[];
  readonly byUnit: readonly { readonly unit: UnitCode; readonly sums: readonly DrillSum[] }[];
};

/**
 * The sheet of a drill: every time that was measured, by the instants of its journal, and what they come to per person and unit.
 *
 * @param events everything that happened in it, oldest first
 * @param notices of it, with whom each is for
 * @param until our clock: its end, or now while it runs
 */
export function sheetOf(
  events: readonly JournaledDrilled[],
  notices: readonly { readonly notice: Notice; readonly name: string; readonly unit: UnitCode | null }[],
  until: Millis,
): DrillSheet {
  const alarms = new Map<string, Alarm>();
  const orders = new Map<string, Order>();
  const titles = new Map<string, string>();
  const spans: DrillSpan[] = [];
  const begun = new Map<string, Millis>();
  for (const e of events) {
    if (e.of === 'alarm') {
      alarms.set(e.after.id, e.after);
      titles.set(e.after.id, `${e.after.pointName} ${e.after.ruleName.zh}`);
      if (e.event.change.kind === 'raised') begun.set(e.after.id, e.event.at);
      const what = ALARM_SPANS[e.event.change.kind];
      // What rose again is acknowledged again: the first time is what is measured.
      if (what !== undefined && !spans.some((s) => s.what === what && s.subject.id === e.after.id))
        spans.push(
          spanOf(
            what,
            { kind: 'alarm', after: e.after },
            { from: begun.get(e.after.id), at: e.event.at, by: e.event.by },
            titles,
          ),
        );
    } else if (e.of === 'order') {
      orders.set(e.after.id, e.after);
      titles.set(e.after.id, `${e.after.title}（${e.after.no}）`);
      if (e.event.change.kind === 'dispatched') begun.set(e.after.id, begun.get(e.after.id) ?? e.event.at);
    } else if (e.of === 'warning') {
      const { change } = e.event;
      titles.set(e.after.id, `${e.after.areaText}${e.after.kind}`);
      if (change.kind === 'issued') begun.set(e.after.id, e.event.at);
      if (change.kind === 'confirmed')
        spans.push({
          ...spanOf(
            'confirm',
            { kind: 'warning', after: e.after },
            { from: begun.get(e.after.id), at: e.event.at, by: e.event.by },
            titles,
          ),
          unit: change.unit,
        });
    }
  }
  for (const alarm of alarms.values())
    for (const what of ['acknowledge', 'close'] as const)
      if (!spans.some((s) => s.what === what && s.subject.id === alarm.id))
        spans.push(
          spanOf(what, { kind: 'alarm', after: alarm }, { from: alarm.raisedAt, at: null, by: null }, titles),
        );
  for (const order of orders.values()) spans.push(...orderSpans(order, events, titles));
  spans.push(...tellSpans(notices, begun, titles));
  spans.sort((a, b) => a.from - b.from || DRILL_SPANS.indexOf(a.what) - DRILL_SPANS.indexOf(b.what));
  return { spans, ...summed(spans, until) };
}

const ALARM_SPANS: Readonly<Partial<Record<string, DrillSpanName>>> = {
  acknowledged: 'acknowledge',
  closed: 'close',
};

function spanOf(
  what: DrillSpanName,
  { kind, after }: { readonly kind: DrillSpan['subject']['kind']; readonly after: { readonly id: string } },
  {
    from,
    at,
    by,
  }: { readonly from: Millis | undefined; readonly at: Millis | null; readonly by: Actor | null },
  titles: ReadonlyMap<string, string>,
): DrillSpan {
  return {
    what,
    subject: { kind, id: after.id, title: titles.get(after.id) ?? after.id },
    from: from ?? at ?? 0,
    at,
    dueAt: null,
    who: by?.kind === 'operator' ? { account: accountOf(by), name: by.name } : null,
    unit: null,
  };
}

const ORDER_CLOCKS = { accept: 'accepted', arrive: 'arrived', control: 'done' } as const;

/** By the clocks of the order as it last was, and by who did what ended them. */
function orderSpans(
  order: Order,
  events: readonly JournaledDrilled[],
  titles: ReadonlyMap<string, string>,
): readonly DrillSpan[] {
  return clocksOf(order).flatMap((clock): DrillSpan[] => {
    const { name } = clock;
    if (name !== 'accept' && name !== 'arrive' && name !== 'control') return [];
    const did = events.findLast(
      (e) => e.of === 'order' && e.event.id === order.id && e.event.change.kind === ORDER_CLOCKS[name],
    );
    const by = clock.metAt === null || did === undefined ? null : did.event.by;
    const times = { from: clock.from, at: clock.metAt, by };
    return [
      {
        ...spanOf(name, { kind: 'order', after: order }, times, titles),
        dueAt: clock.dueAt,
        unit: order.unit,
      },
    ];
  });
}

/** When somebody was told first of each thing, or would have been where the drill tells nobody. */
function tellSpans(
  notices: Parameters<typeof sheetOf>[1],
  begun: ReadonlyMap<string, Millis>,
  titles: ReadonlyMap<string, string>,
): readonly DrillSpan[] {
  const first = new Map<string, DrillSpan>();
  for (const { notice, name, unit } of notices) {
    const { kind, id } = notice.subject;
    if (notice.call === null || (kind !== 'alarm' && kind !== 'order' && kind !== 'warning')) continue;
    const at = notice.why === 'drill' ? notice.queuedAt : (notice.tries.at(-1)?.at ?? null);
    const of = id.split('-')[0] ?? id;
    const span: DrillSpan = {
      what: 'tell',
      subject: { kind, id: of, title: titles.get(of) ?? of },
      from: begun.get(of) ?? notice.queuedAt,
      at:
        notice.why === 'drill' ||
        notice.state === 'sent' ||
        notice.state === 'delivered' ||
        notice.state === 'acted'
          ? at
          : null,
      dueAt: null,
      who: { account: null, name },
      unit,
    };
    const key = `${id} ${notice.contact ?? notice.channel}`;
    const known = first.get(key);
    if (known === undefined || (span.at !== null && (known.at === null || span.at < known.at)))
      first.set(key, span);
  }
  return [...first.values()];
}

function summed(spans: readonly DrillSpan[], until: Millis): Pick<DrillSheet, 'byPerson' | 'byUnit'> {
  const people = Map.groupBy(
    spans.filter((s) => s.who !== null),
    (s) => s.who?.name ?? '',
  );
  const units = Map.groupBy(
    spans.filter((s) => s.unit !== null),
    (s) => s.unit as UnitCode,
  );
  return {
    byPerson: [...people]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => ({ name, sums: sumsOf(of, until) })),
    byUnit: [...units]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([unit, of]) => ({ unit, sums: sumsOf(of, until) })),
  };
}

function sumsOf(spans: readonly DrillSpan[], until: Millis): readonly DrillSum[] {
  return DRILL_SPANS.flatMap((what): DrillSum[] => {
    const of = spans.filter((s) => s.what === what);
    if (of.length === 0) return [];
    const took = of.flatMap((s) => (s.at === null ? [] : s.at - s.from));
    const clocked = of.filter((s) => s.dueAt !== null);
    return [
      {
        what,
        n: of.length,
        open: of.length - took.length,
        median: took.length === 0 ? null : median(took),
        worst: took.length === 0 ? null : Math.max(...took),
        late: clocked.filter((s) => (s.at ?? until) > (s.dueAt ?? 0)).length,
        withClock: clocked.length,
      },
    ];
  });
}
