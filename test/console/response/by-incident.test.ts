import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byIncident } from '../../../dashboards/console/src/state/by-incident.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import { anAlarm } from '../an-alarm.ts';

const alarm = (id: string, phase: AlarmJson['phase'] = 'active-unacked') => anAlarm(id, { phase });
const incident = (id: string) => ({ id, name: { zh: `事件 ${id}`, en: id }, level: 1 as const });
const NONE: ReadonlySet<string> = new Set();
const of = (groups: Record<string, string>) => (id: string) => (groups[id] ? incident(groups[id]) : null);
const ids = (rows: readonly AlarmJson[]) => rows.map((a) => a.id).join('');

test('what belongs together stands together, at the place of its first', () => {
  const list = ['a', 'b', 'c', 'd', 'e'].map((id) => alarm(id));
  const { rows, groups } = byIncident(list, of({ b: 'X', e: 'X', d: 'Y' }), NONE);
  expect(ids(rows)).toBe('abecd');
  expect(groups.get('b')).toMatchObject({ head: { count: 2, unacked: 2, folded: false }, last: false });
  expect(groups.get('e')).toMatchObject({ head: null, last: true });
  // Alone in its incident it is a row like any other.
  expect(groups.has('d')).toBe(false);
});

test('folded, the first says how many there are and how many nobody has acknowledged', () => {
  const list = [alarm('a'), alarm('b', 'active-acked'), alarm('c')];
  const { rows, groups } = byIncident(list, of({ a: 'X', b: 'X', c: 'X' }), new Set(['X']));
  expect(ids(rows)).toBe('a');
  expect(groups.get('a')).toMatchObject({ head: { count: 3, unacked: 2, folded: true }, last: true });
});

test('nothing is lost and nothing stands twice, whatever belongs to what', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 40 }), fc.subarray(['1', '2', '3']), (kinds, folded) => {
      const list = kinds.map((_, i) => alarm(`a${i}`));
      const groupOf = (id: string) => {
        const kind = kinds[Number(id.slice(1))] ?? 0;
        return kind === 0 ? null : incident(String(kind));
      };
      const { rows, groups } = byIncident(list, groupOf, new Set(folded));
      expect(new Set(rows).size).toBe(rows.length);
      const away = list.filter((a) => !rows.includes(a));
      // What is folded away is said by the head of its incident.
      for (const a of away) expect(folded).toContain(groupOf(a.id)?.id);
      const said = [...groups.values()].reduce((n, g) => n + (g.head?.folded ? g.head.count - 1 : 0), 0);
      expect(said).toBe(away.length);
      // The most urgent of all is never moved from the top.
      if (list.length > 0) expect(rows[0]).toBe(list[0]);
    }),
  );
});

test('the peak is that of the gravest, and among these of what went farthest over its own limit', () => {
  const at = '2026-03-01T04:00:00.000Z';
  const over = (id: string, level: 1 | 3, value: number, limit: number, side: 'above' | 'below') => ({
    ...alarm(id),
    level,
    trigger: { value, unit: 'x', limit, side },
    worst: { value, level, at },
  });
  const list = [over('a', 1, 60, 50, 'above'), over('b', 1, 2, 10, 'below'), over('c', 3, 900, 1, 'above')];
  const { groups } = byIncident(list, of({ a: 'X', b: 'X', c: 'X' }), NONE);
  expect(groups.get('a')?.head?.peak.id).toBe('b');
});
