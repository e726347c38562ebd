import { beforeAll, describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Report } from '../../../src/domain/report/report.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import type { ReportOffice } from '../../../src/flow/answering/report-office.ts';
import { type AnyJournaled, isDrilled } from '../../../src/flow/ports/journal.ts';
import { reportRows } from '../../../src/wire/answering/report-cells.ts';
import { reportPage } from '../../../src/wire/answering/report-page.ts';
import type { FlowHarness } from '../flow-harness.ts';
import { DISTRICTS, JUNE, liveThroughJune } from './a-month.ts';

let flow: FlowHarness;
let reports: ReportOffice;
let june: Report;
/** The journal's export. */
let exported: readonly AnyJournaled[];

let n = 0;
const asked = () => ({
  by: { kind: 'operator' as const, account: 'ban', name: '班长' },
  commandId: as.command(`r${++n}`),
});
const make = async (more: Partial<Parameters<ReportOffice['make']>[0]> = {}): Promise<Report> => {
  const wish = { kind: 'month' as const, from: JUNE.from, area: null, incident: null, text: null, ...more };
  const made = await reports.make(wish, asked());
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
};

beforeAll(async () => {
  ({ flow, reports } = await liveThroughJune());
  exported = (await flow.journal.eventsAfter(as.seq(0), 1_000_000)).filter(
    (e): e is AnyJournaled => !isDrilled(e),
  );
  june = await make();
}, 60_000);

const figure = (key: string, of = june) => of.figures.figures.find((f) => f.key === key);
const value = (key: string, of = june) => figure(key, of)?.value ?? null;
const table = (key: string, of = june) => of.figures.tables.find((t) => t.key === key)?.rows ?? [];

/** Everything below counts for itself, slowly, from the events alone: it knows nothing of the code that makes reports. */
class Slow {
  readonly alarms: ReadonlyMap<string, AlarmStory>;
  readonly orders: ReadonlyMap<string, OrderStory>;
  constructor(area: string | null) {
    const alarms = new Map<string, AlarmStory>();
    const orders = new Map<string, OrderStory>();
    for (const e of exported) {
      if (e.event.at >= JUNE.to) continue;
      if (!('of' in e)) {
        if (area !== null && e.after.areaCode !== area) continue;
        alarms.set(e.event.alarmId, [...(alarms.get(e.event.alarmId) ?? []), e]);
      } else if (e.of === 'order') {
        if (area !== null && e.after.place.area !== area) continue;
        orders.set(e.event.id, [...(orders.get(e.event.id) ?? []), e]);
      }
    }
    this.alarms = alarms;
    this.orders = orders;
  }

