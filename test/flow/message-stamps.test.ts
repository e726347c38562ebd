import { expect, test } from 'vitest';
import { WarningDesk } from '../../src/flow/response/warning-desk.ts';
import { capIdentifier } from '../../src/wire/files/cap.ts';

const T = Date.parse('2026-06-24T13:27:11+08:00');
const HOUR = 3_600_000;

/** Sends so many within one second of our clock. */
const sends = (desk: WarningDesk, now: number, times: number): string[] =>
  Array.from({ length: times }, () => {
    const { at, n } = desk.nextStamp(now);
    return capIdentifier('34020000000001', at, n);
  });

test('ten messages of one second are told apart, the eleventh is of the next', () => {
  const ids = sends(new WarningDesk(), T + 400, 12);
  expect(new Set(ids).size).toBe(12);
  expect(ids[9]).toMatch(/_20260624132711_9$/);
  expect(ids[10]).toMatch(/_20260624132712_0$/);
});

test('sent by a clock that was ahead: when that second comes by once more its identifiers are not given again', () => {
  const ahead = new WarningDesk();
  const sent = sends(ahead, T + HOUR, 3);
  // Set back: of now again, and not of the hour ahead.
  sent.push(...sends(ahead, T, 2));
  expect(sent[3]).toMatch(/_20260624132711_0$/);
  sent.push(...sends(ahead, T + HOUR, 2));
  const afterKill = new WarningDesk();
  for (const id of sent) afterKill.hasUsed(id);
  sent.push(...sends(afterKill, T, 1), ...sends(afterKill, T + HOUR, 5));
  expect(new Set(sent).size).toBe(sent.length);
});
