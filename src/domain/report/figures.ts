import type { Duration, Millis } from '../time.ts';

/** What a figure is measured in; `share`: 0…1, with what it is a share of. */
export type FigureUnit = 'count' | 'share' | 'ms' | 'per-10-min';

export const FIGURE_KEYS = [
  'alarms.raised',
  'alarms.level1',
  'alarms.level2',
  'alarms.level3',
  'alarms.level4',
  'alarms.hidden',
  'alarms.shelved',
  'alarms.open-at-end',
  'alarms.unacked-at-end',
  'alarms.stale-at-end',
  'alarms.acked',
  'alarms.ack-median',
  'alarms.ack-p90',
  'alarms.assess-median',
  'alarms.assess-p90',
  'alarms.judged',
  'alarms.not-judged',
  'alarms.false-rate',
  'alarms.biogas',
  'alarms.test',
  'alarms.works',
  'alarms.rate',
  'alarms.peak',
  'alarms.floods',
  'alarms.flood-share',
  'alarms.flood-longest',
  'alarms.chattering',
  'alarms.missed',
  'alarms.missed-unknown',
  'online.rate',
  'online.connected',
  'orders.made',
  'orders.dispatched',
  'orders.done',
  'orders.accepted-in-time',
  'orders.arrived-in-time',
  'orders.controlled-in-time',
  'orders.verified-in-time',
  'orders.returned-rate',
  'orders.misdirected-rate',
  'orders.rework-rate',
  'orders.extended-rate',
  'orders.undispatched-at-end',
  'orders.unverified-at-end',
  'orders.uncontrolled-at-end',
  'orders.dispatch-median',
  'orders.dispatch-p90',
  'orders.arrive-median',
  'orders.arrive-p90',
  'orders.control-median',
  'orders.control-p90',
  'warnings.issued',
  'warnings.lifted',
  'warnings.overdue-at-end',
  'incidents.made',
  'incidents.closed',
] as const;
export type FigureKey = (typeof FIGURE_KEYS)[number];

/** One figure; a share says of what. `value` null: there was nothing to measure. */
export type Figure = {
  readonly key: FigureKey;
  readonly unit: FigureUnit;
  readonly value: number | null;
  readonly of?: number;
  readonly due?: number;
};

export type TableKey =
  | 'lifelines'
  | 'online'
  | 'points'
  | 'floods'
  | 'skill'
  | 'repeats'
  | 'overdue'
  | 'noisy'
  | 'below'
  | 'timeline';

/** A cell; instants and lengths are told apart by their column’s name (`…At`, `…Ms`). */
export type FigureCell = string | number | null;

export type FigureTable = {
  readonly key: TableKey;
  readonly columns: readonly string[];
  /** Of the longest the first hundreds. */
  readonly rows: readonly (readonly FigureCell[])[];
  readonly total: number;
};

export type FigureCurve = {
  readonly key: 'raised' | 'orders';
  /** How long one step is. */
  readonly step: Duration;
  readonly names: readonly string[];
  readonly steps: readonly { readonly at: Millis; readonly values: readonly number[] }[];
};

export type ReportFigures = {
  readonly figures: readonly Figure[];
  readonly tables: readonly FigureTable[];
  readonly curves: readonly FigureCurve[];
};

/** By nearest rank: the smallest value that so much of them do not exceed. */
export function rankOf(values: readonly number[], share: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

export const count = (key: FigureKey, value: number): Figure => ({ key, unit: 'count', value });

export const share = (key: FigureKey, of: number, due: number): Figure => ({
  key,
  unit: 'share',
  value: due === 0 ? null : of / due,
  of,
  due,
});

export const length = (key: FigureKey, value: number | null): Figure => ({ key, unit: 'ms', value });
