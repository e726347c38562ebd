import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { PointCode } from '../../domain/ids.ts';
import type { Reading } from '../../domain/reading.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import { areasOf } from '../../domain/response/journaled.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { ExchangeEntry, LateReadings, UpCourse } from '../../domain/upstream/entry.ts';
import type { Lane, UpContent, UpItem, UpObject } from '../../domain/upstream/item.ts';
import {
  READINGS_PER_ITEM,
  type ReadingChoice,
  takesArea,
  type UpstreamSetup,
  WINDOW_RESTS,
} from '../../domain/upstream/setup.ts';
import { PLATFORM } from '../../packs/platform.ts';
import type { DeviceStatus, JournaledEvent, Recovered } from '../ports/journal.ts';
import type { RegisterView } from '../ports/service.ts';
import { ExchangeBook } from './exchange-book.ts';
import type { ForeignResponse } from './foreign-things.ts';

/** What of a turn in hand the desk reads and writes. */
export type ExchangeDraft = {
  readonly at: Millis;
  readonly events: readonly JournaledEvent[];
  readonly responses: readonly JournaledResponse[];
  readonly register: readonly RegisterChange[];
  readonly statuses: readonly DeviceStatus[];
  readonly readings: readonly Reading[];
  readonly exchanged: ExchangeEntry[];
};

/** What there is when an upstream begins. */
type Beginning = {
  readonly open: {
    readonly alarms: Iterable<Pick<Alarm, 'id' | 'areaCode' | 'lifeline'>>;
    readonly responses: readonly ForeignResponse[];
    readonly statuses: Iterable<DeviceStatus>;
  };
  readonly draft: ExchangeDraft;
};

/** Windows made in one tick at most: a long stop is caught up with in steps. */
const WINDOWS_AT_ONCE = 50;
/** Changes of the register within this share a snapshot. */
const REGISTER_RESTS = minutes(1);
/** Late readings of more points than these are sent with the whole of their window. */
const LATE_POINTS = 200;

/** What the receiver has said of an item. */
export type UpAnswer = {
  readonly item: UpItem;
  readonly is: 'accepted' | 'rejected';
  readonly said: string;
  readonly receipt: string | null;
};

/**
 * The desk for what goes up 上报, inside the turn: gives each thing its number in the very turn that caused it, and keeps what came of
 * it. A kill before the turn is on disk leaves neither the thing nor its number; after it, both.
 */
export class UpstreamDesk {
  readonly book = new ExchangeBook();
  readonly #register: RegisterView;
  #registerAt: Millis = 0;

  constructor(given: { readonly register: RegisterView }) {
    this.#register = given.register;
  }

  keep(entry: ExchangeEntry, draft: Pick<ExchangeDraft, 'exchanged'>): void {
    this.book.apply(entry);
    draft.exchanged.push(entry);
  }

  restore(from: Pick<Recovered, 'exchanged'>): void {
    for (const entry of from.exchanged) this.book.apply(entry);
  }

  /** What this turn has caused goes up. Things of a platform below do not: they are that one's to tell. */
  follow(draft: ExchangeDraft): void {
    for (const setup of this.book.upstreams()) {
      if (!setup.enabled) continue;
      const numbering = new Numbering(this, setup, draft);
      const takes = (object: UpObject) => setup.objects.includes(object);
      if (takes('alarm'))
        for (const { seq, event, after } of draft.events)
          if (
            after.from === undefined &&
            after.lifeline !== PLATFORM.lifeline &&
            takesArea(setup, after.areaCode)
          )
            numbering.owe('live', { object: 'alarm', key: event.alarmId, content: { of: 'event', seq } });
      for (const e of draft.responses) {
        if (e.of === 'notice' || e.of === 'handover' || e.of === 'report' || !takes(e.of)) continue;
        if (e.after.from !== undefined) continue;
        if (!areasOf(e).some((a) => takesArea(setup, a))) continue;
        numbering.owe('live', { object: e.of, key: e.event.id, content: { of: 'event', seq: e.seq } });
      }
      if (takes('deviceState')) for (const status of draft.statuses) this.#stateOf(setup, status, numbering);
      if (takes('register') && draft.register.some((c) => c.kind !== 'quality' && c.kind !== 'fault'))
        numbering.change({ registerStale: true });
      if (setup.readings !== null && takes('reading')) this.#hearLate(setup, draft.readings, numbering);
      numbering.done();
    }
  }

