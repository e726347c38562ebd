import { expect, test } from 'vitest';
import { AuditThrottle } from '../../../src/flow/access/audit-throttle.ts';
import { entry } from '../../contracts/audit.contract.ts';
import { AuditMemory } from '../../memory/audit.ts';
import { ManualClock } from '../../memory/clock.ts';

test('who knocks ten thousand times fills no journal, and the number is kept', async () => {
  const audit = new AuditMemory();
  const clock = new ManualClock(0);
  const throttle = new AuditThrottle(audit, clock);
  throttle.start();
  for (let i = 0; i < 10_000; i++)
    await throttle.record(entry({ outcome: 'refused', why: 'wrong-credentials' }));
  await throttle.record(entry({ outcome: 'refused', why: 'wrong-credentials', from: '10.0.0.2' }));
  for (let i = 0; i < 50; i++) await throttle.record(entry());
  expect(audit.kept).toHaveLength(20 + 1 + 50);
  clock.forward(60_000);
  expect(audit.kept.at(-1)).toMatchObject({ why: 'wrong-credentials', after: { alike: 9_980 }, who: null });
  await throttle.record(entry({ outcome: 'refused', why: 'wrong-credentials' }));
  expect(audit.kept).toHaveLength(20 + 1 + 50 + 1 + 1);
  throttle.stop();
});

test('from a thousand addresses at once too', async () => {
  const audit = new AuditMemory();
  const throttle = new AuditThrottle(audit, new ManualClock(0));
  for (let i = 0; i < 10_000; i++)
    await throttle.record(entry({ outcome: 'refused', why: 'x', from: `a${i}` }));
  throttle.stop();
  expect(audit.kept.length).toBeLessThan(2_100);
  expect(audit.kept.at(-1)).toMatchObject({ why: 'many-kinds', after: { alike: 8_000 } });
});
