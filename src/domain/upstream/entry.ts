import type { PointCode } from '../ids.ts';
import { unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import { dayOf, isOwed, type Lane, type ToldState, type UpItem, type UpObject } from './item.ts';
import type { Ranges } from './ranges.ts';
import { type Difference, isOpenDifference } from './reconcile.ts';
import type { UpstreamSecrets, UpstreamSetup } from './setup.ts';

/** How far the numbers of an upstream have come, and its windows of readings. */
export type UpCourse = {
  readonly live: number;
  readonly bulk: number;
  /** Readings observed before this have had their window; `null`: none has been made. */
  readonly windowsUpTo: Millis | null;
  /** Snapshots of the register. */
  readonly registerVersion: number;
  /** The register has changed since the last of them. */
  readonly registerStale: boolean;
  /** Readings that came when their window was over, since the last window; absent or `null`: none. */
  readonly late?: LateReadings | null;
};

/** From when to when they were observed; `points: null`: of more than are listed. */
export type LateReadings = {
  readonly from: Millis;
  readonly to: Millis;
  readonly points: readonly PointCode[] | null;
};

export const FIRST_COURSE: UpCourse = {
  live: 0,
  bulk: 0,
  windowsUpTo: null,
  registerVersion: 0,
  registerStale: true,
};

/** A platform below us 下级平台, and what was taken from it. */
export type SourceLink = {
  readonly source: string;
  /** The account that speaks for it: the first one that did, for as long as there is such a token. Absent: nobody has since that is kept. */
  readonly by?: string;
  /** The journal whose numbers these are: another one begins anew. */
  readonly stream: string;
  readonly live: Ranges;
  readonly bulk: Ranges;
  readonly firstAt: Millis;
  /** Our clock, when something was last taken. */
  readonly lastAt: Millis;
  /** The newest snapshot of its register. */
  readonly register: { readonly version: number; readonly points: number; readonly digest: string } | null;
};

/** That an item was taken, for the count of its day. */
export type TakenItem = {
  readonly source: string;
  readonly stream: string;
  readonly lane: Lane;
  readonly n: number;
  /** The sender's clock, when it was owed. */
  readonly at: Millis;
  readonly object: UpObject;
};

/** What a turn keeps of what goes up and what comes from below: each the whole of its thing, in place of what was kept of it before. */
export type ExchangeEntry =
  /** `setup: null`: taken away. */
  | { readonly is: 'upstream'; readonly name: string; readonly setup: UpstreamSetup | null }
  | { readonly is: 'secrets'; readonly name: string; readonly secrets: UpstreamSecrets }
  | { readonly is: 'course'; readonly name: string; readonly course: UpCourse }
  | { readonly is: 'item'; readonly item: UpItem }
  | { readonly is: 'source'; readonly link: SourceLink }
  | { readonly is: 'taken'; readonly taken: TakenItem }
  /** A device of a platform below, as that one has told of it. */
  | { readonly is: 'device'; readonly source: string; readonly state: ToldState }
  | { readonly is: 'difference'; readonly difference: Difference };

const padded = (n: number): string => String(n).padStart(12, '0');

/** What an entry is kept by: items and what was taken lie by day. */
export function exchangeKey(e: ExchangeEntry): string {
  switch (e.is) {
    case 'upstream':
    case 'secrets':
    case 'course':
      return `${e.is}/${e.name}`;
    case 'item':
      return `${itemsOf(e.item.upstream, dayOf(e.item.at))}${e.item.lane}-${padded(e.item.n)}`;
    case 'source':
      return `source/${e.link.source}`;
    case 'taken': {
      const { source, at, stream, lane, n } = e.taken;
      return `${takenOf(source, dayOf(at))}${lane}-${padded(n)}/${stream}`;
    }
    case 'device':
      return `device/${e.source}/${e.state.device}`;
    case 'difference':
      return `${differencesOf(e.difference.upstream, e.difference.day)}${e.difference.object}`;
    default:
      return unreachable(e);
  }
}

/** What the keys of a day begin with; without a day, those of all days. */
export const itemsOf = (upstream: string, day?: string): string => `item/${upstream}/${ofDay(day)}`;
export const takenOf = (source: string, day?: string): string => `taken/${source}/${ofDay(day)}`;
export const differencesOf = (upstream: string, day?: string): string =>
  `difference/${upstream}/${ofDay(day)}`;
const ofDay = (day: string | undefined): string => (day === undefined ? '' : `${day}/`);

/** Whether a start needs it: what is over is only looked up. */
export function isExchangeNeeded(e: ExchangeEntry): boolean {
  if (e.is === 'item') return isOwed(e.item);
  if (e.is === 'difference') return isOpenDifference(e.difference);
  if (e.is === 'device') return e.state.online === false;
  return e.is !== 'taken';
}
