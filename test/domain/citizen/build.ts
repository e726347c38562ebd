import {
  CITIZEN_STATES,
  type CitizenEntry,
  type CitizenState,
} from '../../../src/domain/citizen/citizen-report.ts';
import { type CitizenAct, decideCitizen } from '../../../src/domain/citizen/decide.ts';
import { citizenDueAt } from '../../../src/domain/citizen/due.ts';
import { as } from '../../../src/domain/ids.ts';

/** 2026-12-01, a Tuesday, 08:00 in Beijing. */
export const T0 = Date.UTC(2026, 11, 1);
export const LI = { account: 'li', name: '李敏' };
export const NO_TIES = { points: [], alarms: [], incident: null, order: null };

/** A report as it has just come in. */
export const fresh = (given: Partial<CitizenEntry['report']> = {}): CitizenEntry => ({
  report: {
    id: as.citizenReport('S1'),
    revision: 1,
    source: '12345',
    no: 'N1',
    kind: 'help',
    category: '燃气异味',
    lifeline: null,
    area: as.area('341602'),
    lon: 115.78,
    lat: 33.85,
    calledAt: T0,
    takenAt: T0,
    way: 'platform',
    by: LI,
    state: 'received',
    dueAt: citizenDueAt('help', T0),
    dueBy: 'house',
    points: [],
    alarms: [],
    incident: null,
    order: null,
    duplicateOf: null,
    answeredAt: null,
    outcome: null,
    overAt: null,
    erasedAt: null,
    story: [{ at: T0, by: LI, did: 'take', commandId: null }],
    ...given,
  },
  words: {
    text: '人民路与药都大道路口有很浓的煤气味，请尽快处理，我叫张建国，电话13855512345',
    place: '人民路与药都大道路口东北角',
    caller: '张建国',
    phone: '13855512345',
    answer: null,
    reasons: [],
  },
});

export const ACTS: Readonly<Record<CitizenAct['do'], CitizenAct>> = {
  link: { do: 'link', ...NO_TIES, points: [as.point('P-1')] },
  unlink: { do: 'unlink', ...NO_TIES, points: [as.point('P-1')] },
  order: { do: 'order', order: as.order('O1') },
  place: { do: 'place', lon: 115.79, lat: 33.86, area: as.area('341602'), lifeline: null },
  answer: { do: 'answer', text: '已处置完毕。' },
  close: { do: 'close', outcome: 'satisfied' },
  reopen: { do: 'reopen', reason: '仍有气味' },
  reject: { do: 'reject', reason: '非本单位职责' },
  duplicate: { do: 'duplicate', of: as.citizenReport('S0') },
};

let n = 0;
export const did = (entry: CitizenEntry, act: CitizenAct, now = T0) =>
  decideCitizen(entry, act, { by: LI, commandId: as.command(`c-${++n}`) }, now);
export function became(...acts: readonly CitizenAct[]): CitizenEntry {
  return acts.reduce((entry, act) => {
    const done = did(entry, act);
    if (!done.ok) throw new Error(done.error.code);
    return done.value;
  }, fresh());
}

const { link, order, answer, close, reject, duplicate } = ACTS;
export const IN_STATE: Readonly<Record<CitizenState, CitizenEntry>> = {
  received: fresh(),
  matched: became(link),
  assigned: became(order),
  answered: became(answer),
  closed: became(answer, close),
  rejected: became(reject),
  duplicate: became(duplicate),
};

/** The table of `docs/citizens.md`, printed from `decideCitizen` itself. */
export function printed(): string {
  const names = Object.keys(ACTS) as CitizenAct['do'][];
  const heads: Partial<Record<CitizenAct['do'], string>> = {
    order: 'an order is made',
    link: 'link a point',
  };
  const cell = (state: CitizenState, name: CitizenAct['do']): string => {
    const done = did(IN_STATE[state], ACTS[name]);
    if (!done.ok) return `\`${done.error.code}\``;
    return done.value.report.state === state ? '—' : done.value.report.state;
  };
  const rows = CITIZEN_STATES.map(
    (state) => `| ${[state, ...names.map((name) => cell(state, name))].join(' | ')} |`,
  );
  const head = ['state', ...names.map((name) => heads[name] ?? name)];
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
}
