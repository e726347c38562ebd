import type { AreaCode, ChannelId, ContactId, LifelineKey, PolicyId, UnitCode } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Person } from '../rules/change.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';
import type { QuietHours } from './quiet.ts';
import type { Post } from './unit.ts';

/** What a notice can be about. `platform`: the service itself. */
export type SubjectKind = 'alarm' | 'warning' | 'order' | 'incident' | 'platform';

/** What a policy is chosen by. */
export type NoticeSubject = {
  readonly kind: SubjectKind;
  readonly level: Level;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
};

/** Whom a rung calls. `owner`, `district`, `centre` are found for each subject when the rung is due. */
export type Recipient =
  | { readonly unit: 'owner' | 'district' | 'centre' | { readonly code: UnitCode }; readonly post: Post }
  | { readonly contact: ContactId }
  /** A group or a machine behind a channel: no person of its own. */
  | { readonly channel: ChannelId };

/** What ends a ladder's later rungs. An acceptance is an acknowledgement too. */
export type StopsOn = 'acknowledge' | 'accept' | 'never';

/** One rung 梯级 of the ladder. */
export type Rung = {
  /** Seconds from the beginning of the round. */
  readonly afterS: number;
  readonly to: readonly Recipient[];
  /** Empty: every channel in use that reaches them. */
  readonly channels: readonly ChannelId[];
  readonly stopsOn: StopsOn;
};

/** 通知策略: who is told of what, and when. */
export type NoticePolicy = {
  readonly id: PolicyId;
  readonly name: Bilingual;
  readonly version: number;
  readonly enabled: boolean;
  readonly match: {
    readonly subjects: readonly SubjectKind[];
    /** Empty: any; likewise the others. */
    readonly levels: readonly Level[];
    readonly lifelines: readonly LifelineKey[];
    /** With everything below them. */
    readonly areas: readonly AreaCode[];
  };
  readonly rungs: readonly Rung[];
  /** The last rung again, until somebody stops it. `null`: once. */
  readonly repeat: { readonly everyS: number; readonly atMost: number } | null;
  /** When nobody is called for yellow and blue; left out: never. */
  readonly quiet?: QuietHours;
  /** Who put this version into force; `null`: it came with the product. */
  readonly by: Person | null;
  /** Who looked it over; `null` or left out: one person was enough. */
  readonly approvedBy?: Person | null;
  readonly at: Millis;
  readonly reason: string;
  /** Taken away with this version: it holds for nothing, and stands in no list. Left out: it has not been. */
  readonly dropped?: true;
};

/** Why a policy does not hold for a subject; `narrower`: it would, but another one says more exactly what it is for. */
export type PolicyMiss =
  | 'off'
  | 'other-subject'
  | 'other-level'
  | 'other-lifeline'
  | 'other-area'
  | 'narrower';

export type PolicyChoice = {
  /** `null`: none holds, nobody is told. */
  readonly policy: NoticePolicy | null;
  readonly passed: readonly { readonly policy: PolicyId; readonly why: PolicyMiss }[];
};

/** True when the area is one of these, or lies below one of them by the register's tree or by its administrative code. */
export type LiesIn = (area: AreaCode, among: readonly AreaCode[]) => boolean;

/**
 * The one policy that holds for a subject: of those that match, the one that says most exactly what it is for: the
 * area first, then the lifeline, then the level; of two alike one that the house made, then the one whose id comes first. As
 * rules do it, a district's own word replaces the city's.
 */
