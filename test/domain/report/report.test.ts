import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { decideReport } from '../../../src/domain/report/decide.ts';
import { evolveReport } from '../../../src/domain/report/evolve.ts';
import { FIGURE_KEYS, rankOf } from '../../../src/domain/report/figures.ts';
import { lastPeriod, periodAt } from '../../../src/domain/report/period.ts';
import {
  REPORT_STATES,
  type Report,
  type ReportCommand,
  type ReportState,
} from '../../../src/domain/report/report.ts';
import { lengthOf, merged, subtracted } from '../../../src/domain/report/spans.ts';
import { figureQuery, figureWords } from '../../../src/wire/answering/report-words.ts';
import { T0 } from '../order/build.ts';

let n = 0;
const asked = () => ({
  by: { kind: 'operator' as const, account: 'ban', name: '班长' },
  commandId: as.command(`r${++n}`),
});
const make: ReportCommand = {
  by: null,
  do: 'create',
  birth: {
    id: as.report('R1'),
    no: 'BG20260601-0001',
    kind: 'day',
    from: T0 - 86_400_000,
    to: T0,
    area: null,
    incident: null,
    seq: as.seq(3),
    figures: { figures: [], tables: [], curves: [] },
    text: null,
    corrects: null,
  },
};
const review: ReportCommand = { ...asked(), do: 'review', text: null };
const issue: ReportCommand = { ...asked(), do: 'issue' };
const correct: ReportCommand = { ...asked(), do: 'correct', reason: '补研判', to: as.report('R2') };

function became(...commands: ReportCommand[]): Report {
  let is: Report | null = null;
  for (const command of commands) {
    const decided = decideReport(is, command, T0);
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) is = evolveReport(is, e);
  }
  return is as unknown as Report;
}
const IN_STATE: { readonly [S in ReportState]: Report } = {
  draft: became(make),
  reviewed: became(make, review),
  issued: became(make, review, issue),
  corrected: became(make, review, issue, correct),
};

/** The table of `docs/reports.md`, printed from `decideReport` itself. */
function printed(): string {
  const verbs = { review, issue, correct };
  const rows = REPORT_STATES.map((s) => {
    const cells = Object.values(verbs).map((command) => {
      const decided = decideReport(IN_STATE[s], command, T0);
      return decided.ok ? decided.value.reduce(evolveReport, IN_STATE[s]).state : `\`${decided.error.code}\``;
    });
    return `| ${[s, ...cells].join(' | ')} |`;
  });
  return ['| state | review | issue | correct |', '|---|---|---|---|', ...rows].join('\n');
}

const docs = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');

test('the docs’ table of a report is what decide does', () => {
  expect(docs.split('<!-- decide: report -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});

test('the docs list every figure, with the question that makes it', () => {
  const rows = FIGURE_KEYS.map(
    (k) => `| \`${k}\` | ${figureWords(k).zh} | ${figureWords(k).en} | ${figureQuery(k)} |`,
  );
  const table = ['| figure | 名称 | name | how |', '|---|---|---|---|', ...rows].join('\n');
  expect(docs.split('<!-- figures -->\n')[1]?.split('\n<!-- end figures -->')[0]).toBe(table);
});

describe('periods of Beijing', () => {
  const iso = (t: number) => new Date(t + 8 * 3_600_000).toISOString().slice(0, 16);
  const of = (...args: Parameters<typeof periodAt>) => {
    const { from, to } = periodAt(...args);
    return [iso(from), iso(to)];
  };
  test.each([
    ['shift', '2026-06-01T07:59', '2026-05-31T20:00', '2026-06-01T08:00'],
    ['shift', '2026-06-01T08:00', '2026-06-01T08:00', '2026-06-01T20:00'],
    ['day', '2026-06-01T00:00', '2026-06-01T00:00', '2026-06-02T00:00'],
    ['week', '2026-06-07T23:59', '2026-06-01T00:00', '2026-06-08T00:00'],
    ['week', '2026-06-08T00:00', '2026-06-08T00:00', '2026-06-15T00:00'],
    ['month', '2024-02-29T12:00', '2024-02-01T00:00', '2024-03-01T00:00'],
    ['month', '2026-12-31T23:59', '2026-12-01T00:00', '2027-01-01T00:00'],
    ['quarter', '2026-08-15T00:00', '2026-07-01T00:00', '2026-10-01T00:00'],
    ['quarter', '2026-12-15T00:00', '2026-10-01T00:00', '2027-01-01T00:00'],
    ['year', '2028-02-29T00:00', '2028-01-01T00:00', '2029-01-01T00:00'],
  ] as const)('%s of %s', (kind, at, from, to) => {
    expect(of(kind, Date.parse(`${at}:00+08:00`))).toEqual([from, to]);
  });
  test('every day of forty years begins where the day before ended, in the month that it says', () => {
    for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2060, 0, 1); at += 86_400_000) {
      const local = new Date(at + 8 * 3_600_000);
      const { from, to } = periodAt('month', at);
      expect(iso(from).slice(0, 8)).toBe(`${local.toISOString().slice(0, 7)}-`);
      expect(from <= at && at < to).toBe(true);
    }
  });
  test('the last one that is over', () => {
    const { from, to } = lastPeriod('month', Date.parse('2026-03-01T00:00:00+08:00'));
    expect([iso(from), iso(to)]).toEqual(['2026-02-01T00:00', '2026-03-01T00:00']);
  });
});

test('spans: merged within limits, and one taken out of another', () => {
  const spans = merged(
    [
      [5, 9],
      [0, 3],
      [2, 4],
      [20, 40],
    ],
    [1, 30],
  );
  expect(spans).toEqual([
    [1, 4],
    [5, 9],
    [20, 30],
  ]);
  expect(
    subtracted(spans, [
      [2, 6],
      [25, 26],
    ]),
  ).toEqual([
    [1, 2],
    [6, 9],
    [20, 25],
    [26, 30],
  ]);
  expect(lengthOf(spans)).toBe(17);
});

test('a rank is the smallest value that so much of them do not exceed', () => {
  expect([rankOf([4, 1, 3, 2], 0.5), rankOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9), rankOf([], 0.5)]).toEqual([
    2,
    9,
    null,
  ]);
});
