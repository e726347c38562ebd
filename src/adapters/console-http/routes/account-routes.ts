import type { Result } from '../../../domain/result.ts';
import type { AccountListed, ChangeRefusal } from '../../../flow/ports/accounts.ts';
import { accountJson, tokenJson } from '../../../wire/http/accounts.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

type Names =
  | 'accounts'
  | 'createAccount'
  | 'changeAccount'
  | 'grantAccount'
  | 'resetPassword'
  | 'unlockAccount'
  | 'tokens'
  | 'createToken'
  | 'removeToken';

const ON_THE_MACHINE = {
  zh: '安全管理员、审计管理员的密码须在服务器上重置：lifeline account reset',
  en: 'The password of another administrator is reset on the machine itself: lifeline account reset',
};

export function accountRoutes({ accounts }: Services): Pick<Handlers, Names> {
  function find(typed: string): AccountListed {
    const found = accounts.list().find((a) => a.account === typed.toLowerCase());
    if (found === undefined) throw new HttpProblem('account-unknown');
    return found;
  }

  function told(changed: Result<AccountListed, ChangeRefusal>) {
    if (!changed.ok) throw new HttpProblem(changed.error.code, { detail: changed.error.detail });
    return accountJson(changed.value);
  }

  return {
    accounts: () => ({ items: accounts.list().map(accountJson), next: null }),
    createAccount: async ({ body, can }) => {
      const grants = body.roles.length > 0 || body.areas !== null || body.unit !== null;
      if (grants && !can('accounts.grant')) throw new HttpProblem('not-permitted');
      const added = await accounts.add(body.account, body.name, null, {
        roles: body.roles,
        areas: body.areas,
        unit: body.unit,
      });
      if (!added.ok) throw new HttpProblem(added.error.code, { detail: added.error.detail });
      return { ...accountJson(find(body.account)), oneTimeCode: added.value.oneTimeCode ?? '' };
    },
    changeAccount: async ({ params, body, session, was }) => {
      const { name, disabledAt } = find(params.account);
      was({ name, disabled: disabledAt !== null });
      return told(
        await accounts.change(params.account, session.account, {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.disabled === undefined ? {} : { disabled: body.disabled }),
        }),
      );
    },
    grantAccount: async ({ params, body, session, was }) => {
      const { roles, areas, unit } = find(params.account);
      was({ roles, areas, unit });
      return told(
        await accounts.change(params.account, session.account, {
          ...(body.roles === undefined ? {} : { roles: body.roles }),
          ...(body.areas === undefined ? {} : { areas: body.areas }),
          ...(body.unit === undefined ? {} : { unit: body.unit }),
        }),
      );
    },
    resetPassword: async ({ params, session, can }) => {
      // Else 系统管理员 could become either of the other two, one-time code in hand.
      const { roles } = find(params.account);
      const others = roles.includes('security-admin') || roles.includes('auditor');
      if (others && !can('accounts.grant'))
        throw new HttpProblem('not-permitted', { detail: ON_THE_MACHINE });
      const reset = await accounts.resetPassword(params.account, session.account);
      if (!reset.ok) throw new HttpProblem(reset.error.code);
      return { oneTimeCode: reset.value.oneTimeCode };
    },
    unlockAccount: ({ params }) => {
      if (!accounts.unlock(params.account)) throw new HttpProblem('account-unknown');
      return undefined;
    },

    tokens: async () => ({ items: (await accounts.tokens()).map(tokenJson), next: null }),
    createToken: async ({ body }) => {
      const { name, role, areas, expiresAt } = body;
      const made = await accounts.addToken(name, { role, areas, expiresAt });
      if (!made.ok) throw new HttpProblem(made.error.code);
      const listed = (await accounts.tokens()).find((t) => t.name === name);
      if (listed === undefined) throw new HttpProblem('internal');
      return { ...tokenJson(listed), token: made.value.token };
    },
    removeToken: async ({ params }) => {
      if (!(await accounts.removeToken(params.name))) throw new HttpProblem('not-found');
      return undefined;
    },
  };
}
