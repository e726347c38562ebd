import { expect, test } from 'vitest';
import { AuditWatch } from '../../src/flow/storage/audit-watch.ts';

test('a write that a machine which stood still has not answered yet is no failure; one that is never answered is', async () => {
  const asked = Promise.withResolvers<boolean>();
  let writes = 0;
  const watch = new AuditWatch({ writable: () => (writes++ === 0 ? asked.promise : Promise.resolve(true)) });
  const first = watch.look();
  await watch.look();
  await watch.look();
  expect(watch.isFailing).toBe(false);
  await watch.look();
  expect(watch.isFailing).toBe(true);
  asked.resolve(true);
  await first;
  expect(watch.isFailing).toBe(false);
  await watch.look();
  expect([writes, watch.isFailing]).toEqual([2, false]);
});
