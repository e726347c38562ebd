import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { AuditWatch } from '../../../src/flow/storage/audit-watch.ts';

test('a write that a machine which stood still has not answered yet is no failure; one that is never answered is', async () => {
  const asked = Promise.withResolvers<boolean>();
  let passed = 0;
  let writes = 0;
  const watch = new AuditWatch(
    { writable: () => (writes++ === 0 ? asked.promise : Promise.resolve(true)) },
    () => passed,
  );
  const first = watch.look();
  passed = seconds(600);
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

test('a drill that plays an hour in a second does not make a disk slow', async () => {
  let passed = 0;
  const watch = new AuditWatch({ writable: () => new Promise(() => undefined) }, () => passed);
  void watch.look();
  for (let i = 0; i < 360; i++) await watch.look();
  expect(watch.isFailing).toBe(false);
  passed = seconds(20);
  await watch.look();
  expect(watch.isFailing).toBe(true);
});
