import type { Clock } from '../ports/clock.ts';
import type { Tokens } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { OpenNoticeChannel } from '../ports/notice-channel.ts';
import type { Notices } from '../ports/notices.ts';
import { ChannelOffice } from './channel-office.ts';
import type { OfficeParts } from './in-turn.ts';
import { LinkOffice } from './link-office.ts';
import type { LinkMode } from './links.ts';
import { NoticeOffice } from './notice-office.ts';
import { PeopleOffice } from './people-office.ts';
import { PolicyOffice } from './policy-office.ts';

/** The office where people keep units, rosters, channels and policies, and ask who is told: each answer is decided in a turn. */
export function openOffice(
  given: OfficeParts & {
    readonly journal: Pick<Journal, 'toldOf'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly open: OpenNoticeChannel;
    /** What links in notices may do. */
    readonly linkMode: LinkMode;
    readonly tokens: Tokens;
    /** How many people a change of a policy needs. */
    readonly approval: 'one' | 'two';
  },
): Notices {
  return {
    view: given.core.notices.book,
    ...new PeopleOffice(given),
    ...new ChannelOffice(given),
    ...new PolicyOffice(given),
    ...new NoticeOffice(given),
    ...new LinkOffice(given),
  };
}
