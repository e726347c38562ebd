import type { Refusal } from '../../../domain/refusals.ts';
import type { Result } from '../../../domain/result.ts';
import type { Duration, Millis } from '../../../domain/time.ts';
import type { SourceLink } from '../../../domain/upstream/entry.ts';
import type { ToldState, UpItem, UpObject } from '../../../domain/upstream/item.ts';
import type { DayTally, Difference } from '../../../domain/upstream/reconcile.ts';
import type { SECRET_NAMES, UpstreamSecrets, UpstreamSetup } from '../../../domain/upstream/setup.ts';
import type { ItemsBody, ItemsTaken } from '../../../wire/upstream/lifeline.ts';
import type { Page } from '../journal.ts';
import type { ProfileFile } from './line.ts';

/** A platform above, as whoever looks after it sees it. */
export type UpstreamSeen = {
  readonly setup: UpstreamSetup;
  readonly secretsSet: readonly (typeof SECRET_NAMES)[number][];
  readonly queued: { readonly live: number; readonly bulk: number };
  readonly rejected: number;
  /** Since when the oldest that waits for its receiver has waited. */
  readonly oldestAt: Millis | null;
  readonly given: { readonly live: number; readonly bulk: number };
  readonly differences: number;
  readonly health: {
    readonly lastAcceptedAt: Millis | null;
    readonly lastHeardAt: Millis | null;
    readonly failingSince: Millis | null;
    readonly said: string | null;
    readonly nextTryAt: Millis | null;
  };
};

export type SourceSeen = {
  readonly link: SourceLink;
  readonly heardAt: Millis;
  /** Nothing has been heard for three keep-alives: what it told stays as it was told. */
  readonly silent: boolean;
  readonly openAlarms: number;
  readonly openOrders: number;
  readonly openWarnings: number;
  readonly openIncidents: number;
  /** Its devices that have gone, oldest first. */
  readonly offline: readonly ToldState[];
};

/** What a person does to an item, and why. */
export type UpstreamAct = {
  readonly do: 'retry' | 'correct' | 'waive';
  readonly by: string;
  readonly reason: string;
  /** Of `correct`: their name of a field → value. */
  readonly set?: Readonly<Record<string, string | number | boolean | null>>;
};

export type OutboxQuery = {
  readonly state: UpItem['state'] | null;
  readonly limit: number;
  readonly after: string | null;
};

/** Who speaks for a platform below, and whether a token is still there. */
export type Speaker = { readonly account: string; readonly isThere: (account: string) => boolean };

/** Platforms above 上级平台 and below 下级平台. */
export interface Upstreams {
  profiles(): readonly ProfileFile[];
  list(): readonly UpstreamSeen[];
  one(name: string): UpstreamSeen | null;
  sources(): readonly SourceSeen[];
  /** Kept, with what is open where alarms begin to go up. Secrets that are left out stay, unless its address is another. */
  keep(setup: UpstreamSetup, secrets: UpstreamSecrets): Promise<Result<UpstreamSeen, Refusal>>;
  /** What waits: oldest first; what is done: newest first. */
  outbox(name: string, q: OutboxQuery): Promise<Page<UpItem>>;
  act(name: string, number: string, act: UpstreamAct): Promise<Result<UpItem, Refusal>>;
  /** 存量数据. @returns how many items that makes */
  backfill(
    name: string,
    span: { readonly from: Millis; readonly to: Millis },
  ): Promise<Result<number, Refusal>>;
  /** As it was found last; of today, or where nobody has looked yet, found now. */
  reconciliation(name: string, day: string): Promise<Result<readonly Difference[], Refusal>>;
  explain(
    name: string,
    of: { readonly day: string; readonly object: UpObject },
    said: { readonly by: string; readonly reason: string },
  ): Promise<Result<Difference, Refusal>>;
  /** @param by the account that sends: whose the platform below is from now on. Left out: nobody's */
  take(source: string, body: ItemsBody, sees: (area: string) => boolean, by?: string): Promise<ItemsTaken>;
  /**
   * Whether somebody may speak for a platform below: it belongs to the first token that did, until that one is taken back or has
   * expired; then to whoever speaks next.
   */
  maySpeak(source: string, by: Speaker): boolean;
  tally(
    source: string,
    ask: { readonly day: string; readonly objects: readonly UpObject[] },
  ): Promise<ReadonlyMap<UpObject, DayTally>>;
}

/** Most that is asked for at once of a history: a month. */
export const BACKFILL_AT_MOST: Duration = 31 * 86_400_000;
