import type { PolicyId } from '../ids.ts';
import type { Person, RuleDraftState } from '../rules/change.ts';
import type { Millis } from '../time.ts';
import type { NoticePolicy } from './policy.ts';

/** What of a policy a person says. */
export type PolicyContent = Pick<NoticePolicy, 'name' | 'enabled' | 'match' | 'rungs' | 'repeat' | 'quiet'>;

/** `drop`: it holds for nothing any more; its versions stay. */
export type PolicyChange = { readonly do: 'set'; readonly content: PolicyContent } | { readonly do: 'drop' };

/** A change of a policy on its way: nobody is told by it until it is approved, and then it is a version. As of rules. */
export type PolicyDraft = {
  readonly id: string;
  readonly policy: PolicyId;
  readonly state: RuleDraftState;
  readonly change: PolicyChange;
  readonly reason: string;
  readonly author: Person;
  /** The version that the author had before them; 0: there was none. */
  readonly baseVersion: number;
  /** The version that came of it; `null` until it is approved. */
  readonly version: number | null;
  /** What happened to it, oldest first. */
  readonly story: readonly {
    readonly at: Millis;
    readonly by: Person;
    readonly did: RuleDraftState;
    readonly note: string | null;
  }[];
};

/** True while somebody must still do something about it. */
export const isWaiting = ({ state }: Pick<PolicyDraft, 'state'>): boolean =>
  state === 'draft' || state === 'submitted';

/** What a person may ask of the policies. */
export type PolicyCommand =
  | {
      readonly do: 'propose';
      readonly policy: PolicyId;
      readonly change: PolicyChange;
      readonly reason: string;
      /** False: only written down; `submit` comes later. */
      readonly submit: boolean;
      readonly by: Person;
      /** The version that was changed; a newer one refuses. `null`: not said. */
      readonly seenVersion: number | null;
    }
  | {
      readonly do: 'submit' | 'approve' | 'reject' | 'withdraw';
      readonly draft: string;
      readonly by: Person;
      readonly note: string | null;
    };
