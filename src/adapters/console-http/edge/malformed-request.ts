import type { Socket } from 'node:net';
import { MEDIA } from '../../../wire/http/documents/openapi.ts';
import type { ProblemCode } from '../../../wire/http/problems.ts';
import { statusOf } from '../../../wire/http/problems.ts';
import { HttpProblem, problemJson } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

/** The client has gone, or has said (`…_ALERT_…`) that it does not trust our certificate: nothing was tried. */
const SILENCE = /^(ECONNRESET|EPIPE)$|_ALERT_/;
/** What came would have to be TLS, of a version and with a cipher that are good enough. There are no words in between. */
const NO_TLS = /^ERR_(SSL|TLS)_/;

/**
 * Answers what came over a connection and is no request that any route could see: two lengths, a folded header, a
 * head that never ends. Said like every other problem, and traced, for a proxy before us may have read it otherwise.
 */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { audit, clock }: Pick<Services, 'audit' | 'clock'>,
): void {
  const noTls = NO_TLS.test(error.code ?? '');
  if (SILENCE.test(error.code ?? '') || (socket.destroyed && !noTls)) {
    socket.destroy();
    return;
  }
  const code = noTls ? null : codeOf(error);
  void audit.record({
    at: clock.now(),
    who: null,
    from: socket.remoteAddress ?? 'unknown',
    what: 'http.other',
    object: null,
    outcome: 'refused',
    why: code ?? 'no-tls',
    ...(code === null ? { after: { why: error.code ?? '' } } : {}),
  });
  if (code === null) socket.destroy();
  else {
    if (socket.writable) socket.write(answerOf(code));
    socket.destroySoon();
  }
}

function codeOf(error: NodeJS.ErrnoException): ProblemCode {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'head-too-large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'too-slow';
    default:
      return 'not-http';
  }
}

function answerOf(code: ProblemCode): string {
  const body = JSON.stringify(problemJson(new HttpProblem(code), 'zh'));
  return [
    `HTTP/1.1 ${statusOf(code)} Refused`,
    'Connection: close',
    `Content-Type: ${MEDIA.problem}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    '',
    body,
  ].join('\r\n');
}
