import type { ChannelId, ContactId, NoticeId, PolicyId, UnitCode } from '../../domain/ids.ts';
import type { ChannelSecrets, ChannelSetup } from '../../domain/notice/channel.ts';
import { DEFAULT_POLICIES } from '../../domain/notice/default-policies.ts';
import { type CallMade, entryKey, type NoticeEntry } from '../../domain/notice/entry.ts';
import { callKey } from '../../domain/notice/ladder.ts';
import type { NoticeLink } from '../../domain/notice/link.ts';
import { isPending, isUnseenLoss, type Notice } from '../../domain/notice/notice.ts';
import type { NoticePolicy } from '../../domain/notice/policy.ts';
import type { PolicyDraft } from '../../domain/notice/policy-draft.ts';
import type { Roster } from '../../domain/notice/roster.ts';
import type { Contact, Unit } from '../../domain/notice/unit.ts';
import { unreachable } from '../../domain/result.ts';
import type { NoticeView } from '../ports/notices.ts';

/** Nobody reads more than these; all of them stay in their alarm's story. */
const LOST_AT_MOST = 2_000;

type Story = { readonly calls: Map<string, CallMade>; readonly notices: Map<NoticeId, Notice> };

/** Who is told of what, in memory: folded from its entries, which the journal keeps. */
export class NoticeBook implements NoticeView {
  readonly #units = new Map<UnitCode, Unit>();
  readonly #contacts = new Map<ContactId, Contact>();
  readonly #rosters = new Map<UnitCode, Roster>();
  readonly #channels = new Map<ChannelId, ChannelSetup>();
  readonly #secrets = new Map<ChannelId, ChannelSecrets>();
  /** Oldest first. */
  readonly #policies = new Map<PolicyId, readonly NoticePolicy[]>(DEFAULT_POLICIES.map((p) => [p.id, [p]]));
  /** Of units, contacts and rosters, by the keys of their entries. */
  readonly #revisions = new Map<string, number>();
  /** In order of making. */
  readonly #drafts = new Map<string, PolicyDraft>();
  /** Of alarms and orders that are open. */
  readonly #stories = new Map<string, Story>();
  readonly #pending = new Map<NoticeId, Notice>();
  /** Did not arrive, and nobody knows yet; in order of becoming so. */
  readonly #lost = new Map<NoticeId, Notice>();
  /** Of alarms that are open, by hash. */
  readonly #links = new Map<string, NoticeLink>();
  /** Counts up with everything that may change whom a rung calls. */
  revision = 0;
  /** Counts up with whatever is kept. */
  changes = 0;

  apply(e: NoticeEntry): void {
    this.changes++;
    if (isPlan(e)) this.#revisions.set(entryKey(e), e.revision ?? 1);
    switch (e.is) {
      case 'unit':
        this.#units.set(e.unit.code, e.unit);
        break;
      case 'contact':
        this.#contacts.set(e.contact.id, e.contact);
        break;
      case 'roster':
        this.#rosters.set(e.roster.unit, e.roster);
        break;
      case 'channel':
        if (e.setup === null) this.#channels.delete(e.id);
        else this.#channels.set(e.id, e.setup);
        break;
      case 'secrets':
        this.#secrets.set(e.id, e.secrets);
        break;
      case 'policy':
        this.#policies.set(e.policy.id, [...this.versions(e.policy.id), e.policy]);
        break;
      case 'policy-draft':
        this.#drafts.set(e.draft.id, e.draft);
        return;
      case 'notice':
        this.#notice(e.notice, e.open);
        return;
      case 'link':
        if (e.open) this.#links.set(e.link.hash, e.link);
        else this.#links.delete(e.link.hash);
        return;
      case 'call':
        if (e.open) this.#story(e.made.alarm).calls.set(callKey(e.made.call), e.made);
        return;
      default:
        unreachable(e);
    }
    this.revision++;
  }

