import type { RuleId } from '../../domain/ids.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Refusal, RefusalCode } from '../../domain/refusals.ts';
import { no, ok, type Result, unreachable } from '../../domain/result.ts';
import type { Rule } from '../../domain/rule.ts';
import {
  type Person,
  type RuleBookChange,
  type RuleChange,
  type RuleCommand,
  type RuleDraft,
  type RuleDraftState,
  type RuleScope,
  type RuleVersion,
  type Setting,
  scopeKey,
} from '../../domain/rules/change.ts';
import { effectiveRule, type RulePlace } from '../../domain/rules/effective.ts';
import { loosens } from '../../domain/rules/loosens.ts';
import { changeFlaws, ruleFlaws } from '../../domain/rules/rule-flaws.ts';
import { numbersText, settingsAfter } from '../../domain/rules/settings.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { Draft } from './draft.ts';
import { type Places, placesOf } from './rule-places.ts';

/** How many people a change needs: `loosening`, two where it makes anything alarm later, more mildly or not at all. */
export type RuleApproval = 'one' | 'loosening' | 'two';

/** Flaws told at once. */
const DETAILS = 5;

/**
 * The desk at which rules change: a draft with a reason, looked over by a second person where the house wants one,
 * then a version. Nothing that makes no sense gets as far as a draft, or from a draft into force.
 */
export class RuleDesk {
  readonly #book: RuleBook;
  readonly #places: Places;
  readonly #approval: RuleApproval;

  constructor(given: { book: RuleBook; places: Places; approval: RuleApproval }) {
    this.#book = given.book;
    this.#places = given.places;
    this.#approval = given.approval;
  }

  order(command: RuleCommand, turn: Draft): Result<RuleDraft, Refusal> {
    return command.do === 'propose' ? this.#propose(command, turn) : this.#decide(command, turn);
  }

