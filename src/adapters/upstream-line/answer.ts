import { seconds } from '../../domain/time.ts';
import { type LineAnswer, LineTrouble } from '../../flow/ports/upstream/line.ts';
import { heldAt } from '../../wire/mapping/pointer.ts';
import { holds } from '../../wire/upstream/fields.ts';
import type { UpstreamProfile } from '../../wire/upstream/profile.ts';
import type { OutAnswer } from '../shared/out-door.ts';

/** One line of a receiver's words, as long as anybody reads. */
export const inOneLine = (said: string): string =>
  said
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);

/** The JSON in an answer; whoever answers otherwise is no such receiver, and what was sent is tried again. */
export function jsonOf(answer: OutAnswer): unknown {
  const { status, body } = answer;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new LineTrouble(`HTTP ${status}: ${inOneLine(body)}`, retryAfter(answer));
  if (status >= 300 && status < 400)
    throw new LineTrouble(`HTTP ${status}: it points elsewhere, which is not followed`);
  // That is about who we are, and not about what was sent.
  if (status === 401 || status === 403 || status === 404)
    throw new LineTrouble(`HTTP ${status}: ${inOneLine(body)}`);
  try {
    return JSON.parse(body);
  } catch {
    throw new LineTrouble(`HTTP ${status}, but not JSON: ${inOneLine(body)}`);
  }
}

/** What a receiver of a profile has said of what was sent. */
export function answerOf(answer: OutAnswer, how: NonNullable<UpstreamProfile['answer']>): LineAnswer {
  const json = jsonOf(answer);
  const text = (pointer: string | undefined): string | null => {
    const held = pointer === undefined ? undefined : heldAt(json, pointer);
    return held === undefined || held === null
      ? null
      : inOneLine(typeof held === 'string' ? held : JSON.stringify(held));
  };
  const said = text(how.words) ?? `HTTP ${answer.status} ${inOneLine(answer.body)}`;
  const receipt = text(how.receipt);
  if (answer.status < 300 && holds(how.accepted, json)) return { is: 'accepted', said, receipt };
  if (how.later !== undefined && holds(how.later, json)) return { is: 'later', said, receipt: null };
  if (how.rejected === undefined || holds(how.rejected, json)) return { is: 'rejected', said, receipt: null };
  throw new LineTrouble(`an answer that the profile does not know: ${said}`);
}

function retryAfter(answer: OutAnswer): number | null {
  const given = answer.header('retry-after');
  return given !== undefined && /^\d{1,5}$/.test(given) ? seconds(Number(given)) : null;
}
