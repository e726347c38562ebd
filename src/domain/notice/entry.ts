import type { ChannelId } from '../ids.ts';
import { unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import type { ChannelSecrets, ChannelSetup } from './channel.ts';
import type { RungCall } from './ladder.ts';
import type { NoticeLink } from './link.ts';
import { isPending, isUnseenLoss, type Notice } from './notice.ts';
import type { NoticePolicy } from './policy.ts';
import type { PolicyDraft } from './policy-draft.ts';
import type { NoticeMiss } from './recipients.ts';
import type { Roster } from './roster.ts';
import type { Contact, Unit } from './unit.ts';

/** A call of a rung that was made: whom it did not reach, and why. Whom it reached are notices of their own. */
export type CallMade = {
  /** Its subject: an alarm, or an order. */
  readonly alarm: string;
  readonly call: Pick<RungCall, 'round' | 'rung' | 'repetition'>;
  readonly at: Millis;
  readonly misses: readonly NoticeMiss[];
  /** `null`: no policy holds, and nobody is told at all. */
  readonly policy: Pick<NoticePolicy, 'id' | 'version'> | null;
};

/** How often a thing has been kept, from 1: given by the desk when it keeps it. */
type Revision = number;

/** What a turn keeps of who is told: each the whole of its thing, in place of what was kept of it before. */
export type NoticeEntry =
  | { readonly is: 'unit'; readonly unit: Unit; readonly revision?: Revision }
  | { readonly is: 'contact'; readonly contact: Contact; readonly revision?: Revision }
  | { readonly is: 'roster'; readonly roster: Roster; readonly revision?: Revision }
  /** `setup: null`: taken away. Secrets come apart, and leave with it. */
  | { readonly is: 'channel'; readonly id: ChannelId; readonly setup: ChannelSetup | null }
  | { readonly is: 'secrets'; readonly id: ChannelId; readonly secrets: ChannelSecrets }
  | { readonly is: 'policy'; readonly policy: NoticePolicy }
  | { readonly is: 'policy-draft'; readonly draft: PolicyDraft }
  /** `open`: its alarm is, so that it is still asked for. */
  | { readonly is: 'notice'; readonly notice: Notice; readonly open: boolean }
  /** `open`: its alarm is. */
  | { readonly is: 'link'; readonly link: NoticeLink; readonly open: boolean }
  | { readonly is: 'call'; readonly made: CallMade; readonly open: boolean };

/** What an entry is kept by. */
export function entryKey(e: NoticeEntry): string {
  switch (e.is) {
    case 'unit':
      return `unit/${e.unit.code}`;
    case 'contact':
      return `contact/${e.contact.id}`;
    case 'roster':
      return `roster/${e.roster.unit}`;
    case 'channel':
    case 'secrets':
      return `${e.is}/${e.id}`;
    case 'policy':
      return `policy/${e.policy.id}/${String(e.policy.version).padStart(6, '0')}`;
    case 'policy-draft':
      return `policy-draft/${e.draft.id.slice(1).padStart(6, '0')}`;
    case 'notice':
      return `notice/${e.notice.id}`;
    case 'link':
      return `link/${e.link.hash}`;
    case 'call':
      return `call/${e.made.alarm}/${e.made.call.round}.${e.made.call.rung}.${e.made.call.repetition}`;
    default:
      return unreachable(e);
  }
}

/** The alarm or order whose story it belongs to; `null`: none's. */
export function entryAlarm(e: NoticeEntry): string | null {
  if (e.is === 'call') return e.made.alarm;
  if (e.is === 'link') return e.link.alarm;
  return e.is === 'notice' ? e.notice.subject.id : null;
}

/** Whether a start needs it: what is over stays in its alarm's story alone. */
export function isNeeded(e: NoticeEntry): boolean {
  if (e.is === 'call' || e.is === 'link') return e.open;
  return e.is !== 'notice' || e.open || isPending(e.notice) || isUnseenLoss(e.notice);
}
