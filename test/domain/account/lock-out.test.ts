import { expect, it } from 'vitest';
import { LockOut } from '../../../src/domain/account/lock-out.ts';
import { hours, seconds } from '../../../src/domain/time.ts';

const lock = () => new LockOut({ failures: 5, failuresAnywhere: 50, lockedFor: seconds(300) });

it('attempts while the door is shut do not keep it shut longer', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) expect(l.attempt('a', 'x', 0)).toBeNull();
  for (let t = 0; t < 300; t++) expect(l.attempt('a', 'x', seconds(t))).toBe(seconds(300 - t));
  expect(l.attempt('a', 'x', seconds(300))).toBeNull();
});

it('failures further apart than the lock lasts do not add up', () => {
  const l = lock();
  for (let i = 0; i < 20; i++) expect(l.attempt('a', 'x', seconds(300 * i))).toBeNull();
});

it('a clock stepped back locks nobody out for the length of the step', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) l.attempt('a', 'x', hours(1));
  expect(l.attempt('a', 'x', 0)).toBeNull();
});

it('guessing names does not fill the memory, and long names are cut', () => {
  const l = lock();
  for (let i = 0; i < 5; i++) l.attempt('first', 'x', 0);
  expect(l.attempt('first', 'x', 0)).not.toBeNull();
  for (let i = 0; i < 5_000; i++) l.attempt(`name${i}`, 'x', 0);
  // Ten thousand keys later the first is forgotten: that is the bound.
  expect(l.attempt('first', 'x', 0)).toBeNull();
  for (let i = 0; i < 5; i++) l.attempt('a'.repeat(1_000), 'x', 0);
  expect(l.attempt('a'.repeat(2_000), 'x', 0)).not.toBeNull();
});
