import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import { as } from '../../domain/ids.ts';
import { GOOD, type Quality, type Reading } from '../../domain/reading.ts';
import { areasOf } from '../../domain/response/journaled.ts';
import { no, ok, type Result, unreachable } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { SourceLink } from '../../domain/upstream/entry.ts';
import { parsedNumber } from '../../domain/upstream/item.ts';
import { inRanges, withNumber } from '../../domain/upstream/ranges.ts';
import { SILENT_AFTER } from '../../domain/upstream/setup.ts';
import { PLATFORM } from '../../packs/platform.ts';
import { PROBE } from '../../packs/probe.ts';
import { alarmJson, alarmToJson } from '../../wire/alarm.ts';
import { alarmEventJson, alarmEventOut } from '../../wire/http/alarms.ts';
import { whyOut } from '../../wire/http/shapes.ts';
import {
  deviceStateContent,
  type ItemsBody,
  type ItemsTaken,
  readingsContent,
  registerContent,
} from '../../wire/upstream/lifeline.ts';
import type { Core } from '../core/core.ts';
import type { Draft } from '../core/draft.ts';
import type { ForeignResponse } from '../exchange/foreign-things.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Turn } from '../turn.ts';
import { reported, soundly, toldThing, why } from './told.ts';

type Given = ItemsBody['items'][number];
type Said = ItemsTaken['items'][number];
type Durable = { readonly revision: number; readonly from?: string } | null;

/** Bytes of readings that the spool must have room for before any are taken. */
const ROOM = 4_000_000;

/**
 * Takes what a platform below sends 下级平台. Each item becomes durable with its number in one turn, and is answered after it: sent again,
 * in whatever order and however often, it is known.
 */
