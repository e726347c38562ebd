import { parentPort, workerData } from 'node:worker_threads';
import type { Given, Reply, Request } from './protocol.ts';
import { AuditStore } from './store.ts';

/** The thread that writes: a flush to a slow disk must not hold up the thread that watches the city. */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread, not by itself');
const { file, key } = workerData as Given;
const store = new AuditStore(file, key);

function answer(request: Request): unknown {
  switch (request.do) {
    case 'append':
      return store.append(request.texts);
    case 'probe':
      return store.probe(request.at);
    case 'entries':
      return store.entries(request);
    case 'anchor':
      return store.anchor();
    case 'forget':
      return store.forgetBefore(request.then);
    case 'close':
      return store.close();
  }
}

port.on('message', ({ id, request }: { id: number; request: Request }) => {
  let reply: Reply;
  try {
    reply = { id, ok: true, value: answer(request) };
  } catch (cause) {
    reply = { id, ok: false, why: (cause as Error).message };
  }
  port.postMessage(reply);
  if (request.do === 'close') port.close();
});