  /** Alarms raised in June, as they stood at its end. */
  raised() {
    return [...this.alarms.values()].filter((s) => isIn(s[0]?.event.at ?? 0)).map((s) => last(s));
  }
  open() {
    return [...this.alarms.values()].map(last).filter((e) => e.after.phase.is !== 'closed');
  }
  /** Of alarms raised in June: lengths from the raise to the first event that is like this, where that was in June too. */
  toFirst(wants: (e: AlarmEvents) => boolean): number[] {
    return [...this.alarms.values()]
      .filter((s) => isIn(s[0]?.event.at ?? 0))
      .flatMap((s) => {
        const first = s.find(wants);
        return first !== undefined && isIn(first.event.at) ? [first.event.at - first.after.raisedAt] : [];
      });
  }
  orderEvents(kind: string) {
    return [...this.orders.values()].flat().filter((e) => e.event.change.kind === kind && isIn(e.event.at));
  }
  /** Orders as they stood at the end of June. */
  atEnd() {
    return [...this.orders.values()].map((s) => last(s).after);
  }
  /** Milliseconds of June in which at least one of these alarms was active, but for a stretch: by the edges of them all. */
  activeFor(wants: (e: AlarmEvents) => boolean, [workFrom, workTo]: readonly [number, number]): number {
    const edges: { at: number; by: number }[] = [];
    for (const story of this.alarms.values()) {
      if (!story.some(wants)) continue;
      for (const { event } of story) {
        const { kind } = event.change;
        if (kind === 'raised' || kind === 'recurred') edges.push({ at: event.at, by: 1 });
        if (kind === 'returned') edges.push({ at: event.at, by: -1 });
      }
    }
    for (const at of [JUNE.from, JUNE.to, workFrom, workTo]) edges.push({ at, by: 0 });
    edges.sort((a, b) => a.at - b.at);
    let active = 0;
    let sum = 0;
    for (const [i, { at, by }] of edges.entries()) {
      active += by;
      const until = edges[i + 1]?.at ?? at;
      const counts = isIn(at) && !(at >= workFrom && at < workTo);
      if (active > 0 && counts) sum += until - at;
    }
    return sum;
  }
}
type AlarmEvents = Exclude<AnyJournaled, { of: string }>;
type AlarmStory = readonly AlarmEvents[];
type OrderStory = readonly Extract<AnyJournaled, { of: 'order' }>[];
const last = <T>(list: readonly T[]): T => list[list.length - 1] as T;
const isIn = (at: number): boolean => at >= JUNE.from && at < JUNE.to;
/** The k-th smallest, k = ⌈share · n⌉. */
function ranked(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}
/** When a clock without a pause ends, and when it was met: from the order’s own instants and minutes. */
function clockOf(o: OrderStory[number]['after'], name: 'accept' | 'arrive' | 'control' | 'verify') {
  const from = { accept: o.dispatchedAt, arrive: o.dispatchedAt, control: o.controlFrom, verify: o.doneAt }[
    name
  ];
  const met = {
    accept: o.acceptedAt,
    arrive: o.arrivedAt ?? o.firstDoneAt,
    control: o.doneAt,
    verify: o.verifiedAt,
  }[name];
  if (from === null) return null;
  const metAt = met !== null && met >= from ? met : null;
  if (metAt === null && (o.state === 'new' || o.state === 'returned' || o.state === 'voided')) return null;
  const due =
    name === 'control' && o.extendedTo !== null ? o.extendedTo.until : from + minutes(o.limits[name]);
  return { due, metAt };
}

