import type { AreaCode, LifelineKey } from '../ids.ts';
import type { Level } from '../level.ts';
import type { LiesIn } from '../notice/policy.ts';
import type { Person } from '../rules/change.ts';
import type { Source } from '../text.ts';
import type { Millis } from '../time.ts';

export const CLOCK_NAMES = ['accept', 'arrive', 'first-feedback', 'feedback', 'control', 'verify'] as const;
/** 时限: accept 签收, arrive 到场, first-feedback 首次反馈, feedback 续报, control 控制, verify 核查. */
export type ClockName = (typeof CLOCK_NAMES)[number];

/** Minutes of each clock, and whether nobody is done before a safety check. */
export type ClockLimits = { readonly [N in ClockName]: number } & { readonly safetyCheck: boolean };

/** 工单时限: how long an order may take, by line, level and area. */
export type ClockPolicy = {
  readonly id: string;
  readonly version: number;
  readonly match: {
    /** Empty: any; likewise the others. */
    readonly levels: readonly Level[];
    readonly lifelines: readonly LifelineKey[];
    /** With everything below them. */
    readonly areas: readonly AreaCode[];
  };
  readonly limits: ClockLimits;
  /** Who put this version into force; `null`: it came with the product. */
  readonly by: Person | null;
  readonly at: Millis;
  readonly reason: string;
};

/** Where the shipped minutes come from: no public text fixes them for a lifeline centre. */
export const CLOCK_SOURCE: Source = { mark: 'D', ref: 'docs/plan/response.md A.3' };

type Row = readonly [
  accept: number,
  arrive: number,
  first: number,
  then: number,
  control: number,
  verify: number,
];

const limits = ([accept, arrive, first, then, control, verify]: Row): ClockLimits => ({
  accept,
  arrive,
  'first-feedback': first,
  feedback: then,
  control,
  verify,
  safetyCheck: false,
});

const BY_LEVEL: Readonly<Record<Level, ClockLimits>> = {
  1: limits([5, 30, 30, 30, 120, 60]),
  2: limits([10, 45, 60, 60, 240, 240]),
  3: limits([30, 120, 180, 240, 1_440, 1_440]),
  4: limits([60, 1_440, 1_440, 1_440, 4_320, 4_320]),
};

/** What holds until somebody says otherwise: ours, one a level. */
export const DEFAULT_CLOCK_POLICIES: readonly ClockPolicy[] = ([1, 2, 3, 4] as const).map((level) => ({
  id: `default-${level}`,
  version: 1,
  match: { levels: [level], lifelines: [], areas: [] },
  limits: BY_LEVEL[level],
  by: null,
  at: 0,
  reason: CLOCK_SOURCE.ref,
}));

/**
 * The one policy that holds for an order: as with notices, the area says most, then the lifeline, then the level; of two alike the
 * narrower area, and then the id that comes first.
 */
export function clockPolicyFor(
  policies: readonly ClockPolicy[],
  order: { readonly lifeline: LifelineKey; readonly level: Level; readonly area: AreaCode },
  liesIn: LiesIn,
): ClockPolicy {
  const holds = policies.filter(
    ({ match: m }) =>
      (m.levels.length === 0 || m.levels.includes(order.level)) &&
      (m.lifelines.length === 0 || m.lifelines.includes(order.lifeline)) &&
      (m.areas.length === 0 || liesIn(order.area, m.areas)),
  );
  const weight = ({ match: m }: ClockPolicy) =>
    (m.areas.length > 0 ? 4 : 0) + (m.lifelines.length > 0 ? 2 : 0) + (m.levels.length > 0 ? 1 : 0);
  const inside = (a: ClockPolicy, b: ClockPolicy) =>
    a.match.areas.length > 0 && a.match.areas.every((x) => liesIn(x, b.match.areas));
  holds.sort(
    (a, b) => weight(b) - weight(a) || Number(inside(b, a)) - Number(inside(a, b)) || (a.id < b.id ? -1 : 1),
  );
  return holds[0] ?? (DEFAULT_CLOCK_POLICIES[order.level - 1] as ClockPolicy);
}
