import type { AlarmId, AreaCode, AssetCode, DrillId, LifelineKey, PointCode, RuleId } from '../ids.ts';
import type { Level } from '../level.ts';
import { metresBetween } from '../metres-between.ts';
import type { Bilingual, Source } from '../text.ts';
import type { Duration, Millis } from '../time.ts';

/** Why alarms are taken for one incident. */
export const JOINED_BY = [
  'same-asset',
  'k-of-n',
  'cross-line',
  'common-cause',
  'upstream-downstream',
  'person',
] as const;
export type JoinedBy = (typeof JOINED_BY)[number];

/** Attributes of a point in the register by which alarms are put together: behind one gateway 网关, on one pipe 管线. */
export const JOINING_ATTRIBUTES = ['gateway', 'pipe'] as const;
export type JoiningAttribute = (typeof JOINING_ATTRIBUTES)[number];

/** 关联规则: which alarms belong together, as data. */
export type Correlation = {
  readonly id: string;
  readonly by: Exclude<JoinedBy, 'person'>;
  /** What such an incident is called. */
  readonly name: Bilingual;
  /** Rules whose alarms it looks at; one that ends in `*` is a beginning. Each list is one side: a cross-line one needs all of its sides. */
  readonly sides: readonly (readonly string[])[];
  /** Endings of rules that it never looks at. */
  readonly except?: readonly string[];
  /** So many of what is counted make an incident; from `formsFrom` on it is kept as forming. */
  readonly k: number;
  readonly formsFrom: number;
  readonly counted: 'alarms' | 'points' | 'assets';
  readonly within: Duration;
  /** Metres between one of the members and the alarm; `null`: distance says nothing. */
  readonly withinM: number | null;
  /** On the same asset, in the same area, or with the same attribute in the register; `null`: wherever. */
  readonly same: 'asset' | 'area' | JoiningAttribute | null;
  /** How many levels above its gravest member such an incident stands. */
  readonly raises: 0 | 1;
  /** 0…1: how sure such a join is. */
  readonly confidence: number;
  readonly source: Source;
};

/** An alarm as far as correlation goes. */
export type Suspect = {
  readonly alarm: AlarmId;
  readonly rule: RuleId;
  readonly lifeline: LifelineKey;
  readonly level: Level;
  readonly point: PointCode;
  readonly asset: AssetCode | null;
  readonly area: AreaCode;
  /** Of its point, those that join; absent: the register says none. */
  readonly joining?: { readonly [A in JoiningAttribute]?: string };
  /** WGS 84 or CGCS2000, degrees; `null`: nobody has placed it. */
  readonly at: { readonly lon: number; readonly lat: number } | null;
  readonly raisedAt: Millis;
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
};

const isOfSide = (rule: string, side: readonly string[]): boolean =>
  side.some((r) => (r.endsWith('*') ? rule.startsWith(r.slice(0, -1)) : r === rule));

/** Whether a correlation looks at alarms of this rule at all. */
export const looksAt = (c: Correlation, rule: string): boolean =>
  c.sides.some((side) => isOfSide(rule, side)) && !(c.except ?? []).some((ending) => rule.endsWith(ending));

/** Whether two alarms are close enough, in time and place, for a correlation to take them together. */
export function areTogether(c: Correlation, a: Suspect, b: Suspect): boolean {
  // A drill and the world never meet, nor do two drills.
  if (a.drill !== b.drill) return false;
  if (a.alarm === b.alarm || Math.abs(a.raisedAt - b.raisedAt) > c.within) return false;
  if (c.same === 'asset' && (a.asset === null || a.asset !== b.asset)) return false;
  if (c.same === 'area' && a.area !== b.area) return false;
  if (c.same === 'gateway' || c.same === 'pipe') {
    const mine = a.joining?.[c.same];
    if (mine === undefined || mine !== b.joining?.[c.same]) return false;
  }
  if (c.withinM === null) return true;
  if (a.asset !== null && a.asset === b.asset) return true;
  return a.at !== null && b.at !== null && metresBetween(a.at, b.at) <= c.withinM;
}

/** How many of what a correlation counts there are, and whether each of its sides is there. */
export function countOf(c: Correlation, suspects: readonly Suspect[]): number {
  const of = suspects.filter((s) => looksAt(c, s.rule));
  if (!c.sides.every((side) => of.some((s) => isOfSide(s.rule, side)))) return 0;
  if (c.counted === 'alarms') return new Set(of.map((s) => s.alarm)).size;
  return new Set(of.map((s) => (c.counted === 'points' ? s.point : (s.asset ?? s.point)))).size;
}
