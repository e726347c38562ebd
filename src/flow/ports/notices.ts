import type { AlarmId, ChannelId, ContactId, NoticeId, PolicyId, UnitCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { ChannelSecrets, ChannelSetup } from '../../domain/notice/channel.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { Notice, SendOutcome } from '../../domain/notice/notice.ts';
import type { NoticePolicy, PolicyChoice } from '../../domain/notice/policy.ts';
import type { Directory, RungReach } from '../../domain/notice/recipients.ts';
import type { Roster } from '../../domain/notice/roster.ts';
import type { Contact, Unit } from '../../domain/notice/unit.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';

/** What stands in the book, as of the last durable turn. Lists in order of code. */
export interface NoticeView extends Directory {
  contacts(): readonly Contact[];
  channel(id: ChannelId): ChannelSetup | undefined;
  /** Which secrets of a channel are set, and nothing of what they are. */
  secretsSet(id: ChannelId): readonly (keyof ChannelSecrets)[];
  /** Those in force. */
  policies(): readonly NoticePolicy[];
  /** Oldest first; none: there is no such policy. */
  versions(id: PolicyId): readonly NoticePolicy[];
  /** Of open alarms, and what is still to be sent. */
  notices(): readonly Notice[];
  notice(id: NoticeId): Notice | undefined;
}

/** One rung of an explanation. */
export type ExplainedRung = {
  readonly rung: number;
  readonly at: Millis;
  readonly state: 'called' | 'due' | 'to-come' | 'stopped';
  readonly stoppedBy: string | null;
  /** Whom it would reach at that instant; of one that was called, whom it did not. */
  readonly reach: RungReach;
};
export type Explanation = PolicyChoice & { readonly rungs: readonly ExplainedRung[] };

export type PolicyWish = Omit<NoticePolicy, 'version' | 'at'> & { readonly seenVersion: number | null };

/** What people ask of the notices 通知. Changes resolve when they are durable. */
export interface Notices {
  readonly view: NoticeView;
  keepUnit(unit: Unit, how: 'create' | 'change'): Promise<Result<Unit, Refusal>>;
  keepContact(contact: Contact, how: 'create' | 'change'): Promise<Result<Contact, Refusal>>;
  keepRoster(roster: Roster): Promise<Result<Roster, Refusal>>;
  /** @param secrets those that are left out stay as they are */
  keepChannel(
    setup: ChannelSetup,
    secrets: ChannelSecrets,
    how: 'create' | 'change',
  ): Promise<Result<ChannelSetup, Refusal>>;
  dropChannel(id: ChannelId): Promise<Result<ChannelSetup, Refusal>>;
  keepPolicy(wish: PolicyWish): Promise<Result<NoticePolicy, Refusal>>;
  /** Sends a message marked 测试, at once and past every queue; `contact: null`: to whoever is behind the channel. */
  test(id: ChannelId, contact: ContactId | null): Promise<Result<SendOutcome, Refusal>>;
  retry(id: NoticeId): Promise<Result<Notice, Refusal>>;
  /** Everything that was told, and not told, of an alarm, open or over. */
  storyOf(alarm: AlarmId): Promise<readonly NoticeEntry[]>;
  explainAlarm(alarm: AlarmId): Explanation | null;
  explain(
    like: {
      readonly level: Level;
      readonly lifeline: string;
      readonly area: string;
      readonly asset: string | null;
    },
    at: Millis,
  ): Explanation;
  /** What is said of a unit's code by those who answer. */
  onDuty(
    unit: UnitCode,
    at: Millis,
  ): { readonly duty: readonly Contact[]; readonly leader: readonly Contact[] };
}
