import { draftAnswer } from '../../domain/citizen/answer.ts';
import { type CitizenEntry, citizenKey } from '../../domain/citizen/citizen-report.ts';
import { type CitizenAct, decideCitizen, erased } from '../../domain/citizen/decide.ts';
import { citizenDueAt } from '../../domain/citizen/due.ts';
import { namesCaller } from '../../domain/citizen/masks.ts';
import { type AreaCode, as, type CitizenReportId } from '../../domain/ids.ts';
import { metresBetween } from '../../domain/metres-between.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { UNPLACED_AREA } from '../../domain/register/register.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Duration } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import { type DecideInTurn, decidingInTurn } from '../outbox/decide-in-turn.ts';
import type { Citizens, CitizenWish } from '../ports/answering/citizens.ts';
import type { Clock } from '../ports/clock.ts';
import type { CitizenIds } from '../ports/ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Turn } from '../turn.ts';
import { CitizenMatching } from './citizen-matching.ts';

/** Reports that wait for an answer at most: each stands in memory. */
const WAITING_AT_MOST = 20_000;
/** Farther away than this a point says nothing about an area. */
const AREA_WITHIN_M = 2_000;
/** Reports whose words go in one turn. */
const ERASED_AT_ONCE = 200;

type Given = {
  readonly core: Core;
  readonly turn: Pick<Turn, 'tell'>;
  readonly journal: Pick<Journal, 'briefEvents' | 'citizen' | 'citizens' | 'response' | 'alarm'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: CitizenIds;
  readonly breathe: () => Promise<void>;
  /** So long after a report is over its words are kept. */
  readonly keepFor: Duration;
  readonly log: Log;
};

/** The office for what citizens have said: it comes in, is tied to what is known, answered, and forgotten in time. No alarm is touched. */
export class CitizenOffice implements Citizens {
  readonly #given: Given;
  readonly #decide: DecideInTurn;
  readonly #matching: CitizenMatching;

  constructor(given: Given) {
    this.#given = given;
    this.#decide = decidingInTurn(given.turn, given.log, 'a report of a citizen');
    this.#matching = new CitizenMatching(given);
  }

