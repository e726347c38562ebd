import type { Judges, Person, RuleScope, StepNumbers } from '../register/types.ts';
import type { StepChange } from './change.ts';

type Step = {
  readonly level: number;
  readonly enabled?: boolean | null;
  readonly limit?: Readonly<Record<string, number>> | null;
  readonly onDelayMs?: number | null;
};
export type Change =
  | {
      readonly do: 'set';
      readonly scope: RuleScope;
      readonly steps: readonly Step[];
      readonly judges?: Judges | null;
    }
  | { readonly do: 'revert'; readonly version: number };
export type Draft = {
  readonly id: string;
  readonly rule: string;
  readonly state: 'draft' | 'submitted' | 'approved' | 'rejected' | 'withdrawn';
  readonly change: Change;
  readonly reason: string;
  readonly author: Person;
  readonly version: number | null;
  readonly story: readonly { readonly at: string; readonly by: Person }[];
};
export type Version = {
  readonly version: number;
  readonly at: string | null;
  readonly by: Person | null;
  readonly approvedBy: Person | null;
  readonly reason: string | null;
  readonly inForce: boolean;
};
export type Trial = {
  readonly alarms: number;
  readonly byLevel: Readonly<Record<'1' | '2' | '3' | '4', number>>;
  readonly points: number;
  readonly judged: Readonly<Record<string, { readonly of: number; readonly raised: number }>>;
  readonly missed: readonly JudgedThen[];
  readonly later: readonly (JudgedThen & { readonly byMs: number })[];
};
export type JudgedThen = {
  readonly alarmId: string;
  readonly pointCode: string;
  readonly verdict: string;
  readonly raisedAt: string;
};
export type Backtest = {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly progress: { readonly pointsDone: number; readonly points: number; readonly readings: number };
  readonly result: {
    readonly points: number;
    readonly readings: number;
    readonly inForce: Trial;
    readonly draft: Trial;
  } | null;
  readonly says: string | null;
};
export type SuggestedStep = {
  readonly level: StepNumbers['level'];
  readonly takes: number;
  readonly excursions: { readonly n: number; readonly medianMs: number; readonly longestMs: number };
  readonly found:
    | { readonly is: 'deadband'; readonly value: number; readonly was: number; readonly takes: number }
    | { readonly is: 'onDelay'; readonly valueMs: number; readonly wasMs: number; readonly takes: number }
    | {
        readonly is: 'nothing';
        readonly why: 'kind' | 'too-little-data' | 'quiet' | 'safety' | 'not-noise';
      };
};
/** Answer of `GET /rules/{id}/suggestion`. */
export type Suggestion = {
  readonly points: readonly { readonly pointCode: string; readonly readings: number }[];
  readonly noise: { readonly sigma: number; readonly step: number } | null;
  readonly steps: readonly SuggestedStep[];
  readonly draft: { readonly steps: readonly StepChange[] } | null;
  readonly backtest: Backtest | null;
};
export type Noisy = {
  readonly ruleId: string;
  readonly ruleName: { readonly zh: string; readonly en: string };
  readonly pointCode: string;
  readonly pointName: string;
  readonly raised: number;
  readonly share: number;
};
