import type { Scope } from '../../domain/account/scope.ts';
import type {
  Decided,
  RegisterCommand,
  RegisterDecision,
  RegisterRefusal,
  ThingOf,
} from '../../domain/register/commands.ts';
import { decide, decided } from '../../domain/register/decide.ts';
import type { Surroundings } from '../../domain/register/flaws.ts';
import { decideImport, type ImportOutcome, type ImportRow } from '../../domain/register/import.ts';
import type { RegisterLook } from '../../domain/register/look.ts';
import type { Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';

const NOTHING = decided([]);
const NONE: ReadonlySet<string> = new Set();

/** The turn, as the desk asks of it: decides in the turn that takes the changes over; resolves when they are durable. */
type RegisterTurn = {
  register<T>(decide: (now: Millis) => { readonly changes: Decided; readonly answer: T }): Promise<T>;
};

/**
 * The one desk for changes of the register: whatever is asked of it is decided inside the turn that takes it over.
 *
 * A file of rows takes many turns. Until it is through, other changes and other files wait, in the order in which they
 * came: all of them end as if they had come one after the other. Packets, operators and the clock go on between its
 * turns; so do works, which the rows of a file neither ask for nor change.
 */
export class RegisterDesk {
  readonly #turn: RegisterTurn;
  readonly #register: RegisterLook;
  readonly #by: Surroundings;
  readonly #breathe: () => Promise<void>;
  /** Settled when the newest file is through. */
  #files: Promise<void> = Promise.resolve();

  constructor(given: {
    turn: RegisterTurn;
    register: RegisterLook;
    by: Surroundings;
    /** Lets everybody else at the thread. */
    breathe: () => Promise<void>;
  }) {
    this.#turn = given.turn;
    this.#register = given.register;
    this.#by = given.by;
    this.#breathe = given.breathe;
  }

  /** Resolves when what was decided is durable. */
  async order<C extends RegisterCommand>(
    command: C,
  ): Promise<Result<RegisterDecision<ThingOf<C>>, RegisterRefusal>> {
    if (command.do !== 'open-works' && command.do !== 'end-works') await this.#files;
    return this.#turn.register((now) => {
      const answer = decide(this.#register, command, { now, ...this.#by });
      return { changes: answer.ok ? answer.value.changes : NOTHING, answer };
    });
  }

  /** @param file.trial decided alike, and nothing taken over */
  importRows(file: {
    readonly rows: readonly ImportRow[];
    readonly scope: Scope;
    readonly trial: boolean;
    /** Units that the same file brings, where it is only tried. */
    readonly newUnits?: ReadonlySet<string>;
  }): Promise<ImportOutcome> {
    const mine = this.#files.then(() => this.#steps(file));
    // Not what came of it: that may be long, and would be kept until the next file.
    this.#files = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  async #steps({
    trial,
    newUnits = NONE,
    ...file
  }: Parameters<RegisterDesk['importRows']>[0]): Promise<ImportOutcome> {
    const steps = decideImport(this.#register, {
      ...file,
      ...this.#by,
      units: { has: (code) => newUnits.has(code) || this.#by.units.has(code) },
    });
    for (;;) {
      const step = await this.#turn.register(() => {
        const next = steps.next();
        return { changes: next.done || trial ? NOTHING : next.value, answer: next };
      });
      if (step.done) return step.value;
      await this.#breathe();
    }
  }
}
