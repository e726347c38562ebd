import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor, Alarm } from '../../../src/domain/alarm/alarm.ts';
import type { AlarmCommand } from '../../../src/domain/alarm/commands.ts';
import { decide } from '../../../src/domain/alarm/decide.ts';
import type { AlarmEvent } from '../../../src/domain/alarm/events.ts';
import { evolve } from '../../../src/domain/alarm/evolve.ts';
import { isGraver } from '../../../src/domain/level.ts';
import { hours, type Millis, minutes } from '../../../src/domain/time.ts';
import { ack, assess, fold, LI, LIMITS, note, observe, reset, shelve, T0, unshelve, WANG } from './build.ts';

/** What may be asked; what a client has seen is counted back from the newest revision. */
type Ask = (alarm: Alarm | null, now: Millis, latching: boolean) => AlarmCommand;

const value = fc.integer({ min: 10, max: 99 });
const who: fc.Arbitrary<Actor> = fc.constantFrom(WANG, LI);
const always = (command: AlarmCommand): fc.Arbitrary<Ask> => fc.constant(() => command);

const asks: fc.Arbitrary<Ask> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(value, fc.boolean()).map(
      ([v, late]): Ask =>
        (_, now, latching) =>
          observe(v, { observedAt: now, late }, latching),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.option(value).map(
      (v): Ask =>
        (alarm, now) => ({
          do: 'observeNormal',
          worst: v === null || alarm === null ? null : { value: v, level: alarm.level, at: now },
        }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(who, fc.integer({ min: -1, max: 3 })).map(
      ([by, back]): Ask =>
        (alarm) =>
          ack((alarm?.revision ?? 0) - back, by),
    ),
  },
  { weight: 2, arbitrary: always(reset) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: -1, max: 600 }).map(
      (m): Ask =>
        (_, now) =>
          shelve(now + minutes(m)),
    ),
  },
  always(unshelve),
  always(assess),
  always(note('已到场')),
  always({ do: 'interrupt' }),
  always({ do: 'resume' }),
  always({ do: 'suppress', because: '开井作业' }),
  always({ do: 'unsuppress' }),
  always({ do: 'takeOutOfService', reason: '标定' }),
  always({ do: 'returnToService' }),
  {
    weight: 3,
    arbitrary: fc.option(fc.integer({ min: 0, max: 60 })).map(
      (m): Ask =>
        () => ({ do: 'tick', reAlarmAfter: m === null ? null : minutes(m) }),
    ),
  },
);

/** A clock that mostly goes on, and is sometimes stepped back. */
const step = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: minutes(40) }) },
  fc.constant(-hours(1)),
);

const plans = fc.record({
  latching: fc.boolean(),
  raise: value,
  steps: fc.array(fc.tuple(asks, step), { maxLength: 60, size: 'max' }),
});
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

type Decided = {
  readonly before: Alarm;
  readonly command: AlarmCommand;
  readonly at: Millis;
  readonly events: readonly AlarmEvent[] | null;
  readonly after: Alarm;
};

/** One occurrence, whatever anybody may ask of it. */
function live({ latching, raise, steps }: Plan): {
  readonly journal: AlarmEvent[];
  readonly told: Decided[];
  readonly alarm: Alarm;
} {
  let now = T0;
  const raised = decide(null, observe(raise, {}, latching), now, LIMITS);
  if (!raised.ok) throw new Error('a raise was refused');
  const journal = [...raised.value];
  let alarm = fold(journal);
  const told: Decided[] = [];
  for (const [ask, by] of steps) {
    now += by;
    const command = ask(alarm, now, latching);
    const decided = decide(alarm, command, now, LIMITS);
    const events = decided.ok ? decided.value : null;
    const before = alarm;
    if (events !== null && events.length > 0) alarm = fold(events, alarm);
    journal.push(...(events ?? []));
    told.push({ before, command, at: now, events, after: alarm });
  }
  return { journal, told, alarm };
}

const holds = (promise: (lived: ReturnType<typeof live>, plan: Plan) => void) =>
  fc.assert(
    fc.property(plans, (plan) => promise(live(plan), plan)),
    { numRuns: 300 },
  );

const kinds = (events: readonly AlarmEvent[] | null) => events?.map((e) => e.change.kind) ?? null;

