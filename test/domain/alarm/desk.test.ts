import { describe, expect, it } from 'vitest';
import type { AlarmCommand } from '../../../src/domain/alarm/commands.ts';
import { decide } from '../../../src/domain/alarm/decide.ts';
import type { AlarmEvent } from '../../../src/domain/alarm/events.ts';
import { evolve } from '../../../src/domain/alarm/evolve.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import {
  ack,
  assess,
  fold,
  LI,
  LIMITS,
  normal,
  note,
  observe,
  reset,
  Story,
  scene,
  shelve,
  story,
  T0,
  tick,
  unshelve,
  WANG,
} from './build.ts';

describe('raising', () => {
  it('a breach where there is no alarm raises one, with what a person needs to believe it', () => {
    const { is, journal } = story(observe(25));
    expect(journal).toHaveLength(1);
    expect(journal[0]).toMatchObject({
      alarmId: 'A1',
      revision: 1,
      at: T0 + minutes(1),
      by: { kind: 'system' },
      commandId: null,
      change: { kind: 'raised', scene: { ruleVersion: 3 } },
    });
    expect(is).toMatchObject({
      level: 3,
      phase: { is: 'active-unacked' },
      overlay: { is: 'none' },
      revision: 1,
      levelRevision: 1,
      raisedAt: T0 + minutes(1),
      observedAt: T0,
      trigger: { value: 25, unit: '%LEL', limit: { is: 'above', limit: 20 } },
      worst: { value: 25, level: 3, at: T0 },
      advice: { en: 'as for level 3' },
    });
  });

  it('nothing but a breach makes sense where there is no alarm', () => {
    for (const command of [normal, ack(1), reset, shelve(T0), unshelve, assess, note('x'), tick()]) {
      expect(new Story().refuses(command).code).toBe('alarm-unknown');
    }
  });

  it('a raise at a point under maintenance is recorded, and hidden from its first event', () => {
    const s = story({
      ...(observe(70) as Extract<AlarmCommand, { do: 'observe' }>),
      hidden: { is: 'outOfService', reason: '标定' },
    });
    expect(s.is.overlay).toEqual({ is: 'outOfService', at: T0 + minutes(1), reason: '标定' });
    expect(s.is.hiddenEvents).toBe(1);
    expect(s.does({ do: 'returnToService' })).toEqual(['returnedToService']);
    expect(s.is.overlay.is).toBe('none');
  });
});

describe('the level', () => {
  it('rises with a graver breach, and takes that level’s advice', () => {
    const s = story(observe(25));
    expect(s.does(observe(65))).toEqual(['escalated']);
    expect(s.is).toMatchObject({ level: 1, levelRevision: 2, advice: { en: 'as for level 1' } });
    expect(s.is.trigger.value).toBe(25);
    // Each step keeps its own: what raised it, and what put the level in force.
    expect(s.is.reached?.value).toBe(65);
  });

  it('does not fall when the condition becomes milder', () => {
    const s = story(observe(65));
    expect(s.does(observe(25))).toEqual([]);
    expect(s.is.level).toBe(1);
  });

  it('a graver breach takes an acknowledgement back', () => {
    const s = story(observe(25), ack(1));
    expect(s.does(observe(25))).toEqual([]);
    s.does(observe(45));
    expect(s.is.phase).toEqual({ is: 'active-unacked' });
  });

  it('a milder recurrence keeps the gravest level and its advice', () => {
    const s = story(observe(65), normal);
    expect(s.does(observe(25))).toEqual(['recurred']);
    expect(s.is).toMatchObject({
      level: 1,
      recurrences: 1,
      levelRevision: 1,
      advice: { en: 'as for level 1' },
    });
  });

  it('a graver recurrence is one event that also raises the level', () => {
    const s = story(observe(25), normal);
    expect(s.does(observe(45))).toEqual(['recurred']);
    expect(s.is).toMatchObject({ level: 2, levelRevision: 3 });
  });
});

describe('what backfill raised', () => {
  it('is heard again when the condition is there live, even at a milder level, and once only', () => {
    const s = story(observe(45, { late: true }), ack(1));
    expect(s.is.late).toBe(true);
    expect(s.does(observe(45, { late: true }))).toEqual([]);
    expect(s.does(observe(25))).toEqual(['recurred']);
    expect(s.is).toMatchObject({ late: false, level: 2, recurrences: 0, phase: { is: 'active-unacked' } });
    expect(s.does(observe(25))).toEqual([]);
  });

  it('does not make a live alarm late', () => {
    const s = story(observe(25));
    s.does(observe(45, { late: true }));
    expect(s.is.late).toBe(false);
  });
});

