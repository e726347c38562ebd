import { expect, test } from 'vitest';
import type { ServerFacts } from '../../../src/adapters/postgres/settings.ts';
import { ofPair, ofServer } from '../../../src/commands/doctor/checks/database.ts';
import type { WriterSeen } from '../../../src/flow/ports/pair/pair.ts';

const facts: ServerFacts = {
  version: 150_018,
  versionText: '15.18',
  fsync: true,
  fullPageWrites: true,
  synchronousCommit: 'on',
  synchronousStandbys: '',
  encoding: 'UTF8',
  readOnly: false,
};
const NOW = Date.parse('2026-12-01T09:00:00Z');
const seen: WriterSeen = {
  at: NOW,
  epoch: 7,
  holder: { id: 'a', name: 'watch-a:8080' },
  left: 9_000,
  switched: null,
  others: [
    {
      id: 'b',
      name: 'watch-b:8080',
      version: '1.2.3',
      role: 'standby',
      seenAt: NOW - 1_000,
      reachesBroker: null,
    },
  ],
};
const said = (findings: readonly { verdict: string; says: string }[]) =>
  findings.map((f) => `${f.verdict} ${f.says}`).join('\n');

test.each<[Partial<ServerFacts>, RegExp]>([
  [{}, /^ok PostgreSQL 15\.18 at db:5432\/watch.*on that server's disk; where it fails over/],
  [{ synchronousStandbys: 'ANY 1 (b,c)' }, /^ok .*on the disk of ANY 1 \(b,c\) as well/],
  [{ synchronousStandbys: 'b', synchronousCommit: 'local' }, /^warn .*its disk is not waited for/],
  [{ fsync: false }, /^bad db:5432\/watch: .*fsync/],
  [{ synchronousCommit: 'off' }, /^bad .*synchronous_commit/],
])('what PostgreSQL is set to is said: %o', (more, expected) => {
  expect(said([ofServer('db:5432/watch', { ...facts, ...more })])).toMatch(expected);
});

test.each<[string, WriterSeen | null, RegExp]>([
  ['nobody has been here', null, /^ok no service has written/],
  [
    'both are well',
    seen,
    /^ok watch-a:8080 is active, epoch 7; watch-b:8080 stands by, version 1\.2\.3, seen 1 s ago$/,
  ],
  ['there is one machine', { ...seen, others: [] }, /^ok .*no second machine has been seen$/],
  [
    'the standby is gone',
    { ...seen, others: [{ ...(seen.others[0] as (typeof seen.others)[0]), seenAt: NOW - 120_000 }] },
    /^warn .*watch-b:8080 was seen 120 s ago: nobody would take over now/,
  ],
  [
    'nobody writes',
    { ...seen, left: -5, switched: { at: NOW - 60_000, from: 'watch-b:8080', why: 'run-out' } },
    /^bad .*no machine is active; last switch 2026-12-01T08:59:00\.000Z from watch-b:8080 \(run-out\)$/,
  ],
])('who writes and who would is said: %s', (_, now, expected) => {
  expect(said(ofPair(now))).toMatch(expected);
});
