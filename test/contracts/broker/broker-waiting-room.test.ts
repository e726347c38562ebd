import { describe, expect, test } from 'vitest';
import { PendingConnects } from '../../../src/adapters/broker-aedes/pending-connects.ts';

const waiter = (name: string) => ({ name, destroy: () => undefined });

describe('who waits at the door', () => {
  test('with room for all nobody goes', () => {
    const room = new PendingConnects(2);
    expect(room.enter(waiter('a'), '10.0.0.1')).toBeNull();
    expect(room.enter(waiter('b'), '10.0.0.1')).toBeNull();
  });

  test('of one address, or where each address has one, whoever is on their way in stays and the newcomer goes', () => {
    for (const address of [() => '10.0.0.1', (i: number) => `10.0.0.${i}`]) {
      const room = new PendingConnects<ReturnType<typeof waiter>>(3);
      for (let i = 1; i <= 3; i++) room.enter(waiter(`first ${i}`), address(i));
      const newcomer = waiter('newcomer');
      expect(room.enter(newcomer, address(4))?.waiter).toBe(newcomer);
    }
  });

  test('whoever dials without end crowds out themselves, the longest waiting first, down to an equal share', () => {
    const room = new PendingConnects<ReturnType<typeof waiter>>(4);
    const flood = Array.from({ length: 4 }, (_, i) => waiter(`flood ${i}`));
    for (const w of flood) room.enter(w, '10.6.6.6');
    const gone: string[] = [];
    for (let i = 1; i <= 4; i++) {
      const w = room.enter(waiter(`sensor ${i}`), '10.0.0.1');
      if (w === null) continue;
      gone.push(w.waiter.name);
      room.leave(w.waiter, w.address);
    }
    expect(gone).toEqual(['flood 0', 'flood 1', 'sensor 3', 'sensor 4']);
  });

  test('whoever left makes room, once', () => {
    const room = new PendingConnects<ReturnType<typeof waiter>>(1);
    const a = waiter('a');
    room.enter(a, '10.0.0.1');
    room.leave(a, '10.0.0.1');
    room.leave(a, '10.0.0.1');
    expect(room.all).toEqual([]);
    expect(room.enter(waiter('b'), '10.0.0.1')).toBeNull();
    expect(room.enter(waiter('c'), '10.0.0.1')?.waiter.name).toBe('c');
  });
});
