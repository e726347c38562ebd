import type { AlarmId, ContactId, NoticeId } from '../ids.ts';
import { hours, type Millis } from '../time.ts';
import type { ChannelKind } from './channel.ts';
import type { Notice } from './notice.ts';
import type { Contact } from './unit.ts';

/**
 * What lets whoever holds it see one case, and act on it once: behind a link in a notice, for somebody who is not logged in. Of
 * its token, 128 random bits, only the hash is kept.
 */
export type NoticeLink = {
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  readonly notice: NoticeId;
  readonly alarm: AlarmId;
  readonly contact: ContactId;
  /** Our clock; from here on it leads nowhere. */
  readonly until: Millis;
  /** When its one act was done; left out: not yet. */
  readonly usedAt?: Millis;
};

/** A shift and its hand-over: who has not looked by then is called anew. */
export const LINK_LASTS = hours(24);

/** Channels that lead to one person. What a robot says is read by a whole group, and a link in it would have many addressees. */
const PERSONAL: ReadonlySet<ChannelKind> = new Set<ChannelKind>(['smtp', 'http']);

/** True where a link in this notice would have exactly one addressee. */
export const mayCarryLink = (
  n: Pick<Notice, 'contact' | 'call'>,
  kind: ChannelKind,
): n is Pick<Notice, 'call'> & { readonly contact: ContactId } =>
  n.contact !== null && n.call !== null && PERSONAL.has(kind);

export const linkIsOpen = (link: NoticeLink, now: Millis): boolean => now < link.until;

/** Whom an act by a link is said to be by: their account, where they have one. */
export const accountByLink = (contact: Pick<Contact, 'account' | 'id'>): string =>
  contact.account ?? `contact/${contact.id}`;
