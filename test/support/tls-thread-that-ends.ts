import { parentPort } from 'node:worker_threads';
import '../../src/adapters/tls-thread/serve.ts';

// The thread for TLS, which breaks when it is told to take new material.
parentPort?.on('message', (m: { is?: string }) => {
  if (m.is === 'renew') setImmediate(() => JSON.parse('broken'));
});
