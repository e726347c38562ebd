import { maySeeArea } from '../../domain/account/scope.ts';
import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import {
  type AlarmId,
  type AreaCode,
  as,
  type NoticeId,
  type PointCode,
  type UnitCode,
} from '../../domain/ids.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import {
  type CourseStep,
  callKey,
  climb,
  dueCalls,
  nextCallAt,
  type RungCall,
} from '../../domain/notice/ladder.ts';
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
import type { Duration, Millis } from '../../domain/time.ts';
import type { JournaledEvent, Recovered } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import { stepsOf } from './course.ts';
import { NoticeBook } from './notice-book.ts';
import { wordsOf } from './words.ts';

/** What of a turn in hand the desk reads and writes. */
export type NoticeDraft = {
  readonly at: Millis;
  readonly events: readonly JournaledEvent[];
  readonly told: NoticeEntry[];
};

/** What of an alarm, or of one that might be, says who is near. */
export type NoticePlaceOf = Pick<Alarm, 'areaCode' | 'lifeline' | 'assetCode'> & {
  readonly pointCode: PointCode | null;
};

type Followed = {
  alarm: Alarm;
  steps: CourseStep[];
  /** When the clock must call again; `null`: as far as we know never. */
  nextAt: Millis | null;
};

/**
 * The desk for notices, inside the turn: follows what happens to alarms, calls rungs as they are due, and writes the notices that
 * are owed into the very turn of the event that owes them. It sends nothing.
 */
export class NoticeDesk {
  readonly book = new NoticeBook();
  readonly #register: RegisterView;
  readonly #followed = new Map<AlarmId, Followed>();
  /** Counts up with every event that was followed. */
  #heard = 0;
  /** As found last: every console asks, every second. */
  #unreached: { readonly revision: string; readonly alarms: readonly Alarm[] } = { revision: '', alarms: [] };
  /** Revision of the book by which the instants of the next calls were found. */
  #planned = -1;

  constructor(given: { register: RegisterView }) {
    this.#register = given.register;
  }

  /** Takes an entry over and writes it into the turn. */
  keep(entry: NoticeEntry, draft: NoticeDraft): void {
    const revised = this.book.revised(entry);
    this.book.apply(revised);
    draft.told.push(revised);
  }

