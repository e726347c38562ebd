import type { FastifyRequest } from 'fastify';
import type { Session } from '../../flow/ports/accounts.ts';
import { fromOurPages, presented } from '../../wire/http-origin.ts';
import type { RouteSpec } from '../../wire/http-route.ts';
import type { Parts } from './parts.ts';
import { HttpProblem } from './problem.ts';

export type Admitted = { readonly session: Session; readonly token: string } | null;

/**
 * Who asks, and may he? Before the body is read, so that a stranger cannot make us read one.
 *
 * @throws HttpProblem
 */
export function admit(
  request: FastifyRequest,
  route: RouteSpec,
  accounts: Parts['accounts'],
  trustOrigins: readonly string[],
): Admitted {
  const who = presented(request.headers);
  // A browser adds the cookie to whatever any page makes it send; a bearer it never adds by itself.
  if (route.method !== 'GET' && who?.by !== 'bearer' && !fromOurPages(request.headers, trustOrigins)) {
    throw new HttpProblem('foreign-origin');
  }
  if (route.who === 'anybody') return null;
  const session = who === null ? null : accounts.session(who.token);
  if (who === null || session === null) throw new HttpProblem('no-session');
  if (session.mustSetPassword && route.who !== 'unset') throw new HttpProblem('password-must-be-set');
  return { session, token: who.token };
}
