import type { ChannelKind, ChannelSecrets, ChannelSettings } from '../../domain/notice/channel.ts';
import type { SendOutcome } from '../../domain/notice/notice.ts';
import type { OutgoingMessage } from '../../flow/ports/notice-channel.ts';
import type { OutAnswer, OutRequest } from '../shared/out-door.ts';
import type { ChannelTools } from './outcome.ts';

export type SettingsOf<K extends ChannelKind> = ChannelSettings & { readonly kind: K };

/**
 * A channel over HTTP in two pure halves: what is asked, and what an answer with 2xx means. Everything else (the door, time
 * limits, other statuses, secrets in answers) is the same for all of them.
 */
export type HttpKind<K extends ChannelKind> = (
  settings: SettingsOf<K>,
  secrets: ChannelSecrets,
  tools: ChannelTools,
) => {
  /** A string: why it cannot even be asked. */
  ask(message: OutgoingMessage): Omit<OutRequest, 'signal'> | string;
  read(answer: OutAnswer): SendOutcome;
};
