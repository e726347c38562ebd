/** A worker, thread or process, that does whatever a test wants to see survived. */
import { parentPort } from 'node:worker_threads';
import { processEndpoint } from '../../src/adapters/shared/process-channel.ts';
import { threadEndpoint } from '../../src/adapters/shared/thread-channel.ts';
import { serve } from '../../src/adapters/shared/worker-server.ts';

export type Does = {
  echo(what: unknown): unknown;
  later(what: unknown): Promise<unknown>;
  fail(code: string): never;
  failLater(nothing: null): Promise<never>;
  hang(nothing: null): never;
  never(nothing: null): Promise<never>;
  function(nothing: null): unknown;
  tell(what: string): void;
  nonsense(what: unknown): Promise<never>;
  garbage(nothing: null): Promise<never>;
  throwLater(nothing: null): Promise<never>;
  exit(code: number): Promise<never>;
  abort(nothing: null): Promise<never>;
  environment(nothing: null): string[];
  close(nothing: null): void;
};

const endpoint = parentPort === null ? processEndpoint() : threadEndpoint();
const never = new Promise<never>(() => undefined);

const tell = serve<Does, string>(endpoint, {
  echo: (what) => what,
  later: async (what) => what,
  fail: (code) => {
    throw Object.assign(new Error('it cannot be done'), { code, errcode: 522 });
  },
  failLater: () => Promise.reject(new Error('not later either')),
  hang: () => {
    // As on a disk that does not answer: nothing runs here any more, and no core is taken from the other tests.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  never: () => never,
  function: () => () => 'a function cannot be sent',
  tell: (what) => tell(what),
  nonsense: (what) => {
    endpoint.post(what);
    return never;
  },
  garbage: async () => {
    const { writeSync } = await import('node:fs');
    // A length, and then what no value begins with.
    writeSync(3, Buffer.from([4, 0, 0, 0, 1, 2, 3, 4]));
    return never;
  },
  throwLater: () => {
    setImmediate(() => {
      throw new Error('nobody caught this');
    });
    return never;
  },
  exit: (code) => {
    process.exit(code);
  },
  abort: () => {
    process.kill(process.pid, 'SIGABRT');
    return never;
  },
  environment: () => Object.keys(process.env),
  close: () => undefined,
});
