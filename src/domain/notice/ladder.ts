import type { Level } from '../level.ts';
import { type Millis, seconds } from '../time.ts';
import type { NoticePolicy, StopsOn } from './policy.ts';
import { afterQuiet } from './quiet.ts';

/**
 * What happened to a subject, as far as its ladder goes, oldest first.
 *
 * `begin`: somebody is to be told. `rise`: graver than before. `overdue`: a later clock ran out (nobody arrived, the
 * acknowledged alarm stands too long). `hide`, `show`: shelved or suppressed, and no more. `end`: closed, lifted.
 */
export type CourseStep =
  | { readonly did: 'begin' | 'rise'; readonly at: Millis; readonly level: Level }
  | {
      readonly did: 'acknowledge' | 'accept' | 'overdue' | 'hide' | 'show' | 'end';
      readonly at: Millis;
    };

/** One call of a rung. */
export type RungCall = {
  /** 1 at the first, +1 with every rise: a rung of one round is not the same rung in the next. */
  readonly round: number;
  /** Place in the policy, from 0. */
  readonly rung: number;
  /** 0; from 1 on the repetitions of the last rung. */
  readonly repetition: number;
  readonly dueAt: Millis;
  readonly level: Level;
};

export type LadderState = {
  /** In order of `dueAt`; those that are to come included, as things stand. */
  readonly calls: readonly RungCall[];
  /** Those that will not be made, with what stopped them, as things stand. */
  readonly stopped: readonly (RungCall & { readonly by: 'acknowledge' | 'accept' | 'hide' | 'end' })[];
};

type Waiting = { call: RungCall; stopsOn: StopsOn };
type Held = Waiting & {
  by: 'acknowledge' | 'accept' | 'hide';
  remaining: number;
  /** Hidden, and seen to meanwhile: what stops it when it is shown. */
  onceShown: 'acknowledge' | 'accept' | null;
};

/**
 * Climbs the ladder of a policy along what happened: a pure function of both, so that restarts and jumps of the clock do it
 * no harm.
 *
 * - A stop keeps every rung that is due at its instant or later from being called, where the rung stops on it.
 * - A later clock that runs out lets the stopped rungs go on: the next one at once, the others as far behind it as before.
 * - A rise begins again from the first rung; what the former round had left is not called any more.
 * - In quiet hours nobody is called for what can wait: the round begins when they end, and a rung that would fall into them waits.
 * - What was hidden goes on where it was when it is shown, unless it was stopped meanwhile; an end ends it.
 */
export function climb(
  policy: Pick<NoticePolicy, 'rungs' | 'repeat' | 'quiet'>,
  course: readonly CourseStep[],
): LadderState {
  const calls: RungCall[] = [];
  const stopped: LadderState['stopped'][number][] = [];
  let waiting: Waiting[] = [];
  let held: Held[] = [];
  let round = 0;

  const hold = (at: Millis, by: Held['by']) => {
    const keeps = (w: Waiting) => by !== 'hide' && !isStoppedBy(w.stopsOn, by);
    for (const w of waiting)
      if (!keeps(w)) held.push({ ...w, by, remaining: w.call.dueAt - at, onceShown: null });
    waiting = waiting.filter(keeps);
    if (by === 'hide') return;
    for (const h of held) if (h.by === 'hide' && isStoppedBy(h.stopsOn, by)) h.onceShown = by;
  };
  /** @param soon the first of them at once */
  const goOn = (at: Millis, which: (h: Held) => boolean, soon: boolean) => {
    const going = held.filter(which).sort((a, b) => a.remaining - b.remaining);
    held = held.filter((h) => !which(h));
    const first = soon ? (going[0]?.remaining ?? 0) : 0;
    for (const { call, stopsOn, remaining } of going) {
      const dueAt = afterQuiet(at + Math.max(0, remaining - first), call.level, policy.quiet);
      waiting.push({ call: { ...call, dueAt }, stopsOn });
    }
    waiting.sort((a, b) => a.call.dueAt - b.call.dueAt);
  };

  for (const step of course) {
    // What is due before it has been called; what is due with a stop has not.
    calls.push(...waiting.filter((w) => w.call.dueAt < step.at).map((w) => w.call));
    waiting = waiting.filter((w) => w.call.dueAt >= step.at);
    switch (step.did) {
      case 'begin':
      case 'rise':
        round++;
        held = [];
        waiting = callsOf(policy, round, step.at, step.level);
        break;
      case 'acknowledge':
      case 'accept':
      case 'hide':
        hold(step.at, step.did);
        break;
      case 'overdue':
        goOn(step.at, (h) => h.by !== 'hide', true);
        for (const h of held) h.onceShown = null;
        break;
      case 'show':
        goOn(step.at, (h) => h.by === 'hide' && h.onceShown === null, false);
        for (const h of held)
          if (h.onceShown !== null) Object.assign(h, { by: h.onceShown, onceShown: null });
        break;
      case 'end':
        for (const { call } of [...waiting, ...held]) stopped.push({ ...call, by: 'end' });
        waiting = [];
        held = [];
        break;
    }
  }
  calls.push(...waiting.map((w) => w.call));
  stopped.push(...held.map(({ call, by }) => ({ ...call, by })));
  return { calls, stopped };
}

const isStoppedBy = (stopsOn: StopsOn, by: 'acknowledge' | 'accept'): boolean =>
  stopsOn === by || (stopsOn === 'acknowledge' && by === 'accept');

function callsOf(
  { rungs, repeat, quiet }: Pick<NoticePolicy, 'rungs' | 'repeat' | 'quiet'>,
  round: number,
  from: Millis,
  level: Level,
): Waiting[] {
  const begin = afterQuiet(from, level, quiet);
  const at = (s: number): Millis => afterQuiet(begin + seconds(s), level, quiet);
  const all: Waiting[] = rungs.map((r, rung) => ({
    call: { round, rung, repetition: 0, dueAt: at(r.afterS), level },
    stopsOn: r.stopsOn,
  }));
  const last = all.at(-1);
  for (let n = 1; repeat !== null && last !== undefined && n <= repeat.atMost; n++) {
    const dueAt = afterQuiet(last.call.dueAt + seconds(n * repeat.everyS), level, quiet);
    all.push({ ...last, call: { ...last.call, repetition: n, dueAt } });
  }
  return all;
}

/** The calls that are due by now. */
export const dueCalls = (ladder: LadderState, now: Millis): readonly RungCall[] =>
  ladder.calls.filter((c) => c.dueAt <= now);

/** When the next one is due; `null`: none is to come. */
export function nextCallAt(ladder: LadderState, now: Millis): Millis | null {
  return ladder.calls.find((c) => c.dueAt > now)?.dueAt ?? null;
}

/** What a call is known by: called once, whatever restarts in between. */
export const callKey = (c: Pick<RungCall, 'round' | 'rung' | 'repetition'>): string =>
  `${c.round}.${c.rung}.${c.repetition}`;
