import { iso } from '../../wire/alarm.ts';
import { SESSION_COOKIE } from '../../wire/http-origin.ts';
import type { Handlers } from './handler.ts';
import type { Parts } from './parts.ts';
import { HttpProblem, invalid, retryAfter } from './problem.ts';

type Names = 'login' | 'logout' | 'me' | 'setPassword';

/** `Strict`: the cookie goes only with requests that our own pages make. */
const cookie = (token: string, seconds: number, secure: boolean) =>
  `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;

export function sessionRoutes({ accounts, clock, log, meters }: Parts): Pick<Handlers, Names> {
  return {
    login: async ({ body, from, secure, header }) => {
      const entered = await accounts.login(body.account, body.password, from);
      if (!entered.ok) {
        const { code, detail, retryAfter: wait } = entered.error;
        meters.count(`logins_refused_total{why="${code}"}`);
        log.warn('a login was refused', { account: body.account, from, why: code });
        throw new HttpProblem(code, { detail, headers: wait === null ? {} : retryAfter(wait) });
      }
      const { token, account, name, mustSetPassword, expiresAt } = entered.value;
      log.info('somebody logged in', { account, from });
      header('set-cookie', cookie(token, Math.max(0, Math.floor((expiresAt - clock.now()) / 1_000)), secure));
      return { kind: 'person', account, name, mustSetPassword, expiresAt: iso(expiresAt), token };
    },

    logout: async ({ session, token, secure, header }) => {
      await accounts.logout(token);
      log.info('somebody logged out', { account: session.account });
      header('set-cookie', cookie('', 0, secure));
      return undefined;
    },

    me: ({ session }) => ({
      kind: session.kind,
      account: session.account,
      name: session.name,
      mustSetPassword: session.mustSetPassword,
      expiresAt: session.expiresAt === null ? null : iso(session.expiresAt),
    }),

    setPassword: async ({ body, session, token, language }) => {
      if (body.old === undefined && !session.mustSetPassword) {
        throw invalid('body.old', '请输入原密码', 'the old password is needed', language);
      }
      const proof = body.old === undefined ? { session: token } : { old: body.old, session: token };
      const set = await accounts.setPassword(session.account, proof, body.next);
      if (!set.ok) {
        const wait = 'retryAfter' in set.error ? set.error.retryAfter : null;
        throw new HttpProblem(set.error.code, {
          detail: set.error.detail,
          headers: wait === null ? {} : retryAfter(wait),
        });
      }
      log.info('a password was set', { account: session.account });
      return undefined;
    },
  };
}