  /** The clock: windows of readings that are over, and a register that has changed. */
  tick(draft: ExchangeDraft): void {
    for (const setup of this.book.upstreams()) {
      if (!setup.enabled) continue;
      const numbering = new Numbering(this, setup, draft);
      const course = this.book.course(setup.name);
      const rested = draft.at - this.#registerAt >= REGISTER_RESTS || draft.at < this.#registerAt;
      if (setup.objects.includes('register') && course.registerStale && rested) {
        this.#registerAt = draft.at;
        const version = course.registerVersion + 1;
        numbering.owe('bulk', { object: 'register', key: 'register', content: { of: 'register', version } });
        numbering.change({ registerVersion: version, registerStale: false });
      }
      if (setup.readings !== null && setup.objects.includes('reading'))
        this.#closeWindows(setup, setup.readings, numbering, draft.at);
      numbering.done();
    }
  }

  /** An upstream begins with objects that it was not told of before: what is open of them goes up as it stands. */
  begin(name: string, objects: readonly UpObject[], { open, draft }: Beginning): void {
    const setup = this.book.upstream(name);
    if (setup === undefined || !setup.enabled) return;
    const numbering = new Numbering(this, setup, draft);
    if (objects.includes('alarm'))
      for (const { id, areaCode, lifeline } of open.alarms)
        if (lifeline !== PLATFORM.lifeline && takesArea(setup, areaCode))
          numbering.owe('live', { object: 'alarm', key: id, content: { of: 'open-alarm', alarm: id } });
    for (const thing of open.responses) {
      const { id } = thing.after;
      if (objects.includes(thing.of) && areasOf(thing).some((a) => takesArea(setup, a)))
        numbering.owe('live', { object: thing.of, key: id, content: { of: 'open-response', id } });
    }
    if (objects.includes('deviceState'))
      for (const status of open.statuses) this.#stateOf(setup, status, numbering);
    numbering.done();
  }

  /** 存量数据: what the history has of a time that is over. @returns how many items that makes */
  backfill(
    setup: UpstreamSetup,
    span: { readonly from: Millis; readonly to: Millis },
    draft: ExchangeDraft,
  ): number {
    const { readings } = setup;
    if (readings === null) return 0;
    const numbering = new Numbering(this, setup, draft);
    let n = 0;
    for (let from = span.from; from < span.to; from += readings.every)
      n += this.#window(setup, { from, to: Math.min(from + readings.every, span.to), late: true }, numbering);
    numbering.done();
    return n;
  }

  /** What the receiver has said: kept with its words, and those of a rejection wait for a person. */
  answered(answers: readonly UpAnswer[], draft: ExchangeDraft): void {
    for (const { item, is, said, receipt } of answers) {
      const now = this.book.owed(item.upstream, item.lane).get(item.n);
      // Waived meanwhile.
      if (now === undefined) continue;
      const state = is === 'accepted' ? 'acked' : 'rejected';
      this.keep({ is: 'item', item: { ...now, state, said, receipt, answeredAt: draft.at } }, draft);
    }
  }

