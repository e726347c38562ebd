import { maySeeArea } from '../../domain/account/scope.ts';
import type { Actor } from '../../domain/alarm/actor.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import { isDrilledResponse, type JournaledDrilled } from '../../domain/drill/drilled.ts';
import { type AreaCode, as, type DrillId, type NoticeId, type UnitCode } from '../../domain/ids.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import {
  callKey,
  climb,
  dueCalls,
  type LadderState,
  nextCallAt,
  type RungCall,
} from '../../domain/notice/ladder.ts';
import { accountByLink } from '../../domain/notice/link.ts';
import {
  afterCommand,
  hasGone,
  isLost,
  isPending,
  lookAt,
  type Notice,
  type NoticeCommand,
} from '../../domain/notice/notice.ts';
import { USEFUL_FOR } from '../../domain/notice/pace.ts';
import { type LiesIn, type NoticePolicy, type PolicyChoice, policyFor } from '../../domain/notice/policy.ts';
import { inPost, type NoticePlace, type NoticeTarget, reachOf } from '../../domain/notice/recipients.ts';
import type { NoticeAbout } from '../../domain/notice/text.ts';
import type { Contact } from '../../domain/notice/unit.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import type { JournaledResponse, ResponseHappened } from '../../domain/response/journaled.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { WarningEvent } from '../../domain/warning/commands.ts';
import { PLATFORM } from '../../packs/platform.ts';
import type { JournaledEvent, Recovered } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import { type Followed, FollowedCases } from './followed.ts';
import { NoticeBook } from './notice-book.ts';
import type { NoticeCase } from './notice-case.ts';

/** What of a turn in hand the desk reads and writes. */
export type NoticeDraft = {
  readonly at: Millis;
  readonly events: readonly JournaledEvent[];
  readonly responses: readonly JournaledResponse[];
  readonly drilled: readonly JournaledDrilled[];
  respond(what: ResponseHappened): void;
  readonly told: NoticeEntry[];
};

/** What of a case, or of one that might be, says who is near. */
export type NoticePlaceOf = Pick<NoticeCase, 'area' | 'lifeline' | 'asset' | 'point' | 'unit'>;

/**
 * The desk for notices, inside the turn: follows what happens to alarms and orders, calls rungs as they are due, and writes the notices that
 * are owed into the very turn of the event that owes them. It sends nothing.
 */
