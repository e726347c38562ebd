import { maySeeArea } from '../account/scope.ts';
import { as } from '../ids.ts';
import type { RefusalCode } from '../refusals.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import type {
  ChangeThing,
  CreateThing,
  Decided,
  EndWorks,
  OpenWorks,
  RegisterCommand,
  RegisterDecision,
  RegisterItself,
  RegisterRefusal,
  StateEntries,
  ThingOf,
} from './commands.ts';
import type { RegisterFlaw } from './flaw.ts';
import { flawsOf, type Surroundings } from './flaws.ts';
import { isSame, lookOf, type RegisterLook, RegisterOverlay, standing, thingOf } from './look.ts';
import {
  type Device,
  type Point,
  type RegisterChange,
  type RegisterEntry,
  UNPLACED_AREA,
} from './register.ts';
import { areFlaws, entryOf, type RegisterWish } from './wish.ts';
import { endedWorks, openedWorks, worksFlaws } from './works.ts';

/** What a change is decided by, besides the register. */
export type DecideBy = Surroundings & {
  /** Our clock. */
  readonly now: Millis;
};

type Answer = Result<RegisterDecision, RegisterRefusal>;

/**
 * Decides on a change of the register: what it has to take over, or a refusal. Whoever asks, over whichever way, is
 * answered here, inside the turn that takes the change over, so that what was looked at is what is changed.
 *
 * A whole file of rows is `decideImport`.
 */
export function decide<C extends RegisterCommand>(
  register: RegisterLook,
  command: C,
  by: DecideBy,
): Result<RegisterDecision<ThingOf<C>>, RegisterRefusal> {
  // Each case answers with the thing that its command is about, which the compiler cannot follow through the union.
  return answer(register, command, by) as Result<RegisterDecision<ThingOf<C>>, RegisterRefusal>;
}

function answer(register: RegisterLook, command: RegisterCommand, by: DecideBy): Answer {
  switch (command.do) {
    case 'create':
      return create(register, command, by);
    case 'change':
      return change(register, command, by);
    case 'open-works':
      return openWorks(register, command, by.now);
    case 'end-works':
      return endWorks(register, command, by.now);
    case 'register-itself':
      return registerItself(register, command, by);
    case 'state':
      return state(register, command, by);
    default:
      return unreachable(command);
  }
}

function create(register: RegisterLook, { wish, scope }: CreateThing, by: DecideBy): Answer {
  if (thereIs(wish, register) !== undefined) {
    const detail = { zh: `编码 ${wish.code} 已被使用`, en: `The code ${wish.code} is in use already.` };
    return refuse('code-taken', { detail });
  }
  return make(register, { wish, scope }, by);
}

function change(register: RegisterLook, { wish, scope }: ChangeThing, by: DecideBy): Answer {
  if (thereIs(wish, lookOf(register, scope)) === undefined) {
    const foreign = thereIs(wish, register) !== undefined;
    return refuse(wish.kind === 'point' ? 'point-unknown' : 'not-found', { foreign });
  }
  return make(register, { wish, scope }, by);
}

function make(register: RegisterLook, { wish, scope }: Omit<CreateThing, 'do'>, by: DecideBy): Answer {
  const theirs = lookOf(register, scope);
  const entry = entryOf(wish, theirs, by.now);
  if (areFlaws(entry)) return refuse('invalid', { flaws: entry });
  const flaws = flawsOf(entry, mayStandOnAll(entry, theirs) ? register : theirs, by);
  const foreign = flaws.length > 0 && flawsOf(entry, register, by).length === 0;
  // What lies in no area belongs to those who see all of them, an area at the top too.
  const isHomeless =
    scope !== null &&
    ((entry.kind === 'area' && entry.area.parent === null) ||
      entry.kind === 'model' ||
      (entry.kind === 'device' && entry.device.point === null));
  if (isHomeless || (foreign && flaws.some((f) => f.field === 'area' || f.field === 'parent')))
    return refuse('foreign-area', {});
  if (flaws.some((f) => f.field === 'attributes' || f.field === 'geometry' || f.code === 'area-circle'))
    return refuse('invalid', { flaws });
  if (flaws.length > 0) return refuse('unknown-reference', { flaws, foreign });
  const [before, after] = [standing(entry, theirs), thingOf(entry)];
  return decision(isSame(before, after) ? [] : [entry], before, after);
}

