import { as, type RuleId } from '../../../domain/ids.ts';
import type { RuleCommand, RuleDraft } from '../../../domain/rules/change.ts';
import { ANYWHERE, type EffectiveRule, type RulePlace } from '../../../domain/rules/effective.ts';
import { areasTo, scopeOf } from '../../../domain/rules/scope.ts';
import type { Session } from '../../../flow/ports/accounts.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { lifelineJson } from '../../../wire/http/lifelines.ts';
import {
  changeFrom,
  effectiveJson,
  packVersionJson,
  type RuleDraftJson,
  ruleDraftJson,
  ruleVersionJson,
} from '../../../wire/http/rules/rules.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, refused } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { pointOf } from './find.ts';
import { numberCursor, pageOf } from './paging.ts';
import { othersWith } from './second-person.ts';

type Names =
  | 'lifelines'
  | 'rules'
  | 'rule'
  | 'ruleVersions'
  | 'changeRule'
  | 'revertRule'
  | 'ruleDrafts'
  | 'ruleDraft'
  | 'submitRuleDraft'
  | 'approveRuleDraft'
  | 'rejectRuleDraft'
  | 'withdrawRuleDraft';

type Decision = {
  readonly params: { readonly id: string };
  readonly body: { readonly note?: string | undefined };
  readonly session: Session;
  status(code: number): void;
};

type Seen = { readonly sees: (area: string) => boolean; readonly register: RegisterView };
type Where = { readonly point?: string | undefined; readonly area?: string | undefined };

export function ruleRoutes({ accounts, service }: Services): Pick<Handlers, Names> {
  const { rules, register } = service;
  const draftJson = (d: RuleDraft): RuleDraftJson =>
    ruleDraftJson(d, othersWith(accounts, 'rule.approve', d.author.account));

  /** @returns the lifeline too, where a point says it */
  function placeAsked({ point, area }: Where, seen: Seen): { place: RulePlace; lifeline: string | null } {
    if (point !== undefined) {
      const known = pointOf(point, seen.register, register);
      return { place: scopeOf(register, known), lifeline: known.lifeline };
    }
    if (area !== undefined && !seen.sees(area)) throw new HttpProblem('foreign-area');
    if (area === undefined) return { place: ANYWHERE, lifeline: null };
    return { place: { areas: areasTo(register, as.area(area)), point: null }, lifeline: null };
  }

  function inForce(place: RulePlace, lifeline: string | null): EffectiveRule[] {
    const packs = service.packs().filter((p) => lifeline === null || p.lifeline === lifeline);
    return packs.flatMap((p) => [...rules.effective(p.lifeline, place)]);
  }

  /** Asked about a point: with why a rule can say nothing there. */
  function shown(point: string | undefined): (e: EffectiveRule) => ReturnType<typeof effectiveJson> {
    const silent = point === undefined ? undefined : service.unjudgedAt(as.point(point));
    return (e) => effectiveJson(e, silent?.get(e.rule.id));
  }

  async function order(command: RuleCommand, status: (code: number) => void): Promise<RuleDraftJson> {
    const done = await service.rule(command);
    if (!done.ok) throw refused(done.error);
    if (isWaiting(done.value)) status(202);
    return draftJson(done.value);
  }

  const decide =
    (what: 'submit' | 'approve' | 'reject' | 'withdraw') =>
    ({ params, body, session, status }: Decision): Promise<RuleDraftJson> =>
      order({ do: what, draft: params.id, by: person(session), note: body.note ?? null }, status);

  return {
    lifelines: () => ({ items: service.packs().map(lifelineJson), next: null }),
    rules: ({ query, ...seen }) => {
      const { place, lifeline } = placeAsked(query, seen);
      const found = inForce(place, lifeline)
        .filter((e) => query.lifeline === undefined || e.rule.lifeline === query.lifeline)
        .sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
      const { items, next } = pageOf(found, (e) => e.rule.id, query);
      return { items: items.map(shown(query.point)), next };
    },
    rule: ({ params, query, ...seen }) => {
      const { place, lifeline } = placeAsked(query, seen);
      const found = inForce(place, lifeline).find((e) => e.rule.id === params.id);
      if (found === undefined) throw new HttpProblem('rule-unknown');
      return shown(query.point)(found);
    },
    ruleVersions: ({ params, query }) => {
      const id = as.rule(params.id);
      const known = rules.packRule(id);
      if (known === undefined) throw new HttpProblem('rule-unknown');
      const now = rules.versionOf(known.rule);
      const all = [
        ...[...rules.versions(id)].reverse().map((v) => ruleVersionJson(v, v.version === now)),
        packVersionJson(known.rule, known.rule.version === now),
      ];
      const below = numberCursor(query.after) ?? Number.POSITIVE_INFINITY;
      const rest = all.filter((v) => v.version < below);
      const items = rest.slice(0, query.limit);
      return { items, next: rest.length > items.length ? String(items.at(-1)?.version) : null };
    },
    changeRule: ({ params, body, session, status }) =>
      order({ ...proposal(params.id, body, session), change: changeFrom(body), submit: body.submit }, status),
    revertRule: ({ params, body, session, status }) =>
      order(
        {
          ...proposal(params.id, body, session),
          change: { do: 'revert', version: body.version },
          submit: true,
        },
        status,
      ),
    ruleDrafts: ({ query }) => {
      const before = numberCursor(query.after) ?? Number.POSITIVE_INFINITY;
      const rest = rules
        .drafts()
        .filter((d) => query.state === undefined || d.state === query.state)
        .filter((d) => query.rule === undefined || d.rule === query.rule)
        .filter((d) => numberOf(d) < before)
        .reverse();
      const items = rest.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(draftJson),
        next: rest.length > items.length && last ? String(numberOf(last)) : null,
      };
    },
    ruleDraft: ({ params }) => {
      const draft = rules.draft(params.id);
      if (draft === undefined) throw new HttpProblem('rule-draft-unknown');
      return draftJson(draft);
    },
    submitRuleDraft: decide('submit'),
    approveRuleDraft: decide('approve'),
    rejectRuleDraft: decide('reject'),
    withdrawRuleDraft: decide('withdraw'),
  };
}

const person = ({ account, name }: Session) => ({ account, name });

/** Drafts are numbered in the order of their making. */
const numberOf = (d: RuleDraft): number => Number(d.id.slice(1));

const isWaiting = (d: RuleDraft): boolean => d.state === 'draft' || d.state === 'submitted';

function proposal(
  id: string,
  body: { readonly reason: string; readonly commandId?: string | undefined },
  session: Session,
): { do: 'propose'; rule: RuleId; reason: string; by: ReturnType<typeof person>; commandId: string | null } {
  return {
    do: 'propose',
    rule: as.rule(id),
    reason: body.reason,
    by: person(session),
    commandId: body.commandId ?? null,
  };
}
