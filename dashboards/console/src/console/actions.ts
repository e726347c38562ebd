import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { DoneTogether, Verb } from '../api/answers.ts';
import type { Api } from '../api/http.ts';
import { newCommandId } from '../api/ids.ts';
import { type Problem, sayProblem } from '../api/problem.ts';
import type { Say } from '../i18n/translate.ts';
import { timeOf } from '../state/beijing.ts';
import { isUnacked } from '../state/phase.ts';

export type Done =
  | { readonly ok: true }
  | { readonly ok: false; readonly words: string; readonly code: string };

type Needs = {
  readonly api: Api;
  readonly say: Say;
  now(): number;
  connected(): boolean;
  learn(alarm: AlarmJson): void;
  /** The alarm as it is known now: the answer to "who was first?". */
  known(id: string): AlarmJson | undefined;
  onExpired(): void;
};

/** Of several: how many it was done to, and who was refused, in words. */
export type DoneToSeveral =
  | {
      readonly ok: true;
      readonly done: number;
      readonly refused: readonly { readonly id: string; readonly words: string; readonly code: string }[];
    }
  | { readonly ok: false; readonly words: string; readonly code: string };

export type Actions = {
  /** Does it now or says in words why not; nothing is ever kept back to be sent later. */
  act(alarm: AlarmJson, verb: Verb, body: Record<string, unknown>): Promise<Done>;
  /** The same to several at once, each as it was looked at. */
  together(
    alarms: readonly AlarmJson[],
    verb: 'acknowledge' | 'assess',
    body: Record<string, unknown>,
  ): Promise<DoneToSeveral>;
};

/** Refused here, for the link is down: it is said by itself for as long as that is so, and no longer. */
export const LINK_DOWN = 'link-down';

/** Alarms of one request. */
const AT_ONCE = 500;

const ABOUT_THE_SECOND = new Set(['wrong-credentials', 'second-factor-needed']);

export function createActions(needs: Needs): Actions {
  // A command whose answer was lost keeps its id: pressed again, it cannot happen twice (C10).
  const unanswered = new Map<string, string>();

  return {
    async act(alarm, verb, body) {
      const { say } = needs;
      if (!needs.connected()) return { ok: false, words: say('link.refused'), code: LINK_DOWN };
      // Another person's password is no part of the deed, and is kept nowhere.
      const { second: _, ...same } = body;
      const deed = JSON.stringify([alarm.id, verb, same]);
      const commandId = unanswered.get(deed) ?? newCommandId(crypto);
      unanswered.set(deed, commandId);
      const answer = await needs.api.act(alarm.id, verb, { ...body, commandId });
      if (answer.ok) {
        unanswered.delete(deed);
        if (answer.value) needs.learn(answer.value);
        return { ok: true };
      }
      if (answer.problem.status === 0) return { ok: false, words: say('act.noAnswer'), code: '' };
      unanswered.delete(deed);
      const { status, code } = answer.problem;
      // A second person who mistypes their password does not end the first one's session.
      if (status === 401 && !ABOUT_THE_SECOND.has(code)) needs.onExpired();
      const words = refusalInWords(answer.problem, needs.known(alarm.id), say, needs.now());
      return { ok: false, words, code };
    },
    async together(alarms, verb, body) {
      let done = 0;
      const refused: { id: string; words: string; code: string }[] = [];
      for (let at = 0; at < alarms.length; at += AT_ONCE) {
        const some = await pieceOf(alarms.slice(at, at + AT_ONCE), verb, body);
        if (!some.ok) return some;
        done += some.done;
        refused.push(...some.refused);
      }
      return { ok: true, done, refused };
    },
  };

  async function pieceOf(
    alarms: readonly AlarmJson[],
    verb: 'acknowledge' | 'assess',
    body: Record<string, unknown>,
  ): Promise<DoneToSeveral> {
    const { say } = needs;
    if (!needs.connected()) return { ok: false, words: say('link.refused'), code: LINK_DOWN };
    const those = alarms.map(({ id, revision }) =>
      verb === 'acknowledge' ? { id, seenRevision: revision } : { id },
    );
    const { second: _, ...same } = body;
    const deed = JSON.stringify([those, verb, same]);
    const commandId = unanswered.get(deed) ?? newCommandId(crypto);
    unanswered.set(deed, commandId);
    const answer = await needs.api.send<DoneTogether>('POST', `/alarms/${verb}`, {
      ...body,
      alarms: those,
      commandId,
    });
    if (!answer.ok && answer.problem.status === 0) return { ok: false, words: say('act.noAnswer'), code: '' };
    unanswered.delete(deed);
    if (!answer.ok) {
      const { status, code } = answer.problem;
      if (status === 401 && !ABOUT_THE_SECOND.has(code)) needs.onExpired();
      return { ok: false, words: sayProblem(answer.problem, say), code };
    }
    const refused: { id: string; words: string; code: string }[] = [];
    for (const { id, alarm, problem } of answer.value.items) {
      if (alarm !== null) needs.learn(alarm);
      if (problem === null) continue;
      const told = { status: problem.status, code: problem.code, words: problem.detail };
      refused.push({
        id,
        code: problem.code,
        words: refusalInWords(told, needs.known(id), say, needs.now()),
      });
    }
    return { ok: true, done: answer.value.done, refused };
  }
}

/** The one refusal that should name a person says who and when, as soon as this console knows. */
export function refusalInWords(p: Problem, known: AlarmJson | undefined, say: Say, now: number): string {
  if (p.code === 'already-acknowledged' && known?.ack && !isUnacked(known)) {
    return say('refusal.already-acknowledged.by', {
      name: known.ack.by,
      time: timeOf(Date.parse(known.ack.at), now),
    });
  }
  return sayProblem(p, say);
}
