import type { ChannelSecrets } from '../../domain/notice/channel.ts';
import type { SendOutcome } from '../../domain/notice/notice.ts';
import { seconds } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import { type OutAnswer, OutRefused } from '../shared/out-door.ts';

/** What a channel is made of besides its settings. */
export type ChannelTools = {
  /** Timestamps in signatures are checked by the receiver: the world's time, not ours. */
  readonly wall: () => number;
  readonly clock: Pick<Clock, 'now'>;
  /** Never the same twice. */
  readonly nonce: () => string;
};

export const accepted = (said: string): SendOutcome => ({ is: 'accepted', said: line(said) });
export const refused = (said: string): SendOutcome => ({ is: 'refused', said: line(said) });
export const failed = (said: string, retryAt?: number): SendOutcome => ({
  is: 'failed',
  said: line(said),
  ...(retryAt === undefined ? {} : { retryAt }),
});

/** Nobody knows whether it arrived. */
const unanswered = (said: string): SendOutcome => ({ is: 'failed', said: line(said), inDoubt: true });

const SAID_AT_MOST = 300;

/** One line of a receiver's words, as long as anybody reads. */
const line = (said: string): string =>
  said
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, SAID_AT_MOST);

/** Whatever a receiver or a library says, a secret is not in it. */
export function withoutSecrets(outcome: SendOutcome, secrets: ChannelSecrets): SendOutcome {
  let { said } = outcome;
  for (const secret of Object.values(secrets))
    if (secret !== '')
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        said = said.replaceAll(form, '***');
  return { ...outcome, said };
}

/** An answer that came at all. Its status says only whether it is worth reading. */
export function byStatus(answer: OutAnswer, now: number): SendOutcome | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  const said = `HTTP ${status}: ${answer.body}`;
  if (status >= 300 && status < 400)
    return refused(`HTTP ${status}: it points elsewhere, which is not followed`);
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return failed(said, retryAfter(answer, now));
  return refused(said);
}

/** RFC 9110 10.2.3: seconds, or an instant of the receiver's clock. */
function retryAfter(answer: OutAnswer, now: number): number | undefined {
  const given = answer.header('retry-after');
  if (given === undefined) return undefined;
  if (/^\d{1,6}$/.test(given)) return now + seconds(Number(given));
  const [at, their] = [Date.parse(given), Date.parse(answer.header('date') ?? '')];
  return Number.isFinite(at - their) ? now + Math.max(0, at - their) : undefined;
}

/** No answer: by our own word for good, otherwise perhaps next time. */
export function byError(error: unknown): SendOutcome {
  if (error instanceof OutRefused) return refused(error.message);
  const { code, name, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  // Only what kind of thing it was: messages of libraries name addresses with their tokens.
  const kind = code ?? cause?.code ?? name ?? 'no answer';
  if (name === 'TimeoutError') return unanswered('no answer in time');
  return CUT_SHORT.has(kind) ? unanswered(kind) : failed(kind);
}

/** It was on its way, or may have been, when the line was cut. */
const CUT_SHORT: ReadonlySet<string> = new Set([
  'ABORT_ERR',
  'AbortError',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The JSON object in an answer; `null`: there is none, and whoever sent it is no receiver of this kind. */
export function objectIn(answer: OutAnswer): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(answer.body);
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

export const NO_SUCH_ANSWER = 'HTTP 200, but not what such a receiver answers: something else stands there';