  /** Of devices that stand somewhere: those in the store room are nobody's above. */
  #stateOf(setup: UpstreamSetup, { device, online, at }: DeviceStatus, numbering: Numbering): void {
    const { point } = this.#register.device(device) ?? { point: null };
    const registered = point === null ? undefined : this.#register.point(point);
    if (registered === undefined || registered.lifeline === PLATFORM.lifeline) return;
    if (!takesArea(setup, registered.area)) return;
    const key = `device/${device}`;
    const content = { of: 'state', device, online, at } as const;
    numbering.owe('bulk', { object: 'deviceState', key, content });
  }

  /** Kept with the turn that brings them: a kill before the next window forgets none. */
  #hearLate({ name, readings }: UpstreamSetup, heard: readonly Reading[], numbering: Numbering): void {
    const { windowsUpTo: upTo, late: before = null } = this.book.course(name);
    if (upTo === null || readings === null) return;
    const late = heard.filter((r) => r.observedAt < upTo && isChosen(readings, r.point, r.metric));
    if (late.length === 0) return;
    const span = late.reduce(
      ({ from, to }, { observedAt: t }) => ({ from: Math.min(from, t), to: Math.max(to, t + 1) }),
      before ?? { from: Number.POSITIVE_INFINITY, to: 0 },
    );
    const points = new Set([...(before?.points ?? []), ...late.map((r) => r.point)]);
    const areListed = before?.points !== null && points.size <= LATE_POINTS;
    const now: LateReadings = { ...span, points: areListed ? [...points].sort() : null };
    // Most of what comes late comes together: what says nothing new is not written anew.
    if (JSON.stringify(now) !== JSON.stringify(before)) numbering.change({ late: now });
  }

  #closeWindows(setup: UpstreamSetup, readings: ReadingChoice, numbering: Numbering, now: Millis): void {
    const over = Math.floor((now - WINDOW_RESTS) / readings.every) * readings.every;
    const { windowsUpTo, late = null } = this.book.course(setup.name);
    // The first one begins now; after our clock was set back, windows go on from there.
    if (windowsUpTo === null || windowsUpTo > now + readings.every) {
      numbering.change({ windowsUpTo: over });
      return;
    }
    let from = windowsUpTo;
    for (let made = 0; from + readings.every <= over && made < WINDOWS_AT_ONCE; made++) {
      this.#window(setup, { from, to: from + readings.every, late: false }, numbering);
      from += readings.every;
    }
    if (from === windowsUpTo) return;
    numbering.change({ windowsUpTo: from });
    if (late === null) return;
    numbering.change({ late: null });
    numbering.owe('bulk', {
      object: 'reading',
      key: 'reading/late',
      content: {
        of: 'readings',
        from: late.from,
        to: late.to,
        part: 0,
        parts: 1,
        late: true,
        ...(late.points === null ? {} : { points: late.points }),
      },
    });
  }

  #window(
    setup: UpstreamSetup,
    span: { readonly from: Millis; readonly to: Millis; readonly late: boolean },
    numbering: Numbering,
  ): number {
    const points = setup.readings?.points?.length ?? this.#register.points().length;
    const parts = Math.max(1, Math.ceil(points / READINGS_PER_ITEM));
    for (let part = 0; part < parts; part++)
      numbering.owe('bulk', {
        object: 'reading',
        key: `reading/${part}`,
        content: { of: 'readings', ...span, part, parts },
      });
    return parts;
  }
}

export const isChosen = (
  { points, metrics }: Pick<ReadingChoice, 'points' | 'metrics'>,
  point: PointCode,
  metric: Reading['metric'],
): boolean => (points?.includes(point) ?? true) && (metrics?.includes(metric) ?? true);

/** Gives out the next numbers of an upstream, and writes once how far they have come. */
class Numbering {
  readonly #desk: UpstreamDesk;
  readonly #setup: UpstreamSetup;
  readonly #draft: ExchangeDraft;
  #course: UpCourse;
  #hasMoved = false;

  constructor(desk: UpstreamDesk, setup: UpstreamSetup, draft: ExchangeDraft) {
    this.#desk = desk;
    this.#setup = setup;
    this.#draft = draft;
    this.#course = desk.book.course(setup.name);
  }

  owe(
    lane: Lane,
    what: { readonly object: UpObject; readonly key: string; readonly content: UpContent },
  ): void {
    const n = this.#course[lane] + 1;
    this.change({ [lane]: n });
    const { name } = this.#setup;
    const item: UpItem = {
      upstream: name,
      lane,
      n,
      at: this.#draft.at,
      ...what,
      state: 'queued',
      said: null,
      receipt: null,
      answeredAt: null,
    };
    this.#desk.keep({ is: 'item', item }, this.#draft);
  }

  change(what: Partial<UpCourse>): void {
    this.#course = { ...this.#course, ...what };
    this.#hasMoved = true;
  }

  done(): void {
    if (this.#hasMoved)
      this.#desk.keep({ is: 'course', name: this.#setup.name, course: this.#course }, this.#draft);
  }
}