  /** The entry with the revision that it has once it is kept. */
  revised(e: NoticeEntry): NoticeEntry {
    return isPlan(e) ? { ...e, revision: (this.#revisions.get(entryKey(e)) ?? 0) + 1 } : e;
  }

  revisionOf: NoticeView['revisionOf'] = (what, code) => this.#revisions.get(`${what}/${code}`) ?? 0;

  units = (): readonly Unit[] => inOrder(this.#units);
  unit = (code: UnitCode): Unit | undefined => this.#units.get(code);
  contacts = (): readonly Contact[] => inOrder(this.#contacts);
  contact = (id: ContactId): Contact | undefined => this.#contacts.get(id);
  contactsOf = (unit: UnitCode): readonly Contact[] => this.contacts().filter((c) => c.unit === unit);
  roster = (unit: UnitCode): Roster | undefined => this.#rosters.get(unit);
  channels = (): readonly ChannelSetup[] => inOrder(this.#channels);
  channel = (id: ChannelId): ChannelSetup | undefined => this.#channels.get(id);
  /** For whoever sends alone: shown, listed and exported by nobody. */
  secretsOf = (id: ChannelId): ChannelSecrets => this.#secrets.get(id) ?? {};

  secretsSet = (id: ChannelId) =>
    (['token', 'secret'] as const).filter((k) => (this.secretsOf(id)[k] ?? '') !== '');

  /** Those in force, in order of id. */
  policies = (): readonly NoticePolicy[] =>
    inOrder(this.#policies).flatMap((versions) => {
      const last = versions.at(-1);
      return last === undefined || last.dropped === true ? [] : [last];
    });
  /** Oldest first. */
  versions = (id: PolicyId): readonly NoticePolicy[] => this.#policies.get(id) ?? [];

  policyDrafts = (): readonly PolicyDraft[] => [...this.#drafts.values()];
  policyDraft = (id: string): PolicyDraft | undefined => this.#drafts.get(id);

  link = (hash: string): NoticeLink | undefined => this.#links.get(hash);
  linksOf = (alarm: string): readonly NoticeLink[] =>
    [...this.#links.values()].filter((l) => l.alarm === alarm);

  /** Of which something may still come. */
  pending = (): readonly Notice[] => [...this.#pending.values()];
  notice(id: NoticeId): Notice | undefined {
    return this.#pending.get(id) ?? this.#lost.get(id) ?? this.#storyOf(id)?.notices.get(id);
  }
  noticesOf = (subject: string): readonly Notice[] => [
    ...(this.#stories.get(subject)?.notices.values() ?? []),
  ];
  callsOf = (subject: string): ReadonlyMap<string, CallMade> =>
    this.#stories.get(subject)?.calls ?? new Map();
  /** Did not arrive, and nobody knows yet: the newest some thousand of them. */
  lost = (): readonly Notice[] => [...this.#lost.values()];
  /** Of alarms and orders that are open, of which something may still come, or of whose loss nobody knows. */
  notices = (): readonly Notice[] => {
    const all = new Map([...this.#lost, ...this.#pending]);
    for (const { notices } of this.#stories.values()) for (const [id, n] of notices) all.set(id, n);
    return [...all.values()];
  };

  /** The alarm or order is over: what is still pending of it stays. */
  over(subject: string): void {
    this.#stories.delete(subject);
  }

  #notice(n: Notice, open: boolean): void {
    if (isPending(n)) this.#pending.set(n.id, n);
    else this.#pending.delete(n.id);
    if (isUnseenLoss(n)) this.#lost.set(n.id, n);
    else this.#lost.delete(n.id);
    for (const id of this.#lost.keys()) {
      if (this.#lost.size <= LOST_AT_MOST) break;
      this.#lost.delete(id);
    }
    if (open) this.#story(n.subject.id).notices.set(n.id, n);
  }

  /** A notice is named after its alarm. */
  #storyOf = (id: NoticeId): Story | undefined => this.#stories.get(id.slice(0, id.indexOf('.')));

  #story(alarm: string): Story {
    const known = this.#stories.get(alarm);
    if (known !== undefined) return known;
    const story: Story = { calls: new Map(), notices: new Map() };
    this.#stories.set(alarm, story);
    return story;
  }
}

function inOrder<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}

const isPlan = (e: NoticeEntry) => e.is === 'unit' || e.is === 'contact' || e.is === 'roster';
