import { expect, test } from 'vitest';
import { SerialQueue } from '../../src/adapters/shared/serial-queue.ts';

test('one at a time, in the order of asking, also after one that failed', async () => {
  const queue = new SerialQueue();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run(async () => {
    seen.push('first begins');
    await gate.promise;
    seen.push('first ends');
    throw new Error('first');
  });
  const second = queue.run(async () => {
    seen.push('second');
    return 2;
  });
  gate.resolve();
  await expect(first).rejects.toThrow('first');
  expect(await second).toBe(2);
  expect(seen).toEqual(['first begins', 'first ends', 'second']);
});

test('it is idle when what was asked for by then is over, however it ended', async () => {
  const queue = new SerialQueue();
  let over = false;
  const work = queue.run(async () => {
    over = true;
    throw new Error('badly');
  });
  await queue.idle();
  expect(over).toBe(true);
  await expect(work).rejects.toThrow('badly');
});
