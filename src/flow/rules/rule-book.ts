import {
  as,
  type LifelineKey,
  type MetricKey,
  type PointCode,
  type RuleId,
  type TurnNumber,
} from '../../domain/ids.ts';
import { type Codes, faultCodesOf } from '../../domain/judge/fault-codes.ts';
import { LATENESS } from '../../domain/judge/placing/event-time.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Rule } from '../../domain/rule.ts';
import type { RuleBookChange, RuleDraft, RuleVersion, Setting } from '../../domain/rules/change.ts';
import {
  type EffectiveRule,
  effectiveRule,
  judging,
  nearness,
  type RulePlace,
} from '../../domain/rules/effective.ts';
import { type Duration, minutes } from '../../domain/time.ts';

/** A lifeline's pack, laid out for judging: each reading finds its metric and rules in one look-up. */
export type Plan = {
  readonly pack: Pack;
  readonly metrics: ReadonlyMap<string, MetricPlan>;
  /** Rules driven by our clock, not by readings. */
  readonly silence: readonly Rule[];
  /** Some of them count a point that rests as none that is silent. */
  readonly mayRest: boolean;
  readonly silenceIds: ReadonlySet<RuleId>;
  /** How long after its instant the slowest of the metrics is still on time. */
  readonly onTime: Duration;
  /** The same of the quickest. */
  readonly onTimeAtLeast: Duration;
  /** Minutes of silence at which the first of them can take hold; Infinity without one. */
  readonly silentAfter: number;
  readonly rules: ReadonlyMap<RuleId, Rule>;
};

export type MetricPlan = {
  readonly metric: Metric;
  readonly codes: Codes;
  readonly rules: readonly Rule[];
  /** Some of them judge what others leave out. */
  readonly judgesDoubtful: boolean;
  /** How long after `observedAt` a reading still counts as on time. */
  readonly lateness: Duration;
  /** Windows over this waveform, each with the feature metrics that it feeds. */
  readonly windows: readonly FeatureWindow[];
};

export type FeatureWindow = {
  readonly key: MetricKey;
  readonly length: Duration;
  readonly metrics: readonly Metric[];
};

/** A feature's window can close only when the frame after it arrives: frames of up to a minute are on time. */
const FRAME_AT_MOST = minutes(1);

/**
 * Which rules are in force where, and whose number each of theirs is: pack ← area ← point. Versions say from the
 * end of which turn they hold, so that turns replayed at a start are judged by the rules of their time.
 */
export class RuleBook {
  readonly #packs: ReadonlyMap<string, Pack>;
  readonly #defaults: ReadonlyMap<string, Plan>;
  readonly #versions = new Map<RuleId, RuleVersion[]>();
  readonly #drafts = new Map<string, RuleDraft>();
  readonly #named = new Set<PointCode>();
  /** Plans by the versions and the scopes that make them differ: points that are judged alike share one. */
  readonly #plans = new Map<string, Plan>();

  constructor(packs: readonly Pack[]) {
    this.#packs = new Map(packs.map((p) => [p.lifeline as string, p]));
    this.#defaults = new Map(packs.map((p) => [p.lifeline as string, planFor(p, p.rules)]));
  }

  // ── what is judged by ─────────────────────────────────────────────────────────────────────────────

  /** The pack alone: metrics, and what every point of the lifeline has in common. */
  planOf(lifeline: LifelineKey): Plan | undefined {
    return this.#defaults.get(lifeline);
  }

