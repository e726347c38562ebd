import type { FastifyRequest } from 'fastify';
import type { Session } from '../../../flow/ports/accounts.ts';
import { presented } from '../../../wire/http/head/origin.ts';
import type { Services } from '../answer/services.ts';

export type Admitted = { readonly session: Session; readonly token: string };

/** `unknown` for a client that was gone before anybody asked: Node forgets its address, whatever the types say. */
export const addressOf = (request: FastifyRequest): string => (request.ip as string | undefined) ?? 'unknown';

/** Who presents themselves, whether or not they may do what they ask for. */
export function whoIs(request: FastifyRequest, accounts: Services['accounts']): Admitted | null {
  const who = presented(request.headers);
  const session = who === null ? null : accounts.session(who.token);
  return who === null || session === null ? null : { session, token: who.token };
}
