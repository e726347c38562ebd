import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Accounts } from '../../flow/ports/accounts.ts';
import { languageOf } from '../../wire/http-language.ts';
import { fromOurPages, presented } from '../../wire/http-origin.ts';
import { type ProblemCode, type ProblemJson, statusOf, titleOf } from '../../wire/http-problems.ts';

export const LIVE_PATH = '/api/v1/live';

export type Asked = { readonly token: string; readonly query: URLSearchParams };

/** May this request become a live stream? Everything is said before the upgrade, as plain HTTP. */
export function examine(
  request: IncomingMessage,
  accounts: Pick<Accounts, 'session'>,
  trustOrigins: readonly string[],
): Asked | ProblemCode {
  const [path, query] = (request.url ?? '').split('?', 2);
  if (path !== LIVE_PATH) return 'not-found';
  // A browser sends the cookie along with a WebSocket that any page opens, and no CORS stands in between.
  if (!fromOurPages(request.headers, trustOrigins)) return 'foreign-origin';
  const who = presented(request.headers);
  const session = who === null ? null : accounts.session(who.token);
  if (who === null || session === null) return 'no-session';
  if (session.mustSetPassword) return 'password-must-be-set';
  return { token: who.token, query: new URLSearchParams(query) };
}

export function refuse(request: IncomingMessage, socket: Duplex, code: ProblemCode): void {
  const language = languageOf(request.headers['accept-language']);
  const status = statusOf(code);
  const title = titleOf(code)[language];
  const problem: ProblemJson = { type: `urn:lifeline:problem:${code}`, title, status, detail: title, code };
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
      '',
      body,
    ].join('\r\n'),
  );
}