describe('acknowledging', () => {
  it('one who has not seen the last rise in level is refused', () => {
    const s = story(observe(25), observe(45));
    expect(s.refuses(ack(1)).code).toBe('seen-too-old');
    expect(s.refuses(ack(Number.NaN)).code).toBe('seen-too-old');
    expect(s.does(ack(2))).toEqual(['acknowledged']);
  });

  it('one who claims to have seen what has not happened is refused', () => {
    expect(story(observe(25)).refuses(ack(2)).code).toBe('seen-unknown');
  });

  it('an alarm that chatters can be acknowledged by one who saw any of it at this level', () => {
    const s = story(observe(25), normal, observe(26), normal, observe(27));
    expect(s.does(ack(1))).toEqual(['acknowledged']);
  });

  it('the second one is refused and told who was first', () => {
    const s = story(observe(25), ack(1, WANG));
    expect(s.refuses(ack(1, LI))).toEqual({
      code: 'already-acknowledged',
      detail: { zh: '已由 王工 确认', en: 'Acknowledged by 王工.' },
    });
  });

  it('of two who acknowledge what has returned, the second is told who closed it', () => {
    const s = story(observe(25), normal, ack(2, WANG));
    expect(s.is.phase.is).toBe('closed');
    expect(s.refuses(ack(2, LI))).toEqual({
      code: 'alarm-closed',
      detail: { zh: '已由 王工 确认', en: 'Acknowledged by 王工.' },
    });
  });

  it('what has returned is acknowledged and closed in one decision, by the same hand', () => {
    const s = story(observe(25), normal);
    const command = ack(2, WANG, '已到场') as Extract<AlarmCommand, { do: 'acknowledge' }>;
    expect(s.does(command)).toEqual(['acknowledged', 'closed']);
    for (const e of s.journal.slice(-2)) expect(e).toMatchObject({ by: WANG, commandId: command.commandId });
    expect(s.is.phase).toEqual({
      is: 'closed',
      returnedAt: T0 + minutes(2),
      closedAt: T0 + minutes(3),
      ack: { by: WANG, at: T0 + minutes(3), note: '已到场' },
    });
  });
});

describe('returning', () => {
  it('what is acknowledged closes when the condition ends, without another hand', () => {
    const s = story(observe(25), ack(1));
    expect(s.does(normal)).toEqual(['returned', 'closed']);
    expect(s.journal.at(-1)).toMatchObject({ by: { kind: 'system' }, commandId: null });
  });

  it('a latching alarm stays until somebody has acknowledged and reset it', () => {
    const s = story(observe(65, {}, true));
    expect(s.refuses(reset).code).toBe('still-active');
    s.does(normal);
    expect(s.is.phase.is).toBe('latched-unacked');
    expect(s.refuses(reset).code).toBe('not-acknowledged');
    expect(s.does(ack(1))).toEqual(['acknowledged']);
    expect(s.is.phase.is).toBe('latched-acked');
    expect(s.does(reset)).toEqual(['reset', 'closed']);
    expect(s.is.phase).toMatchObject({ is: 'closed', returnedAt: T0 + minutes(2), ack: { by: WANG } });
  });

  it('a latched alarm that recurs wants a new acknowledgement', () => {
    const s = story(observe(65, {}, true), ack(1), normal, observe(65, {}, true));
    expect(s.is.phase).toEqual({ is: 'active-unacked' });
  });

  it('an alarm that does not latch has nothing to reset', () => {
    const s = story(observe(25));
    expect(s.refuses(reset).code).toBe('not-latched');
    s.does(normal);
    expect(s.refuses(reset).code).toBe('not-latched');
  });
});

describe('once closed', () => {
  it('a new breach is a new occurrence: this one refuses it, and everything else but notes and verdicts', () => {
    const s = story(observe(25), ack(1), normal);
    const others: AlarmCommand[] = [
      observe(65),
      normal,
      reset,
      shelve(s.now + 1),
      unshelve,
      tick(1),
      { do: 'interrupt' },
      { do: 'resume' },
      { do: 'suppress', because: 'x' },
      { do: 'unsuppress' },
      { do: 'takeOutOfService', reason: 'x' },
      { do: 'returnToService' },
    ];
    for (const command of others) expect(s.refuses(command)).toEqual({ code: 'alarm-closed', detail: null });
    expect(s.does(note('沼气，已通风'))).toEqual(['noted']);
    expect(s.does(assess)).toEqual(['assessed']);
    expect(s.is).toMatchObject({
      phase: { is: 'closed' },
      revision: 6,
      assessment: { verdict: 'biogas', by: WANG },
    });
  });

  it('nothing closed is hidden or waited for any more', () => {
    const s = story(observe(25), ack(1), shelve(T0 + hours(1)), { do: 'interrupt' }, normal);
    expect(s.is).toMatchObject({ phase: { is: 'closed' }, overlay: { is: 'none' }, dataInterrupted: false });
  });
});

