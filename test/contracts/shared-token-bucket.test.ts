import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBucket, TokenBuckets } from '../../src/adapters/shared/token-bucket.ts';

const limit = { perSecond: 2, atOnce: 5 };

describe('a token bucket', () => {
  test('gives what was agreed at once, and then as fast as it fills, and says how long to wait', () => {
    const bucket = new TokenBucket(limit, 0);
    for (let i = 0; i < 5; i++) expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.wait(0, 1)).toBe(500);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.take(500)).toBe(true);
    bucket.putBack();
    expect(bucket.take(500)).toBe(true);
  });

  test('never gives more than its limit allows, however the clock runs and whoever asks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(limit, 0);
        let [now, forward, given] = [0, 0, 0];
        for (const step of steps) {
          now += step;
          forward += Math.max(0, step);
          if (bucket.take(now)) given++;
          expect(given).toBeLessThanOrEqual(limit.atOnce + (forward / 1_000) * limit.perSecond + 1e-6);
        }
      }),
    );
  });
});

describe('buckets of clients', () => {
  test('those that nobody holds are forgotten past a bound, the longest unused first', () => {
    const buckets = new TokenBuckets(3);
    buckets.of('a', limit, 0).take(0);
    for (const client of ['b', 'c']) buckets.of(client, limit, 0);
    const a = buckets.of('a', limit, 0);
    buckets.of('d', limit, 0);
    expect(buckets.of('a', limit, 0)).toBe(a);
    for (let i = 0; i < 10_000; i++) buckets.of(`${i}`, limit, 0);
    expect(buckets.size).toBe(3);
  });

  test('one that is held is kept, and its debt outlives whoever comes again', () => {
    const buckets = new TokenBuckets(3);
    const held = buckets.hold('a', limit, 0);
    for (let i = 0; i < 10; i++) held.spend(0);
    for (let i = 0; i < 100; i++) buckets.of(`${i}`, limit, 0);
    expect(buckets.hold('a', limit, 0)).toBe(held);
    buckets.release('a', 0);
    buckets.release('a', 0);
    expect(buckets.of('a', limit, 0)).toBe(held);
    expect(held.wait(0, 0)).toBe(2_500);
    buckets.hold('a', limit, 0);
    buckets.release('a', 60_000);
    expect(buckets.of('a', limit, 60_000)).not.toBe(held);
  });
});
