import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SteadyClock } from '../../src/adapters/clock/index.ts';

const START = Date.UTC(2026, 5, 1);

/** The machine, as far as its clock goes: what has passed, and what somebody has set it to. */
class Machine {
  elapsed = 12;
  set = START;
  readonly clock = new SteadyClock({ wall: () => this.set + this.elapsed, passed: () => this.elapsed });
}

test('our clock begins as the machine’s, and goes on by what has passed, whatever that one is set to', () => {
  const m = new Machine();
  const began = m.clock.now();
  m.set -= 365 * 86_400_000;
  m.elapsed += 1_000;
  expect(m.clock.now() - began).toBe(1_000);
  expect(m.clock.apart()).toBe(-365 * 86_400_000);
});

test('it never goes back and never leaps, whatever is set, at whatever rate it goes, and when the counter goes back', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('pass' as const), ms: fc.double({ min: 0, max: 5_000, noNaN: true }) }),
    fc.record({ do: fc.constant('set' as const), ms: fc.integer({ min: -4e10, max: 4e10 }) }),
    fc.record({ do: fc.constant('rate' as const), ms: fc.double({ min: 0.9, max: 1.1, noNaN: true }) }),
    fc.record({
      do: fc.constant('counter back' as const),
      ms: fc.double({ min: 0, max: 9_000, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const m = new Machine();
      for (const { do: what, ms } of steps) {
        const before = m.clock.now();
        if (what === 'pass') m.elapsed += ms;
        else if (what === 'set') m.set += ms;
        else if (what === 'rate') m.clock.goAt(ms);
        else m.elapsed -= ms;
        const went = m.clock.now() - before;
        expect(went).toBeGreaterThanOrEqual(0);
        expect(went).toBeLessThanOrEqual(what === 'pass' ? ms * 1.1 + 1 : 1);
      }
    }),
  );
});

test('it goes on where the journal ends, and takes the machine’s clock for ours when it is told to', () => {
  const m = new Machine();
  m.clock.notBefore(m.clock.now() + 60_000);
  expect(m.clock.apart()).toBe(-60_000);
  m.clock.notBefore(0);
  expect(m.clock.apart()).toBe(-60_000);
  expect(m.clock.adopt()).toBe(-60_000);
  expect(m.clock.apart()).toBe(0);
});