describe('shelving', () => {
  it('hides for its time, and counts what the world said meanwhile', () => {
    const s = story(observe(25));
    s.does(shelve(s.now + minutes(11)));
    expect(s.is.overlay).toMatchObject({ is: 'shelved', by: WANG, reason: '传感器更换中' });
    s.does(normal);
    s.does(observe(27));
    s.does({ do: 'interrupt' });
    s.does(note('在看'));
    expect(s.is.hiddenEvents).toBe(3);
    expect(s.does(tick())).toEqual([]);
    expect(s.does(tick(), minutes(5) - 1)).toEqual([]);
    expect(s.does(tick(), 1)).toEqual(['unshelved']);
    expect(s.journal.at(-1)).toMatchObject({ by: { kind: 'system' }, change: { because: 'expired' } });
    expect(s.is).toMatchObject({ overlay: { is: 'none' }, phase: { is: 'active-unacked' } });
  });

  it('a graver level breaks the shelf, and the rise itself is seen', () => {
    const s = story(observe(25));
    s.does(shelve(s.now + hours(1)));
    expect(s.does(observe(45))).toEqual(['unshelved', 'escalated']);
    expect(s.journal.at(-2)).toMatchObject({ change: { because: 'escalated' } });
    expect(s.is).toMatchObject({ overlay: { is: 'none' }, level: 2, hiddenEvents: 0 });
  });

  it('a graver recurrence breaks the shelf too; one at the same level does not', () => {
    const s = story(observe(25), normal);
    s.does(shelve(s.now + hours(1)));
    expect(s.does(observe(25))).toEqual(['recurred']);
    s.does(normal);
    expect(s.does(observe(65))).toEqual(['unshelved', 'recurred']);
  });

  it('a graver level does not end maintenance', () => {
    const s = story(observe(25), { do: 'takeOutOfService', reason: '标定' });
    expect(s.does(observe(65))).toEqual(['escalated']);
    expect(s.is).toMatchObject({ overlay: { is: 'outOfService' }, hiddenEvents: 1 });
  });

  it('needs a reason, an end to come, and keeps the house’s limit', () => {
    const s = story(observe(25));
    expect(s.refuses(shelve(s.now + 1, '  ')).code).toBe('reason-missing');
    expect(s.refuses(shelve(s.now)).code).toBe('shelve-in-past');
    expect(s.refuses(shelve(Number.NaN)).code).toBe('shelve-in-past');
    expect(s.refuses(shelve(s.now + hours(8) + 1))).toEqual({
      code: 'shelve-too-long',
      detail: { zh: '最长 8 小时', en: 'At most 8 h.' },
    });
    expect(s.refuses(shelve(Number.POSITIVE_INFINITY)).code).toBe('shelve-too-long');
    expect(s.refuses(shelve(s.now + hours(1)), { ...LIMITS, shelveAtMost: minutes(45) }).detail?.zh).toBe(
      '最长 45 分钟',
    );
    expect(s.does(shelve(s.now + minutes(1) + hours(8)))).toEqual(['shelved']);
  });

  it('where the house says so, red is not shelved', () => {
    const s = story(observe(65));
    const strict = { ...LIMITS, shelveLevel1: false };
    expect(s.refuses(shelve(s.now + 1), strict).code).toBe('shelve-level-1');
    expect(story(observe(45)).does(shelve(T0 + hours(1)))).toEqual(['shelved']);
  });

  it('nobody hides what they have not seen, where the client says what they saw', () => {
    const s = story(observe(25), observe(65));
    expect(s.refuses(shelve(s.now + 1, '噪声', 1)).code).toBe('seen-too-old');
    expect(s.does(shelve(s.now + hours(1), '噪声', 2))).toEqual(['shelved']);
  });

  it('is refused where the alarm is hidden already, with by whom or why', () => {
    const s = story(observe(25));
    s.does(shelve(s.now + hours(1)));
    expect(s.refuses(shelve(s.now + hours(1)))).toMatchObject({
      code: 'already-shelved',
      detail: { zh: '已由 王工 搁置' },
    });
    s.does({ do: 'suppress', because: '开井作业票 7' });
    expect(s.refuses(shelve(s.now + hours(1)))).toMatchObject({
      code: 'already-hidden',
      detail: { zh: '开井作业票 7' },
    });
    s.does({ do: 'takeOutOfService', reason: '检修' });
    expect(s.refuses(shelve(s.now + hours(1)))).toMatchObject({
      code: 'already-hidden',
      detail: { zh: '检修' },
    });
  });

  it('a clock stepped back does not make a shelf longer than the house allows', () => {
    const s = story(observe(25));
    s.does(shelve(s.now + hours(8)));
    expect(s.does(tick())).toEqual([]);
    expect(s.does(tick(), -hours(1))).toEqual(['unshelved']);
  });
});