/** Of an area the one above it must be theirs, or stay what it is; what lies above that need not be theirs. */
function mayStandOnAll(entry: RegisterEntry, theirs: RegisterLook): boolean {
  if (entry.kind !== 'area') return false;
  const { code, parent } = entry.area;
  return parent === null || theirs.area(parent) !== undefined || theirs.area(code)?.parent === parent;
}

function openWorks(register: RegisterLook, command: OpenWorks, now: Millis): Answer {
  const point = lookOf(register, command.scope).point(command.point);
  if (point === undefined) return pointUnknown(register, command);
  const flaws = worksFlaws(command, now);
  if (flaws.length > 0) return refuse('invalid', { flaws });
  if (!isSecondThere(register, command, point)) return refuse('second-person-needed', {});
  const work = openedWorks(command, point.code, register.works(), now);
  return decision([{ kind: 'work', work }], undefined, work);
}

const isSecondThere = (register: RegisterLook, { second }: OpenWorks, point: Point): boolean =>
  second === null || maySeeArea(second.scope, point.area, (area) => register.area(as.area(area))?.parent);

function endWorks(register: RegisterLook, command: EndWorks, now: Millis): Answer {
  const theirs = lookOf(register, command.scope);
  if (theirs.point(command.point) === undefined) return pointUnknown(register, command);
  const before = theirs.works().find((w) => w.id === command.id && w.point === command.point);
  if (before === undefined) return refuse('not-found', {});
  const work = endedWorks(before, command, now);
  return decision(work === before ? [] : [{ kind: 'work', work }], before, work);
}

const pointUnknown = (register: RegisterLook, { point }: OpenWorks | EndWorks): Answer =>
  refuse('point-unknown', { foreign: register.point(point) !== undefined });

function registerItself(
  register: RegisterLook,
  { device: code, lifeline }: RegisterItself,
  by: DecideBy,
): Answer {
  const point: Point = {
    code: as.point(code),
    name: code,
    lifeline,
    asset: null,
    area: UNPLACED_AREA.code,
    place: null,
    unverified: true,
    outOfService: null,
    attributes: {},
  };
  const device: Device = {
    code,
    lifeline,
    point: point.code,
    vendor: null,
    serial: null,
    installedAt: by.now,
    unverified: true,
  };
  const entries: RegisterEntry[] = [{ kind: 'device', device }];
  if (register.point(point.code) === undefined) entries.unshift({ kind: 'point', point });
  return state(register, { do: 'state', entries }, by);
}

/** The service itself says so, of itself too. */
function state(register: RegisterLook, { entries }: StateEntries, { reserved: _, ...by }: DecideBy): Answer {
  const look = new RegisterOverlay(() => register);
  const changes: RegisterChange[] = [];
  const flaws: RegisterFlaw[] = [];
  for (const entry of entries) {
    flaws.push(...flawsOf(entry, look, by));
    if (!isSame(standing(entry, look), thingOf(entry))) changes.push(entry);
    look.lay(entry);
  }
  return flaws.length > 0 ? refuse('unknown-reference', { flaws }) : decision(changes, undefined, null);
}

function thereIs(wish: RegisterWish, register: RegisterLook): unknown {
  switch (wish.kind) {
    case 'area':
      return register.area(wish.code);
    case 'asset':
      return register.asset(wish.code);
    case 'point':
      return register.point(wish.code);
    case 'model':
      return register.model(wish.code);
    case 'device':
      return register.device(wish.code);
  }
}

/** The one place that lets changes into the register. */
export const decided = (changes: readonly RegisterChange[]): Decided => changes as Decided;

const decision = (
  changes: readonly RegisterChange[],
  before: unknown,
  after: unknown,
): { readonly ok: true; readonly value: RegisterDecision } =>
  ok({ changes: decided(changes), before, after });

const refuse = (
  code: RefusalCode,
  { detail = null, flaws = [], foreign = false }: Partial<RegisterRefusal>,
): { readonly ok: false; readonly error: RegisterRefusal } => no({ code, detail, flaws, foreign });
