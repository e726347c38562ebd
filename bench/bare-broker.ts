import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/**
 * The yardstick: aedes with nothing of ours. Every publish is authorised at once, so a PUBACK from here
 * means only that the packet was read. Run as a child by bench/main.ts; says `ready` in the service's way.
 */
// concurrency 0 as in the service: with the default one slow subscriber would hold up everybody.
const broker = await Aedes.createBroker({ concurrency: 0 });
broker.authorizePublish = (_client, _packet, callback) => callback(null);
const server = createServer((socket) => {
  socket.setNoDelay(true);
  broker.handle(socket);
});
server.listen(0, '127.0.0.1', () => {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no TCP address');
  process.stdout.write(`${JSON.stringify({ msg: 'ready', mqtt: `127.0.0.1:${at.port}` })}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  broker.close(() => process.exit(0));
});
