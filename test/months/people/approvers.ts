import { type Chance, chance } from '../../../simulators/random.ts';
import type { RuleCommand, RuleDraft, RuleDraftState } from '../../../src/domain/rules/change.ts';
import type { TurnRecord } from '../../../src/flow/ports/journal.ts';
import type { FlowHarness } from '../../flow/flow-harness.ts';
import { must } from '../failure.ts';

const LI = { account: 'li', name: '李值班' };
const WANG = { account: 'wang', name: '王值班' };
type Deciding = Exclude<RuleCommand, { do: 'propose' }>;

/** What may become of a draft. */
const NEXT: Readonly<Record<RuleDraftState | 'nothing', readonly RuleDraftState[]>> = {
  nothing: ['draft', 'submitted'],
  draft: ['submitted', 'withdrawn'],
  submitted: ['approved', 'rejected', 'withdrawn'],
  approved: [],
  rejected: [],
  withdrawn: [],
};

/**
 * The second person, where the house wants one: drafts of the keepers are approved, rejected and withdrawn, by the right one and by the
 * wrong one, twice, and by both at once.
 */
export class Approvers {
  readonly #chance: Chance;
  readonly #tell: (what: string) => void;
  readonly #broke: (why: unknown) => void;
  readonly #drafts = new Map<string, RuleDraft>();
  readonly #versions = new Map<string, number>();
  decided = 0;

  constructor(seed: number, tell: (what: string) => void, broke: (why: unknown) => void) {
    this.#chance = chance(seed, 'approvers');
    this.#tell = tell;
    this.#broke = broke;
  }

  /** One of them looks at what waits. */
  look(w: FlowHarness): void {
    const c = this.#chance;
    const [whose, draw, again] = [c.next(), c.next(), c.next()];
    const all = w.core.book.drafts();
    const waiting = all.filter((d) => d.state === 'submitted');
    // Now and then one that was decided long ago.
    const among = again < 0.1 || waiting.length === 0 ? all : waiting;
    const draft = among[Math.floor(whose * among.length)];
    if (draft === undefined) return;
    const said = { draft: draft.id, note: '已复核' };
    const approve: Deciding = { do: 'approve', ...said, by: WANG };
    if (draw < 0.5) this.#order(w, approve);
    else if (draw < 0.65) this.#order(w, { do: 'reject', ...said, by: WANG });
    else if (draw < 0.75) this.#order(w, { ...approve, by: LI });
    else if (draw < 0.85) this.#order(w, { do: 'withdraw', ...said, by: LI });
    else {
      this.#order(w, approve);
      this.#order(w, draw < 0.93 ? approve : { do: 'withdraw', ...said, by: LI });
    }
  }

  /** A turn is on the disk. */
  durable({ rules }: TurnRecord): void {
    for (const c of rules) {
      if (c.kind === 'draft') {
        const { id, state, author, story } = c.draft;
        const before = this.#drafts.get(id)?.state ?? 'nothing';
        must(NEXT[before].includes(state), () => `draft ${id} was ${before}, and is ${state}`);
        const last = story.at(-1)?.by.account;
        const byAuthor = state !== 'approved' && state !== 'rejected';
        must(
          (last === author.account) === byAuthor,
          () => `draft ${id} of ${author.account} was ${state} by ${last}`,
        );
        this.#drafts.set(id, c.draft);
        continue;
      }
      const { rule, version, by, approvedBy, draft } = c.version;
      must(
        approvedBy !== null && approvedBy.account !== by.account,
        () =>
          `version ${version} of ${rule} by ${by.account} is in force, approved by ${approvedBy?.account}`,
      );
      const of = rules.find(
        (x) => x.kind === 'draft' && x.draft.id === draft && x.draft.state === 'approved',
      );
      must(
        of !== undefined,
        () => `version ${version} of ${rule} comes of ${draft}, which nobody approved then`,
      );
      const last = this.#versions.get(rule) ?? version - 1;
      must(version === last + 1, () => `version ${version} of ${rule} follows ${last}`);
      this.#versions.set(rule, version);
    }
  }

  #order(w: FlowHarness, command: Deciding): void {
    const what = `${command.by.account}: ${command.do} ${command.draft}`;
    w.turn.rule(command).then(
      (done) => {
        this.#tell(`${what}: ${done.ok ? 'done' : done.error.code}`);
        if (!done.ok) return;
        this.decided++;
        try {
          const { state } = done.value;
          must(
            this.#drafts.get(command.draft)?.state === state,
            () =>
              `${what} was answered with ${state}, and the disk has ${this.#drafts.get(command.draft)?.state}`,
          );
        } catch (why) {
          this.#broke(why);
        }
      },
      () => this.#tell(`${what}: no answer`),
    );
  }
}
