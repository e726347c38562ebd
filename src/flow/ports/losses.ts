import type { DeviceCode, MetricKey, PointCode } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { Page } from './journal.ts';

/** Why something had to be given up 损失原因. Stable codes. */
export type LossCause =
  /** The history store has read it and will never take it. */
  | 'store-refused'
  /** A file of the embedded store could not be read and was set aside. */
  | 'file-damaged'
  /** QoS 0 that came while too much was waiting. */
  | 'qos0-pressure'
  /** The oldest packets of a full quarantine. */
  | 'quarantine-full'
  /** The oldest of what devices themselves alarmed on. */
  | 'device-events-full'
  /** Messages for an MQTT subscriber that stayed away too long. */
  | 'subscriber-away'
  /** An outside broker did not have our session any more: what it had kept for us. How much, nobody knows: n is 0. */
  | 'broker-session'
  /** The journal itself came back as of an earlier time: turns that were acknowledged. How much was in them, nobody knows: n is 0. */
  | 'journal-went-back';

/** One entry of the loss ledger 损失台账: what was given up, when, whose, how many, why, and where the bytes are. */
export type Loss = {
  /** The same loss noted twice (a batch that is repeated after a crash) has the same key. */
  readonly key: string;
  readonly cause: LossCause;
  /** From when to when it was given up, our clock; equal for one blow. */
  readonly at: Millis;
  readonly until: Millis;
  readonly what: 'readings' | 'frames' | 'packets' | 'messages' | 'device-events' | 'files';
  readonly n: number;
  readonly point: PointCode | null;
  readonly device: DeviceCode | null;
  readonly metric: MetricKey | null;
  /** Device clocks of the oldest and the newest, where they are known. */
  readonly observed: { readonly from: Millis; readonly to: Millis } | null;
  /** In the words of whoever refused it. */
  readonly why: string;
  /** What was given up, as text, as far as it is kept here; null: it is gone. */
  readonly kept: string | null;
  /** The file in which it lies, where there is one. */
  readonly file: string | null;
};

export type NotedLoss = Loss & { readonly id: number };

/** Kept by the journal, so that it is as durable as what it speaks of. */
export interface LossLedger {
  /** Durable when it resolves. An entry whose key is there already changes nothing. */
  noteLosses(losses: readonly Loss[]): Promise<void>;
  /**
   * Newest first, by `at`, from inclusive, to exclusive. Bounded: the oldest entries go first. A cursor that no
   * former page gave rejects with `code: 'bad-cursor'`.
   */
  losses(
    range: { readonly from?: Millis | undefined; readonly to?: Millis | undefined },
    limit: number,
    after: string | null,
  ): Promise<Page<NotedLoss>>;
  /** How much the journal's own bounds have thrown away, since it was made. Their entries it makes by itself. */
  asideState(): Promise<{ readonly quarantineDropped: number; readonly deviceEventsDropped: number }>;
}