  /** Looks a change over without making anything of it; the backtest asks so too. */
  look(id: RuleId, change: RuleChange): Result<readonly Setting[], Refusal> {
    const known = this.#book.packRule(id);
    if (known === undefined) return refuse('rule-unknown');
    const { rule, pack } = known;
    if (change.do === 'revert') {
      const exists =
        change.version === rule.version || this.#book.versions(id).some((v) => v.version === change.version);
      if (!exists) return refuse('rule-version-unknown');
    } else {
      const flaws = [...this.#scopeFlaws(change.scope, pack), ...changeFlaws(rule, change.steps)];
      if (flaws.length > 0) return unsound(flaws);
    }
    const versions = this.#book.versions(id);
    const after = settingsAfter(versions, change, NOBODY_YET);
    if (numbersText(after) === numbersText(versions.at(-1)?.settings ?? [])) return refuse('rule-unchanged');
    const metric = pack.metrics.find((m) => m.key === rule.metric) ?? null;
    const flaws = this.#flawsOver(rule, metric, after);
    return flaws.length > 0 ? unsound(flaws) : ok(after);
  }

  #propose(command: Extract<RuleCommand, { do: 'propose' }>, turn: Draft): Result<RuleDraft, Refusal> {
    const { rule, change, by, commandId } = command;
    const reason = command.reason.trim();
    if (commandId !== null) {
      const given = this.#book.drafts().findLast((d) => d.commandId === commandId);
      if (given !== undefined) {
        const same =
          given.rule === rule &&
          given.author.account === by.account &&
          given.reason === reason &&
          JSON.stringify(given.change) === JSON.stringify(change);
        return same ? ok(given) : refuse('command-reused');
      }
    }
    if (reason === '') return refuse('reason-missing');
    const looked = this.look(rule, change);
    if (!looked.ok) return looked;
    const packs = this.#book.packRule(rule)?.rule as Rule;
    const made: RuleDraft = {
      id: `D${this.#book.drafts().length + 1}`,
      rule,
      state: 'draft',
      change,
      reason,
      author: by,
      baseVersion: this.#book.versionOf(packs),
      version: null,
      commandId,
      story: [{ at: turn.at, by, did: 'draft', note: null }],
    };
    if (!command.submit) return ok(this.#keep(made, turn));
    return this.#submit(made, by, null, turn);
  }

  #decide(command: Exclude<RuleCommand, { do: 'propose' }>, turn: Draft): Result<RuleDraft, Refusal> {
    const draft = this.#book.draft(command.draft);
    if (draft === undefined) return refuse('rule-draft-unknown');
    const { by, note } = command;
    const isAuthor = by.account === draft.author.account;
    if (draft.state !== 'draft' && draft.state !== 'submitted') return decided(draft);
    switch (command.do) {
      case 'submit':
        if (!isAuthor) return refuse('rule-draft-not-own');
        return this.#submit(draft, by, note, turn);
      case 'withdraw':
        if (!isAuthor) return refuse('rule-draft-not-own');
        return ok(this.#keep(told(draft, { did: 'withdrawn', by, note }, turn), turn));
      case 'approve':
      case 'reject':
        if (draft.state === 'draft') return refuse('rule-draft-not-submitted');
        if (isAuthor) return refuse('rule-draft-own');
        if (command.do === 'approve') return this.#bringIntoForce(draft, by, note, turn);
        if ((note ?? '').trim() === '') return refuse('reason-missing');
        return ok(this.#keep(told(draft, { did: 'rejected', by, note }, turn), turn));
      default:
        return unreachable(command.do);
    }
  }

  #submit(draft: RuleDraft, by: Person, note: string | null, turn: Draft): Result<RuleDraft, Refusal> {
    const needsTwo = this.#approval === 'two' || (this.#approval === 'loosening' && this.#isLoosening(draft));
    if (!needsTwo) return this.#bringIntoForce(draft, null, note, turn);
    if (draft.state === 'submitted') return ok(draft);
    return ok(this.#keep(told(draft, { did: 'submitted', by, note }, turn), turn));
  }

  #bringIntoForce(
    draft: RuleDraft,
    approvedBy: Person | null,
    note: string | null,
    turn: Draft,
  ): Result<RuleDraft, Refusal> {
    const versions = this.#book.versions(draft.rule);
    if (this.#isOutdated(draft, versions)) {
      const newest = versions.at(-1);
      return refuse('rule-draft-outdated', {
        zh: `起草之后该处已由${newest?.by.name ?? ''}改为第 ${newest?.version ?? ''} 版；请按现行数值重新起草`,
        en: `Since it was drafted, ${newest?.by.name ?? ''} has made version ${newest?.version ?? ''} there: draft it anew over the numbers in force.`,
      });
    }
    const looked = this.look(draft.rule, draft.change);
    if (!looked.ok) return looked;
    const packs = this.#book.packRule(draft.rule)?.rule as Rule;
    const stamp = {
      version: Math.max(this.#book.versionOf(packs), packs.version) + 1,
      by: draft.author,
      approvedBy,
      at: turn.at,
      reason: draft.reason,
    };
    const version: RuleVersion = {
      rule: draft.rule,
      ...stamp,
      turn: turn.turn,
      draft: draft.id,
      change: draft.change,
      settings: settingsAfter(versions, draft.change, stamp),
    };
    this.#add({ kind: 'version', version }, turn);
    const done = told(draft, { did: 'approved', by: approvedBy ?? draft.author, note }, turn);
    return ok(this.#keep({ ...done, version: stamp.version }, turn));
  }

  /** Numbers of the same scope that changed since: the author has not seen them. Other scopes are other matters. */
  #isOutdated(draft: RuleDraft, versions: readonly RuleVersion[]): boolean {
    const now = versions.at(-1);
    if ((now?.version ?? draft.baseVersion) === draft.baseVersion) return false;
    const base = versions.find((v) => v.version === draft.baseVersion);
    const only = draft.change.do === 'set' ? scopeKey(draft.change.scope) : null;
    return numbersText(now?.settings ?? [], only) !== numbersText(base?.settings ?? [], only);
  }

  #scopeFlaws(scope: RuleScope, pack: Pack): Bilingual[] {
    if (scope.kind === 'area' && !this.#places.hasArea(scope.area))
      return [
        {
          zh: `没有区域 ${scope.area}；请用台账中的区域编码（GET /areas）`,
          en: `There is no area ${scope.area}; use a code of the register (GET /areas).`,
        },
      ];
    if (scope.kind !== 'point') return [];
    const lifeline = this.#places.lifelineOfPoint(scope.point);
    if (lifeline === undefined)
      return [
        {
          zh: `没有监测点 ${scope.point}；请用台账中的监测点编码（GET /points）`,
          en: `There is no point ${scope.point}; use a code of the register (GET /points).`,
        },
      ];
    if (lifeline === pack.lifeline) return [];
    return [
      {
        zh: `监测点 ${scope.point} 属于 ${lifeline}，该规则属于 ${pack.lifeline}；请选该专项的监测点`,
        en: `Point ${scope.point} belongs to ${lifeline}, the rule to ${pack.lifeline}: choose a point of ${pack.lifeline}.`,
      },
    ];
  }

  /** The overrides must make sense wherever they meet, not only where they were written. */
  #flawsOver(rule: Rule, metric: Metric | null, settings: readonly Setting[]): readonly Bilingual[] {
    for (const place of placesOf(rule.lifeline, settings, this.#places)) {
      const flaws = ruleFlaws(effectiveRule(rule, rule.version, settings, place).rule, metric);
      const at = place.point ?? place.areas.at(-1);
      if (flaws.length === 0) continue;
      return at === undefined
        ? flaws
        : flaws.map((f) => ({ zh: `（${at}）${f.zh}`, en: `(at ${at}) ${f.en}` }));
    }
    return [];
  }

  #isLoosening({ rule: id, change }: RuleDraft): boolean {
    const rule = this.#book.packRule(id)?.rule as Rule;
    const versions = this.#book.versions(id);
    const before = versions.at(-1)?.settings ?? [];
    const after = settingsAfter(versions, change, NOBODY_YET);
    const at = (settings: readonly Setting[], place: RulePlace) =>
      effectiveRule(rule, rule.version, settings, place);
    for (const place of placesOf(rule.lifeline, [...before, ...after], this.#places))
      if (loosens(at(before, place), at(after, place))) return true;
    return false;
  }

  #keep(draft: RuleDraft, turn: Draft): RuleDraft {
    this.#add({ kind: 'draft', draft }, turn);
    return draft;
  }

  #add(change: RuleBookChange, turn: Draft): void {
    this.#book.take(change);
    turn.rules.push(change);
  }
}

const NOBODY: Person = { account: '', name: '' };
const NOBODY_YET = { version: 0, by: NOBODY, approvedBy: null, at: 0, reason: '' };

function told(
  draft: RuleDraft,
  { did, by, note }: { readonly did: RuleDraftState; readonly by: Person; readonly note: string | null },
  turn: Draft,
): RuleDraft {
  return { ...draft, state: did, story: [...draft.story, { at: turn.at, by, did, note }] };
}

function decided(draft: RuleDraft): Result<never, Refusal> {
  const last = draft.story.at(-1);
  const zh = { approved: '批准', rejected: '驳回', withdrawn: '撤回', draft: '起草', submitted: '提交' }[
    draft.state
  ];
  return refuse('rule-draft-decided', {
    zh: `该草案已由${last?.by.name ?? ''}${zh}`,
    en: `${last?.by.name ?? ''} has ${draft.state} it already.`,
  });
}

function refuse(code: RefusalCode, detail: Bilingual | null = null): Result<never, Refusal> {
  return no({ code, detail });
}

function unsound(flaws: readonly Bilingual[]): Result<never, Refusal> {
  const shown = flaws.slice(0, DETAILS);
  return refuse('rule-change-unsound', {
    zh: shown.map((f) => f.zh).join('；'),
    en: shown.map((f) => f.en).join(' '),
  });
}
