import type { Notice } from '../../domain/notice/notice.ts';
import type { Tokens } from '../ports/ids.ts';

/** Whether a link in a notice lets its addressee in without a log-in: not at all, to read, or to act as well. */
export type LinkMode = 'off' | 'read' | 'act';

/** Addresses in notices, under which people reach this service. */
export class NoticeLinks {
  readonly mode: LinkMode;
  readonly tokens: Tokens;
  readonly #at: string;

  /** @param given.at e.g. `https://watch.city.example` */
  constructor(given: { readonly mode: LinkMode; readonly tokens: Tokens; readonly at: string }) {
    this.mode = given.mode;
    this.tokens = given.tokens;
    this.#at = given.at.replace(/\/+$/, '');
  }

  addressOf = (token: string): string => `${this.#at}/go/${token}`;

  /** For who logs in. */
  caseOf = ({ subject }: Pick<Notice, 'subject'>): string =>
    subject.kind === 'alarm' ? `${this.#at}/alarms/${subject.id}` : this.deskAddress;

  get deskAddress(): string {
    return `${this.#at}/`;
  }
}