describe('suppression and service', () => {
  it('asking again for what is so changes nothing', () => {
    const s = story(observe(25));
    expect(s.does({ do: 'unsuppress' })).toEqual([]);
    expect(s.does({ do: 'returnToService' })).toEqual([]);
    expect(s.does({ do: 'suppress', because: 'a' })).toEqual(['suppressed']);
    expect(s.does({ do: 'suppress', because: 'a' })).toEqual([]);
    expect(s.does({ do: 'suppress', because: 'b' })).toEqual(['suppressed']);
    expect(s.does({ do: 'takeOutOfService', reason: 'a' })).toEqual(['outOfService']);
    expect(s.does({ do: 'takeOutOfService', reason: 'a' })).toEqual([]);
    expect(s.does({ do: 'suppress', because: 'c' })).toEqual([]);
    expect(s.does({ do: 'unsuppress' })).toEqual([]);
    expect(s.is.overlay).toMatchObject({ is: 'outOfService', reason: 'a' });
  });
});

describe('silence', () => {
  it('marks the alarm and leaves its phase alone', () => {
    const s = story(observe(25));
    expect(s.does({ do: 'resume' })).toEqual([]);
    expect(s.does({ do: 'interrupt' })).toEqual(['interrupted']);
    expect(s.does({ do: 'interrupt' })).toEqual([]);
    expect(s.is).toMatchObject({ dataInterrupted: true, phase: { is: 'active-unacked' } });
    expect(s.does({ do: 'resume' })).toEqual(['resumed']);
    expect(s.is.dataInterrupted).toBe(false);
  });
});

describe('the clock', () => {
  it('an acknowledged alarm that stays active past its time wants a new acknowledgement', () => {
    const s = story(observe(25), ack(1));
    expect(s.does(tick(minutes(30)), minutes(29))).toEqual([]);
    expect(s.does(tick(null), minutes(1))).toEqual([]);
    expect(s.does(tick(minutes(30)), 0)).toEqual(['realarmed']);
    expect(s.is.phase).toEqual({ is: 'active-unacked' });
    expect(s.does(tick(minutes(30)))).toEqual([]);
    expect(s.does(ack(1, LI))).toEqual(['acknowledged']);
  });

  it('a shelf that ends in the moment of a re-alarm does not hide it', () => {
    const s = story(observe(25), ack(1));
    s.does(shelve(s.now + minutes(30)));
    expect(s.does(tick(minutes(30)), minutes(31))).toEqual(['unshelved', 'realarmed']);
    expect(s.is.hiddenEvents).toBe(0);
  });

  it('a latched alarm does not re-alarm: the condition is over', () => {
    const s = story(observe(65, {}, true), ack(1), normal);
    expect(s.does(tick(minutes(1)), hours(9))).toEqual([]);
  });
});

