import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { processOf } from '../../src/adapters/shared/process-channel.ts';
import { threadOf } from '../../src/adapters/shared/thread-channel.ts';
import type { OpenChannel } from '../../src/adapters/shared/worker-channel.ts';
import { WorkerClient, WorkerGone } from '../../src/adapters/shared/worker-client.ts';
import type { Does } from '../support/worker-that.ts';

const FILE = new URL('../support/worker-that.ts', import.meta.url);
type Client = WorkerClient<Does, string>;

const open: Client[] = [];

function start(
  channel: OpenChannel,
  news?: (said: string) => void,
  silentAtMost?: number,
): WorkerClient<Does, string> {
  const client = new WorkerClient<Does, string>({
    name: 'the worker',
    open: channel,
    ...(news === undefined ? {} : { news }),
    ...(silentAtMost === undefined ? {} : { silentAtMost }),
  });
  open.push(client);
  return client;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((c) => c.terminate()));
});

/** What a call came to; one that hangs fails the test by its time. */
const outcome = (call: Promise<unknown>): Promise<unknown> => call.catch((e: unknown) => e);

const gone = (why: RegExp) =>
  expect.objectContaining({ name: 'WorkerGone', message: expect.stringMatching(why) });

const KINDS = [
  ['a thread', () => threadOf(FILE, { name: 'worker' })],
  ['a process', () => processOf(FILE)],
] as const;

describe.each(KINDS)('%s', (kind, channel) => {
  test('answers with values as they were, at once and later, in any number', async () => {
    const client = start(channel());
    const value = {
      numbers: new Float64Array([1, Number.NaN, -0]),
      text: '城市生命线',
      nothing: undefined,
      long: 'x'.repeat(3_000_000),
      deep: [{ map: new Map([[1, { big: 12345678901234567890n }]]) }],
    };
    expect(await client.call('echo', value)).toEqual(value);
    const many = Array.from({ length: 500 }, (_, i) => client.call(i % 2 === 0 ? 'echo' : 'later', i));
    expect(await Promise.all(many)).toEqual(many.map((_, i) => i));
  });

  test('tells what went wrong with its code, and goes on', async () => {
    const client = start(channel());
    expect(await outcome(client.call('fail', 'full'))).toMatchObject({
      message: 'it cannot be done',
      code: 'full',
      errcode: 522,
    });
    expect(await outcome(client.call('failLater', null))).toMatchObject({ message: 'not later either' });
    expect(await outcome(client.call('no such thing' as 'echo', 1))).toMatchObject({
      message: 'no operation no such thing',
    });
    expect(await client.call('echo', 'well')).toBe('well');
  });

  test('what cannot be sent, there or back, is refused to its caller and to nobody else', async () => {
    const client = start(channel());
    expect(await outcome(client.call('echo', () => 'a function'))).toMatchObject({
      message: expect.stringContaining('could not be cloned'),
    });
    expect(await outcome(client.call('function', null))).toMatchObject({
      message: expect.stringContaining('could not be cloned'),
    });
    expect(await client.call('echo', 'well')).toBe('well');
  });

  test('what it says unasked is heard', async () => {
    const heard = Promise.withResolvers<string>();
    await start(channel(), heard.resolve).call('tell', 'a day was settled');
    expect(await heard.promise).toBe('a day was settled');
  });

  test.each([
    ['exits', (c: Client) => c.call('exit', 3), /exit code 3/],
    ['throws where nobody catches', (c: Client) => c.call('throwLater', null), /nobody caught this/],
    ['says what is no message of ours', (c: Client) => c.call('nonsense', 'hello'), /no answer/],
    ['says nothing at all', (c: Client) => c.call('nonsense', null), /no answer/],
    [
      'answers what nobody asked',
      (c: Client) => c.call('nonsense', { id: 999, ok: true, value: 1 }),
      /no answer/,
    ],
    ['answers neither yes nor no', (c: Client) => c.call('nonsense', { id: 1, ok: 'perhaps' }), /no answer/],
    [
      'refuses without a reason',
      (c: Client) => c.call('nonsense', { id: 1, ok: false, error: null }),
      /no answer/,
    ],
    [
      'is ended',
      (c: Client) => Promise.race([c.call('never', null), c.terminate().then(() => c.call('echo', 1))]),
      /ended/,
    ],
  ] as const)('that %s rejects whoever waits, and whoever comes later', async (_, act, why) => {
    const client = start(channel());
    await client.call('echo', 'it is up');
    const waiting = outcome(client.call('never', null));
    expect(await outcome(act(client))).toEqual(gone(why));
    expect(await waiting).toEqual(gone(why));
    expect(await outcome(client.call('echo', 1))).toEqual(gone(why));
    await client.ended;
    expect(client.isGone).toBe(true);
  });

  test('that ends by itself says why; one that was asked to ends without a word', async () => {
    const first = start(channel());
    void outcome(first.call('exit', 7));
    expect(await first.ended).toBeInstanceOf(WorkerGone);
    const second = start(channel());
    await second.call('echo', 1);
    await second.call('close', null);
    expect(await second.ended).toBeNull();
    const third = start(channel());
    await third.call('echo', 1);
    await third.terminate();
    expect(await third.ended).toBeNull();
  });

  test(`whose answer cannot be read rejects whoever waits`, async () => {
    const threads: Worker[] = [];
    const see = (m: unknown): void => void threads.push((m as { worker: Worker }).worker);
    subscribe('worker_threads', see);
    const client = start(channel());
    unsubscribe('worker_threads', see);
    await client.call('echo', 'it is up');
    const waiting = outcome(client.call('never', null));
    if (kind === 'a process') void outcome(client.call('garbage', null));
    else threads[0]?.emit('messageerror', new Error('not a value'));
    expect(await waiting).toEqual(gone(/cannot be read/));
    expect(await client.ended).toEqual(gone(/cannot be read/));
  });

  test('a file that is not there is told to the first caller', async () => {
    const nowhere = new URL('../support/no-such-worker.ts', import.meta.url);
    const client = start(kind === 'a process' ? processOf(nowhere) : threadOf(nowhere, {}));
    expect(await outcome(client.call('echo', 1))).toEqual(gone(/no-such-worker/));
  });
});

