import { expect, it } from 'vitest';
import { weeksOf } from '../../dashboards/console/src/screens/query/calendar.ts';
import { curveOf, timeToAck, VERDICTS } from '../../dashboards/console/src/screens/query/figures.ts';
import { VERDICTS as KNOWN } from '../../src/domain/alarm/assessment.ts';
import { anAlarm } from './an-alarm.ts';

const after = (id: string, minutes: number) => {
  const a = anAlarm(id, { phase: 'active-acked' });
  const at = new Date(Date.parse(a.raisedAt) + minutes * 60_000).toISOString();
  return { ...a, ack: { by: '王', at, note: null } };
};

it('an alarm that nobody acknowledged took no time', () => {
  expect([timeToAck(after('a', 9)), timeToAck(anAlarm('x'))]).toEqual([540_000, null]);
});

it('days stand by weeks, darker where there was more, and a stretch that is no picture is none', () => {
  const levels = (red: number, yellow: number) => ({ 1: red, 2: 0, 3: yellow, 4: 0 });
  const days = [
    { day: '2026-11-28', levels: levels(1, 0) },
    { day: '2026-11-30', levels: levels(0, 8) },
  ];
  const weeks = weeksOf('2026-11-28', '2026-12-01', days);
  expect(
    weeks.map((w) => [w.monday, w.month, w.days.map((d) => `${d.weekday}:${d.total}:${d.heat}`)]),
  ).toEqual([
    ['2026-11-23', '11', ['6:1:1', '7:0:0']],
    ['2026-11-30', '12', ['1:8:4', '2:0:0']],
  ]);
  expect(weeksOf('2020-01-01', '2026-01-01', days)).toEqual([]);
  expect(weeksOf('', '', days)).toEqual([]);
});

it('its curve goes from an hour before to an hour after it was over, and never beyond now', () => {
  const a = anAlarm('a');
  const raised = Date.parse(a.raisedAt);
  const hour = 3_600_000;
  const closed = { ...a, closedAt: new Date(raised + 2 * hour).toISOString() };
  const span = (c: Record<string, string>) =>
    [Date.parse(c.from ?? ''), Date.parse(c.to ?? '')].map((t) => (t - raised) / hour);
  expect(span(curveOf(closed, raised + 9 * hour))).toEqual([-1, 3]);
  expect(span(curveOf(a, raised + hour / 2))).toEqual([-1, 0.5]);
  expect(curveOf(a, 0).points).toBe('P-a:ch4');
});

it('the verdicts that are offered are those of the domain', () => {
  expect([...VERDICTS].sort()).toEqual([...KNOWN].sort());
});
