import type { ClockPolicy } from '../order/clock-policy.ts';

/** What is kept beside orders, warnings and incidents: each the whole of its thing, in place of what was kept of it before. */
export type Filed = { readonly is: 'clock-policy'; readonly policy: ClockPolicy };

/** What an entry is kept by. */
export function filedKey(f: Filed): string {
  return `clock-policy/${f.policy.id}/${String(f.policy.version).padStart(6, '0')}`;
}
