import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import type { WarningCommand, WarningEvent } from '../../../src/domain/warning/commands.ts';
import { decideWarning } from '../../../src/domain/warning/decide.ts';
import { evolveWarning } from '../../../src/domain/warning/evolve.ts';
import { isWarningOpen, type Warning } from '../../../src/domain/warning/warning.ts';
import { person, T0 } from '../order/build.ts';
import { adjust, by, confirm, create, DRAFTER, issue, LEADER, lift, stamp, story, submit } from './build.ts';
import { printed } from './table.ts';

test('the docs’ table of a warning is what decide does', () => {
  const docs = readFileSync(new URL('../../../docs/warnings.md', import.meta.url), 'utf8');
  expect(docs.split('<!-- decide: warning -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});

const code = (is: Warning, command: WarningCommand, at = T0 + hours(1)) => {
  const decided = decideWarning(is, command, at);
  return decided.ok ? decided.value.map((e) => e.change.kind) : decided.error.code;
};

describe('who issues it', () => {
  const own = by(DRAFTER, { do: 'issue', documentNo: null, identifier: stamp(0) });
  test.each([
    [1, 'own-draft'],
    [2, 'own-draft'],
    [3, ['issued']],
    [4, ['issued']],
  ] as const)('level %i by its drafter: %o', (level, answer) => {
    expect(code(story(create({ level }), submit).is, own)).toEqual(answer);
  });
  test('who has edited it has drafted it', () => {
    const edits = by(LEADER, { do: 'edit', content: { text: 'x' }, recipients: null });
    expect(code(story(create(), edits, submit).is, issue)).toBe('own-draft');
  });
  test('blue is issued at once, yellow is submitted first', () => {
    expect(code(story(create({ level: 4 })).is, own)).toEqual(['issued']);
    expect(code(story(create({ level: 3 })).is, own)).toBe('warning-state');
  });
  test('nobody raises their own draft to red', () => {
    const raise = by(DRAFTER, { do: 'adjust', content: { level: 1 }, reason: 'r', identifier: stamp(1) });
    expect(code(story(create({ level: 3 }), submit, issue).is, raise)).toBe('own-draft');
  });
});

test('every message has its own identifier and refers to all before it', () => {
  const { is } = story(create(), submit, issue, adjust, confirm, lift);
  expect(
    is.messages.map((m) => [m.msgType, m.because, m.from, m.references.map((r) => r.identifier)]),
  ).toEqual([
    ['Alert', 'issued', null, []],
    ['Update', 'adjusted', 2, [stamp(0)]],
    ['Cancel', 'lifted', null, [stamp(0), stamp(1)]],
  ]);
  expect(new Set(is.messages.map((m) => m.identifier)).size).toBe(3);
});

test('a receipt is asked for anew by an adjustment, may come late, and of nobody else', () => {
  const { is } = story(create(), submit, issue, confirm);
  expect(is.recipients.map((r) => r.confirmed?.by)).toEqual([person('unit'), undefined]);
  expect(story(create(), submit, issue, confirm, adjust).is.recipients.map((r) => r.confirmed)).toEqual([
    null,
    null,
  ]);
  expect(code(story(create(), submit, issue, lift).is, confirm)).toEqual(['confirmed']);
  const other = by(person('x'), { do: 'confirm', unit: as.unit('other') });
  expect(code(is, other)).toBe('not-a-recipient');
});

test('it is lifted with its conditions or with a reason', () => {
  const { is } = story(create(), submit, issue);
  const without = by(LEADER, { do: 'end', reason: null, isOver: false, identifier: stamp(2) });
  expect(code(is, without)).toBe('lift-conditions');
  expect(code(is, { ...without, reason: '险情已排除' } as WarningCommand)).toEqual(['lifted']);
});

test('its end is told once, and does not end it; an adjustment gives it another', () => {
  const { is } = story(create(), submit, issue);
  const at = T0 + hours(7);
  const [overdue] = (() => {
    const d = decideWarning(is, { do: 'tick' }, at);
    return d.ok ? d.value : [];
  })();
  const after = evolveWarning(is, overdue as WarningEvent);
  expect([after.state, after.overdue, code(after, { do: 'tick' }, at + 1)]).toEqual(['issued', true, []]);
  const more = by(LEADER, {
    do: 'adjust',
    content: { expires: at + hours(2) },
    reason: 'r',
    identifier: stamp(1),
  });
  const adjusted = decideWarning(after, more, at);
  const then = adjusted.ok ? adjusted.value.reduce(evolveWarning, after) : after;
  expect([then.overdue, code(then, { do: 'tick' }, at + hours(3))]).toEqual([false, ['overdue']]);
});

test('a graver alarm proposes once, and changes nothing', () => {
  const { is } = story(create(), submit, issue);
  const propose: WarningCommand = { do: 'propose', level: 1, alarm: as.alarm('A1') };
  const d = decideWarning(is, propose, T0 + hours(1));
  const after = d.ok ? d.value.reduce(evolveWarning, is) : is;
  expect([after.level, after.proposal?.level, code(after, propose)]).toEqual([2, 1, []]);
  expect(code(is, { ...propose, level: 3 })).toEqual([]);
});

test('whatever anybody does in whatever order, a warning keeps what it promises', () => {
  const who = fc.constantFrom(DRAFTER, LEADER, person('other'));
  let n = 0;
  const next = () => `s${++n}`;
  const act = (at: number): fc.Arbitrary<WarningCommand> =>
    fc.oneof(
      fc
        .tuple(who, fc.constantFrom(1, 2, 3, 4))
        .map(([w, level]) =>
          by(w, { do: 'edit', content: { level: level as 1, expires: at + hours(2) }, recipients: null }),
        ),
      who.map((w) => by(w, { do: 'submit' })),
      who.map((w) => by(w, { do: 'issue', documentNo: null, identifier: next() })),
      who.map((w) => by(w, { do: 'return', reason: 'r' })),
      who.map((w) => by(w, { do: 'confirm', unit: as.unit('gas-co') })),
      fc.tuple(who, fc.constantFrom(1, 2, 3, 4)).map(([w, level]) =>
        by(w, {
          do: 'adjust',
          content: { level: level as 1, expires: at + hours(2) },
          reason: 'r',
          identifier: next(),
        }),
      ),
      fc
        .tuple(who, fc.boolean())
        .map(([w, isOver]) => by(w, { do: 'end', reason: null, isOver, identifier: next() })),
      who.map((w) => by(w, { do: 'cancel', reason: 'r', identifier: next() })),
      who.map((w) => by(w, { do: 'discard' })),
      fc.constant<WarningCommand>({ do: 'tick' }),
      fc.constant<WarningCommand>({ do: 'propose', level: 1, alarm: as.alarm('A1') }),
      fc.constantFrom(hours(1), -hours(24)).map((d): WarningCommand => ({ do: 'move-clock', by: d })),
    );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 30 }), fc.gen(), (steps, g) => {
      const events: WarningEvent[] = [];
      let is: Warning | null = null;
      let at = T0;
      const apply = (command: WarningCommand) => {
        const decided = decideWarning(is, command, at);
        for (const e of decided.ok ? decided.value : []) {
          const before = is;
          is = evolveWarning(is, e);
          events.push(e);
          if (e.change.kind === 'issued' && (before?.level ?? 4) <= 2)
            expect(e.by).not.toEqual(before?.drafter);
          // What is in force ends by a person's act alone.
          if (before?.state === 'issued' && is.state !== 'issued') expect(e.by.kind).toBe('operator');
          if (before !== null && !isWarningOpen(before)) expect(e.change.kind).toBe('confirmed');
          const ids = is.messages.map((m) => m.identifier);
          expect(new Set(ids).size).toBe(ids.length);
          expect(is.messages.at(-1)?.references.map((r) => r.identifier) ?? []).toEqual(ids.slice(0, -1));
        }
      };
      apply(create());
      for (const m of steps) {
        at += minutes(m);
        apply(g(act, at));
      }
      expect(
        events.reduce<Warning | null>(
          (w, e) => evolveWarning(w, JSON.parse(JSON.stringify(e)) as WarningEvent),
          null,
        ),
      ).toEqual(is);
    }),
    { numRuns: 300 },
  );
});
