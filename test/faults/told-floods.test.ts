import { expect, test } from 'vitest';
import { aChannel } from '../domain/notice/a-city.ts';
import { channel, hook, ONCE, PEOPLE, policy, Told } from '../flow/told-harness.ts';

// Issue 16, 5.
const ALARMS = 5_000;
const RED = 40;

test('5,000 alarms in a minute: no receiver above its pace, red first and singly, digests that say how many, none missing', async () => {
  const t = await Told.begin([...PEOPLE, channel(aChannel('robot')), channel(hook), policy(ONCE)]);
  const perSecond = Math.ceil(ALARMS / 60);
  for (let s = 0, n = 0; s < 60; s++) {
    t.flow.clock.forward(1_000);
    const some = Array.from({ length: Math.min(perSecond, ALARMS - n) }, (_, i) => n + i);
    n += some.length;
    const isRed = (i: number) => i % (ALARMS / RED) === 0;
    await Promise.all(some.map((i) => t.flow.value('gas', `F-${i}`, 'ch4', isRed(i) ? 60 : 25)));
    await t.pass(1);
  }
  await t.pass(200);
  expect(t.flow.open()).toHaveLength(ALARMS);

  for (const [kind, pace] of [
    ['dingtalk', 18],
    ['webhook', 600],
  ] as const) {
    const sent = t.sent.filter((s) => s.channel === kind);
    for (const { at } of sent)
      expect(sent.filter((s) => s.at > at - 60_000 && s.at <= at).length).toBeLessThanOrEqual(pace);
    // Everybody of whom something is owed is in exactly one message.
    const told = sent.flatMap((s) => s.message.facts.map((f) => f.point));
    expect(told).toHaveLength(ALARMS);
    expect(new Set(told).size).toBe(ALARMS);
    for (const { message } of sent)
      if (message.about === 'digest') {
        expect(message.text.title).toContain(`${message.facts.length}`);
        expect(message.facts.every((f) => f.level > 1)).toBe(true);
      } else expect(message.facts).toHaveLength(1);
    const red = sent.filter((s) => s.message.facts.some((f) => f.level === 1));
    expect(red).toHaveLength(RED);
  }
  // Of the robot a quarter of the pace waits for red: what comes with thousands is told as if it came alone.
  const robot = t.sent.filter((s) => s.channel === 'dingtalk' && s.message.about !== 'digest');
  expect(robot[0]?.message.facts[0]?.level).toBe(1);
}, 120_000);
