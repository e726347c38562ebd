import { type AlarmId, as, type ChannelId, type ContactId, type NoticeId } from '../../domain/ids.ts';
import type { ChannelSecrets, ChannelSetup } from '../../domain/notice/channel.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import { callKey } from '../../domain/notice/ladder.ts';
import { type NoticePolicy, policyFlaws } from '../../domain/notice/policy.ts';
import { inOrder, type Roster, shiftFlaw } from '../../domain/notice/roster.ts';
import type { Contact, Unit } from '../../domain/notice/unit.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import { seconds } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { NoticeDraft } from '../notices/notice-desk.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { OpenNoticeChannel } from '../ports/notice-channel.ts';
import type { ExplainedRung, Notices } from '../ports/notices.ts';
import type { Turn } from '../turn.ts';

const TEST_WITHIN = seconds(12);

/** The office where people keep units, rosters, channels and policies, and ask who is told: each answer is decided in a turn. */
export class NoticeOffice implements Notices {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'toldOf'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #open: OpenNoticeChannel;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'toldOf'>;
    clock: Pick<Clock, 'now'>;
    open: OpenNoticeChannel;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#open = given.open;
  }

  get view() {
    return this.#core.notices.book;
  }

  keepUnit: Notices['keepUnit'] = (unit: Unit, how) =>
    this.#decide(
      how,
      () => this.view.unit(unit.code),
      unit,
      (draft) => {
        if (unit.parent !== null && (unit.parent === unit.code || this.view.unit(unit.parent) === undefined))
          return refuse('unknown-reference', `没有单位 ${unit.parent}`, `There is no unit ${unit.parent}.`);
        const area = unit.areas.find((a) => this.#core.register.area(a) === undefined);
        if (area !== undefined)
          return refuse('unknown-reference', `没有区域 ${area}`, `There is no area ${area}.`);
        return this.#keep({ is: 'unit', unit }, draft);
      },
    );

  keepContact: Notices['keepContact'] = (contact: Contact, how) =>
    this.#decide(
      how,
      () => this.view.contact(contact.id),
      contact,
      (draft) =>
        this.view.unit(contact.unit) === undefined
          ? refuse('unknown-reference', `没有单位 ${contact.unit}`, `There is no unit ${contact.unit}.`)
          : this.#keep({ is: 'contact', contact }, draft),
    );

  keepRoster: Notices['keepRoster'] = (given: Roster) => {
    const roster = { ...given, shifts: inOrder(given.shifts) };
    return this.#decide(
      'change',
      () => this.view.unit(roster.unit),
      roster,
      (draft) => {
        for (const [i, shift] of given.shifts.entries()) {
          const flaw = shiftFlaw(shift, (id) => this.view.contact(id) !== undefined);
          if (flaw !== null)
            return refuse(
              flaw === 'contact-unknown' ? 'unknown-reference' : 'invalid',
              `第 ${i + 1} 个班次：${SHIFT_FLAWS[flaw]}`,
              `Shift ${i + 1}: ${flaw}.`,
            );
        }
        return this.#keep({ is: 'roster', roster }, draft);
      },
    );
  };

  keepChannel: Notices['keepChannel'] = (setup: ChannelSetup, secrets: ChannelSecrets, how) =>
    this.#decide(
      how,
      () => this.view.channel(setup.id),
      setup,
      (draft) => {
        const before = this.view.channel(setup.id);
        // Another receiver is another secret: the old one would be told to somebody whom it is none of.
        const same = before !== undefined && receiverOf(before) === receiverOf(setup);
        const kept = same ? this.view.secretsOf(setup.id) : {};
        this.#keep({ is: 'secrets', id: setup.id, secrets: { ...kept, ...secrets } }, draft);
        return this.#keep({ is: 'channel', id: setup.id, setup }, draft);
      },
    );

  dropChannel: Notices['dropChannel'] = (id: ChannelId) => {
    const before = this.view.channel(id);
    return this.#decide(
      'change',
      () => this.view.channel(id),
      before as ChannelSetup,
      (draft) => {
        this.#keep({ is: 'secrets', id, secrets: {} }, draft);
        this.#keep({ is: 'channel', id, setup: null }, draft);
        for (const n of this.view.pending())
          if (n.channel === id)
            this.#core.notices.command(n.id, { do: 'supersede', why: 'its channel was taken away' }, draft);
        return null;
      },
    );
  };

  keepPolicy: Notices['keepPolicy'] = ({ seenVersion, ...wish }) =>
    this.#turn.tell((draft): Result<NoticePolicy, Refusal> => {
      const last = this.view.versions(wish.id).at(-1)?.version ?? 0;
      if (seenVersion !== null && seenVersion < last) return no({ code: 'seen-too-old', detail: null });
      const [flaw] = policyFlaws(wish, {
        unit: (code) => this.view.unit(code) !== undefined,
        contact: (id) => this.view.contact(id) !== undefined,
        channel: (id) => this.view.channel(id) !== undefined,
      });
      if (flaw !== undefined)
        return no(
          refuse(flaw.endsWith('-unknown') ? 'unknown-reference' : 'invalid', POLICY_FLAWS[flaw], `${flaw}.`),
        );
      const policy = { ...wish, version: last + 1, at: draft.at };
      this.#core.notices.keep({ is: 'policy', policy }, draft);
      return ok(policy);
    });

  test: Notices['test'] = async (id: ChannelId, to: ContactId | null) => {
    const channel = this.view.channel(id);
    if (channel === undefined) return no({ code: 'not-found', detail: null });
    const contact = to === null ? null : this.view.contact(to);
    if (contact === undefined)
      return no(refuse('unknown-reference', `没有联系人 ${to}`, `There is no contact ${to}.`));
    const text = {
      marks: ['test'] as const,
      title: '城市生命线监测平台测试消息',
      lines: [`渠道 ${channel.name}：收到即配置正确，无需处置`],
      link: null,
    };
    const message = {
      id: `test-${id}-${this.#clock.now()}`,
      about: 'test',
      text,
      facts: [],
      to: contact,
    } as const;
    const sending = this.#open(channel.settings, this.view.secretsOf(id));
    return ok(await sending.send(message, AbortSignal.timeout(TEST_WITHIN)));
  };

  retry: Notices['retry'] = (id: NoticeId) =>
    this.#turn.tell((draft) => {
      if (this.view.notice(id) === undefined) return no({ code: 'not-found', detail: null });
      const after = this.#core.notices.command(id, { do: 'retry' }, draft);
      return after === null
        ? no(
            refuse(
              'invalid',
              '该通知无需重发：已送达、在途或已失效',
              'It has arrived, is on its way or is over.',
            ),
          )
        : ok(after);
    });

  storyOf: Notices['storyOf'] = (alarm: AlarmId) => this.#journal.toldOf(alarm);

  explainAlarm: Notices['explainAlarm'] = (id: AlarmId) => {
    const { notices, desk } = this.#core;
    const alarm = desk.open.get(id);
    if (alarm === undefined) return null;
    const choice = notices.policyOf(alarm);
    const ladder = notices.ladderOf(id);
    const made = this.view.callsOf(id);
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

  explain: Notices['explain'] = ({ level, lifeline, area, asset }, at) => {
    const { notices } = this.#core;
    const like = {
      level,
      lifeline: as.lifeline(lifeline),
      areaCode: as.area(area),
      assetCode: asset === null ? null : as.asset(asset),
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

  onDuty: Notices['onDuty'] = (unit, at) => {
    const of = (post: 'duty' | 'leader') =>
      this.#core.notices
        .inPost(unit, post, at)
        .filter((c, i, all) => all.findIndex((x) => x.id === c.id) === i);
    return { duty: of('duty'), leader: of('leader') };
  };

  #toldBy(alarm: AlarmId, call: { round: number; rung: number; repetition: number }) {
    return this.view
      .noticesOf(alarm)
      .filter((n) => n.call !== null && callKey(n.call) === callKey(call))
      .flatMap((n) => {
        const channel = this.view.channel(n.channel);
        const contact = n.contact === null ? null : (this.view.contact(n.contact) ?? null);
        return channel === undefined ? [] : [{ contact, channel }];
      });
  }

  #keep(entry: NoticeEntry, draft: NoticeDraft): null {
    this.#core.notices.keep(entry, draft);
    return null;
  }

  /** @param keep what stands in the way; `null`: it is kept */
  #decide<T>(
    how: 'create' | 'change',
    there: () => unknown,
    after: T,
    keep: (draft: NoticeDraft) => Refusal | null,
  ): Promise<Result<T, Refusal>> {
    return this.#turn.tell((draft): Result<T, Refusal> => {
      const before = there();
      if (how === 'create' && before !== undefined) return no({ code: 'code-taken', detail: null });
      if (how === 'change' && before === undefined) return no({ code: 'not-found', detail: null });
      const refusal = keep(draft);
      return refusal === null ? ok(after) : no(refusal);
    });
  }
}

/** Whom a secret is told to. */
function receiverOf({ settings }: ChannelSetup): string {
  const where = settings.kind === 'smtp' ? `${settings.host}:${settings.port}` : settings.url.split('/')[2];
  return `${settings.kind} ${where}`;
}

const refuse = (code: RefusalCode, zh: string, en: string): Refusal => ({ code, detail: { zh, en } });

const SHIFT_FLAWS: Readonly<Record<NonNullable<ReturnType<typeof shiftFlaw>>, string>> = {
  'ends-before-it-begins': '结束不晚于开始',
  'names-nobody': '没有任何人',
  'longer-than-a-week': '超过一周',
  'contact-unknown': '有不存在的联系人',
};

const POLICY_FLAWS: Readonly<Record<ReturnType<typeof policyFlaws>[number], string>> = {
  'no-subject': '未选对象',
  'no-rung': '没有梯级',
  'rung-calls-nobody': '有梯级未指定通知对象',
  'rungs-not-in-order': '梯级时间须由早到晚',
  'repeat-too-often': '重复间隔过短或次数过多',
  'unit-unknown': '有不存在的单位',
  'contact-unknown': '有不存在的联系人',
  'channel-unknown': '有不存在的渠道',
};
