import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClock } from '../../dashboards/console/src/console/clock.ts';

const SRC = join(import.meta.dirname, '../../dashboards/console/src');
const OTHER_CLOCKS = /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\s*\./;

describe('the clock of the console', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const SERVER = Date.parse('2026-03-01T04:00:00Z');

  test('goes by the server’s time and by what has passed since, whatever the PC is set to', () => {
    let [elapsed, pc] = [1_000, SERVER + 8 * 3_600_000];
    const clock = createClock(
      () => elapsed,
      () => pc,
    );
    clock.set(new Date(SERVER).toISOString());
    for (const step of [-8 * 3_600_000, 3_600_000, 365 * 86_400_000]) {
      pc += step;
      elapsed += 5_000;
    }
    expect(clock.read()).toBe(SERVER + 15_000);
    expect(clock.elapsed()).toBe(16_000);
  });

  test('a late word does not put it back; a sleep, and a server that was set, do move it', () => {
    let elapsed = 0;
    const clock = createClock(
      () => elapsed,
      () => 0,
    );
    clock.set(new Date(SERVER).toISOString());
    elapsed = 10_000;
    clock.correct(new Date(SERVER + 8_500).toISOString());
    expect(clock.read()).toBe(SERVER + 10_000);
    // The PC slept for an hour, and so did its steady clock.
    clock.correct(new Date(SERVER + 3_600_000).toISOString());
    expect(clock.read()).toBe(SERVER + 3_600_000);
    clock.correct(new Date(SERVER).toISOString());
    expect(clock.read()).toBe(SERVER);
  });

  test('is the only one that a page of ours reads, but for a phone’s own: acts without a network have no other', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) =>
      /\.(ts|vue)$/.test(f),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((f) => OTHER_CLOCKS.test(readFileSync(join(SRC, f), 'utf8')))).toEqual([
      join('console', 'clock.ts'),
      join('phone', 'device', 'phone-clock.ts'),
    ]);
  });
});
