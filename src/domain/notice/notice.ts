import type { AreaCode, ChannelId, ContactId, DrillId, NoticeId, PolicyId } from '../ids.ts';
import type { Level } from '../level.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import { retryAfter, USEFUL_FOR } from './pace.ts';
import type { SubjectKind } from './policy.ts';
import type { NoticeAbout, NoticeText } from './text.ts';

export type NoticeState =
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'acted'
  | 'failed'
  | 'undeliverable'
  | 'expired'
  | 'superseded';

/** One try: when it was over, and what the receiver said. Never a secret. */
export type NoticeTry = { readonly at: Millis; readonly answer: string };

/** 通知: one message to one person over one channel, with its delivery state. */
export type Notice = {
  readonly id: NoticeId;
  readonly subject: { readonly kind: SubjectKind; readonly id: string; readonly revision: number };
  /** Where its subject lies; left out: written by a program from before. */
  readonly area?: AreaCode;
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
  readonly about: NoticeAbout;
  readonly level: Level;
  /** By which call of the ladder; `null`: what is told besides it (recovery). */
  readonly call: { readonly round: number; readonly rung: number; readonly repetition: number } | null;
  readonly policy: { readonly id: PolicyId; readonly version: number } | null;
  readonly contact: ContactId | null;
  readonly channel: ChannelId;
  readonly text: NoticeText;
  readonly state: NoticeState;
  readonly queuedAt: Millis;
  /** From here on it is not worth sending. */
  readonly usefulUntil: Millis;
  readonly tries: readonly NoticeTry[];
  /** `failed`: when it is tried again. */
  readonly nextTryAt: Millis | null;
  /** For people: why it is as it is, where that is not plain from its state. */
  readonly why: string | null;
  /** Who has seen that it did not arrive; absent: nobody yet, or it did. */
  readonly seen?: { readonly by: string; readonly at: Millis };
};

/** What a receiver made of it. `refused`: for good, such as a wrong secret; `failed`: another try may do. */
export type SendOutcome =
  | { readonly is: 'accepted' | 'delivered'; readonly said: string }
  | { readonly is: 'refused'; readonly said: string }
  /**
   * @param retryAt not before this, where the receiver asks for it
   * @param inDoubt no answer came, and it may have arrived
   */
  | {
      readonly is: 'failed';
      readonly said: string;
      readonly retryAt?: Millis;
      readonly inDoubt?: true;
    };

export type NoticeCommand =
  | { readonly do: 'send' }
  | { readonly do: 'answer'; readonly outcome: SendOutcome }
  /** The service stopped while it was being sent: nobody knows whether it arrived. */
  | { readonly do: 'resume' }
  /** Its addressee has acknowledged or accepted the subject. */
  | { readonly do: 'act' }
  /** What it says no longer holds: a later word stands in its place. */
  | { readonly do: 'supersede'; readonly why: string }
  /** A person wants it tried again. */
  | { readonly do: 'retry' }
  /** A person knows that it did not arrive. */
  | { readonly do: 'see'; readonly by: string }
  | { readonly do: 'tick' };

/** That it did not arrive, as consoles are told it. */
export type NoticeLoss = {
  readonly id: NoticeId;
  /** When it became so: a notice may be sent once more, and be lost again. */
  readonly revision: number;
  readonly at: Millis;
  readonly by: { readonly kind: 'system' };
  readonly change: { readonly kind: 'undeliverable'; readonly contactName: string | null };
};

/** Why a command does nothing for a notice. */
export type NoticeRefusal = 'notice-on-its-way' | 'notice-arrived' | 'notice-over' | 'notice-not-sending';

/** True while something may still come of it. */
export const isPending = ({ state }: Pick<Notice, 'state'>): boolean =>
  state === 'queued' || state === 'sending' || state === 'failed';

/** True where it did not arrive and nothing more will come of it. */
export const isLost = ({ state }: Pick<Notice, 'state'>): boolean =>
  state === 'undeliverable' || state === 'expired';

/** It did not arrive, and nobody knows yet. */
export const isUnseenLoss = (n: Pick<Notice, 'state' | 'seen' | 'drill'>): boolean =>
  isLost(n) && n.seen === undefined && n.drill === undefined;

