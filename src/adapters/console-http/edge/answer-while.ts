import type { FastifyInstance } from 'fastify';
import { seconds } from '../../../domain/time.ts';
import { HttpProblem, retryAfter } from '../answer/problem.ts';

const standby = (): HttpProblem => new HttpProblem('standby', { headers: retryAfter(seconds(2)) });

/**
 * Of two machines the one that has lost the right to write says nothing more, not even what it began to say before: its process stood
 * still, and the other one may have answered meanwhile.
 */
export function answerWhile(app: FastifyInstance, mayAnswer: () => boolean): void {
  app.addHook('onRequest', async () => {
    if (!mayAnswer()) throw standby();
  });
  app.addHook('onSend', async (_, reply, body) => {
    if (mayAnswer() || reply.statusCode === 503) return body;
    throw standby();
  });
}
