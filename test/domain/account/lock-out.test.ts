import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempt, LockOut } from '../../../src/domain/account/lock-out.ts';
import { hours, seconds } from '../../../src/domain/time.ts';

const LIMITS = { failures: 5, failuresAnywhere: 50, lockedFor: seconds(300) };
const lock = () => new LockOut(LIMITS);

/** Who had to wait, and how long; `null`: nobody. The attempt has failed unless it is ended otherwise. */
const tried = (l: LockOut, account: string, from: string, now: number, isKnown = false): number | null => {
  const attempt = l.attempt(account, from, isKnown, now);
  return typeof attempt === 'number' ? attempt : null;
};
const begun = (l: LockOut, account: string, from: string, now: number, isKnown = false): Attempt => {
  const attempt = l.attempt(account, from, isKnown, now);
  if (typeof attempt === 'number') throw new Error(`must wait for ${attempt} ms`);
  return attempt;
};

it('attempts while the door is shut do not keep it shut longer', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) expect(tried(l, 'a', 'x', 0)).toBeNull();
  for (let t = 0; t < 300; t++) expect(tried(l, 'a', 'x', seconds(t))).toBe(seconds(300 - t));
  expect(tried(l, 'a', 'x', seconds(300))).toBeNull();
});

it('failures further apart than the lock lasts do not add up', () => {
  const l = lock();
  for (let i = 0; i < 20; i++) expect(tried(l, 'a', 'x', seconds(300 * i))).toBeNull();
});

it('a clock stepped back locks nobody out for the length of the step', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) tried(l, 'a', 'x', hours(1));
  expect(tried(l, 'a', 'x', 0)).toBeNull();
});

it('guessing names does not fill the memory, and long names are cut', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) tried(l, 'first', 'x', 0);
  expect(tried(l, 'first', 'x', 0)).not.toBeNull();
  for (let i = 0; i < 5_000; i++) tried(l, `name${i}`, 'x', 0);
  // Ten thousand keys later the first is forgotten: that is the bound.
  expect(tried(l, 'first', 'x', 0)).toBeNull();
  for (let i = 0; i < 5; i++) tried(l, 'a'.repeat(1_000), 'x', 0);
  expect(tried(l, 'a'.repeat(2_000), 'x', 0)).not.toBeNull();
});

describe('half a success', () => {
  it('neither counts nor lets anybody forget, nor keeps old failures alive', () => {
    const l = lock();
    for (let i = 0; i < 4; i++) tried(l, 'a', 'x', 0);
    for (let i = 0; i < 100; i++) begun(l, 'a', 'x', seconds(200)).takenBack();
    expect(tried(l, 'a', 'x', seconds(299))).toBeNull();
    expect(tried(l, 'a', 'x', seconds(299))).not.toBeNull();
    const other = lock();
    for (let i = 0; i < 4; i++) tried(other, 'a', 'x', 0);
    begun(other, 'a', 'x', seconds(200)).takenBack();
    for (let i = 0; i < 5; i++) expect(tried(other, 'a', 'x', seconds(300))).toBeNull();
  });

  it('strewn among guesses in whatever order, it never gives more than five of them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('guess', 'half'), { maxLength: 60 }), (acts) => {
        const l = lock();
        let guesses = 0;
        for (const act of acts) {
          const attempt = l.attempt('a', 'x', false, 0);
          if (typeof attempt === 'number') continue;
          if (act === 'half') attempt.takenBack();
          else guesses++;
        }
        expect(guesses).toBe(Math.min(5, acts.filter((act) => act === 'guess').length));
      }),
    );
  });
});

describe('strangers', () => {
  const atKnownDesk = (l: LockOut) => tried(l, 'a', 'desk', 0, true);

  it('who fail again and again wait after fifty times, and neither a newcomer nor a known desk does', () => {
    const l = lock();
    let letIn = 0;
    for (let i = 0; i < 120; i++) if (tried(l, 'a', `s${i % 12}`, 0) === null) letIn++;
    // Five from each of twelve, less those past the fifty that come after the first of each.
    expect(letIn).toBe(60);
    expect(tried(l, 'a', 's0', 0)).not.toBeNull();
    expect(tried(l, 'a', 'newcomer', 0)).toBeNull();
    expect(atKnownDesk(l)).toBeNull();
  });

  it('wait all of them once a hundred have failed, and a known desk does not', () => {
    const l = lock();
    for (let i = 0; i < 100; i++) expect(tried(l, 'a', `s${i}`, 0)).toBeNull();
    expect(tried(l, 'a', 'newcomer', 0)).toBe(seconds(300));
    expect(l.leftForStrangers('a', 0)).toBe(seconds(300));
    expect(atKnownDesk(l)).toBeNull();
    l.forget('a');
    expect(tried(l, 'a', 'newcomer', 0)).toBeNull();
  });

  it('are not let in again by somebody’s success elsewhere', () => {
    const l = lock();
    for (let i = 0; i < 100; i++) tried(l, 'a', `s${i}`, 0);
    begun(l, 'a', 'desk', 0, true).succeeded();
    expect(tried(l, 'a', 'newcomer', 0)).not.toBeNull();
  });

  it('whoever fails at a known desk waits there, as anywhere', () => {
    const l = lock();
    for (let i = 0; i < 5; i++) expect(atKnownDesk(l)).toBeNull();
    expect(atKnownDesk(l)).toBe(seconds(300));
    expect(l.leftForStrangers('a', 0)).toBe(0);
  });

  it('who guess codes, password in hand, are stopped after ten, wherever they come from', () => {
    const l = lock();
    for (let i = 0; i < 9; i++) l.codeFailed('a', 0);
    expect(l.codesLeft('a', 0)).toBe(0);
    l.codeFailed('a', 0);
    expect(l.codesLeft('a', 0)).toBe(seconds(300));
    expect(l.codesLeft('b', 0)).toBe(0);
  });
});
