import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmId, ChannelId, ContactId, NoticeId, PolicyId, UnitCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { ChannelSecrets, ChannelSetup } from '../../domain/notice/channel.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { NoticeLink } from '../../domain/notice/link.ts';
import type { Notice, SendOutcome } from '../../domain/notice/notice.ts';
import type { PeopleImport, PeopleRow } from '../../domain/notice/people-import.ts';
import type { NoticePolicy, PolicyChoice } from '../../domain/notice/policy.ts';
import type { PolicyCommand, PolicyDraft } from '../../domain/notice/policy-draft.ts';
import type { Directory, RungReach } from '../../domain/notice/recipients.ts';
import type { Roster } from '../../domain/notice/roster.ts';
import type { RosterImport, RosterRow } from '../../domain/notice/roster-import.ts';
import type { Contact, Unit } from '../../domain/notice/unit.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';

/** What stands in the book, as of the last durable turn. Lists in order of code. */
export interface NoticeView extends Directory {
  contacts(): readonly Contact[];
  channel(id: ChannelId): ChannelSetup | undefined;
  /** How often a thing has been kept; 0: never. Whoever changes it says which revision they had before them. */
  revisionOf(what: 'unit' | 'contact' | 'roster', code: string): number;
  /** Which secrets of a channel are set, and nothing of what they are. */
  secretsSet(id: ChannelId): readonly (keyof ChannelSecrets)[];
  /** Those in force. */
  policies(): readonly NoticePolicy[];
  /** In order of making. */
  policyDrafts(): readonly PolicyDraft[];
  policyDraft(id: string): PolicyDraft | undefined;
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

export type Keeping = 'create' | { readonly seen: number | null };

/** Who is there to be told. Changes resolve when they are durable. */
export interface NoticePeople {
  /** @param how `seen`: the revision that was changed, another one refuses; `null`: whatever is there */
  keepUnit(unit: Unit, how: Keeping): Promise<Result<Unit, Refusal>>;
  keepContact(contact: Contact, how: Keeping): Promise<Result<Contact, Refusal>>;
  keepRoster(roster: Roster, seen: number | null): Promise<Result<Roster, Refusal>>;
  /** @param file.trial decided alike, and nothing kept; `newAreas`: that the same file brings */
  importPeople(file: {
    readonly rows: readonly PeopleRow[];
    readonly trial: boolean;
    readonly newAreas: ReadonlySet<string>;
  }): Promise<PeopleImport>;
  importRoster(file: {
    readonly unit: UnitCode;
    readonly rows: readonly RosterRow[];
    readonly how: 'add' | 'replace';
    readonly trial: boolean;
  }): Promise<Result<RosterImport, Refusal>>;
  /** Who answers for a unit, each once. */
  onDuty(
    unit: UnitCode,
    at: Millis,
  ): { readonly duty: readonly Contact[]; readonly leader: readonly Contact[] };
}

/** The ways out. Changes resolve when they are durable. */
export interface Channels {
  /** @param secrets those that are left out stay as they are */
  keepChannel(
    setup: ChannelSetup,
    secrets: ChannelSecrets,
    how: 'create' | 'change',
  ): Promise<Result<ChannelSetup, Refusal>>;
  dropChannel(id: ChannelId): Promise<Result<ChannelSetup, Refusal>>;
  /** Sends a message marked 测试, at once and past every queue; `contact: null`: to whoever is behind the channel. */
  test(id: ChannelId, contact: ContactId | null): Promise<Result<SendOutcome, Refusal>>;
}

/** Who is told of what, and when. */
export interface Policies {
  /** A change goes on its way; resolves when it is durable. What it brings into force holds from then on. */
  policy(command: PolicyCommand): Promise<Result<PolicyDraft, Refusal>>;
}

/** A link that leads somewhere: whose it is, and to what. */
export type FollowedLink = {
  readonly link: NoticeLink;
  readonly contact: Contact;
  /** It may acknowledge as well. */
  readonly mayAct: boolean;
};

/** What somebody does who holds a link from a notice, without a log-in. */
export interface LinksAsked {
  /** `null`: it leads nowhere (any more), or links are off. Which of these, nobody is told. */
  follow(token: string): FollowedLink | null;
  /** Its one act has been done. */
  spend(link: NoticeLink): Promise<void>;
}

/** What people ask of the notices 通知. */
export interface Notices extends NoticePeople, Channels, Policies, LinksAsked {
  readonly view: NoticeView;
  retry(id: NoticeId): Promise<Result<Notice, Refusal>>;
  /** Somebody knows that these did not arrive; those that did, or may yet, are passed over. */
  see(ids: readonly NoticeId[], by: string): Promise<void>;
  /** Notices that did not arrive, of which nobody knows yet. */
  unseen(): readonly Notice[];
  /** Alarms that nobody has acknowledged and of which a call reached nobody. */
  unreached(): readonly Alarm[];
  /** Units that a policy may call and where nobody is on duty; `null` in it: there is no centre. */
  unmanned(at: Millis): readonly (Unit | null)[];
  /** Everything that was told, and not told, of an alarm, open or over. */
  storyOf(alarm: AlarmId): Promise<readonly NoticeEntry[]>;
  explainAlarm(alarm: AlarmId): Explanation | null;
  explain(
    like: {
      readonly level: Level;
      readonly lifeline: string;
      readonly area: string;
      readonly asset: string | null;
      readonly point: string | null;
    },
    at: Millis,
  ): Explanation;
}
