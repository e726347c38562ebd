import { expect, it } from 'vitest';
import {
  curveOf,
  figuresOf,
  IS_FALSE,
  timeToAck,
  VERDICTS,
} from '../../dashboards/console/src/screens/query/figures.ts';
import { isFalseVerdict, VERDICTS as KNOWN } from '../../src/domain/alarm/assessment.ts';
import { anAlarm } from './an-alarm.ts';

const after = (id: string, minutes: number) => {
  const a = anAlarm(id, { phase: 'active-acked' });
  const at = new Date(Date.parse(a.raisedAt) + minutes * 60_000).toISOString();
  return { ...a, ack: { by: '王', at, note: null } };
};

it('of what was found are told: how many by level, how many nobody acknowledged, the middle time to acknowledge', () => {
  const found = [after('a', 1), after('b', 9), after('c', 3), anAlarm('d', { level: 3 })];
  const f = figuresOf(found);
  expect([f.total, f.levels[1].total, f.levels[3].total, f.unacked, f.medianToAck]).toEqual([
    4, 3, 1, 1, 180_000,
  ]);
  expect(figuresOf(found.slice(0, 2)).medianToAck).toBe(300_000);
  expect([figuresOf([]).medianToAck, timeToAck(anAlarm('x'))]).toEqual([null, null]);
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

it('the verdicts that are offered, and those by which an alarm was none, are those of the domain', () => {
  expect([...VERDICTS].sort()).toEqual([...KNOWN].sort());
  for (const v of VERDICTS) expect([v, IS_FALSE[v]]).toEqual([v, isFalseVerdict(v)]);
});
