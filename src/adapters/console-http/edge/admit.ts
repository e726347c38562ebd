import type { FastifyRequest } from 'fastify';
import { isWholeCity, may } from '../../../domain/account/permissions.ts';
import type { Bilingual } from '../../../domain/text.ts';
import { fromOurPages, presented } from '../../../wire/http/head/origin.ts';
import type { RouteSpec } from '../../../wire/http/route.ts';
import { HttpProblem, retryAfter } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import type { Rates } from './rates.ts';
import type { RefusalAudit } from './refusal-audit.ts';
import { type Admitted, addressOf } from './who.ts';

export type AdmissionParts = {
  readonly accounts: Services['accounts'];
  readonly trustOrigins: readonly string[];
  readonly rates: Rates;
  /** Routes for anybody that this house has closed: meters and documents. */
  readonly closed: ReadonlySet<string>;
  readonly trace: Pick<RefusalAudit, 'told'>;
};

/** Whoever opened our own page by a name that we cannot trust is told what to do about it. */
function whyForeign({ origin, host }: FastifyRequest['headers']): Bilingual | null {
  if (host === undefined || origin !== `http://${host}`) return null;
  return {
    zh: `此域名未登记：请用 IP 地址或 HTTPS 访问，或由管理员配置 LIFELINE_TRUSTED_ORIGINS=${origin}`,
    en: `This name is not known here: use the IP address or HTTPS, or have LIFELINE_TRUSTED_ORIGINS=${origin} configured.`,
  };
}

/**
 * May they? Before the body is read, so that a stranger cannot make us read one.
 *
 * @throws HttpProblem
 */
export function admit(
  request: FastifyRequest,
  { name, route }: { readonly name: string; readonly route: RouteSpec },
  who: Admitted | null,
  door: AdmissionParts,
): void {
  const path = route.path.startsWith('/api/');
  const wait = path ? door.rates.take(who?.session.account ?? addressOf(request), who !== null) : null;
  if (wait !== null) throw new HttpProblem('too-many-requests', { headers: retryAfter(wait) });
  // A browser adds the cookie to whatever any page makes it send; a bearer it never adds by itself.
  const byBearer = presented(request.headers)?.by === 'bearer';
  if (route.method !== 'GET' && !byBearer && !fromOurPages(request.headers, door.trustOrigins)) {
    throw new HttpProblem('foreign-origin', { detail: whyForeign(request.headers) });
  }
  const closed = door.closed.has(name);
  if (route.who === 'anybody' && !closed) return;
  if (who === null) throw new HttpProblem('no-session');
  const { session } = who;
  if (session.mustSetPassword && route.who !== 'unset') throw new HttpProblem('password-must-be-set');
  if (session.mustEnrol && route.who !== 'unset') throw new HttpProblem('second-factor-must-be-set');
  const right = closed ? 'meters.see' : route.right;
  if (
    right === 'self'
      ? session.kind === 'machine' && name !== 'me'
      : right !== 'anybody' && !may(session.roles, right)
  )
    throw new HttpProblem('not-permitted');
  if (session.areas !== null && isWholeCity(right)) throw new HttpProblem('foreign-area');
}
