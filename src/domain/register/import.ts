import type { Scope } from '../account/scope.ts';
import type { DeviceCode } from '../ids.ts';
import type { Decided } from './commands.ts';
import { decided } from './decide.ts';
import { flaw, type RegisterFlaw } from './flaw.ts';
import { flawsOf, type Surroundings } from './flaws.ts';
import { areasSeen, isSame, lookOf, type RegisterLook, RegisterOverlay, standing, thingOf } from './look.ts';
import type { RegisterEntry } from './register.ts';
import { areFlaws, entryOf, type RegisterWish } from './wish.ts';

/** Rows looked at in one step: so long does everybody else wait. */
export const ROWS_A_STEP = 500;

/** One good row of a file: what it wants of one thing. No two rows of a file want the same. */
export type ImportRow = { readonly line: number; readonly wish: RegisterWish };

export type RegisterImport = {
  /** Rows may stand in any order. */
  readonly rows: readonly ImportRow[];
  /** Areas of whoever brings the file. */
  readonly scope: Scope;
} & Surroundings;

/** What came of the rows. */
export type ImportOutcome = {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Devices among the created. */
  readonly newDevices: readonly DeviceCode[];
  /** In the order in which they were found. */
  readonly failed: readonly { readonly line: number; readonly flaws: readonly RegisterFlaw[] }[];
};

const FOREIGN = flaw(
  null,
  'foreign-area',
  '超出您负责的区域',
  'it lies outside the areas that you are bound to',
);

/**
 * Decides on a file of rows, step by step: each step names what the register has to take over before the next, and
 * good rows are used whatever the others are. Reading the same file again changes nothing.
 *
 * Between its steps nobody else may change what rows are decided by; a device that registers itself meanwhile is, for
 * the rows still to come, one that was there before.
 *
 * @param register as it is at each step; one that takes nothing over (a trial) is answered alike
 */
export function decideImport(
  register: RegisterLook,
  { rows, scope, ...by }: RegisterImport,
): Generator<Decided, ImportOutcome, void> {
  return new Steps(register, scope, by).run(rows);
}

class Steps {
  readonly #register: RegisterLook;
  readonly #scope: Scope;
  readonly #by: Surroundings;
  /** The register as they have it, anew with each step: areas may have come since. */
  #theirs: RegisterLook;
  readonly #look = new RegisterOverlay(() => this.#theirs);
  readonly #counts = { created: 0, updated: 0, unchanged: 0 };
  readonly #newDevices: DeviceCode[] = [];
  readonly #failed: { line: number; flaws: readonly RegisterFlaw[] }[] = [];

  constructor(register: RegisterLook, scope: Scope, by: Surroundings) {
    this.#register = register;
    this.#scope = scope;
    this.#by = by;
    this.#theirs = lookOf(register, scope);
  }

  *run(rows: readonly ImportRow[]): Generator<Decided, ImportOutcome, void> {
    const of = (kind: RegisterWish['kind']) => rows.filter((row) => row.wish.kind === kind);
    yield* this.#areas(of('area'));
    for (const kind of ['asset', 'point', 'model', 'device'] as const)
      yield* this.#inSteps(of(kind), (row) => this.#placed(row));
    return { ...this.#counts, newDevices: this.#newDevices, failed: this.#failed };
  }

  /** Areas stand on one another in any order: those without a footing go, until the others stand. */
  *#areas(rows: readonly ImportRow[]): Generator<Decided, void, void> {
    const standingRows = new Map<number, Extract<RegisterEntry, { kind: 'area' }>>();
    yield* this.#inSteps(rows, ({ line, wish }) => {
      const entry = entryOf(wish, this.#look, 0);
      if (areFlaws(entry)) this.#failed.push({ line, flaws: entry });
      else if (entry.kind === 'area') standingRows.set(line, entry);
      return null;
    });
    for (const entry of standingRows.values()) this.#look.lay(entry);
    for (let fell = true; fell; ) {
      fell = false;
      yield* this.#inSteps([...standingRows], ([line, entry]) => {
        const flaws = this.#flawsOf(entry);
        if (flaws.length === 0) return null;
        this.#failed.push({ line, flaws });
        this.#look.takeAway(entry.area.code);
        standingRows.delete(line);
        fell = true;
        return null;
      });
    }
    yield* this.#inSteps([...standingRows.values()], (entry) => this.#counted(entry));
  }

  #placed({ line, wish }: ImportRow): RegisterEntry | null {
    const entry = entryOf(wish, this.#look, 0);
    const flaws = areFlaws(entry) ? entry : this.#flawsOf(entry);
    if (areFlaws(entry) || flaws.length > 0) {
      this.#failed.push({ line, flaws });
      return null;
    }
    this.#look.lay(entry);
    return this.#counted(entry);
  }

  /** Looks at some items a step. @param make what the register has to take over for an item, if anything */
  *#inSteps<T>(items: readonly T[], make: (item: T) => RegisterEntry | null): Generator<Decided, void, void> {
    for (let i = 0; i < items.length; i += ROWS_A_STEP) {
      this.#theirs = lookOf(this.#register, this.#scope);
      const changes: RegisterEntry[] = [];
      for (const item of items.slice(i, i + ROWS_A_STEP)) {
        const entry = make(item);
        if (entry !== null) changes.push(entry);
      }
      yield decided(changes);
    }
  }

  #flawsOf(entry: RegisterEntry): readonly RegisterFlaw[] {
    const flaws = flawsOf(entry, this.#look, this.#by);
    return this.#scope !== null && this.#isForeign(entry) ? [...flaws, FOREIGN] : flaws;
  }

  /** What lies in an area that is not theirs: it is there although they do not see it, or it would be there. */
  #isForeign(entry: RegisterEntry): boolean {
    const isHidden =
      standing(entry, this.#register) !== undefined && standing(entry, this.#theirs) === undefined;
    switch (entry.kind) {
      case 'area': {
        const { code, parent } = entry.area;
        const sees = areasSeen(this.#register, this.#scope);
        return isHidden || !(sees(code) || (parent !== null && sees(parent)));
      }
      case 'asset':
      case 'point':
        return isHidden;
      case 'model':
        return true;
      case 'device':
        return isHidden || entry.device.point === null;
    }
  }

  /** Counts what a good row does. @returns it where there is something to do */
  #counted(entry: RegisterEntry): RegisterEntry | null {
    const before = standing(entry, this.#theirs);
    if (before !== undefined && isSame(before, thingOf(entry))) {
      this.#counts.unchanged += 1;
      return null;
    }
    this.#counts[before === undefined ? 'created' : 'updated'] += 1;
    if (before === undefined && entry.kind === 'device') this.#newDevices.push(entry.device.code);
    return entry;
  }
}
