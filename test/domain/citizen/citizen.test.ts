import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { draftAnswer } from '../../../src/domain/citizen/answer.ts';
import { type CitizenEntry, isCitizenOpen } from '../../../src/domain/citizen/citizen-report.ts';
import { CITIZEN_TABLE, type CitizenAct, erased } from '../../../src/domain/citizen/decide.ts';
import { CITIZEN_DUE_DAYS, citizenDue, citizenDueAt } from '../../../src/domain/citizen/due.ts';
import { maskedText, maskedWords, namesCaller } from '../../../src/domain/citizen/masks.ts';
import {
  MATCH_WITHIN_M,
  type MatchCandidate,
  matchCitizen,
  sharedWords,
} from '../../../src/domain/citizen/match.ts';
import { as } from '../../../src/domain/ids.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { ACTS, became, did, fresh, NO_TIES, printed, T0 } from './build.ts';

const docs = readFileSync(new URL('../../../docs/citizens.md', import.meta.url), 'utf8');
const between = (name: string) => docs.split(`<!-- ${name} -->\n`)[1]?.split('\n<!-- end -->')[0];

describe('states', () => {
  test('the docs’ table of a report is what decide does', () => {
    expect(between('decide: citizen')).toBe(printed());
  });

  test('whatever is done in whatever order: its state follows from its ties, and open is what is owed an answer', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const names = Object.keys(ACTS) as CitizenAct['do'][];
    for (let run = 0; run < 300; run++) {
      let entry: CitizenEntry = fresh();
      for (let step = 0; step < 30; step++) {
        const name = names[Math.floor(random() * names.length)] as CitizenAct['do'];
        const done = did(entry, ACTS[name], T0 + step * 1_000);
        const cell = CITIZEN_TABLE[name][entry.report.state];
        if (!done.ok) {
          expect(done.error.code).toBe(cell);
          continue;
        }
        const { report } = done.value;
        if (cell !== 'ties') expect(report.state).toBe(cell);
        expect(report.revision).toBe(entry.report.revision + 1);
        expect(isCitizenOpen(report)).toBe(['received', 'matched', 'assigned'].includes(report.state));
        if (isCitizenOpen(report)) expect(report.state === 'assigned').toBe(report.order !== null);
        expect(report.answeredAt !== null).toBe(['answered', 'closed'].includes(report.state));
        entry = done.value;
      }
    }
  });

  test('what is untied falls back to what is left', () => {
    const entry = became(ACTS.link, ACTS.order);
    const untied = did(entry, { do: 'unlink', ...NO_TIES, order: as.order('O1') });
    expect(untied.ok && untied.value.report).toMatchObject({
      state: 'matched',
      order: null,
      points: ['P-1'],
    });
  });

  test('erased, it names nobody, and nothing can be done with it', () => {
    const { report, words } = erased(became(ACTS.reject).report, T0 + days(90));
    expect(words).toBe(null);
    expect(JSON.stringify(report)).not.toMatch(/张建国|13855512345|煤气味|非本单位/);
    const again = did({ report, words }, ACTS.reopen);
    expect(!again.ok && again.error.code).toBe('citizen-erased');
  });
});

describe('by when', () => {
  test('the docs say the working days that are counted', () => {
    const rows = Object.entries(CITIZEN_DUE_DAYS).map(([kind, n]) => `| ${kind} | ${n} |`);
    expect(between('due: citizen')).toBe(['| kind | working days |', '|---|---|', ...rows].join('\n'));
  });

  test('working days are Monday to Friday in Beijing, and end with the day', () => {
    // Tuesday 1 December + 3: Friday the 4th; Thursday the 3rd + 3: Tuesday the 8th.
    expect(new Date(citizenDueAt('question', T0)).toISOString()).toBe('2026-12-04T16:00:00.000Z');
    expect(new Date(citizenDueAt('question', T0 + days(2))).toISOString()).toBe('2026-12-08T16:00:00.000Z');
    // A call of 00:30 in Beijing is of that day, whatever the day is in Greenwich.
    expect(citizenDueAt('question', Date.UTC(2026, 11, 1, 16, 30))).toBe(
      citizenDueAt('question', T0 + days(1)),
    );
    expect(new Date(citizenDueAt('complaint', T0)).toISOString()).toBe('2026-12-18T16:00:00.000Z');
  });

  test('it is amber at four fifths, then overdue, reminded of and criticised; what was answered is met or missed', () => {
    const { report } = fresh();
    const state = (now: number) => citizenDue(report, now);
    const span = report.dueAt - report.calledAt;
    expect(state(T0 + span * 0.79)).toEqual({ state: 'running', reminder: null });
    expect(state(T0 + span * 0.81)).toEqual({ state: 'amber', reminder: null });
    expect(state(report.dueAt)).toEqual({ state: 'overdue', reminder: 'reminded' });
    expect(state(report.dueAt + days(5))).toEqual({ state: 'overdue', reminder: 'criticised' });
    const answered = (at: number) => {
      const done = did(fresh(), ACTS.answer, at);
      if (!done.ok) throw new Error(done.error.code);
      return citizenDue(done.value.report, T0 + days(100));
    };
    expect(answered(report.dueAt - 1)).toEqual({ state: 'met', reminder: null });
    expect(answered(report.dueAt)).toEqual({ state: 'missed', reminder: null });
    expect(citizenDue(became(ACTS.reject).report, T0)).toBe(null);
  });
});