export class UpstreamIntake {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #journal: Pick<Journal, 'alarm' | 'response'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #room: () => number;
  /** When each was last heard, with or without something to say; of this life. */
  readonly #heard = new Map<string, Millis>();
  readonly #startedAt: Millis;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    journal: Pick<Journal, 'alarm' | 'response'>;
    clock: Pick<Clock, 'now'>;
    /** Bytes that may still come into the spool. */
    room: () => number;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#room = given.room;
    this.#startedAt = given.clock.now();
  }

  /** @param given.sees whether whoever sends speaks for this area. @param given.by their account, which the source is of from now on */
  async take(
    source: string,
    body: ItemsBody,
    { sees, by }: { readonly sees: (area: string) => boolean; readonly by?: string | undefined },
  ): Promise<ItemsTaken> {
    this.#heard.set(source, this.#clock.now());
    if (body.items.length === 0) return { items: [] };
    const durable = await Promise.all(body.items.map((i) => this.#durableOf(i)));
    const items = await this.#turn.tell((draft) => {
      const link = new TakingLink(this.#core, draft, { source, stream: body.stream, by });
      const said = body.items.map(
        (item, i): Said => this.#takeOne({ item, link, sees, draft }, durable[i] ?? null),
      );
      link.done();
      return said;
    });
    return { items };
  }

  /** Platforms below, and whether they are heard. Silence ends nothing of theirs. */
  sources() {
    const now = this.#clock.now();
    return this.#core.upstream.book.sources().map((link) => {
      const heardAt = Math.max(this.#heard.get(link.source) ?? 0, link.lastAt);
      // After a start they have their time to come back.
      const silent = now - Math.max(heardAt, this.#startedAt) > SILENT_AFTER;
      return { link, heardAt, silent };
    });
  }

  async #durableOf({ object, content }: Given): Promise<Durable> {
    const id = idIn(content);
    if (id === null) return null;
    if (object === 'alarm')
      return this.#core.foreign.alarms.get(as.alarm(id)) ?? this.#journal.alarm(as.alarm(id));
    if (object !== 'order' && object !== 'warning' && object !== 'incident') return null;
    const thing = await this.#journal.response(id);
    return thing === null ? null : (thing.after as Durable);
  }

  #takeOne(
    given: {
      readonly item: Given;
      readonly link: TakingLink;
      readonly sees: (area: string) => boolean;
      readonly draft: Draft;
    },
    durable: Durable,
  ): Said {
    const { item, link, draft, sees } = given;
    const { number } = item;
    if (link.has(number)) return { number, is: 'known' };
    if (item.object === 'reading' && this.#room() < ROOM)
      return { number, is: 'later', words: 'the spool of the platform above is full' };
    const taken = this.#apply(item, { source: link.source, durable, sees, link }, draft);
    if (!taken.ok) return { number, is: 'rejected', words: taken.error };
    link.took(item);
    return { number, is: 'taken' };
  }

  #apply(
    item: Given,
    by: {
      readonly source: string;
      readonly durable: Durable;
      readonly sees: (area: string) => boolean;
      readonly link: TakingLink;
    },
    draft: Draft,
  ): Result<null, string> {
    switch (item.object) {
      case 'alarm':
        return this.#alarm(item.content, by, draft);
      case 'order':
      case 'warning':
      case 'incident':
        return this.#response({ of: item.object, content: item.content }, by, draft);
      case 'deviceState':
        return this.#deviceState(item.content, by, draft);
      case 'reading':
        return this.#readings(item, by.sees, draft);
      case 'register': {
        const read = registerContent.safeParse(item.content);
        if (!read.success) return no(why('a snapshot of the register', read.error));
        const { version, digest, points, devices } = read.data;
        by.link.register({ version, digest, points: points.length });
        this.#forget(by.source, new Set(devices.map((d) => d.code)), draft);
        return ok(null);
      }
      default:
        return unreachable(item.object);
    }
  }

  #alarm(
    content: unknown,
    { source, durable, sees }: { source: string; durable: Durable; sees: (area: string) => boolean },
    draft: Draft,
  ): Result<null, string> {
    const made = soundly('an alarm and its event', () => {
      const { event, after } = content as { event: AlarmEvent; after: Alarm };
      if (event.alarmId !== after.id || event.revision !== after.revision)
        throw new Error('event and alarm are not of one');
      alarmJson.parse(alarmToJson(after, { current: null, worst: after.worst }));
      alarmEventOut.parse(alarmEventJson(1, event));
      return { event: { ...event, commandId: null }, after: { ...after, from: source } };
    });
    if (!made.ok) return made;
    const { event, after } = made.value;
    if (!this.#core.lifelines.has(after.lifeline) || OUR_OWN.has(after.lifeline))
      return no(`${after.lifeline} is no lifeline here`);
    const barred = this.#barred(after.id, { durable, source, area: sees(after.areaCode) });
    if (barred !== null) return no(barred);
    // What is older than what is known here came by another way, or once more after a restore below.
    if (after.revision <= this.#core.foreign.revisionOf(after.id, durable)) return ok(null);
    this.#core.foreign.takeAlarm(after);
    draft.event(event, after);
    return ok(null);
  }

  #response(
    { of, content }: { readonly of: ForeignResponse['of']; readonly content: unknown },
    { source, durable, sees }: { source: string; durable: Durable; sees: (area: string) => boolean },
    draft: Draft,
  ): Result<null, string> {
    const made = soundly(`an event of an ${of} and what came of it`, () => toldThing(of, content, source));
    if (!made.ok) return made;
    const { thing, at } = made.value;
    const { id, revision } = thing.after;
    const barred = this.#barred(id, { durable, source, area: areasOf(thing).some(sees) });
    if (barred !== null) return no(barred);
    if (revision <= this.#core.foreign.revisionOf(id, durable)) return ok(null);
    this.#core.foreign.takeResponse(thing);
    draft.respond(reported(thing, at));
    return ok(null);
  }

  #deviceState(
    content: unknown,
    { source, sees }: { readonly source: string; readonly sees: (area: string) => boolean },
    draft: Draft,
  ): Result<null, string> {
    const read = deviceStateContent.safeParse(content);
    if (!read.success) return no(why('a state of a device', read.error));
    const { device, point, lifeline, area, online, at } = read.data;
    if (!sees(area)) return no('its area is not one that this token speaks for');
    const state = {
      device: as.device(device),
      point: as.point(point),
      lifeline: as.lifeline(lifeline),
      online,
      at,
    };
    this.#core.upstream.keep({ is: 'device', source, state }, draft);
    return ok(null);
  }

  /** What is in its register no more is offline no more. */
  #forget(source: string, there: ReadonlySet<string>, draft: Draft): void {
    for (const state of this.#core.upstream.book.offline(source))
      if (!there.has(state.device))
        this.#core.upstream.keep({ is: 'device', source, state: { ...state, online: null } }, draft);
  }

  #barred(
    id: string,
    { durable, source, area }: { readonly durable: Durable; readonly source: string; readonly area: boolean },
  ): string | null {
    if (!area) return 'its area is not one that this token speaks for';
    const { desk, orders, warnings, incidents, foreign } = this.#core;
    const known =
      desk.open.get(as.alarm(id)) ??
      orders.open.get(as.order(id)) ??
      warnings.open.get(as.warning(id)) ??
      incidents.open.get(as.incident(id)) ??
      durable;
    const whose = foreign.open(id)?.from;
    if (whose !== undefined) return whose === source ? null : `${id} is of ${whose}`;
    return known === null || known === undefined || known.from === source
      ? null
      : `${id} is ${known.from === undefined ? 'our own' : `of ${known.from}`}`;
  }

  #readings(item: Given, sees: (area: string) => boolean, draft: Draft): Result<null, string> {
    const read = readingsContent.safeParse(item.content);
    if (!read.success) return no(why('readings', read.error));
    const { points, register } = this.#core;
    const taken: Reading[] = [];
    for (const [code, metric, samples] of read.data.series) {
      const point = as.point(code);
      const registered = register.point(point);
      // Of a platform below that still tells how it is itself: of no interest here, and no reason to refuse the rest.
      if (registered !== undefined && OUR_OWN.has(registered.lifeline)) continue;
      if (registered !== undefined) {
        if (!sees(registered.area)) return no(`${code} lies in an area that this token does not speak for`);
        if (register.devicesAt(point).length > 0) return no(`${code} is measured here by a device of ours`);
      }
      for (const [t, value, quality] of samples)
        taken.push({
          point,
          metric: as.metric(metric),
          value,
          quality: qualityOf(quality),
          observedAt: t,
          receivedAt: draft.at,
          backfill: item.late,
        });
    }
    // For the history and for whoever looks; judged where they were measured.
    for (const reading of taken) {
      draft.stock.push(reading);
      if (register.point(reading.point) === undefined) continue;
      draft.shown.push(reading);
      const latest = points.of(reading.point)?.latest;
      const before = latest?.get(reading.metric);
      if (latest !== undefined && (before === undefined || before.observedAt < reading.observedAt))
        latest.set(reading.metric, reading);
    }
    return ok(null);
  }
}

