import { expect, test } from 'vitest';
import { base32, stepAt, stepOf, totp } from '../../../src/adapters/accounts/totp.ts';

const SECRET = base32(Buffer.from('12345678901234567890'));

/** RFC 6238, Appendix B, SHA-1; its last six of eight digits. */
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %d s the digits are %s', (s, digits) => {
  expect(totp(SECRET, stepAt(s * 1_000))).toBe(digits);
});

test('base32 is that of RFC 4648', () => {
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
});

test('a step is taken once, and its neighbours while clocks differ', () => {
  const now = 1_764_547_200_000;
  const step = stepAt(now);
  for (const d of [-1, 0, 1]) expect(stepOf(SECRET, totp(SECRET, step + d), now, 0)).toBe(step + d);
  for (const d of [-2, 2]) expect(stepOf(SECRET, totp(SECRET, step + d), now, 0)).toBeNull();
  expect(stepOf(SECRET, totp(SECRET, step), now, step)).toBeNull();
  for (const bad of ['', 'abcdef', '12345', '＋12345']) expect(stepOf(SECRET, bad, now, 0)).toBeNull();
});
