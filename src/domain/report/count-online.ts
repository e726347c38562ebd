import type { PointCode } from '../ids.ts';
import type { Millis } from '../time.ts';
import { type Figure, type FigureCell, type FigureTable, share } from './figures.ts';
import type { Period } from './period.ts';
import { lengthOf, merged, type Span, subtracted } from './spans.ts';

/** What the register says of a point, as far as its rate goes. */
export type PointFacts = {
  readonly code: PointCode;
  readonly lifeline: string;
  readonly district: string;
  /** Of the device that hangs there; `null`: nobody has said. */
  readonly vendor: string | null;
  /** A device hangs there. */
  readonly isConnected: boolean;
  /** Works, and out of service: nothing is due then. `to` of one that goes on: the end of the period. */
  readonly maintenance: readonly Span[];
};

type Sum = { points: number; due: number; silent: number; maintenance: number };

/**
 * 在线率: point-hours in which data came in time ÷ point-hours due. A point without data is one whose silence has raised an alarm; under
 * maintenance nothing is due of it, and how much that was is said.
 */
export function onlineRates(
  points: readonly PointFacts[],
  silences: ReadonlyMap<PointCode, readonly Span[]>,
  { from, to }: Period,
): { readonly figures: readonly Figure[]; readonly table: FigureTable } {
  const groups = new Map<string, Sum>();
  const all: Sum = { points: 0, due: 0, silent: 0, maintenance: 0 };
  const within: Span = [from, to];
  for (const p of points) {
    if (!p.isConnected) continue;
    const maintenance = merged(p.maintenance, within);
    const out = lengthOf(maintenance);
    const silent = lengthOf(subtracted(silences.get(p.code) ?? [], maintenance));
    const keys = [`line\t${p.lifeline}`, `district\t${p.district}`, `vendor\t${p.vendor ?? ''}`];
    for (const sum of [all, ...keys.map((k) => groupOf(groups, k))]) {
      sum.points += 1;
      sum.due += to - from - out;
      sum.silent += silent;
      sum.maintenance += out;
    }
  }
  const row = (by: string, key: string, s: Sum): readonly FigureCell[] => [
    by,
    key,
    s.points,
    s.due,
    s.silent,
    s.maintenance,
    s.due === 0 ? null : (s.due - s.silent) / s.due,
  ];
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, s]) => row(k.split('\t')[0] ?? '', k.split('\t')[1] ?? '', s));
  return {
    figures: [
      share('online.rate', all.due - all.silent, all.due),
      share('online.connected', points.filter((p) => p.isConnected).length, points.length),
    ],
    table: {
      key: 'online',
      columns: ['by', 'key', 'points', 'dueMs', 'silentMs', 'maintenanceMs', 'onlineShare'],
      rows,
      total: rows.length,
    },
  };
}

function groupOf(groups: Map<string, Sum>, key: string): Sum {
  const there = groups.get(key) ?? { points: 0, due: 0, silent: 0, maintenance: 0 };
  groups.set(key, there);
  return there;
}

/** How often each point was seen to alarm, by when. */
export class RepeatCount {
  readonly #by = new Map<PointCode, { name: string; lifeline: string; n: number; lastAt: Millis }>();

  take(e: {
    readonly point: PointCode;
    readonly pointName: string;
    readonly lifeline: string;
    readonly at: Millis;
  }): void {
    const there = this.#by.get(e.point) ?? { name: e.pointName, lifeline: e.lifeline, n: 0, lastAt: e.at };
    there.n += 1;
    there.lastAt = Math.max(there.lastAt, e.at);
    this.#by.set(e.point, there);
  }

  /** Points with three alarms or more (docs/plan/response.md E), most first. */
  table(nameOf: (lifeline: string) => string): FigureTable {
    const rows = [...this.#by]
      .filter(([, r]) => r.n >= 3)
      .sort(([a, x], [b, y]) => y.n - x.n || (a < b ? -1 : 1));
    return {
      key: 'repeats',
      columns: ['point', 'name', 'lifeline', 'raised', 'lastAt'],
      rows: rows.slice(0, 200).map(([point, r]) => [point, r.name, nameOf(r.lifeline), r.n, r.lastAt]),
      total: rows.length,
    };
  }
}
