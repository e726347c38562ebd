import type { PointCode, RuleId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Result } from '../../domain/result.ts';
import type { Person, RuleChange, RuleScope } from '../../domain/rules/change.ts';
import type { Suggestion } from '../../domain/rules/suggest.ts';
import type { Millis } from '../../domain/time.ts';
import type { Backtest } from './backtests.ts';

export type SuggestionAsked = {
  readonly rule: RuleId;
  /** Where the numbers would hold. */
  readonly scope: RuleScope;
  /** By `observedAt`, from inclusive, to exclusive. */
  readonly from: Millis;
  readonly to: Millis;
  readonly by: Person;
};

export type Suggested = Suggestion & {
  readonly asked: SuggestionAsked;
  /** Whose readings were measured: the point, or those with most alarms of the rule. */
  readonly points: readonly { readonly point: PointCode; readonly readings: number; readonly from: Millis }[];
  /** The change that the suggestion comes to, and its backtest; `null` where there is nothing to suggest. */
  readonly tried: { readonly draft: RuleChange; readonly backtest: Backtest } | null;
};

/** Numbers by which a noisy rule would be quieter, from what its points told. */
export interface Suggestions {
  /** @returns `null` where too many backtests wait already */
  suggest(asked: SuggestionAsked): Promise<Result<Suggested, Refusal> | null>;
}
