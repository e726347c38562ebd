import type { Actor } from '../alarm/actor.ts';
import type { AreaCode, DrillId, LifelineKey, PointCode } from '../ids.ts';
import type { ResponseEvent } from '../response/event.ts';
import type { Bilingual } from '../text.ts';
import type { Duration, Millis } from '../time.ts';

/** Whether the notices of a drill go to their receivers, each marked 演练; else they are kept as not sent. */
export const DRILL_NOTICES = ['off', 'marked'] as const;
export type DrillNotices = (typeof DRILL_NOTICES)[number];

/** Why a drill has ended: somebody ended it, a real red alarm came, or our clock was set while nothing ran. */
export const DRILL_ENDS = ['person', 'real-red', 'clock-moved'] as const;
export type DrillEnd = (typeof DRILL_ENDS)[number];

/**
 * 演练: a scenario of the simulators played into the running service, by a named person, with a beginning and an end. What it causes
 * carries its id, lives the whole chain, and is in no list, count or indicator of what is real.
 */
export type Drill = {
  readonly id: DrillId;
  readonly revision: number;
  readonly state: 'running' | 'over';
  /** Key of the scenario. */
  readonly scenario: string;
  readonly title: Bilingual;
  readonly lifelines: readonly LifelineKey[];
  readonly areas: readonly AreaCode[];
  /** Where it plays: copies of these points, under their own codes. */
  readonly points: readonly PointCode[];
  readonly notices: DrillNotices;
  /** A real red alarm ends it, in the turn in which that is raised. */
  readonly endsOnRed: boolean;
  readonly beganAt: Millis;
  readonly beganBy: Actor;
  /** How long the scenario speaks; the drill goes on until it is ended. */
  readonly lasts: Duration;
  readonly endedAt: Millis | null;
  readonly endedBy: Actor | null;
  readonly why: DrillEnd | null;
};

export type DrillBirth = Pick<
  Drill,
  'id' | 'scenario' | 'title' | 'lifelines' | 'areas' | 'points' | 'notices' | 'endsOnRed' | 'lasts'
>;

export type DrillChange =
  | { readonly kind: 'began'; readonly birth: DrillBirth }
  | { readonly kind: 'ended'; readonly why: DrillEnd };

export type DrillEvent = ResponseEvent<DrillId, DrillChange>;

export const isRunning = ({ state }: Pick<Drill, 'state'>): boolean => state === 'running';

/**
 * The drill as it is after an event of its journal.
 *
 * @param drill `null`: the event begins it
 * @throws on an event that cannot have been given for this drill
 */
export function evolveDrill(drill: Drill | null, { at, by, revision, change }: DrillEvent): Drill {
  if (change.kind === 'began') {
    if (drill !== null) throw new Error('a drill begins once');
    const { birth } = change;
    return {
      ...birth,
      revision,
      state: 'running',
      beganAt: at,
      beganBy: by,
      endedAt: null,
      endedBy: null,
      why: null,
    };
  }
  if (drill === null) throw new Error(`a drill begins with "${change.kind}"`);
  return { ...drill, revision, state: 'over', endedAt: at, endedBy: by, why: change.why };
}
