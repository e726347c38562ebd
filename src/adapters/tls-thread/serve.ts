import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { Handshakes } from '../handshakes/index.ts';
import { Batches, readBatch } from './batches.ts';
import { Connection } from './connection.ts';
import { contextOf, type FromThread, type Setup, type ToThread } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread, not by itself');
const setup = workerData as Setup;

const batches = new Batches((batch) => port.postMessage(batch, [batch]));
const tell = (m: FromThread): void => {
  batches.flush();
  port.postMessage(m);
};

const connections = new Map<number, Connection>();
/** By the TCP socket below. */
const carried = new WeakMap<Socket, Connection>();
let lastId = 0;

// Mutual: without a certificate of the authority nobody gets in.
const asksCertificate = setup.material.ca !== null;
const server = createServer({
  ...contextOf(setup.material),
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: setup.tcpKeepAlive,
  minVersion: 'TLSv1.2',
  handshakeTimeout: setup.within,
  requestCert: asksCertificate,
  rejectUnauthorized: asksCertificate,
});
server.maxConnections = setup.connections;
server.on('drop', (peer) => tell({ is: 'full', address: peer?.remoteAddress ?? 'unknown' }));

// Within one thread, too, readings of those who are in do not wait for those who come.
new Handshakes(setup.within).pace(server, (socket) => {
  const id = carried.get(socket)?.id;
  if (id !== undefined) tell({ is: 'late', id });
});
const [begin] = server.listeners('connection') as ((socket: Socket) => void)[];
server.removeAllListeners('connection');
server.on('connection', (socket: Socket) => {
  const { remoteAddress, remotePort } = socket;
  const connection = new Connection(++lastId, socket, { batches, tell });
  connections.set(connection.id, connection);
  carried.set(socket, connection);
  connection.onClosed = () => connections.delete(connection.id);
  tell({ is: 'arrived', id: connection.id, address: remoteAddress ?? 'unknown', port: remotePort ?? 0 });
});

server.on('secureConnection', (socket) => {
  const connection = carried.get(carrierOf(socket));
  if (connection === undefined) socket.destroy();
  else connection.secured(socket, asksCertificate ? commonName(socket) : null);
});
server.on('tlsClientError', (error, socket) => {
  const id = carried.get(carrierOf(socket))?.id;
  // Whose certificate is not good is cut off by Node, which then says that the client has gone.
  const code = String(socket.authorizationError ?? (error as NodeJS.ErrnoException).code ?? error.message);
  if (id !== undefined) tell({ is: 'failed', id, code });
  socket.destroy();
});

const deaf = (e: Error): void => tell({ is: 'deaf', why: String(e) });
server.once('error', deaf);
server.listen(setup.port, setup.host, () => {
  server.off('error', deaf);
  server.on('error', (e) => tell({ is: 'trouble', why: String(e) }));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error(`TLS listens on ${at}, which is no port`);
  tell({ is: 'listening', host: at.address, port: at.port });
});

const hears = {
  data: (id: number, bytes: Buffer) => connections.get(id)?.send(bytes),
  taken: (id: number, bytes: number) => connections.get(id)?.taken(bytes),
};
port.on('message', (m: ArrayBuffer | ToThread) => {
  if (m instanceof ArrayBuffer) readBatch(m, hears);
  else if (m.is === 'close') server.close();
  else if (m.is === 'renew') server.setSecureContext(contextOf(m.material));
  else {
    const connection = connections.get(m.id);
    if (m.is === 'end') connection?.end();
    else if (m.is === 'destroy') connection?.destroy();
    else if (connection !== undefined) begin?.call(server, connection.carrier);
  }
});

/** The TCP socket below; Node keeps it, and forgets the rest when TLS does not come about. */
function carrierOf(socket: TLSSocket): Socket {
  return (socket as { readonly _parent?: Socket })._parent ?? socket;
}

/** Of several common names none counts: whose it would be is a matter of taste. */
function commonName(socket: TLSSocket): string | null {
  const name: unknown = socket.authorized ? socket.getPeerCertificate().subject?.CN : null;
  return typeof name === 'string' && name !== '' ? name : null;
}
