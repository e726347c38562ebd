import type { Socket } from 'node:net';
import type { ProblemCode } from '../../wire/http-problems.ts';
import { statusOf } from '../../wire/http-problems.ts';
import { MEDIA } from '../../wire/openapi.ts';
import type { Parts } from './parts.ts';
import { HttpProblem, problemJson } from './problem.ts';

/** The client has gone, or no TLS came about, as when it does not trust our certificate: nothing was asked for. */
const SILENCE = /^(ECONNRESET|EPIPE|ERR_SSL_\w+|ERR_TLS_\w+)$/;

/**
 * Answers what came over a connection and is no request that any route could see: two lengths, a folded header, a
 * head that never ends. Said like every other problem, and traced, for a proxy before us may have read it otherwise.
 */
export function answerNoHttp(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { audit, clock }: Pick<Parts, 'audit' | 'clock'>,
): void {
  if (SILENCE.test(error.code ?? '') || socket.destroyed) {
    socket.destroy();
    return;
  }
  const code = codeOf(error);
  void audit.record({
    at: clock.now(),
    who: null,
    from: socket.remoteAddress ?? 'unknown',
    what: 'http.other',
    object: null,
    outcome: 'refused',
    why: code,
  });
  if (socket.writable) socket.write(answerOf(code));
  socket.destroySoon();
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
