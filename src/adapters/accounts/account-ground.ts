import type { Millis } from '../../domain/time.ts';
import type { LoginLimits } from '../../flow/ports/accounts.ts';
import type { Cost, RandomSource } from './secret.ts';
import type { AccountStore } from './store.ts';

/** What people, sessions and second factors are kept with. */
export type AccountGround = {
  readonly store: AccountStore;
  readonly now: () => Millis;
  readonly random: RandomSource;
  readonly limits: LoginLimits;
  readonly cost: Cost;
};