/** True where the receiver has taken it: whoever was told of a beginning is told of its end. */
export const hasGone = ({ state }: Pick<Notice, 'state'>): boolean =>
  state === 'sent' || state === 'delivered' || state === 'acted';

/** When the clock must look at it again; `null`: never. */
export function lookAt(n: Notice): Millis | null {
  if (n.state === 'queued') return n.usefulUntil;
  return n.state === 'failed' ? Math.min(n.nextTryAt ?? n.usefulUntil, n.usefulUntil) : null;
}

/**
 * What becomes of a notice by a command, or why nothing does. Undeliverable is said, never shown as sent: the next channel or
 * rung and the desk are told by whoever sees the state change.
 */
export function afterCommand(n: Notice, command: NoticeCommand, now: Millis): Result<Notice, NoticeRefusal> {
  switch (command.do) {
    case 'send':
      if (n.state === 'sending') return no('notice-on-its-way');
      return n.state === 'queued' || n.state === 'failed'
        ? ok({ ...n, state: 'sending', nextTryAt: null })
        : no(isOver(n));
    case 'answer':
      return n.state === 'sending' ? ok(answered(n, command.outcome, now)) : no('notice-not-sending');
    case 'resume':
      return n.state === 'sending' ? ok(again(n)) : no('notice-not-sending');
    case 'act':
      if (n.state === 'sent' || n.state === 'delivered') return ok({ ...n, state: 'acted' });
      return isPending(n) ? superseded(n, 'acted on before it was sent') : no(isOver(n));
    case 'supersede':
      return superseded(n, command.why);
    case 'see':
      if (!isLost(n)) return no(isPending(n) ? 'notice-on-its-way' : isOver(n));
      return ok(n.seen === undefined ? { ...n, seen: { by: command.by, at: now } } : n);
    case 'retry':
      if (isLost(n)) {
        const { seen: _, ...rest } = n;
        return ok({
          ...rest,
          state: 'queued',
          usefulUntil: now + USEFUL_FOR[n.level],
          nextTryAt: null,
          why: null,
        });
      }
      return no(isPending(n) ? 'notice-on-its-way' : isOver(n));
    case 'tick':
      return ok(aged(n, now));
    default:
      return unreachable(command);
  }
}

const isOver = (n: Notice): NoticeRefusal => (hasGone(n) ? 'notice-arrived' : 'notice-over');

function superseded(n: Notice, why: string): Result<Notice, NoticeRefusal> {
  if (n.state === 'sending') return no('notice-on-its-way');
  return isPending(n) ? ok({ ...n, state: 'superseded', nextTryAt: null, why }) : no(isOver(n));
}

/** In flight at a kill, or without an answer: when it is sent again it says so, since it may have arrived. */
const inDoubt = ({ text }: Notice): NoticeText =>
  text.marks.includes('again') ? text : { ...text, marks: [...text.marks, 'again'] };

const again = (n: Notice): Notice => ({ ...n, state: 'queued', text: inDoubt(n) });

function answered(before: Notice, outcome: SendOutcome, now: Millis): Notice {
  const isInDoubt = outcome.is === 'failed' && outcome.inDoubt === true;
  const n = isInDoubt ? { ...before, text: inDoubt(before) } : before;
  const tries = [...n.tries, { at: now, answer: outcome.said }];
  switch (outcome.is) {
    case 'accepted':
      return { ...n, tries, state: 'sent', why: null };
    case 'delivered':
      return { ...n, tries, state: 'delivered', why: null };
    case 'refused':
      return { ...n, tries, state: 'undeliverable', why: outcome.said };
    case 'failed': {
      const nextTryAt = Math.max(now + retryAfter(tries.length), outcome.retryAt ?? 0);
      // Another try after its useful age helps nobody: it is said at once, so that another way can be tried.
      return nextTryAt >= n.usefulUntil
        ? { ...n, tries, state: 'undeliverable', nextTryAt: null, why: outcome.said }
        : { ...n, tries, state: 'failed', nextTryAt, why: outcome.said };
    }
  }
}

function aged(n: Notice, now: Millis): Notice {
  if (now < n.usefulUntil) return n;
  if (n.state === 'queued')
    return { ...n, state: 'expired', why: n.why ?? 'its channel had no room in time' };
  return n.state === 'failed' ? { ...n, state: 'undeliverable', nextTryAt: null } : n;
}
