import type { Notice } from '../../domain/notice/notice.ts';
import { markedTitle } from '../../domain/notice/text.ts';
import type { Core } from '../core/core.ts';
import type { Journal } from '../ports/journal.ts';
import type { NoticeFacts } from '../ports/notice-channel.ts';

/** What machines are told of the alarm that a notice is about, as it now is. */
export class CaseFacts {
  readonly #core: Core;
  readonly #journal: Pick<Journal, 'alarm'>;

  constructor(given: { core: Core; journal: Pick<Journal, 'alarm'> }) {
    this.#core = given.core;
    this.#journal = given.journal;
  }

  /** @returns `null`: it is about no alarm */
  async of(n: Notice): Promise<NoticeFacts | null> {
    const id = n.subject.id as Parameters<Journal['alarm']>[0];
    const alarm = this.#core.desk.open.get(id) ?? (await this.#journal.alarm(id).catch(() => null));
    if (alarm === null) return null;
    const { phase } = alarm;
    return {
      alarm: alarm.id,
      level: alarm.level,
      lifeline: alarm.lifeline,
      area: alarm.areaCode,
      point: alarm.pointCode,
      rule: alarm.ruleId,
      title: markedTitle(n.text),
      startsAt: alarm.raisedAt,
      endsAt: 'returnedAt' in phase ? phase.returnedAt : null,
      drill: n.text.marks.includes('drill'),
    };
  }
}
