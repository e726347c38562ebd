import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { may } from '../../domain/account/permissions.ts';
import type { Accounts, Session } from '../../flow/ports/accounts.ts';
import { mayBecomeStream } from '../../wire/http/head/form.ts';
import { languageOf } from '../../wire/http/head/language.ts';
import { fromOurPages, presented, whyForeign } from '../../wire/http/head/origin.ts';
import { type AnyProblemCode, type ProblemJson, statusOf, titleOf } from '../../wire/http/problems.ts';
import { LIVE_PATH } from '../../wire/live/live.ts';

/** By an `import` undici would be loaded: 40 ms of a start. */
const http = process.getBuiltinModule('node:http');

export type UpgradeRequest = {
  readonly token: string;
  readonly session: Session;
  readonly query: URLSearchParams;
};

/** May this request become a live stream? Everything is said before the upgrade, as plain HTTP. */
export function examine(
  request: IncomingMessage,
  accounts: Pick<Accounts, 'session'>,
  trustOrigins: readonly string[],
): UpgradeRequest | AnyProblemCode {
  if (!mayBecomeStream(request)) return 'not-http';
  const [path, query] = (request.url ?? '').split('?', 2);
  if (path !== LIVE_PATH) return 'not-found';
  // A browser sends the cookie along with a WebSocket that any page opens, and no CORS stands in between.
  if (!fromOurPages(request.headers, trustOrigins)) return 'foreign-origin';
  const who = presented(request.headers);
  const session = who === null ? null : accounts.session(who.token);
  if (who === null || session === null) return 'no-session';
  if (session.mustSetPassword) return 'password-must-be-set';
  if (session.mustEnrol) return 'second-factor-must-be-set';
  if (!may(session.roles, 'picture.see')) return 'not-permitted';
  return { token: who.token, session, query: new URLSearchParams(query) };
}

/** The account of a request that is refused all the same, for the audit journal. */
export function whoAsks(request: IncomingMessage, accounts: Pick<Accounts, 'session'>): string | null {
  const who = presented(request.headers);
  return who === null ? null : (accounts.session(who.token)?.account ?? null);
}

/** A refused client gets this long to read its answer. */
const LINGER = 1_000;

/**
 * Says why, and ends the connection. The HTTP server has let go of it at the upgrade, with its time limits: nobody else
 * would read what still comes, hear that the client has gone, or mind that it never goes.
 */
export function refuse(request: IncomingMessage, socket: Duplex, code: AnyProblemCode): void {
  const language = languageOf(request.headers['accept-language']);
  const status = statusOf(code);
  const title = titleOf(code)[language];
  const detail = (code === 'foreign-origin' ? whyForeign(request.headers)?.[language] : undefined) ?? title;
  const problem: ProblemJson = { type: `urn:lifeline:problem:${code}`, title, status, detail, code };
  const body = JSON.stringify(problem);
  socket.resume();
  const late = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(late));
  socket.end(
    [
      `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
      '',
      body,
    ].join('\r\n'),
  );
}