export class NoticeDesk {
  readonly book = new NoticeBook();
  readonly #register: RegisterView;
  readonly #followed = new FollowedCases();
  /** As found last: every console asks, every second. */
  #unreached: { readonly revision: string; readonly cases: readonly NoticeCase[] } = {
    revision: '',
    cases: [],
  };
  /** Revision of the book by which the instants of the next calls were found. */
  #planned = -1;

  /** Whether the notices of a drill go to their receivers. */
  readonly #sends: (drill: DrillId) => boolean;

  constructor(given: { register: RegisterView; sends?: (drill: DrillId) => boolean }) {
    this.#sends = given.sends ?? (() => false);
    this.#register = given.register;
  }

  /** Takes an entry over and writes it into the turn. */
  keep(entry: NoticeEntry, draft: NoticeDraft): void {
    const revised = this.book.revised(entry);
    this.book.apply(revised);
    draft.told.push(revised);
  }

  /** What alarms and orders did in this turn: stops, beginnings, who must hear of an end. */
  follow(draft: NoticeDraft): void {
    const changed = new Set<string>();
    for (const e of [...draft.responses, ...draft.drilled.filter(isDrilledResponse)]) {
      if (e.of === 'incident' || e.of === 'handover' || e.of === 'report' || e.of === 'notice') continue;
      // Told by the platform that it is of.
      if (e.after.from !== undefined) continue;
      if (e.of === 'warning') {
        for (const { unit } of e.after.recipients) {
          const followed = this.#followed.takeWarning(e.event, e.after, { unit, at: draft.at });
          if (followed === null) continue;
          changed.add(followed.of.id);
          this.#settleWarning(e.event, { followed, unit }, draft);
        }
        continue;
      }
      const { event, after } = e;
      const followed = this.#followed.takeOrder(event, after, draft.at);
      if (followed === null) continue;
      changed.add(event.id);
      this.#settleOrder(event, followed, draft);
    }
    for (const { event, after } of [...draft.events, ...draft.drilled.filter((e) => e.of === 'alarm')]) {
      if (after.from !== undefined) continue;
      const followed = this.#followed.takeAlarm(event, after, draft.at);
      if (followed === null) continue;
      changed.add(event.alarmId);
      this.#settle(event, followed, draft);
    }
    for (const id of changed) {
      const followed = this.#followed.of(id);
      if (followed !== undefined) this.#climb(followed, draft);
    }
  }

  /** The clock: rungs that are due, notices that are too old, and those that were in flight at a stop. */
  tick(draft: NoticeDraft): void {
    for (const n of this.book.pending()) {
      const due = lookAt(n);
      if (due !== null && due <= draft.at && n.usefulUntil <= draft.at)
        this.command(n.id, { do: 'tick' }, draft);
    }
    const replan = this.#planned !== this.book.revision;
    this.#planned = this.book.revision;
    for (const followed of this.#followed.all())
      if (replan || (followed.nextAt !== null && followed.nextAt <= draft.at)) this.#climb(followed, draft);
  }

  /** @returns the notice as it then is; `null`: there is none, or the command does nothing for it */
  command(id: NoticeId, command: NoticeCommand, draft: NoticeDraft): Notice | null {
    const before = this.book.notice(id);
    if (before === undefined) return null;
    const after = afterCommand(before, command, draft.at);
    if (!after.ok || after.value === before) return null;
    const value = this.#unlessOvertaken(after.value, command);
    this.#keepNotice(value, draft);
    if (isLost(value) && !isLost(before)) {
      this.#sayLost(value, draft);
      this.#anotherWay(value, draft);
    }
    return value;
  }

  /** What was on its way when its alarm was seen to, or came to its end, could not be taken back; it is not tried again, either. */
  #unlessOvertaken(n: Notice, { do: did }: NoticeCommand): Notice {
    if (n.call === null || !isPending(n) || (did !== 'answer' && did !== 'resume')) return n;
    const of = this.#followed.of(n.subject.id)?.of;
    const isTold = (x: Notice) => x.about === 'recovered' && wayOf(x) === wayOf(n) && x.queuedAt > n.queuedAt;
    // Of an order that was accepted later clocks call still.
    const seen = of?.kind === 'alarm' && !of.isWaiting ? 'acknowledged' : null;
    const why =
      of === undefined ? 'closed' : (seen ?? (this.book.noticesOf(of.id).some(isTold) ? 'returned' : null));
    const done = why === null ? null : afterCommand(n, { do: 'supersede', why }, n.queuedAt);
    return done?.ok === true ? done.value : n;
  }

  /** Puts everything back as it was at the last durable turn. */
  restore(
    from: Pick<Recovered, 'told' | 'openAlarmEvents' | 'openResponses' | 'openDrilled' | 'clockMoves'>,
  ): void {
    for (const entry of from.told) this.book.apply(entry);
    this.#followed.restore(withDrills(from));
  }

  /** What was being sent when the service stopped: nobody knows whether it arrived. */
  resume(draft: NoticeDraft): void {
    for (const n of this.book.pending())
      if (n.state === 'sending') this.command(n.id, { do: 'resume' }, draft);
  }

  /** Our clock was set while nothing ran. */
  clockMoved(by: Duration): void {
    this.#followed.clockMoved(by);
  }

  /** The policy that holds for a case, or would hold for one like it. */
  policyOf({
    kind,
    level,
    lifeline,
    area,
  }: Pick<NoticeCase, 'kind' | 'level' | 'lifeline' | 'area'>): PolicyChoice {
    // The service's own alarms are a subject of their own.
    const subject = lifeline === PLATFORM.lifeline ? 'platform' : kind;
    return policyFor(this.book.policies(), { kind: subject, level, lifeline, area }, this.liesIn);
  }

  /** Whom a rung would reach. */
  reach(rung: NoticePolicy['rungs'][number], place: NoticePlace, at: Millis) {
    return reachOf(rung, place, { directory: this.book, liesIn: this.liesIn, at });
  }

  /** Who holds a post of a unit at an instant. */
  inPost(code: UnitCode, post: 'duty' | 'leader', at: Millis): readonly Contact[] {
    const unit = this.book.unit(code);
    return unit === undefined ? [] : inPost(unit, post, this.book, at);
  }

  /** Where it stands. Of an order the unit that has it is called as its owner. */
  placeOf(of: NoticePlaceOf): NoticePlace {
    const asset = of.asset === null ? undefined : this.#register.asset(of.asset);
    const point = of.point === null ? undefined : this.#register.point(of.point);
    const owner = of.unit ?? point?.ownerUnit ?? asset?.ownerUnit ?? asset?.owner ?? null;
    return { area: of.area, lifeline: of.lifeline, owner };
  }

  readonly liesIn: LiesIn = (area, among) =>
    maySeeArea(among, area, (code) => this.#register.area(code as AreaCode)?.parent ?? null);

  /**
   * Alarms and orders that wait for somebody and of which a call reached nobody: nobody was found, or no way led to them. They count until
   * somebody has acknowledged.
   */
  unreached(): readonly NoticeCase[] {
    const revision = `${this.book.changes} ${this.#followed.heard}`;
    if (this.#unreached.revision !== revision) this.#unreached = { revision, cases: this.#findUnreached() };
    return this.#unreached.cases;
  }

  #findUnreached(): readonly NoticeCase[] {
    return [...this.#followed.all()].flatMap(({ of: alarm }) => {
      // Who is not told in a drill is nobody's danger.
      if (!alarm.isWaiting || alarm.drill !== undefined) return [];
      const reached = new Set<string>();
      for (const x of this.book.noticesOf(alarm.id))
        if (x.call !== null && (isPending(x) || hasGone(x))) reached.add(callKey(x.call));
      return [...this.book.callsOf(alarm.id).keys()].some((call) => !reached.has(call)) ? [alarm] : [];
    });
  }

  /** The open alarm or order, as it is told of. */
  caseOf(id: string): NoticeCase | null {
    return this.#followed.of(id)?.of ?? null;
  }

  /** How the ladder of an open alarm or order stands; `null`: it is over, or no policy holds. */
  ladderOf(id: string) {
    const followed = this.#followed.of(id);
    const policy = followed && this.policyOf(followed.of).policy;
    return followed === undefined || !policy ? null : { policy, ...climb(policy, followed.steps) };
  }

  /** A receipt ends what waits for it; whoever was told of a warning is told that it is over. */
  #settleWarning(
    { change, by }: WarningEvent,
    { followed, unit }: { readonly followed: Followed; readonly unit: UnitCode },
    draft: NoticeDraft,
  ): void {
    const { of } = followed;
    const received = change.kind === 'confirmed' && change.unit === unit;
    if (!received && !of.isOver) return;
    this.#overtake(of, received ? by : null, change.kind, draft);
    if (of.isOver) this.#tellEnd(of, 'closed', draft);
  }

  /** What an event of an order means to the notices that are there already. */
  #settleOrder({ change, by }: OrderEvent, { of }: Followed, draft: NoticeDraft): void {
    if (change.kind === 'accepted') this.#overtake(of, by, change.kind, draft);
    if (change.kind !== 'returned' && change.kind !== 'forwarded' && change.kind !== 'done' && !of.isOver)
      return;
    for (const n of this.book.noticesOf(of.id))
      if (isPending(n)) this.command(n.id, { do: 'supersede', why: change.kind }, draft);
  }

  #climb(followed: Followed, draft: NoticeDraft): void {
    const { of, steps } = followed;
    // Without any way out nothing is owed: that is said of the whole service, and not of each alarm.
    if (this.book.channels().length === 0) {
      followed.nextAt = null;
      if (of.isOver) this.#over(of, draft);
      return;
    }
    const { policy } = this.policyOf(of);
    const made = this.book.callsOf(of.id);
    if (policy === null) {
      followed.nextAt = null;
      const [begin] = steps;
      const call = { round: 1, rung: -1, repetition: 0 };
      // Said once, and as loudly as a message that did not arrive.
      if (begin !== undefined && !made.has(callKey(call)))
        this.#called(of, { call, at: draft.at, misses: [], policy: null }, draft);
      if (of.isOver) this.#over(of, draft);
      return;
    }
    const ladder = climb(policy, steps);
    const due = dueCalls(ladder, draft.at);
    // What fell due long ago (nothing ran, no channel was there) has been overtaken by the newest one, which is called in any case.
    const worth = (c: RungCall) => c === due.at(-1) || c.dueAt > draft.at - USEFUL_FOR[c.level];
    for (const call of due) if (!made.has(callKey(call)) && worth(call)) this.#call(of, policy, call, draft);
    this.#hurry(of, { policy, ladder }, draft);
    followed.nextAt = nextCallAt(ladder, draft.at);
    if (of.isOver) this.#over(of, draft);
  }

  /** A rung that has reached nobody is no rung: the next one of its round is called at once, and not at its time. */
  #hurry(
    of: NoticeCase,
    { policy, ladder }: { readonly policy: NoticePolicy; readonly ladder: LadderState },
    draft: NoticeDraft,
  ): void {
    for (;;) {
      const made = this.book.callsOf(of.id);
      const last = ladder.calls.findLast((c) => made.has(callKey(c)));
      if (last === undefined || !this.#reachedNobody(of, callKey(last))) return;
      const next = ladder.calls.find((c) => c.round === last.round && !made.has(callKey(c)));
      // What repeats itself does so at its times: there is nobody else to hurry to.
      if (next === undefined || next.repetition > 0) return;
      this.#call(of, policy, { ...next, dueAt: draft.at }, draft);
    }
  }

  #reachedNobody(of: NoticeCase, call: string): boolean {
    const theirs = this.book.noticesOf(of.id).filter((n) => n.call !== null && callKey(n.call) === call);
    return theirs.every(isLost);
  }

  #call(of: NoticeCase, policy: NoticePolicy, call: RungCall, draft: NoticeDraft): void {
    const rung = policy.rungs[call.rung];
    if (rung === undefined) return;
    const { targets, misses } = this.reach(rung, this.placeOf(of), draft.at);
    const { id, version } = policy;
    this.#called(of, { call, at: draft.at, misses, policy: { id, version } }, draft);
    const about = call.rung > 0 || call.repetition > 0 ? 'again' : call.round > 1 ? 'risen' : 'raised';
    for (const target of targets) this.#owe(of, { about, call, policy: { id, version }, target }, draft);
  }

  #called(
    of: NoticeCase,
    made: Omit<Extract<NoticeEntry, { is: 'call' }>['made'], 'alarm'>,
    draft: NoticeDraft,
  ): void {
    const { round, rung, repetition } = made.call;
    const call = { round, rung, repetition };
    this.keep({ is: 'call', made: { ...made, call, alarm: of.id }, open: true }, draft);
  }

  #owe(
    alarm: NoticeCase,
    owed: {
      readonly about: NoticeAbout;
      readonly call: Notice['call'];
      readonly policy: Notice['policy'];
      readonly target: NoticeTarget;
    },
    draft: NoticeDraft,
  ): void {
    const { about, policy, target } = owed;
    const call = owed.call && {
      round: owed.call.round,
      rung: owed.call.rung,
      repetition: owed.call.repetition,
    };
    // The same again is the same notice: whoever restarts in between owes nobody a second one.
    const which = call === null ? `${about}.${alarm.revision}` : callKey(call);
    const notice: Notice = {
      id: as.notice([alarm.id, which, target.contact?.id ?? '', target.channel.id].join('.')),
      subject: { kind: alarm.kind, id: alarm.id, revision: alarm.revision },
      area: alarm.area,
      about,
      level: alarm.level,
      call,
      policy,
      contact: target.contact?.id ?? null,
      channel: target.channel.id,
      text: alarm.words(about),
      state: 'queued',
      queuedAt: draft.at,
      usefulUntil: draft.at + USEFUL_FOR[alarm.level],
      tries: [],
      nextTryAt: null,
      why: null,
    };
    if (this.book.notice(notice.id) !== undefined) return;
    this.#keepNotice(alarm.drill === undefined ? notice : this.#inDrill(notice, alarm.drill), draft);
  }

  /** In a drill that tells nobody it is kept that, and whom, it would have told. */
  #inDrill(notice: Notice, drill: DrillId): Notice {
    if (this.#sends(drill)) return { ...notice, drill };
    return { ...notice, drill, state: 'superseded', why: 'drill' };
  }

  /** A drill is over: nobody is called for it any more. */
  drop(drill: DrillId, draft: NoticeDraft): void {
    for (const { of } of [...this.#followed.all()]) {
      if (of.drill !== drill) continue;
      for (const n of this.book.noticesOf(of.id))
        this.command(n.id, { do: 'supersede', why: 'drill-over' }, draft);
      this.#over(of, draft);
    }
  }

  #keepNotice(notice: Notice, draft: NoticeDraft): void {
    const open = this.#followed.has(notice.subject.id);
    this.keep({ is: 'notice', notice, open }, draft);
  }

  /** What an event of the alarm means to the notices that are there already. */
  #settle({ change, by }: AlarmEvent, { of: alarm }: Followed, draft: NoticeDraft): void {
    if (change.kind === 'acknowledged') this.#overtake(alarm, by, change.kind, draft);
    if (change.kind !== 'returned' && change.kind !== 'closed') return;
    for (const n of this.book.noticesOf(alarm.id))
      if (isPending(n) && n.about !== 'recovered' && n.about !== 'closed')
        this.command(n.id, { do: 'supersede', why: change.kind }, draft);
    this.#tellEnd(alarm, change.kind === 'closed' ? 'closed' : 'recovered', draft);
  }

  /** What whoever saw to it was told, they have acted upon; what the others were told is overtaken. @param by `null`: nobody did, it ended */
  #overtake(of: NoticeCase, by: Actor | null, why: string, draft: NoticeDraft): void {
    const account = by?.kind === 'operator' ? by.account : null;
    for (const n of this.book.noticesOf(of.id)) {
      const contact = n.contact === null ? undefined : this.book.contact(n.contact);
      const acted = account !== null && contact !== undefined && isAccountOf(account, contact);
      this.command(n.id, acted ? { do: 'act' } : { do: 'supersede', why }, draft);
    }
  }

  /** Told to exactly those who were told of it, by the ways that reached them, and once. */
  #tellEnd(of: NoticeCase, about: 'closed' | 'recovered', draft: NoticeDraft): void {
    const told = this.book.noticesOf(of.id);
    if (about === 'closed' && told.some((n) => n.about === 'recovered' && n.queuedAt === draft.at)) return;
    const ways = new Map(told.filter((n) => n.call !== null && wasReached(n)).map((n) => [wayOf(n), n]));
    for (const n of ways.values()) {
      const channel = this.book.channel(n.channel);
      const contact = n.contact === null ? null : this.book.contact(n.contact);
      if (channel === undefined || contact === undefined) continue;
      this.#owe(of, { about, call: null, policy: n.policy, target: { channel, contact } }, draft);
    }
  }

  /** Every console hears of it, in the order of everything else. */
  #sayLost(notice: Notice, draft: NoticeDraft): void {
    const { id, contact } = notice;
    const contactName = contact === null ? null : (this.book.contact(contact)?.name ?? null);
    const change = { kind: 'undeliverable', contactName } as const;
    const event = { id, revision: draft.at, at: draft.at, by: { kind: 'system' }, change } as const;
    draft.respond({ of: 'notice', event, after: notice });
  }

  /** It did not arrive: the next channel that reaches the same person, where this call has not tried it; else the next rung. */
  #anotherWay(lost: Notice, draft: NoticeDraft): void {
    const alarm = this.#followed.of(lost.subject.id)?.of;
    if (alarm === undefined || lost.contact === null || lost.call === null) return;
    const tried = new Set(
      this.book
        .noticesOf(alarm.id)
        .filter((n) => n.call !== null && callKey(n.call) === callKey(lost.call ?? n.call))
        .filter((n) => n.contact === lost.contact)
        .map((n) => n.channel),
    );
    const rung = { to: [{ contact: lost.contact }], channels: [] };
    const others = reachOf(rung, this.placeOf(alarm), {
      directory: this.book,
      liesIn: this.liesIn,
      at: draft.at,
    }).targets.filter((t) => !tried.has(t.channel.id));
    const [target] = others;
    if (target !== undefined)
      this.#owe(alarm, { about: lost.about, call: lost.call, policy: lost.policy, target }, draft);
    const followed = this.#followed.of(lost.subject.id);
    if (followed !== undefined) this.#climb(followed, draft);
  }

  /** It is over: its calls and notices stay in its story, and are asked for no more. */
  #over(alarm: NoticeCase, draft: NoticeDraft): void {
    const [calls, notices] = [this.book.callsOf(alarm.id), this.book.noticesOf(alarm.id)];
    this.#followed.over(alarm.id);
    for (const link of this.book.linksOf(alarm.id)) this.keep({ is: 'link', link, open: false }, draft);
    for (const made of calls.values()) draft.told.push({ is: 'call', made, open: false });
    this.book.over(alarm.id);
    for (const notice of notices) this.keep({ is: 'notice', notice, open: false }, draft);
  }
}

/** Cases of drills that run are followed as all others. */
const withDrills = <F extends Pick<Recovered, 'openAlarmEvents' | 'openResponses' | 'openDrilled'>>(
  from: F,
): F => ({
  ...from,
  openAlarmEvents: [...from.openAlarmEvents, ...from.openDrilled.filter((e) => e.of === 'alarm')],
  openResponses: [
    ...from.openResponses,
    ...from.openDrilled.flatMap((e) =>
      e.of === 'alarm' || e.of === 'drill' || e.of === 'notice'
        ? []
        : (e as Recovered['openResponses'][number]),
    ),
  ],
});

/** They log in with it, or have come by a link in a notice. */
const isAccountOf = (account: string, contact: Contact): boolean =>
  contact.account === account || account === accountByLink(contact);

const wayOf = (n: Notice): string => `${n.contact ?? ''}/${n.channel}`;

/** Its receiver has it, or may have it by now: what is in flight is told of the end as well. */
const wasReached = (n: Notice): boolean => hasGone(n) || n.state === 'sending';
