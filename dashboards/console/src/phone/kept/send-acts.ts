import type { Order } from '../../api/answers.ts';
import type { Answer } from '../../api/http.ts';
import { NO_ANSWER, type Problem } from '../../api/problem.ts';
import { isWaiting, type KeptAct, type KeptPhoto } from './act.ts';

export type SendParts = {
  /** @returns the photo's id on the server */
  upload(photo: KeptPhoto): Promise<Answer<{ readonly id: string }>>;
  act(act: KeptAct, attachments: readonly string[]): Promise<Answer<Order>>;
  put(act: KeptAct): Promise<void>;
  drop(act: KeptAct): Promise<void>;
  done(act: KeptAct, order: Order): void;
};

/**
 * Sends what waits, one after the other, in the order in which it was done. What the service does not accept stays as
 * refused, and the next one goes on; where nobody answers, it ends, and everything waits as it was.
 *
 * @param acts one person's, oldest first
 * @returns why it ended before the last one; `null`: nothing waits any more
 */
export async function sendActs(acts: readonly KeptAct[], parts: SendParts): Promise<Problem | null> {
  for (const waiting of acts.filter(isWaiting)) {
    let act = waiting;
    const told = await withPhotos(act, parts, (next) => {
      act = next;
    });
    if (told.ok) {
      // First forgotten, then shown as done: the other way round a page that is closed between the two shows it twice.
      await parts.drop(act);
      parts.done(act, told.value);
      continue;
    }
    if (saysNothingOfTheAct(told.problem)) return told.problem;
    await parts.put({ ...act, refused: told.problem });
  }
  return null;
}

async function withPhotos(
  act: KeptAct,
  parts: SendParts,
  becomes: (act: KeptAct) => void,
): Promise<Answer<Order>> {
  const photos = [...act.photos];
  for (const [i, photo] of photos.entries()) {
    if (photo.id !== null) continue;
    const kept = await parts.upload(photo);
    if (!kept.ok) return kept;
    if (!/^[0-9a-f]{64}$/.test(kept.value?.id ?? '')) return { ok: false, problem: NO_ANSWER };
    photos[i] = { ...photo, id: kept.value.id };
    const next = { ...act, photos: [...photos] };
    await parts.put(next);
    becomes(next);
  }
  const told = await parts.act(
    act,
    photos.flatMap((p) => p.id ?? []),
  );
  // A page of a hotel's network says 200 to everything.
  const isOurs = told.ok && told.value?.id === act.order.id && typeof told.value.revision === 'number';
  return told.ok && !isOurs ? { ok: false, problem: NO_ANSWER } : told;
}

const OF_THE_SESSION: readonly string[] = [
  'no-session',
  'password-must-be-set',
  'second-factor-must-be-set',
  'foreign-origin',
];

/** Nobody of ours has looked at it, or not now: it may be sent again. */
export const saysNothingOfTheAct = (p: Problem): boolean =>
  p.code === '' ||
  p.status === 0 ||
  p.status >= 500 ||
  [401, 408, 425, 429].includes(p.status) ||
  OF_THE_SESSION.includes(p.code);