describe.each([null, DISTRICTS[0]])('a month over the simulated city, area %s', (area) => {
  let slow: Slow;
  let report: Report;
  beforeAll(async () => {
    slow = new Slow(area);
    report = area === null ? june : await make({ area: as.area(area) });
  }, 60_000);
  const of = (key: string) => value(key, report);

  test('there was something to count', () => {
    expect(slow.raised().length).toBeGreaterThan(area === null ? 90 : 40);
    expect(slow.orderEvents('done').length).toBeGreaterThan(20);
  });

  test('alarms: raised, by level, open, acknowledged, judged', () => {
    const shown = slow.raised().filter((e) => !isHidden(slow, e));
    expect(of('alarms.raised')).toBe(shown.length);
    for (const level of [1, 2, 3, 4])
      expect(of(`alarms.level${level}`)).toBe(shown.filter((e) => e.after.level === level).length);
    expect(of('alarms.hidden')).toBe(slow.raised().length - shown.length);
    expect(of('alarms.open-at-end')).toBe(slow.open().length);
    expect(of('alarms.unacked-at-end')).toBe(
      slow.open().filter((e) => e.after.phase.is.endsWith('unacked')).length,
    );
    expect(of('alarms.stale-at-end')).toBe(
      slow.open().filter((e) => JUNE.to - e.after.raisedAt > hours(24)).length,
    );
    const acks = slow.toFirst((e) => e.event.change.kind === 'acknowledged');
    expect(of('alarms.acked')).toBe(acks.length);
    expect(of('alarms.ack-median')).toBe(ranked(acks, 0.5));
    expect(of('alarms.ack-p90')).toBe(ranked(acks, 0.9));
    const judging = slow.toFirst(
      (e) => e.event.change.kind === 'assessed' && e.event.change.verdict !== 'unclear',
    );
    expect(of('alarms.assess-median')).toBe(ranked(judging, 0.5));
    expect(of('alarms.assess-p90')).toBe(ranked(judging, 0.9));
    const verdicts = shown.map((e) => e.after.assessment?.verdict ?? 'unclear');
    const judged = verdicts.filter((v) => v !== 'unclear');
    const wrong = judged.filter((v) => v === 'instrument' || v === 'environment' || v === 'false');
    expect(of('alarms.judged')).toBe(judged.length);
    expect(of('alarms.not-judged')).toBe(verdicts.length - judged.length);
    expect(figure('alarms.false-rate', report)).toMatchObject({ of: wrong.length, due: judged.length });
    for (const v of ['biogas', 'test', 'works'])
      expect(of(`alarms.${v}`)).toBe(verdicts.filter((x) => x === v).length);
    const length = (JUNE.to - JUNE.from) / minutes(10);
    expect(of('alarms.rate')).toBeCloseTo(shown.length / length, 10);
    const at = shown.map((e) => e.after.raisedAt);
    expect(of('alarms.peak')).toBe(
      Math.max(...at.map((t) => at.filter((u) => u > t - minutes(10) && u <= t).length)),
    );
  });

  test('online: of every point the time without data, works left out; connected of those listed', () => {
    const points = flow.core.register.points().filter((p) => area === null || p.area === area);
    const connected = points.filter((p) => p.code !== 'P-8');
    expect(figure('online.connected', report)).toMatchObject({ of: connected.length, due: points.length });
    const [work] = flow.core.register.works();
    let due = 0;
    let silent = 0;
    for (const p of connected) {
      const out = work?.point === p.code ? ([work.from, work.until] as const) : ([0, 0] as const);
      due += JUNE.to - JUNE.from - (out[1] - out[0]);
      silent += slow.activeFor(
        (e) => e.after.pointCode === p.code && e.after.ruleId.endsWith('silence'),
        out,
      );
    }
    expect(silent).toBeGreaterThan(hours(10));
    expect(figure('online.rate', report)).toMatchObject({ of: due - silent, due });
    const vendors = table('online', report).filter(([by]) => by === 'vendor');
    expect(vendors.map((r) => r[1])).toEqual(['乙厂', '甲厂'].filter((v) => vendors.some((r) => r[1] === v)));
    expect(vendors.reduce((sum, r) => sum + Number(r[3]), 0)).toBe(due);
  });

  test('orders: rates over what was due, the late ones named, medians and P90', () => {
    expect(of('orders.made')).toBe(slow.orderEvents('created').length);
    const dispatched = slow.orderEvents('dispatched').length + slow.orderEvents('forwarded').length;
    expect(of('orders.dispatched')).toBe(dispatched);
    expect(of('orders.done')).toBe(slow.orderEvents('done').length);
    for (const [key, name] of [
      ['accepted', 'accept'],
      ['arrived', 'arrive'],
      ['controlled', 'control'],
      ['verified', 'verify'],
    ] as const) {
      const clocks = slow.atEnd().flatMap((o) => clockOf(o, name) ?? []);
      const fell = clocks.filter(({ due, metAt }) => isIn(metAt !== null && metAt < due ? metAt : due));
      const met = fell.filter(({ due, metAt }) => metAt !== null && metAt <= due);
      expect([key, figure(`orders.${key}-in-time`, report)]).toMatchObject([
        key,
        { of: met.length, due: fell.length },
      ]);
      expect(fell.length).toBeGreaterThan(met.length);
    }
    expect(figure('orders.returned-rate', report)).toMatchObject({
      of: slow.orderEvents('returned').length,
      due: dispatched,
    });
    expect(of('orders.rework-rate')).toBeCloseTo(
      slow.orderEvents('rework').length / slow.orderEvents('done').length,
      10,
    );
    const granted = slow
      .orderEvents('extension-answered')
      .filter((e) => e.event.change.kind === 'extension-answered' && e.event.change.granted);
    expect(figure('orders.extended-rate', report)).toMatchObject({ of: granted.length });
    const open = slow.atEnd().filter((o) => o.state !== 'archived' && o.state !== 'voided');
    expect(of('orders.undispatched-at-end')).toBe(
      open.filter((o) => o.state === 'new' || o.state === 'returned').length,
    );
    const late = open.flatMap((o) => {
      const c = clockOf(o, 'control');
      return c !== null && c.metAt === null && c.due < JUNE.to ? [o.no] : [];
    });
    expect(of('orders.uncontrolled-at-end')).toBe(late.length);
    expect(
      table('overdue', report)
        .filter((r) => r[4] === 'control')
        .map((r) => r[0])
        .sort(),
    ).toEqual(late.sort());
    const between = (from: (o: Ended) => number | null, to: (o: Ended) => number | null) =>
      slow.atEnd().flatMap((o) => {
        const [a, b] = [from(o), to(o)];
        return a !== null && b !== null && b >= a && isIn(b) ? [b - a] : [];
      });
    for (const [key, lengths] of [
      [
        'dispatch',
        between(
          (o) => o.createdAt,
          (o) => o.firstDispatchedAt,
        ),
      ],
      [
        'arrive',
        between(
          (o) => o.dispatchedAt,
          (o) => o.arrivedAt,
        ),
      ],
      [
        'control',
        between(
          (o) => o.firstDispatchedAt,
          (o) => o.doneAt,
        ),
      ],
    ] as const) {
      expect([key, of(`orders.${key}-median`)]).toEqual([key, ranked(lengths, 0.5)]);
      expect([key, of(`orders.${key}-p90`)]).toEqual([key, ranked(lengths, 0.9)]);
    }
  });

  test('missed: what citizens and patrols found and no alarm told, by every order and every alarm', () => {
    const found = slow
      .atEnd()
      .filter(
        (o) => isIn(o.createdAt) && ['citizen', 'patrol'].includes(o.source.kind) && o.state !== 'voided',
      );
    const known = found.filter((o) => o.place.point !== null || o.place.lon !== null);
    const whereIs = (point: string | null) =>
      flow.core.register.points().find((p) => p.code === point)?.place ?? null;
    const stories = [...new Slow(null).alarms.values()];
    const missed = known.filter((o) => {
      const here =
        o.place.lon === null ? whereIs(o.place.point) : { lon: o.place.lon, lat: o.place.lat ?? 0 };
      return !stories.some((s) => {
        const { after, event } = last(s);
        const closedAt = after.phase.is === 'closed' ? event.at : Number.POSITIVE_INFINITY;
        if (after.raisedAt > o.createdAt + hours(2) || closedAt < o.createdAt - hours(2)) return false;
        if (after.pointCode === o.place.point) return true;
        const there = whereIs(after.pointCode);
        return here !== null && there !== null && metres(here, there) <= 300;
      });
    });
    expect(of('alarms.missed')).toBe(missed.length);
    expect(of('alarms.missed-unknown')).toBe(found.length - known.length);
    expect(missed.length).toBeGreaterThan(3);
    expect(missed.length).toBeLessThan(known.length - 3);
  });

  test('water-logging and repeat points, by point', () => {
    const shown = slow.raised().filter((e) => !isHidden(slow, e));
    const floods = table('floods', report);
    expect(floods.length).toBeGreaterThan(0);
    for (const [point, , , raised] of floods)
      expect([point, raised]).toEqual([
        point,
        shown.filter(
          (e) =>
            e.after.pointCode === point && e.after.metric === 'depth' && !e.after.ruleId.endsWith('silence'),
        ).length,
      ]);
    const year = exported.filter(
      (e): e is AlarmEvents =>
        !('of' in e) &&
        e.event.change.kind === 'raised' &&
        e.event.change.hidden === undefined &&
        e.event.at < JUNE.to &&
        (area === null || e.after.areaCode === area),
    );
    const counts = Object.entries(Object.groupBy(year, (e) => e.after.pointCode)).map(
      ([point, list]) => [point, list?.length ?? 0] as const,
    );
    expect(new Map(table('repeats', report).map((r) => [r[0], r[3]]))).toEqual(
      new Map(counts.filter(([, n]) => n >= 3)),
    );
  });

  test('the curve of days adds up to the figure', () => {
    const [raised] = report.figures.curves;
    expect(raised?.steps).toHaveLength(30);
    expect(raised?.steps.flatMap((s) => s.values).reduce((a, b) => a + b, 0)).toBe(of('alarms.raised'));
  });
});

