import { expect, test } from 'vitest';
import { systemIds } from '../../../src/adapters/ids/index.ts';
import { as } from '../../../src/domain/ids.ts';
import type { ClockKind } from '../../../src/domain/report/period.ts';
import type { Report } from '../../../src/domain/report/report.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { ReportClock } from '../../../src/flow/answering/report-clock.ts';
import { ReportOffice } from '../../../src/flow/answering/report-office.ts';
import { tellReport } from '../../../src/flow/answering/tell-report.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { FlowHarness } from '../flow-harness.ts';

const CHANNEL = as.channel('ops');

function office(flow: FlowHarness, kinds: readonly ClockKind[] = ['day']) {
  const { core, turn, journal, clock, log } = flow;
  const reports = new ReportOffice({
    ...{ core, turn, journal, clock, log, ids: systemIds, packs: PACKS },
    breathe: async () => undefined,
    tell: (report, draft) => tellReport(core, [CHANNEL, as.channel('none')], { report, draft }),
  });
  return { reports, made: new ReportClock({ reports, journal, clock, kinds, log }) };
}
const all = async (reports: ReportOffice): Promise<readonly Report[]> =>
  (await reports.reports({}, 100, null)).items;

test('a day that is over has its report, once, also over a restart, and it is told in the turn that makes it', async () => {
  let flow = await FlowHarness.begin();
  await flow.turn.tell((draft) =>
    flow.core.notices.keep(
      {
        is: 'channel',
        id: CHANNEL,
        setup: {
          id: CHANNEL,
          name: '值班群',
          enabled: true,
          perMinute: 20,
          settings: { kind: 'webhook', url: 'https://example.org/hook' },
        },
      },
      draft,
    ),
  );
  await flow.value('gas', 'D-1', 'ch4', 60);
  let { reports, made } = office(flow);
  await made.look();
  // The day before was before the journal's first event.
  expect(await all(reports)).toEqual([]);
  await flow.pass(hours(16));
  await made.look();
  await made.look();
  const [first, ...others] = await all(reports);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ kind: 'day', state: 'draft', author: { kind: 'system' }, area: null });
  expect(first?.to).toBe(Date.UTC(2026, 5, 1, 16));
  expect(first?.figures.figures.find((f) => f.key === 'alarms.raised')?.value).toBe(1);
  const [notice, ...more] = flow.core.notices.book.pending();
  expect(more).toEqual([]);
  expect(notice).toMatchObject({
    channel: CHANNEL,
    state: 'queued',
    text: {
      title: expect.stringMatching(/^值班日报 .*已编制，待审核/),
      lines: expect.arrayContaining(['新发报警：1']),
    },
  });
  flow = await flow.restart();
  ({ reports, made } = office(flow));
  await made.look();
  expect(await all(reports)).toHaveLength(1);
  expect(flow.core.notices.book.pending().map((n) => n.id)).toEqual([notice?.id]);
  await flow.pass(days(1));
  await made.look();
  expect(await all(reports)).toHaveLength(2);
});

test('an issued one is told too', async () => {
  const flow = await FlowHarness.begin();
  await flow.value('gas', 'D-1', 'ch4', 60);
  await flow.pass(minutes(1));
  const told: string[] = [];
  const { core, turn, journal, clock, log } = flow;
  const reports = new ReportOffice({
    ...{ core, turn, journal, clock, log, ids: systemIds, packs: PACKS },
    breathe: async () => undefined,
    tell: (report) => told.push(report.state),
  });
  const asked = (id: string) => ({
    by: { kind: 'operator' as const, account: 'ban', name: 'ban' },
    commandId: as.command(id),
  });
  const wish = { kind: 'day' as const, from: clock.now(), area: null, incident: null, text: null };
  const report = await reports.make(wish, asked('1'));
  if (!report.ok) throw new Error(report.error.code);
  await reports.act(report.value.id, { do: 'review', text: null, ...asked('2') });
  await reports.act(report.value.id, { do: 'issue', ...asked('3') });
  expect(told).toEqual(['issued']);
});

test('a shift of the roster has its report when it is over, and without one that of 08:00 or 20:00', async () => {
  const flow = await FlowHarness.begin();
  const { clock, core, turn } = flow;
  await flow.value('gas', 'D-1', 'ch4', 60);
  const { reports, made } = office(flow, ['shift']);
  await flow.pass(hours(13));
  await made.look();
  const [fixed] = await all(reports);
  expect(((fixed?.to ?? 0) + hours(8)) % hours(12)).toBe(hours(8));
  const begins = clock.now() + hours(1);
  const unit = as.unit('centre');
  const shift = (from: number, to: number) => ({ from, to, duty: [], leader: [] });
  const shifts = [shift(begins, begins + hours(9)), shift(begins + hours(9), begins + hours(17))];
  const centre = {
    ...{
      code: unit,
      name: '监测中心',
      kind: 'centre' as const,
      parent: null,
      areas: [],
      lifelines: [],
      phone: null,
    },
  };
  await turn.tell((draft) => {
    core.notices.keep({ is: 'unit', unit: centre }, draft);
    core.notices.keep({ is: 'roster', roster: { unit, shifts } }, draft);
  });
  await flow.pass(hours(10) + minutes(1));
  await made.look();
  await made.look();
  const [ofRoster] = await all(reports);
  expect([ofRoster?.kind, ofRoster?.from, ofRoster?.to]).toEqual(['shift', begins, begins + hours(9)]);
  const asked = {
    by: { kind: 'operator' as const, account: 'ban', name: 'ban' },
    commandId: as.command('s'),
  };
  const wish = { kind: 'shift' as const, from: clock.now(), area: null, incident: null, text: null };
  const now = await reports.make(wish, asked);
  expect(now).toMatchObject({ ok: true, value: { from: begins + hours(9), to: clock.now() } });
  // The roster has run out: the usual shifts again.
  await flow.pass(hours(72));
  await made.look();
  const newest = (await all(reports))[0];
  expect(((newest?.to ?? 0) + hours(8)) % hours(12)).toBe(hours(8));
});
