import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decideHandover } from '../../../src/domain/handover/decide.ts';
import { evolveHandover } from '../../../src/domain/handover/evolve.ts';
import {
  HANDOVER_STATES,
  type Handover,
  type HandoverCommand,
  type HandoverState,
  overlap,
  type Side,
  whoAnswers,
} from '../../../src/domain/handover/handover.ts';
import { as } from '../../../src/domain/ids.ts';
import { hours } from '../../../src/domain/time.ts';
import { T0 } from '../order/build.ts';

const none = { total: 0, items: [] };
let n = 0;
const by = (account: string) => ({
  by: { kind: 'operator' as const, account, name: account },
  commandId: as.command(`h${++n}`),
});
const person = (account: string) => ({ account, name: account });
const make = (): HandoverCommand => ({
  ...by('zhang'),
  do: 'create',
  birth: {
    id: as.handover('H1'),
    from: T0 - hours(12),
    areas: [],
    outgoing: [person('zhang'), person('li')],
    incoming: [person('wang')],
    instructions: null,
    seq: as.seq(7),
    contents: {
      alarms: none,
      incidents: none,
      warnings: none,
      orders: none,
      shelves: none,
      works: none,
      devices: none,
      notices: none,
    },
    anchor: null,
    reason: null,
  },
});
const sign = (account: string, side: Side, more: object = {}): HandoverCommand => ({
  ...by(account),
  do: 'sign',
  side,
  proof: 'password',
  remarks: null,
  ticks: [],
  reason: null,
  duringRed: false,
  ...more,
});
const drop: HandoverCommand = { ...by('li'), do: 'void', reason: '重来' };

function became(...commands: HandoverCommand[]): Handover {
  let is: Handover | null = null;
  for (const command of commands) {
    const decided = decideHandover(is, command, T0);
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) is = evolveHandover(is, e);
  }
  return is as unknown as Handover;
}

const signedOut = [make(), sign('zhang', 'outgoing'), sign('li', 'outgoing')];
const IN_STATE: { readonly [S in HandoverState]: Handover } = {
  open: became(make(), sign('zhang', 'outgoing')),
  'outgoing-signed': became(...signedOut),
  'both-signed': became(...signedOut, sign('wang', 'incoming')),
  voided: became(make(), drop),
};
const VERBS: Readonly<Record<string, HandoverCommand>> = {
  'the last of the outgoing signs': sign('li', 'outgoing'),
  'the same person again': sign('zhang', 'outgoing'),
  'one of the incoming signs': sign('wang', 'incoming'),
  'somebody else signs': sign('qian', 'outgoing'),
  void: drop,
};

/** The table of `docs/handover.md`, printed from `decideHandover` itself. */
function printed(): string {
  const names = Object.keys(VERBS);
  const cell = (is: Handover, command: HandoverCommand): string => {
    const decided = decideHandover(is, command, T0);
    return decided.ok ? decided.value.reduce(evolveHandover, is).state : `\`${decided.error.code}\``;
  };
  const rows = HANDOVER_STATES.map(
    (s) => `| ${[s, ...names.map((v) => cell(IN_STATE[s], VERBS[v] as HandoverCommand))].join(' | ')} |`,
  );
  return [`| ${['state', ...names].join(' | ')} |`, `|${'---|'.repeat(names.length + 1)}`, ...rows].join(
    '\n',
  );
}

const docs = readFileSync(new URL('../../../docs/handover.md', import.meta.url), 'utf8');

test('the docs’ table of a hand-over is what decide does', () => {
  expect(docs.split('<!-- decide: handover -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(printed());
});

describe('who answers', () => {
  test('the outgoing shift, until the last of the incoming one has signed', () => {
    expect(HANDOVER_STATES.map((s) => [s, whoAnswers(IN_STATE[s])])).toEqual([
      ['open', 'outgoing'],
      ['outgoing-signed', 'outgoing'],
      ['both-signed', 'incoming'],
      ['voided', 'outgoing'],
    ]);
  });
});

test('a red incident stops a signature unless there is a reason, the hand-over’s own or one given now', () => {
  const open = became(make());
  const red = sign('zhang', 'outgoing', { duringRed: true });
  const refused = decideHandover(open, red, T0);
  expect(refused.ok ? null : refused.error.code).toBe('handover-red-incident');
  const reasoned = became(make(), sign('zhang', 'outgoing', { duringRed: true, reason: '换防' }));
  expect(reasoned.reason).toBe('换防');
  expect(decideHandover(reasoned, sign('li', 'outgoing', { duringRed: true }), T0).ok).toBe(true);
});

test('nobody stands on both sides', () => {
  const made = make();
  if (made.do !== 'create') throw new Error('it makes one');
  const both = { ...made, birth: { ...made.birth, incoming: [person('li')] } };
  const decided = decideHandover(null, both, T0);
  expect(decided.ok ? null : decided.error.code).toBe('handover-both-sides');
});

test('areas meet where one is below the other, and the whole city meets all', () => {
  const at = (...codes: string[]) => codes.map(as.area);
  expect(overlap(at('3416'), at('341602'))).toBe(true);
  expect(overlap(at('341602'), at('341621'))).toBe(false);
  expect(overlap([], at('341621'))).toBe(true);
});
