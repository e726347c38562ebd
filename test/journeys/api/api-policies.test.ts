import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
let leader: string;
let other: string;

beforeAll(async () => {
  edge = await EdgeHarness.open({ policyApproval: 'two' });
  leader = await edge.person('leader', ['shift-leader']);
  other = await edge.person('other', ['shift-leader']);
});
afterAll(() => edge.close());

const policy = (afterS: number) => ({
  name: { zh: '夜间', en: 'Night' },
  match: { subjects: ['alarm'], levels: [1] },
  rungs: [{ afterS, to: [{ unit: 'centre', post: 'duty' }], channels: [], stopsOn: 'acknowledge' }],
  reason: '夜间只叫值班',
});
const put = (id: string, body: object, token = leader) =>
  edge.ask('keepNoticePolicy', { params: { id }, body, token });
const on = (id: string, token: string, note?: string) => ({ params: { id }, body: { note }, token });
const inForce = async () =>
  (await edge.ask('noticePolicies')).json.items.map(
    (p: { id: string; version: number }) => `${p.id}/${p.version}`,
  );

describe('a policy that two must want', () => {
  test('holds for nobody until another has approved it, and both are named', async () => {
    const { status, json: draft } = await put('night', policy(0));
    expect([status, draft.state, draft.baseVersion]).toEqual([202, 'submitted', 0]);
    expect(await inForce()).not.toContain('night/1');
    expect((await edge.ask('approvePolicyDraft', on(draft.id, leader))).json.code).toBe('policy-draft-own');
    const approved = await edge.ask('approvePolicyDraft', on(draft.id, other, 'ok'));
    expect(approved.json).toMatchObject({ state: 'approved', version: 1 });
    expect((await edge.ask('noticePolicy', { params: { id: 'night' } })).json).toMatchObject({
      version: 1,
      by: 'leader',
      approvedBy: 'other',
    });
    expect((await edge.ask('approvePolicyDraft', on(draft.id, other))).json.code).toBe(
      'policy-draft-decided',
    );
  });

  test('is written down, submitted, rejected with a reason or taken back', async () => {
    const first = (await put('night', { ...policy(60), submit: false })).json;
    expect(first.state).toBe('draft');
    expect((await edge.ask('approvePolicyDraft', on(first.id, other))).json.code).toBe(
      'policy-draft-not-submitted',
    );
    expect((await edge.ask('submitPolicyDraft', on(first.id, other))).json.code).toBe('policy-draft-not-own');
    expect((await edge.ask('submitPolicyDraft', on(first.id, leader))).json.state).toBe('submitted');
    expect((await edge.ask('rejectPolicyDraft', on(first.id, other))).json.code).toBe('reason-missing');
    expect((await edge.ask('rejectPolicyDraft', on(first.id, other, '太晚'))).json.state).toBe('rejected');
    const second = (await put('night', policy(90))).json;
    expect((await edge.ask('withdrawPolicyDraft', on(second.id, leader))).json.state).toBe('withdrawn');
    const { items } = (await edge.ask('policyDrafts', { query: { policy: 'night', state: 'rejected' } }))
      .json;
    expect(items).toMatchObject([
      { id: first.id, story: [{ did: 'draft' }, { did: 'submitted' }, { note: '太晚' }] },
    ]);
  });

  test('that another has changed since is not brought into force over their head', async () => {
    const mine = (await put('night', policy(120))).json;
    const theirs = (await put('night', policy(180), other)).json;
    expect((await edge.ask('approvePolicyDraft', on(theirs.id, leader))).json.version).toBe(2);
    expect((await edge.ask('approvePolicyDraft', on(mine.id, other))).json.code).toBe(
      'policy-draft-outdated',
    );
  });

  test('goes by two as well; its versions stay, and its name can be taken up again', async () => {
    const drop = { params: { id: 'night' }, query: { reason: '不再需要' }, token: leader };
    const { status, json: draft } = await edge.ask('dropNoticePolicy', drop);
    expect([status, draft.content]).toEqual([202, null]);
    expect(await inForce()).toContain('night/2');
    await edge.ask('approvePolicyDraft', on(draft.id, other));
    expect((await inForce()).filter((p: string) => p.startsWith('night'))).toEqual([]);
    expect((await edge.ask('noticePolicy', { params: { id: 'night' } })).status).toBe(404);
    const { items } = (await edge.ask('noticePolicyVersions', { params: { id: 'night' } })).json;
    expect(items.map((v: { dropped: boolean }) => v.dropped)).toEqual([false, false, true]);
    const again = (await put('night', policy(0))).json;
    await edge.ask('approvePolicyDraft', on(again.id, other));
    expect(await inForce()).toContain('night/4');
    const shipped = { params: { id: 'default-1' }, query: { reason: 'x' }, token: leader };
    expect((await edge.ask('dropNoticePolicy', shipped)).json.code).toBe('invalid');
  });

  test('survives a restart as it stood', async () => {
    const waiting = (await put('night', policy(30))).json;
    const { book } = (await edge.flow.restart()).core.notices;
    expect(book.policyDraft(waiting.id)?.state).toBe('submitted');
    expect(book.policies().find((p) => p.id === 'night')?.version).toBe(4);
  });
});