describe('whatever anybody asks', () => {
  it('these lives are worth watching: alarms close, recur, escalate, re-alarm and latch in them', () => {
    const seen = new Map<string, number>();
    holds(({ journal }) => {
      for (const e of journal) seen.set(e.change.kind, (seen.get(e.change.kind) ?? 0) + 1);
    });
    for (const kind of ['closed', 'recurred', 'escalated', 'realarmed', 'reset', 'shelved', 'unshelved']) {
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(10);
    }
  });

  it('nothing closes unacknowledged, active, or, if it latches, without a reset', () => {
    holds(({ journal }, { latching }) => {
      journal.forEach((e, i) => {
        if (e.change.kind !== 'closed') return;
        const before = journal.slice(0, i).map((x) => x.change.kind);
        const since = before.slice(
          1 +
            Math.max(
              ...['raised', 'recurred', 'escalated', 'realarmed'].map((k) => before.lastIndexOf(k as never)),
            ),
        );
        expect(since).toContain('acknowledged');
        expect(before.lastIndexOf('returned')).toBeGreaterThan(
          Math.max(before.lastIndexOf('recurred'), before.lastIndexOf('raised')),
        );
        expect(before.includes('reset')).toBe(latching);
        expect(
          journal.slice(i + 1).every((x) => x.change.kind === 'noted' || x.change.kind === 'assessed'),
        ).toBe(true);
      });
    });
  });

  it('folding the journal rebuilds the same alarm, through its JSON, wherever it was cut', () => {
    holds(({ journal, alarm }) => {
      expect(fold(journal)).toEqual(alarm);
      for (let cut = 1; cut < journal.length; cut++) {
        const kept = JSON.parse(JSON.stringify(fold(journal.slice(0, cut)))) as Alarm;
        expect(fold(journal.slice(cut), kept)).toEqual(alarm);
      }
    });
  });

  it('revisions are consecutive from 1, and every event names its alarm', () => {
    holds(({ journal, alarm }) => {
      expect(journal.map((e) => e.revision)).toEqual(journal.map((_, i) => i + 1));
      expect(new Set(journal.map((e) => e.alarmId))).toEqual(new Set([alarm.id]));
    });
  });

  it('every event says by whom, and an operator’s carries their command', () => {
    holds(({ told }) => {
      for (const { command, at, events } of told) {
        for (const e of events ?? []) {
          expect(e.at).toBe(at);
          if ('commandId' in command)
            expect(e).toMatchObject({ by: command.by, commandId: command.commandId });
          else expect(e).toMatchObject({ by: { kind: 'system' }, commandId: null });
        }
      }
    });
  });

  it('no decision leaves an alarm between two events', () => {
    holds(({ told }) => {
      for (const { after } of told) expect(after.phase.is).not.toBe('returned-acked');
    });
  });

  it('absence of data never changes a phase, a level or what hides', () => {
    holds(({ told }) => {
      for (const { before, command, after } of told) {
        if (command.do !== 'interrupt' && command.do !== 'resume') continue;
        expect(after.phase).toEqual(before.phase);
        expect(after.level).toBe(before.level);
        expect(after.overlay).toEqual(before.overlay);
      }
    });
  });

  it('the level never falls, the worst is never milder, and levelRevision is where it last rose', () => {
    holds(({ journal }) => {
      let before = fold(journal.slice(0, 1));
      for (const event of journal.slice(1)) {
        const after = evolve(before, event);
        expect(isGraver(before.level, after.level)).toBe(false);
        expect(isGraver(before.worst.level, after.worst.level)).toBe(false);
        if (after.worst.level === before.worst.level) {
          expect(after.worst.value).toBeGreaterThanOrEqual(before.worst.value ?? 0);
        }
        expect(after.levelRevision).toBe(
          after.level === before.level ? before.levelRevision : event.revision,
        );
        before = after;
      }
    });
  });

  it('a rise in level is never hidden by a shelf, and never stays acknowledged', () => {
    holds(({ told }) => {
      for (const { before, after } of told) {
        if (after.level === before.level) continue;
        expect(after.overlay.is).not.toBe('shelved');
        expect(after.phase.is).toBe('active-unacked');
      }
    });
  });

  it('what the rules say can be said twice: the second time nothing happens', () => {
    holds(({ told }) => {
      for (const { command, at, events, after } of told) {
        if (events === null || after.phase.is === 'closed') continue;
        if (['acknowledge', 'reset', 'shelve', 'unshelve', 'note', 'assess'].includes(command.do)) continue;
        // A re-alarm time of nothing is due again as soon as somebody acknowledges, not before.
        const again = decide(after, command, at, LIMITS);
        expect(again.ok && kinds(again.value), command.do).toEqual([]);
      }
    });
  });

  it('of two acknowledgements of what both have seen, exactly one wins', () => {
    holds(({ alarm, told }) => {
      const at = told.at(-1)?.at ?? T0;
      const first = decide(alarm, ack(alarm.revision, WANG), at, LIMITS);
      const then = first.ok ? fold(first.value, alarm) : alarm;
      const second = decide(then, ack(alarm.revision, LI), at, LIMITS);
      expect(first.ok).toBe(alarm.phase.is.endsWith('-unacked'));
      expect(second.ok).toBe(false);
      if (!first.ok || second.ok) return;
      expect(['already-acknowledged', 'alarm-closed']).toContain(second.error.code);
      expect(second.error.detail?.zh).toContain('王工');
    });
  });

  it('nobody acknowledges a level that they have not seen', () => {
    holds(({ told }) => {
      for (const { before, command, events } of told) {
        if (command.do !== 'acknowledge' || events === null) continue;
        expect(command.seenRevision).toBeGreaterThanOrEqual(before.levelRevision);
        expect(command.seenRevision).toBeLessThanOrEqual(before.revision);
      }
    });
  });

  it('no shelf outlives its time or the house’s limit by more than a tick', () => {
    holds(({ told }) => {
      for (const { command, at, after } of told) {
        if (command.do !== 'tick' || after.overlay.is !== 'shelved') continue;
        expect(after.overlay.until).toBeGreaterThan(at);
        expect(after.overlay.until - at).toBeLessThanOrEqual(LIMITS.shelveAtMost);
      }
    });
  });
});
