import type { ChannelSecrets, ChannelSettings } from '../../domain/notice/channel.ts';
import type { SendOutcome } from '../../domain/notice/notice.ts';
import type { NoticeAbout, NoticeText } from '../../domain/notice/text.ts';
import type { Contact } from '../../domain/notice/unit.ts';
import type { Millis } from '../../domain/time.ts';

/** What machines are told of an alarm besides the text. */
export type NoticeFacts = {
  readonly alarm: string;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly point: string;
  readonly rule: string;
  /** What is told of it, in one line. */
  readonly title: string;
  readonly startsAt: Millis;
  /** `null`: it goes on. */
  readonly endsAt: Millis | null;
  readonly drill: boolean;
};

/** One message as a channel is given it. */
export type OutgoingMessage = {
  /** The same for every try: receivers that can tell a repetition by it may. */
  readonly id: string;
  readonly about: NoticeAbout;
  readonly text: NoticeText;
  /** None: it is about no alarm. Of a digest, all. */
  readonly facts: readonly NoticeFacts[];
  /** `null`: whoever is behind the channel. */
  readonly to: Pick<Contact, 'name' | 'mobile' | 'email' | 'handles'> | null;
};

/**
 * A way out of the house. It tries once and says what the receiver made of it; whoever owes the message decides what
 * follows. It never throws, and is done within its own bound (10 s) or when the signal says so.
 */
export interface NoticeChannel {
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome>;
}

/** @param secrets of which none is ever in an outcome */
export type OpenNoticeChannel = (settings: ChannelSettings, secrets: ChannelSecrets) => NoticeChannel;
