import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';

/** What a real client of TLS begins with. */
export async function realHello(): Promise<Buffer> {
  let hello = Buffer.alloc(0);
  const server = createServer((s) =>
    s.once('data', (d) => {
      hello = d;
      s.destroy();
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('close', resolve));
  server.close();
  return hello;
}
