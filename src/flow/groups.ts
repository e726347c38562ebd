import type { AssetCode, LifelineKey, MetricKey, PointCode, RuleId } from '../domain/ids.ts';
import { evaluateSpread, evaluateTogether, freshMemory, levelIn } from '../domain/judge/evaluate.ts';
import { passes } from '../domain/judge/limit.ts';
import { isAtLeast } from '../domain/judge/signals/count.ts';
import type { Pack } from '../domain/metric.ts';
import type { Reading } from '../domain/reading.ts';
import type { Place, Point } from '../domain/register.ts';
import type { Member, Reach, Rule } from '../domain/rule.ts';
import type { PointState } from './point-state.ts';
import type { RegisterView } from './ports/service.ts';
import { breachOf, endOfCondition, noteWorst, type Verdicts } from './verdicts.ts';

/** A rule that looks at several points: it lives at points of its lifeline that have a member in reach. */
type Listener = {
  readonly rule: RuleId;
  readonly lifeline: LifelineKey;
  readonly over: Reach;
  readonly atEach: boolean;
  /** Looked up once a point; shared by all rules of the same reach. */
  readonly near: Map<PointCode, Near>;
};

/** Who is in reach of a point, itself included, in order of code. */
type Near = { readonly points: readonly Point[]; readonly codes: ReadonlySet<PointCode> };

/**
 * Brings a reading to the rules of other points (and of its own) that look at several at once. What they make of it
 * is the domain's; who is within reach of whom is the register's, and is looked up here.
 *
 * A rule with a member `here` is judged at each of its points; one that looks only at what is near, over an asset, at
 * one of them alone (the first by code), so that one event is one alarm.
 */
export class Groups {
  readonly #listeners = new Map<LifelineKey, Map<MetricKey, Listener[]>>();
  readonly #register: RegisterView;
  readonly #state: (code: PointCode) => PointState | undefined;
  #byAsset: ReadonlyMap<AssetCode, readonly Point[]> | null = null;
  readonly #near = new Map<string, Map<PointCode, Near>>();

  constructor(given: {
    packs: readonly Pack[];
    register: RegisterView;
    state: (code: PointCode) => PointState | undefined;
  }) {
    this.#register = given.register;
    this.#state = given.state;
    for (const pack of given.packs) for (const rule of pack.rules) this.#listen(rule);
  }

