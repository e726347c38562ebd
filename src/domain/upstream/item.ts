import type { AlarmId, DeviceCode, EventSeq, LifelineKey, PointCode } from '../ids.ts';
import { hours, type Millis } from '../time.ts';

/** What goes up, by the name that profiles give it. */
export const UP_OBJECTS = [
  'alarm',
  'warning',
  'order',
  'incident',
  'register',
  'deviceState',
  'reading',
] as const;
export type UpObject = (typeof UP_OBJECTS)[number];

/** `live` 实时: what people wait for. `bulk` 补传与批量: readings, register, what is late; it never goes before the other. */
export const LANES = ['live', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** Where the content lies: in the journal, the register or the history, and not in the item. */
export type UpContent =
  | { readonly of: 'event'; readonly seq: EventSeq }
  /** As it stands: an alarm that was open before anything went up. */
  | { readonly of: 'open-alarm'; readonly alarm: AlarmId }
  /** The same of an order, warning or incident. */
  | { readonly of: 'open-response'; readonly id: string }
  | { readonly of: 'register'; readonly version: number }
  | {
      readonly of: 'state';
      readonly device: DeviceCode;
      readonly online: boolean | null;
      readonly at: Millis;
    }
  | ReadingWindow;

/** What a device says of its own link. */
export type ToldState = {
  readonly device: DeviceCode;
  readonly point: PointCode;
  readonly lifeline: LifelineKey;
  /** `null`: it has taken back what it said. */
  readonly online: boolean | null;
  readonly at: Millis;
};

/** What the history has of [from, to): of one of `parts` equal shares of the points. */
export type ReadingWindow = {
  readonly of: 'readings';
  readonly from: Millis;
  readonly to: Millis;
  readonly part: number;
  readonly parts: number;
  /** 补传: asked for by a person, or of readings that came when their window was over. */
  readonly late: boolean;
  /** Left out: all that go up. */
  readonly points?: readonly PointCode[];
};

/** What a person did to it, and why. */
export type UpAct = {
  readonly did: 'corrected' | 'waived' | 'retried';
  readonly by: string;
  readonly at: Millis;
  readonly reason: string;
};

/** One thing that goes up, under a number that nothing else ever has. */
export type UpItem = {
  readonly upstream: string;
  readonly lane: Lane;
  /** 1, 2, 3 … without gaps, in each lane. */
  readonly n: number;
  /** Our clock, when it was owed. */
  readonly at: Millis;
  readonly object: UpObject;
  /** What must stay in order: of one key, each waits for the one before it. */
  readonly key: string;
  readonly content: UpContent;
  /** `rejected`: the receiver said no, and a person decides. */
  readonly state: 'queued' | 'acked' | 'rejected' | 'waived';
  /** The receiver's own words of its last answer to it. */
  readonly said: string | null;
  /** What it calls the receipt, where it calls it anything. */
  readonly receipt: string | null;
  readonly answeredAt: Millis | null;
  /** What a person has put right: their name of a field → value. */
  readonly set?: Readonly<Record<string, string | number | boolean | null>>;
  readonly acts?: readonly UpAct[];
};

/** `live-17`: what receiver and sender call it. */
export const numberOf = (i: Pick<UpItem, 'lane' | 'n'>): string => `${i.lane}-${i.n}`;

const NUMBER = /^(live|bulk)-([1-9]\d{0,14})$/;
/** @returns `null` where it is none */
export function parsedNumber(text: string): Pick<UpItem, 'lane' | 'n'> | null {
  const [, lane, n] = NUMBER.exec(text) ?? [];
  return lane === undefined ? null : { lane: lane as Lane, n: Number(n) };
}

/** Still to go, or waiting for a person. */
export const isOwed = (i: UpItem): boolean => i.state === 'queued' || i.state === 'rejected';

/** The day of an instant in Beijing, as sender and receiver count by. */
export const dayOf = (at: Millis): string => new Date(at + hours(8)).toISOString().slice(0, 10);