const OUR_OWN: ReadonlySet<string> = new Set([PLATFORM.lifeline, PROBE.lifeline]);

/** What a turn takes from one platform below: its numbers, written once. */
class TakingLink {
  readonly #core: Core;
  readonly #draft: Draft;
  readonly source: string;
  #link: SourceLink;
  #hasMoved = false;

  constructor(
    core: Core,
    draft: Draft,
    {
      source,
      stream,
      by,
    }: { readonly source: string; readonly stream: string; readonly by: string | undefined },
  ) {
    this.#core = core;
    this.#draft = draft;
    this.source = source;
    const known = core.upstream.book.source(source);
    const link =
      known?.stream === stream
        ? known
        : {
            source,
            stream,
            live: [],
            bulk: [],
            firstAt: known?.firstAt ?? draft.at,
            lastAt: draft.at,
            register: known?.register ?? null,
          };
    this.#link = by === undefined ? link : { ...link, by };
  }

  has(number: string): boolean {
    const parsed = parsedNumber(number);
    return parsed !== null && inRanges(this.#link[parsed.lane], parsed.n);
  }

  took({ number, at, object }: Given): void {
    const parsed = parsedNumber(number);
    if (parsed === null) return;
    const { lane, n } = parsed;
    const { source } = this;
    this.#link = { ...this.#link, [lane]: withNumber(this.#link[lane], n), lastAt: this.#draft.at };
    this.#hasMoved = true;
    const taken = { source, stream: this.#link.stream, lane, n, at, object };
    this.#core.upstream.keep({ is: 'taken', taken }, this.#draft);
  }

  register(register: NonNullable<SourceLink['register']>): void {
    this.#link = { ...this.#link, register };
  }

  done(): void {
    if (this.#hasMoved) this.#core.upstream.keep({ is: 'source', link: this.#link }, this.#draft);
  }
}

function idIn(content: unknown): string | null {
  const after = (content as { after?: { id?: unknown } } | null)?.after;
  return typeof after?.id === 'string' && after.id.length <= 128 ? after.id : null;
}

function qualityOf(text: string | undefined): Quality {
  const [grade, reason] = (text ?? '').split(':');
  if (grade !== 'bad' && grade !== 'doubtful') return GOOD;
  const why = whyOut.safeParse(reason);
  return { grade, why: why.success ? why.data : 'device-fault' };
}
