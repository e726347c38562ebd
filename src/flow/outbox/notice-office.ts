import { type AlarmId, as, type NoticeId } from '../../domain/ids.ts';
import { callKey } from '../../domain/notice/ladder.ts';
import { unmannedUnits } from '../../domain/notice/unmanned.ts';
import { no, ok } from '../../domain/result.ts';
import { seconds } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { NoticeBook } from '../notices/notice-book.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type {
  Channels,
  ExplainedRung,
  LinksAsked,
  NoticePeople,
  Notices,
  Policies,
} from '../ports/notices.ts';
import type { Turn } from '../turn.ts';
import { type OfficeParts, refuse } from './in-turn.ts';

type Asked = Omit<Notices, 'view' | keyof NoticePeople | keyof Channels | keyof Policies | keyof LinksAsked>;

/** Answers who was told of what, and who would be. */
export class NoticeOffice implements Asked {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'toldOf'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(given: OfficeParts & { journal: Pick<Journal, 'toldOf'>; clock: Pick<Clock, 'now'> }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#journal = given.journal;
    this.#clock = given.clock;
  }

  get #book(): NoticeBook {
    return this.#core.notices.book;
  }

  retry: Notices['retry'] = (id: NoticeId) =>
    this.#turn.tell((draft) => {
      if (this.#book.notice(id) === undefined) return no({ code: 'not-found', detail: null });
      const after = this.#core.notices.command(id, { do: 'retry' }, draft);
      return after === null
        ? no(
            refuse('invalid', {
              zh: '该通知无需重发：已送达、在途或已失效',
              en: 'It has arrived, is on its way or is over.',
            }),
          )
        : ok(after);
    });

  see: Notices['see'] = (ids, by) =>
    this.#turn.tell((draft) => {
      for (const id of ids) this.#core.notices.command(id, { do: 'see', by }, draft);
    });

  unseen: Notices['unseen'] = () => this.#book.lost();

  unreached: Notices['unreached'] = () =>
    this.#core.notices.unreached().flatMap(({ id }) => this.#core.desk.open.get(id as AlarmId) ?? []);

  unmanned: Notices['unmanned'] = (at) => unmannedUnits(this.#book.policies(), this.#book, at);

  storyOf: Notices['storyOf'] = (alarm: AlarmId) => this.#journal.toldOf(alarm);

  explainAlarm: Notices['explainAlarm'] = (id: AlarmId) => {
    const { notices } = this.#core;
    const alarm = notices.caseOf(id);
    if (alarm === null) return null;
    const choice = notices.policyOf(alarm);
    const ladder = notices.ladderOf(id);
    const made = this.#book.callsOf(id);
    const place = notices.placeOf(alarm);
    const now = this.#clock.now();
    const calls = [
      ...(ladder?.calls ?? []).map((call) => ({ call, by: null })),
      ...(ladder?.stopped ?? []).map((call) => ({ call, by: call.by })),
    ];
    const rungs = calls.flatMap(({ call, by }): ExplainedRung[] => {
      const rung = ladder?.policy.rungs[call.rung];
      if (rung === undefined) return [];
      const was = made.get(callKey(call));
      const reach = notices.reach(rung, place, Math.max(now, call.dueAt));
      return [
        {
          rung: call.rung,
          at: was?.at ?? call.dueAt,
          state: was ? 'called' : by !== null ? 'stopped' : call.dueAt <= now ? 'due' : 'to-come',
          stoppedBy: by,
          reach: was === undefined ? reach : { targets: this.#toldBy(id, call), misses: was.misses },
        },
      ];
    });
    return { ...choice, rungs: rungs.sort((a, b) => a.at - b.at) };
  };

  explain: Notices['explain'] = ({ level, lifeline, area, asset, point }, at) => {
    const { notices } = this.#core;
    const like = {
      kind: 'alarm' as const,
      level,
      lifeline: as.lifeline(lifeline),
      area: as.area(area),
      asset: asset === null ? null : as.asset(asset),
      point: point === null ? null : as.point(point),
      unit: null,
    };
    const choice = notices.policyOf(like);
    const place = notices.placeOf(like);
    const rungs = (choice.policy?.rungs ?? []).map((rung, i): ExplainedRung => {
      const then = at + seconds(rung.afterS);
      return {
        rung: i,
        at: then,
        state: 'to-come',
        stoppedBy: null,
        reach: notices.reach(rung, place, then),
      };
    });
    return { ...choice, rungs };
  };

  #toldBy(alarm: AlarmId, call: { round: number; rung: number; repetition: number }) {
    return this.#book
      .noticesOf(alarm)
      .filter((n) => n.call !== null && callKey(n.call) === callKey(call))
      .flatMap((n) => {
        const channel = this.#book.channel(n.channel);
        const contact = n.contact === null ? null : (this.#book.contact(n.contact) ?? null);
        return channel === undefined ? [] : [{ contact, channel }];
      });
  }
}