  /** The register has changed: who is near whom is looked up again. */
  forget(): void {
    this.#byAsset = null;
    for (const near of this.#near.values()) near.clear();
  }

  /**
   * @param reading good, and no backfill
   * @param late it came after its time: may raise, never end
   * @param judged told of every point whose memory changes; false: not that one (it knows this reading already)
   */
  hear(
    at: PointState,
    reading: Reading,
    late: boolean,
    tell: Verdicts,
    judged: (anchor: PointState) => boolean,
  ): void {
    const listeners = this.#listeners.get(at.plan.pack.lifeline)?.get(reading.metric);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      for (const { code, lifeline } of this.#inReach(at.code, listener).points) {
        // Points at which the rule lives that have this one in reach: reach is symmetric.
        const anchor = lifeline !== listener.lifeline ? undefined : code === at.code ? at : this.#state(code);
        if (anchor === undefined) continue;
        const rule = anchor.plan.rules.get(listener.rule);
        if (rule !== undefined && judged(anchor)) {
          this.#judge(anchor, rule, this.#inReach(code, listener).codes, at, reading, late, tell);
        }
        if (!listener.atEach) break;
      }
    }
  }

  #judge(
    anchor: PointState,
    rule: Rule,
    reach: ReadonlySet<PointCode>,
    at: PointState,
    reading: Reading,
    late: boolean,
    tell: Verdicts,
  ): void {
    const { signal } = rule;
    const value = reading.value as number;
    const before = anchor.memory.rules.get(rule.id) ?? freshMemory(rule);
    let found = null;
    const news = { point: at.code, at: reading.observedAt };
    if (signal.of === 'spread') {
      found = evaluateSpread(rule, before, { ...news, value }, reach);
    } else if (signal.of === 'together') {
      for (let i = 0; i < signal.members.length; i++) {
        const member = signal.members[i] as Member;
        if (member.metric !== reading.metric || (member.lifeline ?? rule.lifeline) !== at.plan.pack.lifeline)
          continue;
        if (member.at === 'here' && anchor !== at) continue;
        const holds = holdsAt(member, at, value);
        // A rule says what is in force now, also where the reading came behind newer ones.
        const newest = at.memory.series.get(reading.metric)?.newestAt ?? reading.observedAt;
        const when = member.holds.by === 'rule' ? newest : reading.observedAt;
        found = evaluateTogether(
          rule,
          found?.memory ?? before,
          { point: at.code, at: when, member: i, holds },
          reach,
        );
      }
    }
    if (found === null) return;
    anchor.memory.rules.set(rule.id, found.memory);
    if (found.level !== null && found.step !== null) {
      noteWorst(anchor, rule, found.step.limit, found.signal, reading.observedAt);
      tell.breach(
        anchor,
        rule,
        breachOf(rule, found.step, found.level, found.signal, reading.observedAt, late),
      );
    } else if (!late) endOfCondition(anchor, rule, tell);
  }

  #inReach(code: PointCode, { near, over }: Listener): Near {
    const known = near.get(code);
    if (known !== undefined) return known;
    const point = this.#register.point(code);
    if (point === undefined) return { points: [], codes: new Set([code]) };
    const points = this.#look(point, over);
    const found = { points, codes: new Set(points.map((p) => p.code)) };
    near.set(code, found);
    return found;
  }

  #look(point: Point, over: Reach): readonly Point[] {
    if (over.to === 'point') return [point];
    if (over.to === 'asset') {
      if (point.asset === null) return [point];
      this.#byAsset ??= groupByAsset(this.#register.points());
      return this.#byAsset.get(point.asset) ?? [point];
    }
    const here = point.place;
    if (here === null) return [point];
    return this.#register
      .points()
      .filter(
        (p) => p.code === point.code || (p.place !== null && metresBetween(here, p.place) <= over.metres),
      );
  }

  #listen(rule: Rule): void {
    const { signal } = rule;
    if (signal.of === 'together')
      for (const m of signal.members) this.#add(m.lifeline ?? rule.lifeline, m.metric, rule, signal.over);
    else if (signal.of === 'spread' && rule.metric !== null)
      this.#add(rule.lifeline, rule.metric, rule, signal.over);
  }

  #add(lifeline: LifelineKey, metric: MetricKey, rule: Rule, over: Reach): void {
    const metrics = this.#listeners.get(lifeline) ?? new Map<MetricKey, Listener[]>();
    this.#listeners.set(lifeline, metrics);
    const listeners = metrics.get(metric) ?? [];
    metrics.set(metric, listeners);
    if (listeners.some((l) => l.rule === rule.id)) return;
    const { signal } = rule;
    const here = signal.of === 'together' && signal.members.some((m) => m.at === 'here');
    const reach = over.to === 'distance' ? `${over.metres} m` : over.to;
    const near = this.#near.get(reach) ?? new Map<PointCode, Near>();
    this.#near.set(reach, near);
    listeners.push({
      rule: rule.id,
      lifeline: rule.lifeline,
      over,
      atEach: here || over.to !== 'asset',
      near,
    });
  }
}

function holdsAt(member: Member, at: PointState, value: number): boolean {
  if (member.holds.by === 'limit') return passes(member.holds.limit, 0, value);
  const rule = at.plan.rules.get(member.holds.rule);
  const memory = at.memory.rules.get(member.holds.rule);
  return rule !== undefined && memory !== undefined && isAtLeast(levelIn(rule, memory), member.holds.level);
}

function groupByAsset(points: readonly Point[]): ReadonlyMap<AssetCode, readonly Point[]> {
  const groups = new Map<AssetCode, Point[]>();
  for (const p of points) {
    if (p.asset === null) continue;
    const group = groups.get(p.asset);
    if (group === undefined) groups.set(p.asset, [p]);
    else group.push(p);
  }
  return groups;
}

const EARTH_METRES = 6_371_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Flat: exact to centimetres over the few kilometres that a rule may reach. */
function metresBetween(a: Place, b: Place): number {
  const x = radians(b.lon - a.lon) * Math.cos(radians((a.lat + b.lat) / 2));
  const y = radians(b.lat - a.lat);
  return EARTH_METRES * Math.hypot(x, y);
}