export function policyFor(
  policies: readonly NoticePolicy[],
  subject: NoticeSubject,
  liesIn: LiesIn,
): PolicyChoice {
  const passed: { policy: PolicyId; why: PolicyMiss }[] = [];
  const matching: NoticePolicy[] = [];
  for (const policy of policies) {
    const why = missOf(policy, subject, liesIn);
    if (why === null) matching.push(policy);
    else passed.push({ policy: policy.id, why });
  }
  matching.sort(
    (a, b) =>
      narrow(b) - narrow(a) ||
      narrowerArea(a, b, liesIn) ||
      shipped(a) - shipped(b) ||
      (a.id < b.id ? -1 : 1),
  );
  const [policy = null, ...others] = matching;
  for (const other of others) passed.push({ policy: other.id, why: 'narrower' });
  return { policy, passed };
}

function missOf({ enabled, match }: NoticePolicy, s: NoticeSubject, liesIn: LiesIn): PolicyMiss | null {
  if (!enabled) return 'off';
  if (!match.subjects.includes(s.kind)) return 'other-subject';
  if (match.levels.length > 0 && !match.levels.includes(s.level)) return 'other-level';
  if (match.lifelines.length > 0 && !match.lifelines.includes(s.lifeline)) return 'other-lifeline';
  return match.areas.length === 0 || liesIn(s.area, match.areas) ? null : 'other-area';
}

const narrow = ({ match }: NoticePolicy): number =>
  (match.areas.length > 0 ? 4 : 0) + (match.lifelines.length > 0 ? 2 : 0) + (match.levels.length > 0 ? 1 : 0);

/** What came with the product gives way to a word of the house. */
const shipped = ({ by }: NoticePolicy): number => (by === null ? 1 : 0);

/** The policy whose areas all lie in the other's is the narrower one. */
function narrowerArea(a: NoticePolicy, b: NoticePolicy, liesIn: LiesIn): number {
  const inside = (x: NoticePolicy, y: NoticePolicy) =>
    x.match.areas.length > 0 && x.match.areas.every((area) => liesIn(area, y.match.areas));
  const [ab, ba] = [inside(a, b), inside(b, a)];
  return ab === ba ? 0 : ab ? -1 : 1;
}

/** What stands in the way of a policy. */
export type PolicyFlaw =
  | 'no-subject'
  | 'no-rung'
  | 'rung-calls-nobody'
  | 'rungs-not-in-order'
  | 'repeat-too-often'
  | 'unit-unknown'
  | 'contact-unknown'
  | 'channel-unknown';

type Known = {
  readonly unit: (code: UnitCode) => boolean;
  readonly contact: (id: ContactId) => boolean;
  readonly channel: (id: ChannelId) => boolean;
};

/** Once a minute is as often as anybody may be called by one rung, and a day of it is enough. */
const REPEAT_FROM_S = 60;
const REPEAT_AT_MOST = 1_440;

/** @returns none: it can come into force */
export function policyFlaws(
  policy: Pick<NoticePolicy, 'match' | 'rungs' | 'repeat'>,
  known: Known,
): readonly PolicyFlaw[] {
  const flaws = new Set<PolicyFlaw>();
  if (policy.match.subjects.length === 0) flaws.add('no-subject');
  if (policy.rungs.length === 0) flaws.add('no-rung');
  for (const [i, rung] of policy.rungs.entries()) {
    const before = policy.rungs[i - 1]?.afterS ?? 0;
    if (!(rung.afterS >= before)) flaws.add('rungs-not-in-order');
    if (rung.to.length === 0) flaws.add('rung-calls-nobody');
    for (const channel of rung.channels) if (!known.channel(channel)) flaws.add('channel-unknown');
    for (const to of rung.to) {
      if ('contact' in to && !known.contact(to.contact)) flaws.add('contact-unknown');
      if ('channel' in to && !known.channel(to.channel)) flaws.add('channel-unknown');
      if ('unit' in to && typeof to.unit === 'object' && !known.unit(to.unit.code)) flaws.add('unit-unknown');
    }
  }
  const { repeat } = policy;
  if (repeat !== null && !(repeat.everyS >= REPEAT_FROM_S && repeat.atMost <= REPEAT_AT_MOST))
    flaws.add('repeat-too-often');
  return [...flaws];
}