/** On the flat: a city is small. */
function metres(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const east = (a.lon - b.lon) * 111_194.9 * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(east, (a.lat - b.lat) * 111_194.9);
}

type Ended = OrderStory[number]['after'];
const isHidden = (slow: Slow, e: AlarmEvents): boolean => {
  const [first] = slow.alarms.get(e.event.alarmId) ?? [];
  return first?.event.change.kind === 'raised' && first.event.change.hidden !== undefined;
};

describe('made again', () => {
  test('while the world went on it is the same, byte for byte but for its number', async () => {
    await flow.value('gas', 'D-0', 'ch4', 60);
    await flow.pass(hours(3));
    const again = await make();
    expect(again.no).not.toBe(june.no);
    expect(again.seq).toBe(june.seq);
    const bytes = (r: Report) => [
      reportPage(r).replaceAll(r.no, ''),
      JSON.stringify([...reportRows(r)]).replaceAll(r.no, ''),
    ];
    expect(bytes(again)).toEqual(bytes(june));
  });

  test('for who reads English it is in English: heads, figures and the words of codes; the numbers are the same', () => {
    const page = reportPage(june, 'en');
    expect(page).toContain('<html lang="en">');
    for (const words of [
      'monthly report',
      'alarms raised',
      'the whole city',
      'Alarms by lifeline',
      'Reviewed',
    ])
      expect(page).toContain(words);
    for (const words of ['新发报警', '区域：', '编制：', '签收']) expect(page).not.toContain(words);
    const numbers = (language: 'zh' | 'en') =>
      [...reportRows(june, language)].map((row) => row.filter((c) => typeof c === 'number'));
    expect(numbers('en')).toEqual(numbers('zh'));
    expect([...reportRows(june, 'en')].slice(1, 4).map(([head]) => head)).toEqual([
      'Report',
      'Area',
      'Place in the journal',
    ]);
  });

  test('corrected it knows what was judged since, and both are kept', async () => {
    const first = await make();
    const act = async (id: Report['id'], ask: Parameters<ReportOffice['act']>[1]) => {
      const done = await reports.act(id, ask);
      if (!done.ok) throw new Error(done.error.code);
      return done.value;
    };
    const refused = await reports.act(first.id, { do: 'issue', ...asked() });
    expect(refused.ok ? null : refused.error.code).toBe('report-state');
    await act(first.id, { do: 'review', text: '本月平稳', ...asked() });
    await act(first.id, { do: 'issue', ...asked() });
    const unjudged = new Slow(null).raised().find((e) => e.after.assessment === null);
    if (unjudged === undefined) throw new Error('none is left to be judged');
    await flow.turn.act(
      unjudged.event.alarmId,
      { do: 'assess', by: asked().by, verdict: 'real', note: null, commandId: as.command('late') },
      await flow.journal.alarm(unjudged.event.alarmId),
    );
    const old = await act(first.id, { do: 'correct', reason: '补研判', ...asked() });
    expect(old).toMatchObject({ state: 'corrected', text: '本月平稳', corrected: { reason: '补研判' } });
    const next = flow.core.reports.open.get(old.corrected?.to ?? first.id);
    expect(next).toMatchObject({ state: 'draft', corrects: first.id, text: '本月平稳' });
    const slow = new Slow(null);
    const known = await Promise.all(
      slow
        .raised()
        .filter((e) => !isHidden(slow, e))
        .map(async (e) => (await flow.journal.alarm(e.event.alarmId))?.assessment?.verdict ?? 'unclear'),
    );
    const judged = known.filter((v) => v !== 'unclear').length;
    expect(judged).toBeGreaterThan(value('alarms.judged', first) ?? 0);
    expect(value('alarms.judged', next)).toBe(judged);
    expect(value('alarms.raised', next)).toBe(value('alarms.raised', first));
  });

  test('killed and started again the draft is there', async () => {
    const again = await flow.restart();
    expect([...again.core.reports.open.keys()]).toEqual([...flow.core.reports.open.keys()]);
  });
});
