import { connect, type Socket } from 'node:net';

/** A connection that sends exactly what is given: every client library would tidy it. */
export function dial(url: string, text: string | Buffer): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

/** What came back until the other side ended it, or for `within` milliseconds. */
export function answerTo(
  url: string,
  text: string | Buffer,
  within = 2_000,
): Promise<{ readonly text: string; readonly ended: boolean }> {
  const socket = dial(url, text);
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const done = (ended: boolean) => {
      clearTimeout(late);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), ended });
    };
    const late = setTimeout(() => done(false), within);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => done(true));
    socket.on('close', () => done(true));
  });
}

/** The request that opens the live stream, with every part open to forgery. */
export function upgrade(
  url: string,
  headers: readonly string[] = [],
  { first = 'GET /api/v1/live HTTP/1.1', body = '' } = {},
): string {
  return [
    first,
    `Host: ${new URL(url).host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '',
    body,
  ].join('\r\n');
}
