import { may, type Right } from '../../../domain/account/permissions.ts';
import { maySeeArea, type Scope } from '../../../domain/account/scope.ts';
import { as } from '../../../domain/ids.ts';
import type { Session } from '../../../flow/ports/accounts.ts';
import { HttpProblem, retryAfter } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

export type Second = { account: string; password: string; otp?: string | undefined } | undefined;

/** How many other people have this right; who has not set a password yet can do nothing. */
export const othersWith = (
  accounts: Pick<Services['accounts'], 'list'>,
  right: Right,
  except: string,
): number =>
  accounts
    .list()
    .filter((a) => a.account !== except && a.disabledAt === null && a.passwordSetAt !== null)
    .filter((a) => may(a.roles, right)).length;

type WhoIsAsked = {
  readonly right: Right;
  readonly areaCode: string;
  /** Whether the house asks for a second person at all. */
  readonly isAsked: boolean | undefined;
  /** Where the one who came may not, or is the first one. */
  readonly refusal: 'second-person-needed' | 'assess-second-needed' | 'command-second-needed';
};

/**
 * Proves that somebody else, who has the same right there, is at the desk too.
 *
 * @param areaCode where it shall hold
 * @returns who it is, and their areas; `null` where none came, or the house asks for none
 * @throws HttpProblem
 */
export async function secondPerson(
  { accounts, service }: Pick<Services, 'accounts' | 'service'>,
  second: Second,
  { right, areaCode, isAsked, refusal }: WhoIsAsked,
  { session, from }: { readonly session: Session; readonly from: string },
): Promise<{ readonly name: string; readonly scope: Scope } | null> {
  if (isAsked !== true || second === undefined) return null;
  const parentOf = (area: string) => service.register.area(as.area(area))?.parent;
  const entered = await accounts.login(second.account, second.password, from, second.otp);
  if (!entered.ok) {
    const { code, retryAfter: wait } = entered.error;
    throw new HttpProblem(code, { headers: wait === null ? {} : retryAfter(wait) });
  }
  const { token, account, name, roles, areas, mustSetPassword } = entered.value;
  await accounts.logout(token);
  const entitled = may(roles, right) && !mustSetPassword && maySeeArea(areas, areaCode, parentOf);
  if (account === session.account || !entitled) throw new HttpProblem(refusal);
  return { name, scope: areas };
}