describe('a process', () => {
  test('that is ended by a signal out of a library takes nobody with it', async () => {
    const client = start(processOf(FILE));
    expect(await outcome(client.call('abort', null))).toEqual(gone(/SIGABRT/));
    expect(await start(processOf(FILE)).call('echo', 'the next')).toBe('the next');
  });

  test('is given nothing of our configuration', async () => {
    process.env.LIFELINE_ADMIN_PASSWORD = 'a secret';
    try {
      const keys = await start(processOf(FILE)).call('environment', null);
      expect(keys).toContain('PATH');
      expect(keys.filter((k) => k.startsWith('LIFELINE_'))).toEqual([]);
    } finally {
      delete process.env.LIFELINE_ADMIN_PASSWORD;
    }
  });
});

/** A busy machine may be as late as this, and no later. */
const SILENT_AT_MOST = 10_000;

// Both kinds at once, and the patient beside the hanging: what takes so long here is waiting.
test('one that hangs is ended after a bounded time, and whoever waits is told; one that has long work to do and is there is waited for', async () => {
  const up = async (channel: OpenChannel) => {
    const client = start(channel, undefined, SILENT_AT_MOST);
    await client.call('echo', 'it is up');
    return client;
  };
  const hangs = async (channel: OpenChannel) => {
    const client = await up(channel);
    expect(await outcome(client.call('hang', null))).toEqual(gone(/has not answered for 10 s/));
    expect(await client.ended).toEqual(gone(/has not answered/));
  };
  const works = async (channel: OpenChannel) => {
    const client = await up(channel);
    const late = Symbol();
    const waiting = Promise.race([
      outcome(client.call('never', null)),
      new Promise((resolve) => setTimeout(resolve, SILENT_AT_MOST + 3_000, late)),
    ]);
    expect(await waiting).toBe(late);
    expect(await client.call('echo', 'well')).toBe('well');
  };
  await Promise.all(KINDS.flatMap(([, channel]) => [hangs(channel()), works(channel())]));
}, 60_000);
