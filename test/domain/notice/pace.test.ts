import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { paceOf } from '../../../src/domain/notice/channel.ts';
import {
  laneOf,
  mayGoAt,
  mayGoNow,
  type NoticeLane,
  retryAfter,
  type WaitingNotice,
} from '../../../src/domain/notice/pace.ts';
import { aChannel } from './a-city.ts';

const NOW = 1_000_000;
const waits = (
  id: string,
  lane: NoticeLane,
  queuedAt = NOW,
  contact: string | null = 'wang',
): WaitingNotice => ({
  id: as.notice(id),
  channel: as.channel('robot'),
  contact: contact === null ? null : as.contact(contact),
  lane,
  queuedAt,
});
const crowd = (n: number, lane: NoticeLane, prefix = 'n', contact: string | null = 'wang') =>
  Array.from({ length: n }, (_, i) => waits(`${prefix}${i}`, lane, NOW - n + i, contact));

describe('what may go now', () => {
  test('red goes first and singly, however many wait longer', () => {
    const out = mayGoNow([...crowd(50, 2), ...crowd(3, 1, 'red')], [], 20, NOW);
    expect(out.map((d) => (d.digest ? `digest of ${d.ids.length}` : d.ids[0]))).toEqual([
      'red0',
      'red1',
      'red2',
      'digest of 50',
    ]);
  });

  test('ten go singly, eleven as one digest', () => {
    expect(mayGoNow(crowd(10, 2), [], 100, NOW)).toHaveLength(10);
    expect(mayGoNow(crowd(11, 2), [], 100, NOW)).toMatchObject([{ digest: true, ids: { length: 11 } }]);
  });

  test('each person has a digest of their own', () => {
    const out = mayGoNow([...crowd(12, 2, 'a', 'wang'), ...crowd(12, 3, 'b', 'li')], [], 100, NOW);
    expect(out.map((d) => d.ids.length)).toEqual([12, 12]);
  });

  test('what a person asked for goes alone', () => {
    const asked = { ...waits('asked', 2), single: true };
    expect(mayGoNow([...crowd(20, 2), asked], [], 100, NOW)).toContainEqual({
      ids: ['asked'],
      digest: false,
    });
  });

  test('a quarter of the pace is kept for red', () => {
    const used = Array.from({ length: 15 }, () => NOW - 30_000);
    expect(mayGoNow(crowd(5, 2), used, 20, NOW)).toEqual([]);
    expect(mayGoNow(crowd(9, 1), used, 20, NOW)).toHaveLength(5);
  });

  test('in no minute do more go than the pace, whatever comes when', () => {
    const aWave = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 240 }), lane: fc.constantFrom<NoticeLane>(1, 2, 3) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(aWave, fc.integer({ min: 1, max: 30 }), (wave, perMinute) => {
        const sent: number[] = [];
        const gone = new Set<string>();
        for (let s = 0; s <= 400; s += 1) {
          const now = s * 1_000;
          const waiting = wave
            .map((w, i) => waits(`n${i}`, w.lane, w.at * 1_000))
            .filter((w) => w.queuedAt <= now && !gone.has(w.id));
          for (const d of mayGoNow(waiting, sent, perMinute, now)) {
            sent.push(now);
            for (const id of d.ids) {
              expect(gone.has(id)).toBe(false);
              gone.add(id);
            }
          }
        }
        for (const at of sent)
          expect(sent.filter((x) => x > at - 60_000 && x <= at).length).toBeLessThanOrEqual(perMinute);
      }),
      { numRuns: 30 },
    );
  });

  test('says when there is room again', () => {
    expect(mayGoAt([NOW - 50_000, NOW - 10_000], 2, NOW)).toBe(NOW + 10_000);
    expect(mayGoAt([NOW - 50_000], 2, NOW)).toBe(NOW);
    expect(mayGoAt([NOW - 70_000, NOW - 10_000], 2, NOW)).toBe(NOW);
  });
});

test.each([
  [1, 'raised', 1],
  [2, 'again', 1],
  [3, 'raised', 2],
  [1, 'recovered', 2],
  [4, 'closed', 3],
] as const)('level %d %s: lane %d', (level, about, lane) => {
  expect(laneOf(level, about)).toBe(lane);
});

test('nobody sets a pace above what the receiver bears', () => {
  expect(paceOf(aChannel('robot', 'dingtalk', { perMinute: 1_000 }))).toBe(18);
  expect(paceOf(aChannel('robot', 'dingtalk', { perMinute: 5 }))).toBe(5);
});

test('retries after 5 s, 15 s, 45 s, then every two minutes', () => {
  expect([1, 2, 3, 4, 5, 50].map(retryAfter)).toEqual([5_000, 15_000, 45_000, 120_000, 120_000, 120_000]);
});
