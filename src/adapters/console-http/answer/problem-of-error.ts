import { isStoreTrouble, STORE_TROUBLE, troubleOf } from '../../../flow/ports/history.ts';
import { HttpProblem, retryAfter } from './problem.ts';

/** A store that is away is asked again by the drain within this; a page that draws a chart may do the same. */
const ASK_AGAIN = 10_000;

/** What a body may be. */
export const TYPES = {
  zh: 'Content-Type 应为 application/json；导入 CSV 时为 text/csv',
  en: 'Content-Type should be application/json, or text/csv where CSV is imported.',
};

/**
 * What a client is told of an error, whoever threw it. Of faults of ours it learns that they are ours, and
 * nothing else.
 *
 * @param journalFailed then whatever broke in between broke of that
 */
export function problemOf(error: unknown, journalFailed: boolean): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isStoreTrouble(error)) {
    const { kind, retryAfter: wait } = troubleOf(error);
    const { zh, en } = STORE_TROUBLE[kind];
    return new HttpProblem('store-unavailable', {
      headers: retryAfter(wait ?? ASK_AGAIN),
      detail: {
        zh: `${zh}。读数在缓存中等待，报警不受影响；恢复后可以照常查询。`,
        en: `No charts for now: ${en}. Readings wait in the spool and alarms go on; ask again later.`,
      },
    });
  }
  switch ((error as { code?: unknown } | null)?.code) {
    case 'bad-cursor':
      return new HttpProblem('bad-cursor');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new HttpProblem('too-large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpProblem('unsupported-media-type', { detail: TYPES });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new HttpProblem('not-json');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new HttpProblem('bad-url');
    default:
      return ofStatus(error) ?? new HttpProblem(journalFailed ? 'journal-failed' : 'internal');
  }
}

/** The framework and the file server call their errors by status: what is forbidden is, for a client, not there. */
function ofStatus(error: unknown): HttpProblem | null {
  const { status, statusCode = status } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  if (statusCode === 403 || statusCode === 404) return new HttpProblem('not-found');
  return statusCode === 400 ? new HttpProblem('bad-url') : null;
}
