import { expect, test } from 'vitest';
import { endsSoon } from '../../dashboards/console/src/session/ends-soon.ts';

test('the end of a session is announced a quarter of an hour before, and never where there is none', () => {
  const end = '2026-05-01T20:30:00.000Z';
  const at = Date.parse(end);
  expect(endsSoon(end, at - 15 * 60_000 - 1)).toBeNull();
  expect(endsSoon(end, at - 15 * 60_000)).toBe(at);
  expect(endsSoon(null, at)).toBeNull();
  expect(endsSoon(undefined, at)).toBeNull();
});