describe('the worst', () => {
  const worst = (value: number, level: 1 | 2 | 3 | 4, at = T0 + 7): AlarmCommand => ({
    do: 'observeNormal',
    worst: { value, level, at },
  });

  it('is what readings showed between events, where that was worse', () => {
    const s = story(observe(25), worst(38, 3));
    expect(s.is.worst).toEqual({ value: 38, level: 3, at: T0 + 7 });
    s.does(ack(2));
    expect(s.journal.at(-1)?.change).toEqual({ kind: 'closed', worst: { value: 38, level: 3, at: T0 + 7 } });
  });

  it('is not made better by a later, lesser excursion', () => {
    const s = story(observe(38), normal, observe(21), worst(24, 3));
    expect(s.is.worst.value).toBe(38);
  });

  it('goes by level before value', () => {
    const s = story(observe(39), observe(41));
    expect(s.is.worst).toMatchObject({ value: 41, level: 2 });
    s.does(worst(90, 3));
    expect(s.is.worst.value).toBe(41);
  });

  it('knows which way is worse: below a limit, and on either side of a band', () => {
    const below = story(
      observe(18, { level: 2, limit: { is: 'below', limit: 19.5 } }),
      worst(16, 2),
      observe(19, { level: 2, limit: { is: 'below', limit: 19.5 } }),
    );
    expect(below.is.worst.value).toBe(16);
    const band = { level: 2, limit: { is: 'outside', low: -5, high: 5 } } as const;
    const outside = story(observe(7, band), worst(-9, 2), observe(8, band));
    expect(outside.is.worst.value).toBe(-9);
  });

  it('across two sides of one rule the newer one counts; a silent one never replaces a number', () => {
    const s = story(observe(24, { level: 2, limit: { is: 'above', limit: 23.5 } }), normal);
    s.does(observe(19, { level: 2, limit: { is: 'below', limit: 19.5 } }));
    expect(s.is.worst.value).toBe(19);
    s.does({ do: 'observeNormal', worst: { value: null, level: 2, at: T0 } });
    expect(s.is.worst.value).toBe(19);
  });
});

describe('notes', () => {
  it('an empty one is refused', () => {
    const s = story(observe(25));
    expect(s.refuses(note(' \n')).code).toBe('text-missing');
    expect(s.does(note('到场'))).toEqual(['noted']);
  });
});

describe('a journal that cannot be', () => {
  const s = story(observe(25));
  const event = (change: AlarmEvent['change'], more: Partial<AlarmEvent> = {}): AlarmEvent => ({
    alarmId: as.alarm('A1'),
    revision: 2,
    at: s.now,
    by: WANG,
    commandId: null,
    change,
    ...more,
  });

  it('is not believed: an event of another alarm, a missing or repeated revision, a second raise', () => {
    expect(() => evolve(s.is, event({ kind: 'noted', text: 'x' }))).not.toThrow();
    expect(() => evolve(s.is, event({ kind: 'noted', text: 'x' }, { alarmId: as.alarm('A2') }))).toThrow(
      /A1/,
    );
    expect(() => evolve(s.is, event({ kind: 'noted', text: 'x' }, { revision: 3 }))).toThrow(/revision 2/);
    expect(() => evolve(s.is, event({ kind: 'noted', text: 'x' }, { revision: 1 }))).toThrow(/revision 2/);
    expect(() => evolve(null, event({ kind: 'noted', text: 'x' }, { revision: 1 }))).toThrow(/raise/);
    const raise = s.journal[0] as AlarmEvent;
    expect(() => evolve(s.is, { ...raise, revision: 2 })).toThrow(/second raise/);
    expect(() => evolve(null, { ...raise, revision: 2 })).toThrow(/revision 1/);
  });

  it('is not believed: a change that its phase or overlay does not allow', () => {
    const wrong: AlarmEvent['change'][] = [
      { kind: 'closed', worst: null },
      { kind: 'reset', note: null },
      { kind: 'realarmed' },
      { kind: 'resumed' },
      { kind: 'unshelved', because: 'operator' },
      { kind: 'unsuppressed' },
      { kind: 'returnedToService' },
      { kind: 'escalated', breach: (observe(25) as Extract<AlarmCommand, { do: 'observe' }>).breach },
      { kind: 'recurred', breach: (observe(25) as Extract<AlarmCommand, { do: 'observe' }>).breach },
    ];
    for (const change of wrong)
      expect(() => evolve(s.is, event(change)), change.kind).toThrow(/cannot follow/);
  });

  it('cut between two events of one decision, it is finished by the next tick', () => {
    const whole = story(observe(25), ack(1), normal);
    const cut = fold(whole.journal.slice(0, -1));
    expect(cut.phase.is).toBe('returned-acked');
    for (const command of [observe(65), normal, ack(3), reset]) {
      expect(decide(cut, command, T0, LIMITS)).toMatchObject({ ok: false, error: { code: 'alarm-closed' } });
    }
    const finished = decide(cut, tick(), T0, LIMITS);
    expect(finished.ok && finished.value.map((e) => e.change.kind)).toEqual(['closed']);
  });
});

it('the scene is the raise’s, whatever the register says later', () => {
  const s = story(observe(25), normal);
  s.does({
    ...(observe(25) as Extract<AlarmCommand, { do: 'observe' }>),
    id: as.alarm('A9'),
    scene: { ...scene(true), pointName: '改名', ruleVersion: 4 },
  });
  expect(s.is).toMatchObject({ id: 'A1', pointName: '建安路 12 号阀井', ruleVersion: 3, latching: false });
});
