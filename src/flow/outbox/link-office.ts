import { linkIsOpen } from '../../domain/notice/link.ts';
import type { Clock } from '../ports/clock.ts';
import type { Tokens } from '../ports/ids.ts';
import type { LinksAsked } from '../ports/notices.ts';
import type { OfficeParts } from './in-turn.ts';
import type { LinkMode } from './links.ts';

/** Answers those who come by a link in a notice. */
export class LinkOffice implements LinksAsked {
  readonly #parts: OfficeParts;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tokens: Tokens;
  readonly #mode: LinkMode;

  constructor(given: OfficeParts & { clock: Pick<Clock, 'now'>; tokens: Tokens; linkMode: LinkMode }) {
    this.#parts = given;
    this.#clock = given.clock;
    this.#tokens = given.tokens;
    this.#mode = given.linkMode;
  }

  follow: LinksAsked['follow'] = (token) => {
    if (this.#mode === 'off') return null;
    const { book } = this.#parts.core.notices;
    const link = book.link(this.#tokens.hashOf(token));
    const contact = link && book.contact(link.contact);
    if (contact === undefined || contact.outOfService === true) return null;
    if (link === undefined || !linkIsOpen(link, this.#clock.now())) return null;
    return { link, contact, mayAct: this.#mode === 'act' };
  };

  spend: LinksAsked['spend'] = (link) =>
    this.#parts.turn.tell((draft) => {
      const { notices } = this.#parts.core;
      const known = notices.book.link(link.hash);
      if (known !== undefined)
        notices.keep({ is: 'link', link: { ...known, usedAt: draft.at }, open: true }, draft);
    });
}