  take: Citizens['take'] = async (wish, by, { sees, trial = false }) => {
    const { core, ids, journal } = this.#given;
    const area = this.#areaOf(wish);
    if (!area.ok) return area;
    if (!sees(area.value)) return refused('foreign-area');
    if (wish.lifeline !== null && !core.lifelines.has(wish.lifeline))
      return no(lost(`没有专项 ${wish.lifeline}`, `There is no lifeline ${wish.lifeline}.`));
    const key = citizenKey(wish);
    const durable = core.citizens.ofKey(key) ?? (await journal.citizens({ key }, 1, null)).items[0] ?? null;
    const known = (entry: CitizenEntry) => {
      if (!sees(entry.report.area)) return refused('foreign-area');
      return isSameReport(wish, entry) ? ok({ entry, isNew: false }) : refused('citizen-differs');
    };
    if (durable !== null) return known(durable);
    const fresh = (id: CitizenReportId, takenAt: number): CitizenEntry => {
      const { text, place, caller, phone, dueAt, area: _, ...rest } = wish;
      return {
        report: {
          ...rest,
          id,
          revision: 1,
          area: area.value,
          takenAt,
          by,
          state: 'received',
          dueAt: dueAt ?? citizenDueAt(wish.kind, wish.calledAt),
          dueBy: dueAt === null ? 'house' : 'hotline',
          points: [],
          alarms: [],
          incident: null,
          order: null,
          duplicateOf: null,
          answeredAt: null,
          outcome: null,
          overAt: null,
          erasedAt: null,
          story: [{ at: takenAt, by, did: 'take', commandId: null }],
        },
        words: { text, place, caller, phone, answer: null, reasons: [] },
      };
    };
    if (core.citizens.waiting >= WAITING_AT_MOST) return refused('citizens-full');
    if (trial) return ok({ entry: fresh(as.citizenReport('-'), this.#given.clock.now()), isNew: true });
    return this.#decide((draft) => {
      // It may have come twice at once.
      const twin = core.citizens.ofKey(key);
      if (twin !== null) return known(twin);
      const entry = fresh(ids.citizenReport(draft.at), draft.at);
      core.citizens.put(entry, draft);
      return ok({ entry, isNew: true });
    });
  };

  list: Citizens['list'] = (filter, limit, after) => this.#given.journal.citizens(filter, limit, after);
  one: Citizens['one'] = (id) => this.#given.journal.citizen(id);
  matches: Citizens['matches'] = (entry, sees) => this.#matching.of(entry, sees);

  draftOf: Citizens['draftOf'] = async ({ report }) => {
    const { order } = report;
    if (order === null) return draftAnswer(report, null);
    const open = this.#given.core.orders.find(order, null);
    const found = open === null ? await this.#given.journal.response(order) : null;
    return draftAnswer(report, open ?? (found?.of === 'order' ? found.after : null));
  };

  act: Citizens['act'] = async (id, act, { seenRevision, ...asked }, sees) => {
    const { core, journal } = this.#given;
    const durable = core.citizens.find(id, null) ?? (await journal.citizen(id));
    if (durable === null || !sees(durable.report.area)) return refused('citizen-unknown');
    const flaw = await this.#flawOf(act, durable, sees);
    if (flaw !== null) return no(flaw);
    return this.#decide((draft) => {
      const entry = core.citizens.find(id, durable) as CitizenEntry;
      const before = entry.report.story.find((s) => s.commandId === asked.commandId);
      if (before !== undefined)
        return before.did === act.do && before.by?.account === asked.by.account
          ? ok(entry)
          : refused('command-reused');
      if (seenRevision !== entry.report.revision) return refused('changed-since');
      const done = decideCitizen(entry, act, asked, draft.at);
      if (done.ok) core.citizens.put(done.value, draft);
      return done;
    });
  };

  /** Forgets what has had its time. @returns of how many reports */
  async erase(): Promise<number> {
    const { journal, clock, keepFor, core, log } = this.#given;
    const overBefore = clock.now() - keepFor;
    let gone = 0;
    for (;;) {
      const { items } = await journal.citizens({ overBefore }, ERASED_AT_ONCE, null);
      if (items.length === 0) break;
      const done = await this.#decide((draft) => {
        let n = 0;
        for (const durable of items) {
          const { report, words } = core.citizens.find(durable.report.id, durable) ?? durable;
          // Taken up again meanwhile.
          if (words === null || report.overAt === null || report.overAt >= overBefore) continue;
          core.citizens.put(erased(report, draft.at), draft);
          n += 1;
        }
        return ok(n);
      });
      if (!done.ok || done.value === 0) break;
      gone += done.value;
    }
    if (gone > 0) log.info('words of citizens have been erased in their time', { reports: gone });
    return gone;
  }

  /** What it names must be there, and theirs to see. */
  async #flawOf(
    act: CitizenAct,
    { words }: CitizenEntry,
    sees: (area: string) => boolean,
  ): Promise<Refusal | null> {
    const { core, journal } = this.#given;
    if (act.do === 'place') {
      if (act.area !== UNPLACED_AREA.code && core.register.area(act.area) === undefined)
        return lost(`没有区域 ${act.area}`, `There is no area ${act.area}.`);
      if (!sees(act.area)) return { code: 'foreign-area', detail: null };
      if (act.lifeline !== null && !core.lifelines.has(act.lifeline))
        return lost(`没有专项 ${act.lifeline}`, `There is no lifeline ${act.lifeline}.`);
    }
    if (act.do === 'duplicate') {
      const other = core.citizens.find(act.of, null) ?? (await journal.citizen(act.of));
      const fits = other !== null && sees(other.report.area) && other.report.state !== 'duplicate';
      return fits ? null : { code: 'citizen-duplicate', detail: null };
    }
    if (act.do !== 'link') return null;
    for (const code of act.points) {
      const point = core.register.point(code);
      if (point === undefined || !sees(point.area))
        return lost(`没有监测点 ${code}`, `There is no point ${code}.`);
    }
    for (const id of act.alarms) {
      const alarm = core.desk.open.get(id) ?? (await journal.alarm(id));
      if (alarm === null || alarm.drill !== undefined || !sees(alarm.areaCode))
        return { code: 'alarm-unknown', detail: null };
    }
    for (const id of [act.incident, act.order]) {
      const found = id === null ? null : await journal.response(id);
      const isThere =
        id === null ||
        (found?.of === 'order' && sees(found.after.place.area) && found.after.drill === undefined) ||
        (found?.of === 'incident' && found.after.areas.some(sees) && found.after.drill === undefined);
      if (!isThere) return lost(`没有 ${id}`, `There is no ${id}.`);
      if (found?.of === 'order' && words !== null && namesCaller(found.after.title, words))
        return { code: 'names-caller', detail: null };
    }
    return null;
  }

  #areaOf(wish: CitizenWish): Result<AreaCode, Refusal> {
    const { register } = this.#given.core;
    if (wish.area !== null)
      return wish.area === UNPLACED_AREA.code || register.area(wish.area) !== undefined
        ? ok(wish.area)
        : no(lost(`没有区域 ${wish.area}`, `There is no area ${wish.area}.`));
    const { lon, lat } = wish;
    if (lon === null || lat === null) return ok(UNPLACED_AREA.code);
    let nearest: { readonly area: AreaCode; readonly metres: number } | null = null;
    for (const p of register.points()) {
      const place = p.place ?? (p.asset === null ? null : (register.asset(p.asset)?.place ?? null));
      // A degree of latitude is 111 km: most of a city need not be measured.
      if (place === null || Math.abs(place.lat - lat) > 0.02) continue;
      const metres = metresBetween({ lon, lat }, place);
      if (metres <= AREA_WITHIN_M && (nearest === null || metres < nearest.metres))
        nearest = { area: p.area, metres };
    }
    return ok(nearest?.area ?? UNPLACED_AREA.code);
  }
}

/** What comes again says the same. What has been erased cannot be compared, and is believed. */
function isSameReport(wish: CitizenWish, { report, words }: CitizenEntry): boolean {
  if (words === null) return true;
  return (
    wish.calledAt === report.calledAt &&
    wish.kind === report.kind &&
    wish.text === words.text &&
    wish.place === words.place &&
    wish.caller === words.caller &&
    wish.phone === words.phone
  );
}

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
const lost = (zh: string, en: string): Refusal => ({ code: 'unknown-reference', detail: { zh, en } });