  /** What alarms did in this turn: stops, beginnings, who must hear of an end. */
  follow(draft: NoticeDraft): void {
    const changed = new Set<AlarmId>();
    for (const { event, after } of draft.events) {
      const before = this.#followed.get(event.alarmId)?.alarm ?? null;
      const followed = this.#take(event, before, after, draft.at);
      if (followed === null) continue;
      changed.add(event.alarmId);
      this.#settle(event, followed, draft);
    }
    for (const id of changed) {
      const followed = this.#followed.get(id);
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
    for (const followed of this.#followed.values())
      if (replan || (followed.nextAt !== null && followed.nextAt <= draft.at)) this.#climb(followed, draft);
  }

  /** @returns the notice as it then is; `null`: there is none, or the command does nothing for it */
  command(id: NoticeId, command: NoticeCommand, draft: NoticeDraft): Notice | null {
    const before = this.book.notice(id);
    if (before === undefined) return null;
    const after = afterCommand(before, command, draft.at);
    if (!after.ok || after.value === before) return null;
    const { value } = after;
    this.#keepNotice(value, draft);
    if (isLost(value) && !isLost(before)) this.#anotherWay(value, draft);
    return value;
  }

  /** Puts everything back as it was at the last durable turn. */
  restore(from: Pick<Recovered, 'told' | 'openAlarmEvents' | 'clockMoves'>): void {
    for (const entry of from.told) this.book.apply(entry);
    for (const { seq, event, after } of from.openAlarmEvents) {
      const moved = from.clockMoves.reduce((by, m) => (m.afterSeq >= seq ? by + m.by : by), 0);
      this.#take(event, this.#followed.get(event.alarmId)?.alarm ?? null, after, event.at + moved);
    }
    for (const { alarm } of [...this.#followed.values()])
      if (alarm.phase.is === 'closed') this.#followed.delete(alarm.id);
  }

  /** What was being sent when the service stopped: nobody knows whether it arrived. */
  resume(draft: NoticeDraft): void {
    for (const n of this.book.pending())
      if (n.state === 'sending') this.command(n.id, { do: 'resume' }, draft);
  }

  /** Our clock was set while nothing ran. */
  clockMoved(by: Duration): void {
    for (const followed of this.#followed.values()) {
      followed.steps = followed.steps.map((s) => ({ ...s, at: s.at + by }));
      followed.nextAt = followed.nextAt === null ? null : followed.nextAt + by;
    }
  }

  /** The policy that holds for an alarm, or would hold for one like it. */
  policyOf(alarm: Pick<Alarm, 'level' | 'lifeline' | 'areaCode'>): PolicyChoice {
    const { level, lifeline, areaCode: area } = alarm;
    return policyFor(this.book.policies(), { kind: 'alarm', level, lifeline, area }, this.liesIn);
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

  placeOf(of: NoticePlaceOf): NoticePlace {
    const asset = of.assetCode === null ? undefined : this.#register.asset(of.assetCode);
    const point = of.pointCode === null ? undefined : this.#register.point(of.pointCode);
    const owner = point?.ownerUnit ?? asset?.ownerUnit ?? asset?.owner ?? null;
    return { area: of.areaCode, lifeline: of.lifeline, owner };
  }

  readonly liesIn: LiesIn = (area, among) =>
    maySeeArea(among, area, (code) => this.#register.area(code as AreaCode)?.parent ?? null);

  /**
   * Alarms that wait for somebody and of which a call reached nobody: nobody was found, or no way led to them. They count until
   * somebody has acknowledged.
   */
  unreached(): readonly Alarm[] {
    const revision = `${this.book.changes} ${this.#heard}`;
    if (this.#unreached.revision !== revision) this.#unreached = { revision, alarms: this.#findUnreached() };
    return this.#unreached.alarms;
  }

  #findUnreached(): readonly Alarm[] {
    return [...this.#followed.values()].flatMap(({ alarm }) => {
      if (!alarm.phase.is.endsWith('-unacked')) return [];
      const reached = new Set<string>();
      for (const x of this.book.noticesOf(alarm.id))
        if (x.call !== null && (isPending(x) || hasGone(x))) reached.add(callKey(x.call));
      return [...this.book.callsOf(alarm.id).keys()].some((call) => !reached.has(call)) ? [alarm] : [];
    });
  }

  /** How the ladder of an open alarm stands; `null`: it is over, or no policy holds. */
  ladderOf(alarm: AlarmId) {
    const followed = this.#followed.get(alarm);
    const policy = followed && this.policyOf(followed.alarm).policy;
    return followed === undefined || !policy ? null : { policy, ...climb(policy, followed.steps) };
  }

  #take(event: AlarmEvent, before: Alarm | null, after: Alarm, at: Millis): Followed | null {
    this.#heard++;
    const steps = stepsOf(event, before, after, at);
    const known = this.#followed.get(event.alarmId);
    if (known !== undefined) {
      known.alarm = after;
      known.steps.push(...steps);
      return known;
    }
    // A word about an alarm that was over already.
    if (after.phase.is === 'closed') return null;
    const followed: Followed = { alarm: after, steps: [...steps], nextAt: null };
    this.#followed.set(event.alarmId, followed);
    return followed;
  }

  #climb(followed: Followed, draft: NoticeDraft): void {
    const { alarm, steps } = followed;
    // Without any way out nothing is owed: that is said of the whole service, and not of each alarm.
    if (this.book.channels().length === 0) {
      followed.nextAt = null;
      if (alarm.phase.is === 'closed') this.#over(alarm, draft);
      return;
    }
    const { policy } = this.policyOf(alarm);
    const made = this.book.callsOf(alarm.id);
    if (policy === null) {
      followed.nextAt = null;
      const [begin] = steps;
      const call = { round: 1, rung: -1, repetition: 0 };
      // Said once, and as loudly as a message that did not arrive.
      if (begin !== undefined && !made.has(callKey(call)))
        this.#called(alarm, { call, at: draft.at, misses: [], policy: null }, draft);
      if (alarm.phase.is === 'closed') this.#over(alarm, draft);
      return;
    }
    const ladder = climb(policy, steps);
    const due = dueCalls(ladder, draft.at);
    // What fell due long ago (nothing ran, no channel was there) has been overtaken by the newest one, which is called in any case.
    const worth = (c: RungCall) => c === due.at(-1) || c.dueAt > draft.at - USEFUL_FOR[c.level];
    for (const call of due)
      if (!made.has(callKey(call)) && worth(call)) this.#call(alarm, policy, call, draft);
    followed.nextAt = nextCallAt(ladder, draft.at);
    if (alarm.phase.is === 'closed') this.#over(alarm, draft);
  }

  #call(alarm: Alarm, policy: NoticePolicy, call: RungCall, draft: NoticeDraft): void {
    const rung = policy.rungs[call.rung];
    if (rung === undefined) return;
    const { targets, misses } = this.reach(rung, this.placeOf(alarm), draft.at);
    const { id, version } = policy;
    this.#called(alarm, { call, at: draft.at, misses, policy: { id, version } }, draft);
    const about = call.rung > 0 || call.repetition > 0 ? 'again' : call.round > 1 ? 'risen' : 'raised';
    for (const target of targets) this.#owe(alarm, { about, call, policy: { id, version }, target }, draft);
  }

  #called(
    alarm: Alarm,
    made: Omit<Extract<NoticeEntry, { is: 'call' }>['made'], 'alarm'>,
    draft: NoticeDraft,
  ): void {
    const { round, rung, repetition } = made.call;
    const call = { round, rung, repetition };
    this.keep({ is: 'call', made: { ...made, call, alarm: alarm.id }, open: true }, draft);
  }

  #owe(
    alarm: Alarm,
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
      subject: { kind: 'alarm', id: alarm.id, revision: alarm.revision },
      area: alarm.areaCode,
      about,
      level: alarm.level,
      call,
      policy,
      contact: target.contact?.id ?? null,
      channel: target.channel.id,
      text: wordsOf(alarm, about),
      state: 'queued',
      queuedAt: draft.at,
      usefulUntil: draft.at + USEFUL_FOR[alarm.level],
      tries: [],
      nextTryAt: null,
      why: null,
    };
    if (this.book.notice(notice.id) === undefined) this.#keepNotice(notice, draft);
  }

  #keepNotice(notice: Notice, draft: NoticeDraft): void {
    const open = this.#followed.has(notice.subject.id as AlarmId);
    this.keep({ is: 'notice', notice, open }, draft);
  }

  /** What an event of the alarm means to the notices that are there already. */
  #settle({ change, by }: AlarmEvent, { alarm }: Followed, draft: NoticeDraft): void {
    const theirs = this.book.noticesOf(alarm.id);
    if (change.kind === 'acknowledged') {
      const account = by.kind === 'operator' ? by.account : null;
      for (const n of theirs) {
        const contact = n.contact === null ? undefined : this.book.contact(n.contact);
        const acted = account !== null && contact?.account === account;
        this.command(n.id, acted ? { do: 'act' } : { do: 'supersede', why: 'acknowledged' }, draft);
      }
    }
    if (change.kind !== 'returned' && change.kind !== 'closed') return;
    for (const n of theirs)
      if (isPending(n) && n.about !== 'recovered' && n.about !== 'closed')
        this.command(n.id, { do: 'supersede', why: change.kind }, draft);
    // Told to exactly those who were told of it, by the ways that reached them, and once.
    const told = this.book.noticesOf(alarm.id);
    const about = change.kind === 'closed' ? 'closed' : 'recovered';
    if (about === 'closed' && told.some((n) => n.about === 'recovered' && n.queuedAt === draft.at)) return;
    const ways = new Map(told.filter((n) => n.call !== null && wasReached(n)).map((n) => [wayOf(n), n]));
    for (const n of ways.values()) {
      const channel = this.book.channel(n.channel);
      const contact = n.contact === null ? null : this.book.contact(n.contact);
      if (channel === undefined || contact === undefined) continue;
      this.#owe(alarm, { about, call: null, policy: n.policy, target: { channel, contact } }, draft);
    }
  }

  /** It did not arrive: the next channel that reaches the same person, where there is one that this call has not tried. */
  #anotherWay(lost: Notice, draft: NoticeDraft): void {
    const alarm = this.#followed.get(lost.subject.id as AlarmId)?.alarm;
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
    if (target === undefined) return;
    this.#owe(alarm, { about: lost.about, call: lost.call, policy: lost.policy, target }, draft);
  }

  /** The alarm is closed: its calls and notices stay in its story, and are asked for no more. */
  #over(alarm: Alarm, draft: NoticeDraft): void {
    const [calls, notices] = [this.book.callsOf(alarm.id), this.book.noticesOf(alarm.id)];
    this.#followed.delete(alarm.id);
    for (const made of calls.values()) draft.told.push({ is: 'call', made, open: false });
    this.book.over(alarm.id);
    for (const notice of notices) this.keep({ is: 'notice', notice, open: false }, draft);
  }
}

const wayOf = (n: Notice): string => `${n.contact ?? ''}/${n.channel}`;

/** Its receiver has it, or may have it by now: what is in flight is told of the end as well. */
const wasReached = (n: Notice): boolean => hasGone(n) || n.state === 'sending';
