import type { FastifyRequest } from 'fastify';
import { isWholeCity, may } from '../../../domain/account/permissions.ts';
import type { Bilingual } from '../../../domain/text.ts';
import {
  fromOurPages,
  type Headers,
  presented,
  showsNothing,
  whyForeign,
} from '../../../wire/http/head/origin.ts';
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
  /** Hears of pages of other sites. */
  foreign(headers: Headers): void;
};

const NOT_KNOWN: Readonly<Record<'cookie' | 'bearer', Bilingual>> = {
  bearer: {
    zh: '令牌无效、已过期或已吊销',
    en: 'This token is not known, has ended or was revoked.',
  },
  cookie: { zh: '会话已结束，请重新登录', en: 'The session has ended: log in again.' },
};

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
  // A platform pushes for a whole city from one address, and shows who it is only with what it pushes.
  const isDoor = route.tag === 'doors' && route.who === 'anybody';
  const client = isDoor ? `door ${addressOf(request)}` : (who?.session.account ?? addressOf(request));
  const wait = path ? door.rates.take(client, isDoor || who !== null) : null;
  if (wait !== null) throw new HttpProblem('too-many-requests', { headers: retryAfter(wait) });
  // A browser adds the cookie to whatever any page makes it send; a bearer it never adds by itself.
  const byBearer = presented(request.headers)?.by === 'bearer';
  // Beside the interface stand links from notices: whoever holds one needs no cookie, and a page that has none cannot guess it.
  if (path && route.method !== 'GET' && !byBearer && !fromOurPages(request.headers, door.trustOrigins)) {
    door.foreign(request.headers);
    throw new HttpProblem('foreign-origin', { detail: whyForeign(request.headers) });
  }
  const closed = door.closed.has(name);
  if (route.who === 'anybody' && !closed) return;
  if (who === null) {
    const shown = showsNothing(request.headers) ? null : (presented(request.headers)?.by ?? 'bearer');
    throw new HttpProblem('no-session', { detail: shown && NOT_KNOWN[shown] });
  }
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
