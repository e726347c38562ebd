import { as } from '../../../domain/ids.ts';
import type { Result } from '../../../domain/result.ts';
import { hours } from '../../../domain/time.ts';
import type { KeyListed, KeyRefusal } from '../../../flow/ports/device-keys.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { iso } from '../../../wire/alarm.ts';
import { BOM } from '../../../wire/files/csv.ts';
import { keyLine, keysHeader } from '../../../wire/http/device-keys.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { deviceOf } from './find.ts';
import { pageOf } from './paging.ts';

type Names =
  | 'issueCredential'
  | 'revokeCredential'
  | 'issueSystemCredential'
  | 'revokeSystemCredential'
  | 'credentials'
  | 'issueMissingCredentials';

/** Credentials issued in one transaction: others get their turn between two. */
const TOGETHER = 200;

/** Sorts as the list of the desk does, by holder and then by issue: `+` comes before all that a holder may have. */
const keyOf = (k: KeyListed): string => `${k.holder}+${String(k.id).padStart(12, '0')}`;

export function deviceKeyRoutes({ keys, service, clock }: Services): Pick<Handlers, Names> {
  /** A device of the areas of whoever asks. */
  const own = (code: string, register: RegisterView): string =>
    deviceOf(code, register, service.register).code;

  async function issue(
    holder: string,
    by: { readonly who: string; readonly from: string },
    keepOldHours: number,
    areas: readonly string[] | null,
  ) {
    const had = keys.has(holder);
    const keepOld = hours(keepOldHours);
    const [issued] = right(await keys.issue([holder], by, { keepOld, strict: true, areas }));
    if (issued === undefined) throw new Error('the desk issued nothing and refused nothing');
    return {
      username: holder,
      secret: issued.secret,
      oldGoodUntil: had && keepOld > 0 ? iso(clock.now() + keepOld) : null,
    };
  }

  return {
    issueCredential: ({ params, query, session, register, from }) =>
      issue(own(params.code, register), { who: session.account, from }, query.keepOldHours, null),

    revokeCredential: async ({ params, session, register, from }) => {
      const by = { who: session.account, from };
      const { cutOff } = right(await keys.revoke(own(params.code, register), by));
      return { connectionsCutOff: cutOff };
    },

    issueSystemCredential: ({ params, query, session, from, sees }) => {
      const areas = query.areas?.split(',') ?? null;
      // Nobody gives away more than they have.
      if (areas === null ? session.areas !== null : !areas.every((a) => sees(a)))
        throw new HttpProblem('foreign-area');
      // … nor takes over a name that hears more than they do: who has it could throw the other out.
      const holder = `system:${params.name}`;
      const foreign = (k: KeyListed) => k.areas === null || !k.areas.every((a) => sees(a));
      if (session.areas !== null && keys.list().some((k) => k.holder === holder && foreign(k)))
        throw new HttpProblem('foreign-area');
      const by = { who: session.account, from };
      return issue(holder, by, query.keepOldHours, areas);
    },

    revokeSystemCredential: async ({ params, session, from }) => {
      if (session.areas !== null) throw new HttpProblem('foreign-area');
      const { cutOff } = right(await keys.revoke(`system:${params.name}`, { who: session.account, from }));
      return { connectionsCutOff: cutOff };
    },

    credentials: ({ query, register, session }) => {
      const { items, next } = pageOf(keys.list(), keyOf, query, (k) => {
        const system = k.holder.startsWith('system:');
        if (query.systems !== undefined && query.systems !== system) return false;
        return session.areas === null || (!system && register.device(as.device(k.holder)) !== undefined);
      });
      return {
        items: items.map((k) => ({
          id: k.id,
          username: k.holder,
          issuedAt: iso(k.issuedAt),
          goodUntil: k.until === null ? null : iso(k.until),
          areas: k.areas === null ? null : [...k.areas],
        })),
        next,
      };
    },

    issueMissingCredentials: ({ query, session, register, from, header }) => {
      header('content-disposition', 'attachment; filename="credentials.csv"');
      const missing = register
        .devices()
        .filter((d) => (query.lifeline === undefined || d.lifeline === query.lifeline) && !keys.has(d.code))
        // Who was revoked stays so until somebody means them.
        .filter((d) => !keys.isBarred(d.code))
        .filter((d) => {
          const area = d.point === null ? undefined : register.point(d.point)?.area;
          return query.area === undefined || area?.startsWith(query.area) === true;
        })
        .map((d) => d.code);
      const by = { who: session.account, from };
      return many(missing, async (codes) => right(await keys.issue(codes, by, { keepOld: 0, strict: true })));
    },
  };
}

async function* many(
  codes: readonly string[],
  issue: (codes: readonly string[]) => Promise<readonly { holder: string; secret: string }[]>,
): AsyncGenerator<string> {
  yield BOM + keysHeader;
  for (let i = 0; i < codes.length; i += TOGETHER) {
    const issued = await issue(codes.slice(i, i + TOGETHER));
    yield issued.map(({ holder, secret }) => keyLine(holder, secret)).join('');
  }
}

const PROBLEM_OF = {
  'holder-invalid': 'invalid',
  'device-unknown': 'not-found',
  'no-key': 'not-found',
  'audit-unwritable': 'audit-failed',
} as const;

function right<T>(answer: Result<T, KeyRefusal>): T {
  if (answer.ok) return answer.value;
  throw new HttpProblem(PROBLEM_OF[answer.error.code], { detail: answer.error.detail });
}
