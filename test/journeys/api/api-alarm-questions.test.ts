import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.raise('GAS-1');
});
afterAll(() => edge.close());

const idOf = () => ({ params: { id: edge.flow.open()[0]?.id ?? '' } });

describe('an act that is not right', () => {
  test.each([
    ['acknowledge', {}, 'body.seenRevision'],
    ['acknowledge', { seenRevision: 0, commandId: 'c' }, 'body.seenRevision'],
    ['acknowledge', { seenRevision: 1 }, 'body.commandId'],
    ['acknowledge', { seenRevision: 1, commandId: 'x'.repeat(65) }, 'body.commandId'],
    ['acknowledge', { seenRevision: 1, commandId: 'c', seenrevision: 2 }, 'body'],
    ['acknowledge', { seenRevision: 1, commandId: 'c', note: 'x'.repeat(2_001) }, 'body.note'],
    ['acknowledge', { seenRevision: 1, commandId: 'c', note: 'a\u0000b' }, 'body.note'],
    ['shelve', { until: 'tomorrow', reason: 'r', commandId: 'c' }, 'body.until'],
    ['shelve', { until: '2026-06-01T01:00:00', reason: 'r', commandId: 'c' }, 'body.until'],
    ['shelve', { until: '2026-06-01T01:00:00Z', reason: ' ', commandId: 'c' }, 'body.reason'],
    ['assess', { verdict: 'perhaps', commandId: 'c' }, 'body.verdict'],
    ['note', { text: '', commandId: 'c' }, 'body.text'],
    ['note', [], 'body'],
    ['note', null, 'body'],
    ['note', 'x', 'body'],
  ] as const)('%s %j is told what would be right', async (verb, body, at) => {
    const told = await edge.ask(verb, { ...idOf(), body });
    expect([told.status, told.json.code]).toEqual([400, 'invalid']);
    expect(told.json.errors.map((e: { at: string }) => e.at)).toContain(at);
    expect(told.json.errors[0].message).toMatch(/[\u4e00-\u9fff]/);
    expect(edge.flow.kinds('GAS-1')).toEqual(['raised']);
  });
});

describe('a question that is not right', () => {
  test.each([
    [{ level: 5 }, 'query.level'],
    [{ level: 'red' }, 'query.level'],
    [{ state: 'some' }, 'query.state'],
    [{ limit: 0 }, 'query.limit'],
    [{ limit: 1_001 }, 'query.limit'],
    [{ limit: '1.5' }, 'query.limit'],
    [{ from: '2026-06-01' }, 'query.from'],
    [{ point: '../x' }, 'query.point'],
    [{ sort: 'id' }, 'query'],
  ])('%j is told what would be right', async (query, at) => {
    const told = await edge.ask('alarms', { query: query as Record<string, string> });
    expect([told.status, told.json.errors[0].at]).toEqual([400, at]);
  });

  test.each([
    ['open', 'x'],
    ['open', '1.2.3'],
    ['closed', 'not-a-cursor'],
    ['all', '0.1.5.A'],
  ])('a cursor that is none is refused: %s %s', async (state, after) => {
    const told = await edge.ask('alarms', { query: { state, after } });
    expect([told.status, told.json.code]).toEqual([400, 'bad-cursor']);
  });
});
