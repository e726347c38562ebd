import { may } from '../../../../domain/account/permissions.ts';
import { maySeeArea, type Scope } from '../../../../domain/account/scope.ts';
import type { Handover, ShiftPerson } from '../../../../domain/handover/handover.ts';
import { as } from '../../../../domain/ids.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import {
  handoverEventJson,
  handoverToJson,
  handoverWithContents,
} from '../../../../wire/answering/handover.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden, retryAfter } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';
import { asked } from '../response/asked.ts';

type Names = Extract<
  keyof Handlers,
  | 'handovers'
  | 'handoverPeople'
  | 'makeHandover'
  | 'handover'
  | 'handoverEvents'
  | 'signHandover'
  | 'voidHandover'
>;

const PAGES = 50;
/** Where nothing says when the outgoing shift began. */
const USUAL_SHIFT_MS = 12 * 3_600_000;

export function handoverRoutes(parts: Services): Pick<Handlers, Names> {
  const { handovers, accounts, audit, clock, service } = parts;
  const parentOf = (area: string) => service.register.area(as.area(area))?.parent;

  /** Of the whole city for who sees all of it; of areas for who sees one of them. */
  const isSeen = ({ areas }: Pick<Handover, 'areas'>, scope: Scope): boolean =>
    scope === null || areas.some((a) => maySeeArea(scope, a, parentOf));
  const coversAll = (areas: readonly string[], scope: Scope): boolean =>
    scope === null || (areas.length > 0 && areas.every((a) => maySeeArea(scope, a, parentOf)));

  const signers = () =>
    accounts
      .list()
      .filter((a) => a.disabledAt === null && a.passwordSetAt !== null && may(a.roles, 'handover.sign'));

  function personsOf(names: readonly string[], areas: readonly string[]): readonly ShiftPerson[] {
    const all = new Map(signers().map((a) => [a.account, a]));
    const unlike = new Set(names);
    const found = [...unlike].flatMap((n) => all.get(n) ?? []);
    const isEnough = found.length >= (parts.handoverPersons ?? 1);
    if (found.length < unlike.size || !isEnough || !found.every((a) => coversAll(areas, a.areas)))
      throw new HttpProblem('handover-persons');
    return found.map(({ account, name }) => ({ account, name }));
  }

  async function theirs(id: string, { areas }: Session): Promise<Handover> {
    const found = await handovers.handover(as.handover(id));
    if (found === null) throw new HttpProblem('handover-unknown');
    if (!isSeen(found, areas)) throw hidden('handover-unknown');
    return found;
  }

  async function anchor(): Promise<string | null> {
    try {
      const newest = await audit.anchor();
      return newest === null ? null : `${newest.n}:${newest.seal}`;
    } catch {
      throw new HttpProblem('audit-failed');
    }
  }

  /** When the last one of these areas was done with. */
  async function lastEnd(areas: readonly string[]): Promise<number | null> {
    const { items } = await handovers.handovers({ states: ['both-signed'] }, 50, null);
    const same = items.find(
      (h) => h.areas.length === areas.length && areas.every((a) => h.areas.includes(as.area(a))),
    );
    return same?.endedAt ?? null;
  }

  return {
    handovers: async ({ query, session }) => {
      const items: Handover[] = [];
      let after = query.after ?? null;
      for (let pages = 0; ; pages++) {
        const page = await handovers.handovers({ states: query.state }, query.limit - items.length, after);
        items.push(...page.items.filter((h) => isSeen(h, session.areas)));
        after = page.next;
        if (after === null || items.length >= query.limit || pages >= PAGES)
          return { items: items.map(handoverToJson), next: after };
      }
    },
    handoverPeople: () => ({
      persons: parts.handoverPersons ?? 1,
      items: signers().map(({ account, name }) => ({ account, name })),
    }),
    makeHandover: async ({ body, session }) => {
      const areas = [...new Set(body.areas)];
      if (areas.some((a) => service.register.area(as.area(a)) === undefined))
        throw new HttpProblem('unknown-reference');
      if (!coversAll(areas, session.areas)) throw new HttpProblem('foreign-area');
      const now = clock.now();
      const from = body.from ?? (await lastEnd(areas)) ?? now - USUAL_SHIFT_MS;
      const wish = {
        from: Math.min(from, now),
        areas: areas.map(as.area),
        outgoing: personsOf(body.outgoing, areas),
        incoming: personsOf(body.incoming, areas),
        instructions: body.instructions ?? null,
        anchor: await anchor(),
        reason: body.reason ?? null,
      };
      return handoverWithContents(granted(await handovers.make(wish, asked(body, session))));
    },
    handover: async ({ params, session }) => handoverWithContents(await theirs(params.id, session)),
    handoverEvents: async ({ params, session }) => {
      const { id } = await theirs(params.id, session);
      const events = await handovers.eventsOf(id);
      return { items: events.map((e) => handoverEventJson(e.seq, e.event)), next: null };
    },
    signHandover: async ({ params, body, session }) => {
      const { id, [body.side]: side } = await theirs(params.id, session);
      // Before anybody enters a password: it is not theirs to sign.
      if (!side.some((p) => p.account === session.account)) throw new HttpProblem('handover-not-yours');
      const proof = body.totp === undefined ? { password: body.password ?? '' } : { otp: body.totp };
      const proved = await accounts.prove(session.account, proof);
      if (!proved.ok) {
        const { code, detail, retryAfter: wait } = proved.error;
        throw new HttpProblem(code, { detail, headers: wait === null ? {} : retryAfter(wait) });
      }
      const ask = {
        do: 'sign' as const,
        side: body.side,
        proof: proved.value,
        remarks: body.remarks ?? null,
        ticks: [...new Set(body.ticks)],
        reason: body.reason ?? null,
      };
      return handoverWithContents(granted(await handovers.act(id, { ...ask, ...asked(body, session) })));
    },
    voidHandover: async ({ params, body, session }) => {
      const { id } = await theirs(params.id, session);
      const ask = { do: 'void' as const, reason: body.reason };
      return handoverWithContents(granted(await handovers.act(id, { ...ask, ...asked(body, session) })));
    },
  };
}
