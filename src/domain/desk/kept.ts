import type { MetricKey, PointCode } from '../ids.ts';
import type { Millis } from '../time.ts';

/** On which screen a view is offered. */
export const VIEW_SCREENS = ['duty', 'query', 'trend'] as const;

/** A filter or picture that somebody keeps under a name: for themselves, or for all who sit at the desk. */
export type KeptView = {
  readonly id: string;
  readonly screen: (typeof VIEW_SCREENS)[number];
  readonly name: string;
  /** What stands in the address of the screen. */
  readonly query: string;
  readonly by: { readonly account: string; readonly name: string };
  readonly shared: boolean;
  readonly at: Millis;
  /** Taken away: kept by nobody any more. */
  readonly isGone?: true;
};

/** What somebody wrote beside a curve, for everybody who sees the point. */
export type SeriesNote = {
  readonly id: string;
  readonly point: PointCode;
  /** `null`: of the point. */
  readonly metric: MetricKey | null;
  readonly from: Millis;
  /** `null`: of an instant. */
  readonly to: Millis | null;
  readonly text: string;
  readonly by: { readonly account: string; readonly name: string };
  readonly at: Millis;
  /** Taken back by who wrote it. */
  readonly isGone?: true;
};
