import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { paramsFlaw } from '../../../src/domain/device-command/catalogue.ts';
import { decideDeviceCommand } from '../../../src/domain/device-command/decide.ts';
import { minutes } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { deliver, lose, printed, send, story, T0, tick, UNTIL, yes } from './table.ts';

test('the docs’ table of a command is what decide does', () => {
  const docs = readFileSync(new URL('../../../docs/device-commands.md', import.meta.url), 'utf8');
  expect(docs.split('<!-- decide: device-command -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});

describe('a command', () => {
  test('that left before and lost its line counts how often it leaves', () => {
    const command = story([send, T0], [lose, T0 + 1], [send, T0 + 2]);
    expect([command.state, command.sends]).toEqual(['SENT', 2]);
    expect(command.steps.map((s) => [s.state, s.why])).toEqual([
      ['PENDING', null],
      ['SENT', null],
      ['PENDING', 'link-lost'],
      ['SENT', null],
    ]);
  });

  test('never leaves at its end or after it, also where nobody has looked at the clock', () => {
    const command = story([send, UNTIL]);
    expect([command.state, command.sends]).toEqual(['EXPIRED', 0]);
    expect(story([send, UNTIL - 1]).state).toBe('SENT');
  });

  test('is over when our clock was set back behind its making: how long it has waited nobody knows', () => {
    expect(story([send, T0 - 1]).steps.at(-1)).toMatchObject({ state: 'EXPIRED', why: 'clock-set' });
    expect(story([tick, T0 - 1]).steps.at(-1)).toMatchObject({ state: 'EXPIRED', why: 'clock-set' });
  });

  test('that a device answers after its end is known to be carried out, and late', () => {
    const command = story([send, T0], [deliver, T0], [tick, UNTIL + minutes(2)], [yes, UNTIL + minutes(5)]);
    expect(command.steps.at(-1)).toMatchObject({ state: 'SUCCESSFUL', why: 'late-answer' });
    expect(command.result).toEqual({ seconds: 60 });
  });

  test('that was never sent is answered by nobody', () => {
    expect(decideDeviceCommand(story(), yes, T0)).toEqual({ ok: false, error: 'not-sent' });
  });
});

describe('what a known command is told', () => {
  const known = PACKS[0]?.commands?.find((c) => c.name === 'set-interval');
  test.each([
    [{ seconds: 60 }, null],
    [{}, '"seconds" (interval) is missing.'],
    [{ seconds: '60' }, '"seconds" (interval) must be 1–86400 s.'],
    [{ seconds: 0 }, '"seconds" (interval) must be 1–86400 s.'],
    [{ seconds: Number.NaN }, '"seconds" (interval) must be 1–86400 s.'],
    [{ seconds: 60, minutes: 1 }, 'set-interval takes no "minutes": seconds.'],
  ])('%o: %s', (params, flaw) => {
    expect(paramsFlaw(known, params)?.en ?? null).toBe(flaw);
  });

  test('every lifeline keeps house; what moves something needs two', () => {
    for (const { commands = [] } of PACKS) {
      expect(commands.map((c) => c.name)).toEqual(
        expect.arrayContaining(['set-clock', 'set-interval', 'read-now', 'restart']),
      );
      expect(commands.filter((c) => /valve|pump|gate|fan|unlock/.test(c.name)).every((c) => c.byTwo)).toBe(
        true,
      );
    }
  });
});
