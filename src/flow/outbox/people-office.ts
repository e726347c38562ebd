import type { AreaCode } from '../../domain/ids.ts';
import { contactFlaws, type PeopleFlaw, type PeopleLook, unitFlaws } from '../../domain/notice/people.ts';
import { decidePeople, type PeopleImport } from '../../domain/notice/people-import.ts';
import { inOrder, SHIFT_FLAWS, shiftFlaws } from '../../domain/notice/roster.ts';
import { decideRoster } from '../../domain/notice/roster-import.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok } from '../../domain/result.ts';
import type { NoticeBook } from '../notices/notice-book.ts';
import type { Keeping, NoticePeople } from '../ports/notices.ts';
import { decidedInTurn, type OfficeParts, refuse } from './in-turn.ts';

/** Rows of people kept in one turn: so long does everybody else wait. */
const ROWS_A_TURN = 500;

/** Keeps units, contacts and rosters. */
export class PeopleOffice implements NoticePeople {
  readonly #parts: OfficeParts;
  readonly #book: NoticeBook;

  constructor(parts: OfficeParts) {
    this.#parts = parts;
    this.#book = parts.core.notices.book;
  }

  keepUnit: NoticePeople['keepUnit'] = (unit, how) => {
    const there = () => this.#book.unit(unit.code);
    return decidedInTurn(
      this.#parts,
      { how: how === 'create' ? how : 'change', there, after: unit },
      () =>
        this.#changed('unit', unit.code, how) ??
        firstOf(unitFlaws(unit, this.#look())) ?? [{ is: 'unit', unit }],
    );
  };

  keepContact: NoticePeople['keepContact'] = (contact, how) => {
    const there = () => this.#book.contact(contact.id);
    return decidedInTurn(
      this.#parts,
      { how: how === 'create' ? how : 'change', there, after: contact },
      () =>
        this.#changed('contact', contact.id, how) ??
        firstOf(contactFlaws(contact, this.#look())) ?? [{ is: 'contact', contact }],
    );
  };

  keepRoster: NoticePeople['keepRoster'] = (given, seen) => {
    const roster = { ...given, shifts: inOrder(given.shifts) };
    const there = () => this.#book.unit(roster.unit);
    return decidedInTurn(this.#parts, { how: 'change', there, after: roster }, () => {
      const changed = this.#changed('roster', roster.unit, { seen });
      if (changed !== null) return changed;
      for (const [i, shift] of given.shifts.entries()) {
        const [flaw] = shiftFlaws(shift, (id) => this.#book.contact(id) !== undefined);
        if (flaw === undefined) continue;
        const { zh, en } = SHIFT_FLAWS[flaw];
        const say = { zh: `第 ${i + 1} 个班次：${zh}`, en: `Shift ${i + 1}: ${en}.` };
        return refuse(flaw === 'contact-unknown' ? 'unknown-reference' : 'invalid', say);
      }
      return [{ is: 'roster', roster }];
    });
  };

  importPeople: NoticePeople['importPeople'] = async ({ rows, trial, newAreas }) => {
    const look = this.#look(newAreas);
    if (trial) return decidePeople(rows, look);
    // Units stand on one another and are decided in one go; of contacts there may be many.
    const units = rows.filter((row) => row.wish.kind === 'unit');
    const contacts = rows.filter((row) => row.wish.kind === 'contact');
    let all = await this.#keepPeople(units, look);
    for (let i = 0; i < contacts.length; i += ROWS_A_TURN)
      all = together(all, await this.#keepPeople(contacts.slice(i, i + ROWS_A_TURN), look));
    return all;
  };

  importRoster: NoticePeople['importRoster'] = ({ unit, rows, how, trial }) =>
    this.#parts.turn.tell((draft) => {
      if (this.#book.unit(unit) === undefined) return no({ code: 'not-found', detail: null });
      const before = this.#book.roster(unit) ?? { unit, shifts: [] };
      const isKnown = (id: Parameters<NoticeBook['contact']>[0]) => this.#book.contact(id) !== undefined;
      const decided = decideRoster(rows, before, { how, isKnown });
      const changes = decided.created + decided.updated + decided.dropped;
      if (decided.roster.shifts.length > SHIFTS_AT_MOST) return no(refuse('invalid', TOO_MANY));
      if (!trial && changes > 0)
        this.#parts.core.notices.keep({ is: 'roster', roster: decided.roster }, draft);
      return ok(decided);
    });

  onDuty: NoticePeople['onDuty'] = (unit, at) => {
    const { notices } = this.#parts.core;
    return { duty: notices.inPost(unit, 'duty', at), leader: notices.inPost(unit, 'leader', at) };
  };

  #changed(what: 'unit' | 'contact' | 'roster', code: string, how: Keeping): Refusal | null {
    if (how === 'create' || how.seen === null || how.seen === this.#book.revisionOf(what, code)) return null;
    return { code: 'changed-since', detail: null };
  }

  #keepPeople(rows: Parameters<typeof decidePeople>[0], look: PeopleLook): Promise<PeopleImport> {
    return this.#parts.turn.tell((draft) => {
      const decided = decidePeople(rows, look);
      for (const entry of decided.keep) this.#parts.core.notices.keep(entry, draft);
      return decided;
    });
  }

  #look(newAreas?: ReadonlySet<string>): PeopleLook {
    const { register } = this.#parts.core;
    return {
      unit: (code) => this.#book.unit(code),
      contact: (id) => this.#book.contact(id),
      hasArea: (code: AreaCode) => newAreas?.has(code) === true || register.area(code) !== undefined,
    };
  }
}

/** As many as `PUT` takes. */
const SHIFTS_AT_MOST = 1_000;
const TOO_MANY = {
  zh: `排班至多 ${SHIFTS_AT_MOST} 个班次：过去的请先删去`,
  en: `A roster has ${SHIFTS_AT_MOST} shifts at most: take away those that are over.`,
};

function firstOf([flaw]: readonly PeopleFlaw[]): Refusal | null {
  if (flaw === undefined) return null;
  return refuse(flaw.code.endsWith('-unknown') ? 'unknown-reference' : 'invalid', flaw.say);
}

const together = (a: PeopleImport, b: PeopleImport): PeopleImport => ({
  keep: [],
  created: a.created + b.created,
  updated: a.updated + b.updated,
  unchanged: a.unchanged + b.unchanged,
  failed: [...a.failed, ...b.failed],
});
