import { parentPort, Worker, type WorkerOptions } from 'node:worker_threads';
import type { Endpoint, OpenChannel } from './worker-channel.ts';

/** A worker thread of this process. What it takes down with it by a signal is the whole process. */
export function threadOf(file: URL, options: WorkerOptions): OpenChannel {
  return (listener) => {
    const worker = new Worker(file, options);
    let crash: Error | null = null;
    worker.on('message', (m: unknown) => listener.message(m));
    worker.on('messageerror', (e) => listener.unreadable(e));
    worker.on('error', (e) => {
      crash = e instanceof Error ? e : new Error(String(e));
    });
    worker.on('exit', (code) => listener.ended(crash ?? new Error(`exit code ${code}`)));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => void worker.terminate(),
    };
  };
}

/** The thread's own end. */
export function threadEndpoint(): Endpoint {
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a worker thread, not by itself');
  return {
    onMessage: (hear) => void port.on('message', hear),
    post: (message) => port.postMessage(message),
    close: () => port.close(),
  };
}
