import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import {
  afterCommand,
  hasGone,
  isPending,
  lookAt,
  type Notice,
  type NoticeCommand,
  type NoticeState,
  type SendOutcome,
} from '../../../src/domain/notice/notice.ts';
import { T0 } from './a-city.ts';

const notice = (state: NoticeState = 'queued', more: Partial<Notice> = {}): Notice => ({
  id: as.notice('n1'),
  subject: { kind: 'alarm', id: 'a1', revision: 1 },
  about: 'raised',
  level: 1,
  call: { round: 1, rung: 0, repetition: 0 },
  policy: { id: as.policy('default-1'), version: 1 },
  contact: as.contact('wang'),
  channel: as.channel('robot'),
  text: { marks: [], title: 't', lines: [], link: null },
  state,
  queuedAt: T0,
  usefulUntil: T0 + 600_000,
  tries: [],
  nextTryAt: state === 'failed' ? T0 + 5_000 : null,
  why: null,
  ...more,
});
const STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'acted',
  'failed',
  'undeliverable',
  'expired',
  'superseded',
] as const;
const answer = (is: SendOutcome['is']): NoticeCommand => ({ do: 'answer', outcome: { is, said: 'x' } });
const COMMANDS: Readonly<Record<string, NoticeCommand>> = {
  send: { do: 'send' },
  accepted: answer('accepted'),
  failed: answer('failed'),
  refused: answer('refused'),
  resume: { do: 'resume' },
  act: { do: 'act' },
  supersede: { do: 'supersede', why: 'closed' },
  retry: { do: 'retry' },
};

test('what becomes of a notice, as a table', () => {
  const table = Object.fromEntries(
    STATES.map((state) => [
      state,
      Object.values(COMMANDS)
        .map((c) => {
          const after = afterCommand(notice(state), c, T0 + 1_000);
          return after.ok ? after.value.state : `(${after.error.replace('notice-', '')})`;
        })
        .join(' | '),
    ]),
  );
  const columns = Object.keys(COMMANDS).join(' | ');
  expect({ state: columns, ...table }).toEqual({
    state: 'send | accepted | failed | refused | resume | act | supersede | retry',
    queued:
      'sending | (not-sending) | (not-sending) | (not-sending) | (not-sending) | superseded | superseded | (on-its-way)',
    sending:
      '(on-its-way) | sent | failed | undeliverable | queued | (on-its-way) | (on-its-way) | (on-its-way)',
    sent: '(arrived) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | acted | (arrived) | (arrived)',
    delivered:
      '(arrived) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | acted | (arrived) | (arrived)',
    acted:
      '(arrived) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | (arrived) | (arrived) | (arrived)',
    failed:
      'sending | (not-sending) | (not-sending) | (not-sending) | (not-sending) | superseded | superseded | (on-its-way)',
    undeliverable:
      '(over) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | (over) | (over) | queued',
    expired:
      '(over) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | (over) | (over) | queued',
    superseded:
      '(over) | (not-sending) | (not-sending) | (not-sending) | (not-sending) | (over) | (over) | (over)',
  });
});

describe('a receiver that does not take it', () => {
  const run = (n: Notice, ...commands: [NoticeCommand, number][]): Notice =>
    commands.reduce((at, [c, ms]) => {
      const after = afterCommand(at, c, T0 + ms);
      return after.ok ? after.value : at;
    }, n);

  test('is tried again until the useful age is over, and then said to be undeliverable', () => {
    let n = notice();
    let now = T0;
    const tried: number[] = [];
    while (isPending(n)) {
      now = n.nextTryAt ?? now;
      tried.push((now - T0) / 1_000);
      n = run(n, [{ do: 'send' }, now - T0], [answer('failed'), now - T0]);
    }
    expect(n).toMatchObject({ state: 'undeliverable', why: 'x' });
    expect(tried).toEqual([0, 5, 20, 65, 185, 305, 425, 545]);
  });

  test('is not asked before the instant that it names', () => {
    const n = run(
      notice(),
      [{ do: 'send' }, 0],
      [{ do: 'answer', outcome: { is: 'failed', said: 'slow down', retryAt: T0 + 60_000 } }, 0],
    );
    expect(n).toMatchObject({ state: 'failed', nextTryAt: T0 + 60_000 });
  });

  test('that names an instant beyond the useful age is given up at once: another way may still be in time', () => {
    const n = run(
      notice(),
      [{ do: 'send' }, 0],
      [{ do: 'answer', outcome: { is: 'failed', said: 'silent', retryAt: T0 + 601_000 } }, 0],
    );
    expect(n.state).toBe('undeliverable');
  });
});

test('what was in flight at a kill is sent again and says so, once', () => {
  const again = afterCommand(notice('sending'), { do: 'resume' }, T0);
  expect(again.ok && again.value.text.marks).toEqual(['again']);
  const twice = again.ok && afterCommand({ ...again.value, state: 'sending' }, { do: 'resume' }, T0);
  expect(twice !== false && twice.ok && twice.value.text.marks).toEqual(['again']);
});

test.each<[NoticeState, NoticeState]>([
  ['queued', 'expired'],
  ['failed', 'undeliverable'],
  ['sending', 'sending'],
  ['sent', 'sent'],
])('beyond its useful age %s is %s', (state, then) => {
  const n = notice(state);
  expect(afterCommand(n, { do: 'tick' }, n.usefulUntil - 1)).toMatchObject({ value: { state } });
  expect(afterCommand(n, { do: 'tick' }, n.usefulUntil)).toMatchObject({ value: { state: then } });
});

test('a notice never leaves what is final but by a person, and the clock is asked only while something is pending', () => {
  const aCommand = fc.constantFrom<NoticeCommand>(...Object.values(COMMANDS), { do: 'tick' });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(aCommand, fc.integer({ min: 0, max: 300_000 })), { maxLength: 20 }),
      (steps) => {
        let n = notice();
        let now = T0;
        for (const [c, ms] of steps) {
          now += ms;
          const after = afterCommand(n, c, now);
          if (!after.ok) continue;
          if (hasGone(n)) expect(hasGone(after.value)).toBe(true);
          if (n.state === 'superseded') expect(after.value.state).toBe('superseded');
          expect(after.value.tries.length).toBeGreaterThanOrEqual(n.tries.length);
          n = after.value;
          expect(lookAt(n) === null || isPending(n)).toBe(true);
        }
      },
    ),
  );
});

test.each([
  [true, ['again']],
  [undefined, []],
] as const)(
  'a try of which no answer came (in doubt: %s) is marked when it is made again: it may have arrived',
  (inDoubt, marks) => {
    const outcome = {
      is: 'failed',
      said: 'no answer in time',
      ...(inDoubt === undefined ? {} : { inDoubt }),
    } as const;
    const failed = afterCommand(notice('sending'), { do: 'answer', outcome }, T0);
    expect(failed.ok && failed.value).toMatchObject({ state: 'failed', text: { marks } });
  },
);
