import { rightsOf } from '../../../domain/account/permissions.ts';
import type { FactorRefusal, LoginRefusal, Session } from '../../../flow/ports/accounts.ts';
import { iso } from '../../../wire/alarm.ts';
import { SESSION_COOKIE } from '../../../wire/http/head/origin.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, invalid, retryAfter } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

type Names =
  | 'login'
  | 'loginNotice'
  | 'openWall'
  | 'logout'
  | 'me'
  | 'setPassword'
  | 'enrolSecondFactor'
  | 'confirmSecondFactor'
  | 'removeSecondFactor';

/** `Strict`: the cookie goes only with requests that our own pages make. */
const cookie = (token: string, seconds: number, secure: boolean) =>
  `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;

/** Seconds: 400 days, the longest that browsers keep a cookie (RFC 6265bis §5.6.2). */
const KEPT_AT_MOST = 400 * 86_400;

type House = Pick<Services, 'mqttPort' | 'shelveLevel1' | 'secondPersonForLevel1'>;

const meJson = (session: Session, { mqttPort, shelveLevel1, secondPersonForLevel1 }: House) => ({
  kind: session.kind,
  account: session.account,
  name: session.name,
  roles: [...session.roles],
  permissions: [...rightsOf(session.roles)],
  areas: session.areas === null ? null : [...session.areas],
  unit: session.unit,
  mustSetPassword: session.mustSetPassword,
  mustEnrol: session.mustEnrol,
  expiresAt: session.expiresAt === null ? null : iso(session.expiresAt),
  shelveLevel1:
    shelveLevel1 === false
      ? ('never' as const)
      : secondPersonForLevel1
        ? ('two-persons' as const)
        : ('one-person' as const),
  mqttPort: mqttPort?.() ?? null,
});

export function sessionRoutes(parts: Services): Pick<Handlers, Names> {
  const { accounts, clock, log, meters, loginBanner } = parts;
  return {
    login: async ({ body, from, secure, header }) => {
      const entered = await accounts.login(body.account, body.password, from, body.otp);
      if (!entered.ok) {
        const { code, detail, retryAfter: wait } = entered.error;
        meters.count(`logins_refused_total{why="${code}"}`);
        log.warn('a login was refused', { account: body.account, from, why: code });
        throw new HttpProblem(code, { detail, headers: wait === null ? {} : retryAfter(wait) });
      }
      const { token, account, expiresAt } = entered.value;
      log.info('somebody logged in', { account, from });
      header('set-cookie', cookie(token, Math.max(0, Math.floor((expiresAt - clock.now()) / 1_000)), secure));
      return { ...meJson({ kind: 'person', ...entered.value }, parts), token };
    },

    loginNotice: () => ({ text: loginBanner ?? null }),

    // A page cannot send the header with its WebSocket, and an address with a token in it would stand in logs.
    openWall: ({ session, token, secure, header }) => {
      const left = session.expiresAt === null ? KEPT_AT_MOST : (session.expiresAt - clock.now()) / 1_000;
      header('set-cookie', cookie(token, Math.max(0, Math.floor(Math.min(KEPT_AT_MOST, left))), secure));
      return meJson(session, parts);
    },

    logout: async ({ session, token, secure, header }) => {
      await accounts.logout(token);
      log.info('somebody logged out', { account: session.account });
      header('set-cookie', cookie('', 0, secure));
      return undefined;
    },

    me: ({ session }) => meJson(session, parts),

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

    enrolSecondFactor: async ({ session, token, body: { password } }) => {
      const proof = password === undefined ? { session: token } : { password };
      const begun = await accounts.beginSecondFactor(session.account, proof);
      if (!begun.ok) throw factorProblem(begun.error);
      const { secret } = begun.value;
      const label = encodeURIComponent(`lifeline-watch:${session.account}`);
      return { secret, uri: `otpauth://totp/${label}?secret=${secret}&issuer=lifeline-watch` };
    },
    confirmSecondFactor: async ({ session, body }) => {
      const done = await accounts.confirmSecondFactor(session.account, body.otp);
      if (!done.ok) throw new HttpProblem(done.error.code);
      return { recoveryCodes: [...done.value.recoveryCodes] };
    },
    removeSecondFactor: async ({ session, body }) => {
      const done = await accounts.removeSecondFactor(session.account, body.password);
      if (!done.ok) throw factorProblem(done.error);
      return undefined;
    },
  };
}

function factorProblem(refused: FactorRefusal | LoginRefusal): HttpProblem {
  const wait = 'retryAfter' in refused ? refused.retryAfter : null;
  return new HttpProblem(refused.code, { headers: wait === null ? {} : retryAfter(wait) });
}
