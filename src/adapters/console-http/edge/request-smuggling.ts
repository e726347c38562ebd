import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { meansMoreThanOne } from '../../../wire/http/head/form.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { answerMalformed } from './malformed-request.ts';

/** `../..` as a step of a path, however it is written, or a NUL. */
const WAY_OUT = /(^|[/\\]|%2f|%5c)(\.|%2e){2}($|[/\\?#]|%2f|%5c)|%00/i;

/** True of an address that would leave the folder that it is below. Asked of the address as it came over the wire. */
export const leadsOut = (url: string): boolean => WAY_OUT.test(url.split('?', 1)[0] ?? '');

/** For the server: these are ours to refuse, in words and with a trace, or to answer as if nothing had been asked. */
export const LEFT_TO_US = {
  requireHostHeader: false,
  // Whoever offers another protocol (`Upgrade: h2c`) is answered in this one.
  shouldUpgradeCallback: ({ headers }: { readonly headers: { readonly upgrade?: string | undefined } }) =>
    headers.upgrade?.toLowerCase() === 'websocket',
};

/** Refuses what a proxy before us may have read otherwise, and ends its connection. */
export function refuseAmbiguous(app: FastifyInstance, parts: Pick<Services, 'audit' | 'clock'>): void {
  // What came behind such a request was perhaps meant to be a part of it.
  const doubtful = new WeakSet<Socket>();
  app.addHook('onRequest', async ({ raw }) => {
    if (!doubtful.has(raw.socket) && !meansMoreThanOne(raw)) return;
    doubtful.add(raw.socket);
    throw new HttpProblem('not-http', { headers: { connection: 'close' } });
  });
  app.server.on('checkExpectation', (request, answer) => app.server.emit('request', request, answer));
  app.server.on('connect', (_request, socket) =>
    answerMalformed(new Error('CONNECT: this is no proxy'), socket as Socket, parts),
  );
}
