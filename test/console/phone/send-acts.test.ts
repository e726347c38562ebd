import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../dashboards/console/src/api/http.ts';
import { NO_ANSWER, problemOf } from '../../../dashboards/console/src/api/problem.ts';
import type { KeptAct, KeptPhoto } from '../../../dashboards/console/src/phone/kept/act.ts';
import { sendActs } from '../../../dashboards/console/src/phone/kept/send-acts.ts';
import type { OrderJson } from '../../../src/wire/response/order.ts';

const photo = (first: number): KeptPhoto => ({
  type: 'image/jpeg',
  bytes: new Uint8Array([first]).buffer,
  preview: '',
  id: null,
});
const act = (n: number, more: Partial<KeptAct> = {}): KeptAct => ({
  n,
  account: 'wang',
  order: { id: 'O1', no: 'GD20260601-0001', title: '井' },
  verb: 'feedback',
  body: { text: `${n}` },
  photos: [],
  commandId: `c${n}`,
  seenRevision: 2,
  actedAt: '2026-06-01T00:20:00Z',
  refused: null,
  ...more,
});
const idOf = (first: number): string => String(first).repeat(64);

/** A phone and a service, the service as it is told to be. */
function given(acts: readonly KeptAct[], service: (a: KeptAct) => Answer<unknown> | 'takes it') {
  const kept = new Map(acts.map((a) => [a.n, a]));
  const heard: string[] = [];
  const uploads: number[] = [];
  return {
    heard,
    uploads,
    kept: () => [...kept.values()].map((a) => [a.n, a.refused?.code ?? 'waits']),
    photos: (n: number) => kept.get(n)?.photos.map((p) => p.id),
    send: (
      upload: (first: number) => Answer<{ id: string }> = (f) => ({ ok: true, value: { id: idOf(f) } }),
    ) =>
      sendActs([...kept.values()], {
        upload: async (p) => {
          const first = new Uint8Array(p.bytes)[0] as number;
          uploads.push(first);
          return upload(first);
        },
        act: async (a, files) => {
          heard.push([a.commandId, ...files.map((f) => f.slice(0, 1))].join(' '));
          const told = service(a);
          return (
            told === 'takes it' ? { ok: true, value: { id: a.order.id, revision: 3 } } : told
          ) as Answer<OrderJson>;
        },
        put: async (a) => void kept.set(a.n, a),
        drop: async (a) => void kept.delete(a.n),
        done: () => undefined,
      }),
  };
}
const says = (status: number, code: string): Answer<never> => ({
  ok: false,
  problem: problemOf(status, { code, title: code }),
});

describe('what waits on the phone', () => {
  it('is sent in the order in which it was done, and forgotten when the service has it', async () => {
    const g = given([act(1), act(2), act(3)], () => 'takes it');
    expect(await g.send()).toBe(null);
    expect([g.heard, g.kept()]).toEqual([['c1', 'c2', 'c3'], []]);
  });

  it('that the service does not accept stays, with the reason, and is not sent again by itself; the next one is', async () => {
    const g = given([act(1), act(2)], (a) => (a.n === 1 ? says(403, 'other-unit') : 'takes it'));
    expect(await g.send()).toBe(null);
    expect(g.kept()).toEqual([[1, 'other-unit']]);
    await g.send();
    expect(g.heard).toEqual(['c1', 'c2']);
  });

  it.each<[string, Answer<unknown>]>([
    ['nobody answers', { ok: false, problem: NO_ANSWER }],
    ['a gateway answers for it', { ok: false, problem: problemOf(502, null) }],
    ['a proxy refuses in its own words', { ok: false, problem: problemOf(403, '<html>') }],
    ['a hotel’s log-in page says 200', { ok: true, value: null }],
    ['another order is answered', { ok: true, value: { id: 'O9', revision: 1 } }],
    ['the session has ended', says(401, 'no-session')],
    ['a password must be set first', says(403, 'password-must-be-set')],
    ['it is asked too often', says(429, 'too-many-requests')],
    ['the journal is full', says(507, 'storage-full')],
  ])('stays as it was, and those after it with it, where %s', async (_, answer) => {
    const g = given([act(1), act(2)], () => answer);
    expect(await g.send()).not.toBe(null);
    expect([g.heard, g.kept()]).toEqual([
      ['c1'],
      [
        [1, 'waits'],
        [2, 'waits'],
      ],
    ]);
  });

  it('takes its photographs along first, each once, however often the line breaks', async () => {
    const g = given([act(1, { photos: [photo(1), photo(2)] })], () => 'takes it');
    await g.send((f) => (f === 1 ? { ok: true, value: { id: idOf(1) } } : { ok: false, problem: NO_ANSWER }));
    expect([g.heard, g.photos(1)]).toEqual([[], [idOf(1), null]]);
    expect(await g.send()).toBe(null);
    expect([g.uploads, g.heard, g.kept()]).toEqual([[1, 2, 2], ['c1 1 2'], []]);
  });

  it('stays with its photographs where the service refuses one of them, and says so', async () => {
    const g = given([act(1, { photos: [photo(1)] })], () => 'takes it');
    expect(await g.send(() => says(415, 'unsupported-media-type'))).toBe(null);
    expect([g.heard, g.kept()]).toEqual([[], [[1, 'unsupported-media-type']]]);
  });
});
