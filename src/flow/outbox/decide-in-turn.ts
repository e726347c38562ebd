import type { Refusal } from '../../domain/refusals.ts';
import type { Result } from '../../domain/result.ts';
import type { Draft } from '../core/draft.ts';
import type { Log } from '../ports/log.ts';
import type { Turn } from '../turn.ts';

export type DecideInTurn = <T>(decide: (draft: Draft) => Result<T, Refusal>) => Promise<Result<T, Refusal>>;

/** @returns decides in a turn; a question that trips a fault of ours does not stop the others of the turn */
export const decidingInTurn =
  (turn: Pick<Turn, 'tell'>, log: Log, what: string): DecideInTurn =>
  <T>(decide: (draft: Draft) => Result<T, Refusal>) =>
    turn
      .tell((draft): { readonly done: Result<T, Refusal> } | { readonly fault: unknown } => {
        try {
          return { done: decide(draft) };
        } catch (fault) {
          log.error(`${what} could not be decided because of a fault in this program`, {
            cause: String(fault),
          });
          return { fault };
        }
      })
      .then((told) => {
        if ('done' in told) return told.done;
        throw new Error(`${what} could not be decided`, { cause: told.fault });
      });