describe('masks', () => {
  test('names, telephones and long numbers are not to be read; dates, numbers of orders and houses are', () => {
    expect(maskedText('张建国 13855512345，138-5551-2345，0558-5123456，+86 13855512345', '张建国')).toBe(
      '张** 138****2345，138****2345，055****3456，+86****2345',
    );
    expect(maskedText('身份证341602198001011234、34160219800101123X', null)).not.toMatch(/1980/);
    const plain = '2026-12-01 08:30 工单 GD20261201-0001，人民路 128 号 3 栋 2 单元';
    expect(maskedText(plain, null)).toBe(plain);
  });

  test('masked words show neither', () => {
    const { words } = fresh();
    if (words === null) throw new Error('words');
    expect(JSON.stringify(maskedWords(words))).not.toMatch(/张建国|13855512345/);
    expect(maskedWords(words)).toMatchObject({ caller: '张**', phone: '138****2345' });
  });

  test('a text that names the caller is known for it, however the number is parted', () => {
    const caller = { caller: '张建国', phone: '138 5551 2345' };
    expect(namesCaller('请联系 138-5551-2345', caller)).toBe(true);
    expect(namesCaller('张建国反映', caller)).toBe(true);
    expect(namesCaller('人民路燃气异味', caller)).toBe(false);
    expect(namesCaller('张', { caller: '张', phone: null })).toBe(false);
  });
});

describe('what it may be about', () => {
  const at = (metres: number) => ({ lon: 115.78, lat: 33.85 + metres / 111_195 });
  const point = (code: string, given: Partial<MatchCandidate> = {}): MatchCandidate => ({
    point: as.point(code),
    name: code,
    asset: null,
    lifeline: as.lifeline('gas'),
    area: as.area('341602'),
    at: null,
    alarms: [],
    ...given,
  });
  const alarm = (id: string, raisedAt: number, isOpen = true) => ({
    ...{ id: as.alarm(id), level: 1 as const, raisedAt, isOpen, incident: null },
  });
  const said = { ...fresh().report, words: fresh().words?.text ?? '', named: [] };

  test('the nearer one with an alarm of then stands before a near one, and that before a far one; beyond 300 m it is none', () => {
    const found = matchCitizen(said, [
      point('far', { at: at(250) }),
      point('out', { at: at(MATCH_WITHIN_M + 20), alarms: [alarm('A9', T0)] }),
      point('near', { at: at(40) }),
      point('alarmed', { at: at(60), alarms: [alarm('A1', T0 - minutes(20))] }),
    ]);
    expect(found.map((m) => m.point)).toEqual(['alarmed', 'near', 'far']);
    expect(found[0]?.reasons.map((r) => r.by)).toEqual(['distance', 'area', 'time', 'alarms']);
    expect(found[0]?.reasons[0]).toEqual({ by: 'distance', metres: 60 });
  });

  test('an alarm of more than two hours before or after, and over, says nothing', () => {
    const reasons = (raisedAt: number, isOpen: boolean) =>
      matchCitizen(said, [
        point('p', { at: at(10), alarms: [alarm('A', raisedAt, isOpen)] }),
      ])[0]?.reasons.map((r) => r.by);
    expect(reasons(T0 - hours(3), false)).toEqual(['distance', 'area']);
    expect(reasons(T0 + hours(3), true)).toEqual(['distance', 'area']);
    expect(reasons(T0 - hours(3), true)).toEqual(['distance', 'area', 'time', 'alarms']);
    expect(reasons(T0 + hours(2), false)).toEqual(['distance', 'area', 'time']);
  });

  test('without coordinates it goes by the words of the address; an area alone is no reason', () => {
    const words = { ...said, lon: null, lat: null };
    const found = matchCitizen(words, [
      point('crossing', { name: '药都大道燃气井 3' }),
      point('elsewhere', { name: '建设路燃气井 1' }),
    ]);
    expect(found.map((m) => m.point)).toEqual(['crossing']);
    expect(found[0]?.reasons[0]).toEqual({ by: 'address', words: ['药都大道'] });
    expect(sharedWords('人民路128号', ['人民路泵站', '128'])).toEqual(['人民路']);
  });

  test('it ranks the same whatever order candidates come in', () => {
    const all = [10, 80, 30, 30, 200, 120].map((m, i) => point(`p${i}`, { at: at(m) }));
    const order = (list: MatchCandidate[]) => matchCitizen(said, list).map((m) => m.point);
    expect(order([...all].reverse())).toEqual(order(all));
  });
});

describe('an answer', () => {
  const order = {
    ...{ no: 'GD20261201-0001', state: 'verified' as const, dispatchedAt: T0, arrivedAt: T0 + minutes(30) },
    ...{ doneAt: T0 + hours(2), verifiedAt: T0 + hours(3), result: '更换阀门垫片', cause: '垫片老化' },
  } as const;

  test('says what was done and when, in Beijing time', () => {
    const { zh, en } = draftAnswer(fresh().report, order);
    for (const part of [
      'N1',
      '2026-12-01 08:00派单',
      '08:30到达',
      '更换阀门垫片（2026-12-01 10:00完成）',
      '垫片老化',
      '11:00核查通过',
    ])
      expect(zh).toContain(part);
    expect(en).toContain('What was done: 更换阀门垫片 (2026-12-01 10:00).');
  });

  test('does not say that something is done which is not', () => {
    expect(draftAnswer(fresh().report, { ...order, doneAt: null, verifiedAt: null }).zh).toContain(
      '尚未完成',
    );
    expect(draftAnswer(fresh().report, null).zh).toContain('请填写');
  });
});
