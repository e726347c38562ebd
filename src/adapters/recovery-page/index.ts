import type { Server } from 'node:http';
import { MEDIA } from '../../wire/http/documents/openapi.ts';
import { type Language, languageOf } from '../../wire/http/head/language.ts';
import { titleOf } from '../../wire/http/problems.ts';

/** By an `import` undici would be loaded: 40 ms of every start. */
const http = process.getBuiltinModule('node:http');

/**
 * Stands where the console's HTTP stood while the service recovers, and needs no disk: whoever looks (a person, a
 * load balancer, a monitor) learns that nothing is acknowledged and why, and not only that nobody answers.
 */
export class RecoveryPage {
  #server: Server | null = null;

  /** Resolves also where the port cannot be had: the sign is a help, not a condition. */
  async start({ host, port, why }: { host: string; port: number; why: string }): Promise<void> {
    const server = http.createServer((request, response) => {
      const path = request.url?.split('?', 1)[0] ?? '/';
      const language = languageOf(request.headers['accept-language']);
      const alive = path === '/livez';
      response
        .writeHead(alive ? 200 : 503, {
          'content-type': alive ? MEDIA.json : MEDIA.problem,
          'cache-control': 'no-store',
          ...(alive ? {} : { 'retry-after': '2' }),
        })
        .end(JSON.stringify(alive ? { status: 'alive', recovering: true } : problem(language, why)));
    });
    server.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined);
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    });
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve());
      server.listen(port, host, () => {
        this.#server = server;
        resolve();
      });
    });
  }

  /** The port is free again when it resolves. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

const problem = (language: Language, why: string) => ({
  type: 'urn:lifeline:problem:journal-failed',
  title: titleOf('journal-failed')[language],
  status: 503,
  detail: why,
  code: 'journal-failed',
});