  /** @param asOf the rules in force at the end of this turn */
  planAt(lifeline: LifelineKey, place: RulePlace, asOf: TurnNumber): Plan | undefined {
    const plain = this.#defaults.get(lifeline);
    if (plain === undefined) return undefined;
    const changed = plain.pack.rules.flatMap((r) => this.#versionAt(r.id, asOf) ?? []);
    if (changed.length === 0) return plain;
    const state = changed.map((v) => `${v.rule}@${v.version}`).join(' ');
    const key = `${state}|${changed.map((v) => heldText(v.settings, place)).join('|')}`;
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const made = planFor(
      plain.pack,
      plain.pack.rules.map((r) => this.#effective(r, place, asOf).rule),
    );
    // Those in use are held by their points: what goes from here is made again when a point needs it.
    if (this.#plans.size >= PLANS_AT_MOST) this.#plans.clear();
    this.#plans.set(key, made);
    return made;
  }

  /** Rules of a lifeline as they are in force somewhere, with whose number each is. */
  effective(lifeline: LifelineKey, place: RulePlace): readonly EffectiveRule[] {
    return (this.#packs.get(lifeline)?.rules ?? []).map((r) => this.#effective(r, place, NOW));
  }

  // ── its history ───────────────────────────────────────────────────────────────────────────────────

  packRule(id: RuleId): { readonly rule: Rule; readonly pack: Pack } | undefined {
    for (const pack of this.#packs.values()) {
      const rule = pack.rules.find((r) => r.id === id);
      if (rule !== undefined) return { rule, pack };
    }
    return undefined;
  }

  /** Newest last; the pack's own version is not among them. */
  versions(id: RuleId): readonly RuleVersion[] {
    return this.#versions.get(id) ?? [];
  }

  /** The number of the version in force. */
  versionOf(rule: Rule): number {
    return this.versions(rule.id).at(-1)?.version ?? rule.version;
  }

  /** Oldest first. */
  drafts(): readonly RuleDraft[] {
    return [...this.#drafts.values()];
  }

  draft(id: string): RuleDraft | undefined {
    return this.#drafts.get(id);
  }

  take(change: RuleBookChange): void {
    if (change.kind === 'draft') {
      this.#drafts.set(change.draft.id, change.draft);
      return;
    }
    const { version } = change;
    for (const s of version.settings) if (s.scope.kind === 'point') this.#named.add(s.scope.point);
    this.#versions.set(version.rule, [...this.versions(version.rule), version]);
  }

  /** Whether some number was ever set for this point alone. */
  names(point: PointCode): boolean {
    return this.#named.has(point);
  }

  /** Every number is the pack's, as it always was. */
  get isPlain(): boolean {
    return this.#versions.size === 0;
  }

  /** Turns after `from`, up to `to`, at whose end some rule changed. */
  changedBetween(from: TurnNumber, to: TurnNumber): boolean {
    for (const versions of this.#versions.values())
      if (versions.some((v) => v.turn > from && v.turn <= to)) return true;
    return false;
  }

  #effective(rule: Rule, place: RulePlace, asOf: number): EffectiveRule {
    const version = this.#versionAt(rule.id, asOf);
    return effectiveRule(rule, version?.version ?? rule.version, version?.settings ?? [], place);
  }

  #versionAt(id: RuleId, asOf: number): RuleVersion | undefined {
    return this.#versions.get(id)?.findLast((v) => v.turn <= asOf);
  }
}

const NOW = Infinity;
const PLANS_AT_MOST = 10_000;

/** Which of the settings hold at a place: places of the same text are judged alike. */
function heldText(settings: readonly Setting[], place: RulePlace): string {
  let text = '';
  for (const [i, s] of settings.entries()) {
    const near = nearness(s.scope, place);
    if (near !== null) text += `${i}:${near},`;
  }
  return text;
}

/** Lays rules out for judging. The backtest lays out a draft's. */
export function planFor(pack: Pack, given: readonly Rule[]): Plan {
  const rules = given.map((r) => asCounted(r, given));
  const metrics = new Map<string, MetricPlan>();
  for (const metric of pack.metrics) {
    const judged = judgedByReadings(rules, metric.key);
    metrics.set(metric.key, {
      metric,
      codes: faultCodesOf(metric, pack.rules),
      rules: judged,
      judgesDoubtful: judged.some((r) => r.judges === 'measured'),
      lateness: metric.arrivesWithin ?? (metric.feature === undefined ? LATENESS : LATENESS + FRAME_AT_MOST),
      windows: windowsOver(pack, metric.key),
    });
  }
  const silence = rules.filter((r) => r.signal.of === 'silentFor');
  return {
    pack,
    metrics,
    onTime: Math.max(LATENESS, ...Array.from(metrics.values(), (m) => m.lateness)),
    onTimeAtLeast: Math.min(...Array.from(metrics.values(), (m) => m.lateness)),
    silence,
    mayRest: silence.some((r) => r.signal.of === 'silentFor' && r.signal.restsWhile !== undefined),
    silenceIds: new Set(silence.map((r) => r.id)),
    silentAfter: silentAfter(silence),
    rules: new Map(rules.map((r) => [r.id, r])),
  };
}

/** A count of what another rule says hears every reading that this one judges: else it would miss what began with it. */
function asCounted(rule: Rule, all: readonly Rule[]): Rule {
  const { signal } = rule;
  if (signal.of !== 'count' || signal.occurrence.by !== 'rule') return rule;
  const { rule: counted } = signal.occurrence;
  return judging(rule, all.find((r) => r.id === counted)?.judges);
}

/** In the order in which they are judged: a count comes after what it counts. */
function judgedByReadings(rules: readonly Rule[], metric: MetricKey): readonly Rule[] {
  const own = rules.filter((r) => r.metric === metric && !DRIVEN_OTHERWISE.has(r.signal.of));
  return own.sort((a, b) => Number(a.signal.of === 'count') - Number(b.signal.of === 'count'));
}

/** By our clock, or by readings of several points. */
const DRIVEN_OTHERWISE: ReadonlySet<string> = new Set(['silentFor', 'together', 'spread']);

function windowsOver(pack: Pack, waveform: MetricKey): readonly FeatureWindow[] {
  const byLength = new Map<Duration, Metric[]>();
  for (const metric of pack.metrics) {
    if (metric.feature?.of !== waveform) continue;
    byLength.set(metric.feature.window, [...(byLength.get(metric.feature.window) ?? []), metric]);
  }
  return [...byLength].map(([length, metrics]) => ({
    key: as.metric(`${waveform}@${length}`),
    length,
    metrics,
  }));
}

/** Minutes of silence at which the first of these rules can take hold. */
export function silentAfter(rules: readonly Rule[]): number {
  let first = Infinity;
  for (const r of rules) {
    // A metric may be missed while the point is heard: such rules are looked at with every tick.
    if (r.metric !== null) return 0;
    const unit = r.signal.of === 'silentFor' ? (r.signal.per ?? minutes(1)) / minutes(1) : 1;
    for (const s of r.steps) if (s.limit.is === 'above') first = Math.min(first, s.limit.limit * unit);
  }
  return first;
}
