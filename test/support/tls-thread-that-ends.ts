import { parentPort } from 'node:worker_threads';
import '../../src/adapters/tls-thread/serve.ts';

// The thread for TLS, which breaks when somebody has come in.
parentPort?.on('message', (m: { is?: string }) => {
  if (m.is === 'admit') setTimeout(() => JSON.parse('broken'), 100);
});
