import type { AssetCode, LifelineKey, PointCode, RuleId } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Bilingual } from '../text.ts';
import { type Duration, days, type Millis, seconds } from '../time.ts';
import { isFalseVerdict, isJudged, type Verdict } from './assessment.ts';
import { CHATTER_WINDOW, CHATTERS_FROM } from './chatter.ts';
import type { ChangeKind } from './events.ts';
import { CALM, calmedBy, endsAt, FLOOD_WINDOW, type FloodWatch, raisedAt } from './flood.ts';

/** One event of an alarm's story in short, and what its alarm has become since. */
export type BriefEvent = {
  readonly at: Millis;
  readonly kind: ChangeKind;
  readonly alarm: string;
  /** A raise that nobody was shown: the point was under maintenance, or a rule of ours hid it. */
  readonly hidden: boolean;
  readonly raisedAt: Millis;
  /** The gravest. */
  readonly level: Level;
  readonly lifeline: LifelineKey;
  readonly area: string;
  readonly point: PointCode;
  readonly pointName: string;
  readonly asset: AssetCode | null;
  readonly assetName: string | null;
  readonly rule: RuleId;
  readonly ruleName: Bilingual;
  readonly verdict: Verdict | null;
  /** The platform below that it is of; `null`: ours. */
  readonly from: string | null;
};

/** Still open after this long is stale; [S123]. */
export const STALE_AFTER: Duration = days(1);
/** Sources shown as the noisiest. */
const TOP = 10;
/** Sources counted by name at most; what comes beyond it counts as one. A city has fewer that ever alarm. */
const SOURCES_AT_MOST = 200_000;

/** A rule at a point: what can be mended when it is noisy. */
export type NoisySource = {
  readonly rule: RuleId;
  readonly ruleName: Bilingual;
  readonly point: PointCode;
  readonly pointName: string;
  readonly lifeline: LifelineKey;
  readonly raised: number;
  /** Of all raised in the period, 0 … 1. */
  readonly share: number;
  /** Times active ↔ clear in the period, and at most within one minute. */
  readonly flips: number;
  readonly flipsInMinute: number;
};

/** How an alarm system is doing over a period 报警运行指标 (domain §9.3). Hidden raises count apart. */
export type Indicators = {
  readonly raised: number;
  readonly raisedHidden: number;
  readonly rate: { readonly average: number; readonly peak: number; readonly peakAt: Millis | null };
  readonly flood: { readonly count: number; readonly share: number; readonly longest: Duration };
  readonly top: readonly NoisySource[];
  /** Of the top ten together, 0 … 1. */
  readonly topShare: number;
  readonly chattering: readonly NoisySource[];
  /** Alarms that were open for more than a day at some time of the period, and when the oldest was raised. */
  readonly stale: { readonly count: number; readonly oldestRaisedAt: Millis | null };
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly acknowledged: {
    readonly count: number;
    readonly p50: Duration | null;
    readonly p95: Duration | null;
  };
  readonly assessed: { readonly count: number; readonly false: number; readonly falseRate: number | null };
  readonly shelved: number;
};

type Source = { first: BriefEvent; raised: number; flips: number; lately: Millis[]; flipsInMinute: number };

/**
 * Reads a period's events once, oldest first, and keeps counts alone: what it remembers grows with the number of
 * sources, not of events.
 */
export class IndicatorCount {
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #sources = new Map<string, Source>();
  readonly #byLevel: Record<Level, number> = { 1: 0, 2: 0, 3: 0, 4: 0 };
  /** Seconds from raise to first acknowledgement → how often. */
  readonly #waits = new Map<number, number>();
  /** Raised in the period and not yet acknowledged. */
  readonly #unacked = new Set<string>();
  readonly #stale = new Map<string, Millis>();
  #window: Millis[] = [];
  #windowFrom = 0;
  #peak = 0;
  #peakAt: Millis | null = null;
  #watch: FloodWatch = CALM;
  #floods = 0;
  #flooded: Duration = 0;
  #longest: Duration = 0;
  #raised = 0;
  #hidden = 0;
  #acks = 0;
  #assessed = 0;
  #false = 0;
  #shelved = 0;

  /** @param from inclusive; @param to exclusive, and not after now */
  constructor(from: Millis, to: Millis) {
    this.#from = from;
    this.#to = to;
  }

  /** An event of the period, or of the ten minutes before it: a flood may have begun there. */
  take(e: BriefEvent): void {
    if (e.at < this.#from) {
      if (e.kind === 'raised' && !e.hidden) this.#flow(e.at);
      return;
    }
    switch (e.kind) {
      case 'raised':
        this.#raise(e);
        return;
      case 'recurred':
      case 'returned':
        this.#flip(e);
        return;
      case 'acknowledged':
        if (!this.#unacked.delete(e.alarm)) return;
        this.#wait(e.at - e.raisedAt);
        return;
      case 'shelved':
        this.#shelved++;
        return;
      case 'closed':
        this.wasOpen(e.alarm, e.raisedAt, e.at);
        return;
      default:
        return;
    }
  }

  /** An alarm that was open until then, whether or not anything happened to it in the period. */
  wasOpen(alarm: string, raised: Millis, until: Millis): void {
    if (Math.min(until, this.#to) - raised > STALE_AFTER) this.#stale.set(alarm, raised);
  }

  result(): Indicators {
    this.#calm(this.#to);
    if (this.#watch.since !== null) this.#count(this.#watch.since, this.#to);
    const length = this.#to - this.#from;
    const sources = [...this.#sources.values()];
    const noisy = (s: Source): NoisySource => ({
      rule: s.first.rule,
      ruleName: s.first.ruleName,
      point: s.first.point,
      pointName: s.first.pointName,
      lifeline: s.first.lifeline,
      raised: s.raised,
      share: this.#raised === 0 ? 0 : s.raised / this.#raised,
      flips: s.flips,
      flipsInMinute: s.flipsInMinute,
    });
    const top = sources
      .filter((s) => s.raised > 0)
      .sort((a, b) => b.raised - a.raised || b.flips - a.flips)
      .slice(0, TOP)
      .map(noisy);
    return {
      raised: this.#raised,
      raisedHidden: this.#hidden,
      rate: {
        average: length > 0 ? (this.#raised * FLOOD_WINDOW) / length : 0,
        peak: this.#peak,
        peakAt: this.#peakAt,
      },
      flood: {
        count: this.#floods,
        share: length > 0 ? this.#flooded / length : 0,
        longest: this.#longest,
      },
      top,
      topShare: top.reduce((sum, s) => sum + s.share, 0),
      chattering: sources
        .filter((s) => s.flipsInMinute >= CHATTERS_FROM)
        .sort((a, b) => b.flips - a.flips)
        .slice(0, TOP)
        .map(noisy),
      stale: {
        count: this.#stale.size,
        oldestRaisedAt: this.#stale.size === 0 ? null : Math.min(...this.#stale.values()),
      },
      byLevel: this.#byLevel,
      acknowledged: { count: this.#acks, p50: this.#percentile(0.5), p95: this.#percentile(0.95) },
      assessed: {
        count: this.#assessed,
        false: this.#false,
        falseRate: this.#assessed === 0 ? null : this.#false / this.#assessed,
      },
      shelved: this.#shelved,
    };
  }

  #raise(e: BriefEvent): void {
    this.#flip(e);
    if (e.verdict !== null && isJudged(e.verdict)) {
      this.#assessed++;
      if (isFalseVerdict(e.verdict)) this.#false++;
    }
    if (e.hidden) {
      this.#hidden++;
      return;
    }
    this.#raised++;
    this.#byLevel[e.level]++;
    this.#unacked.add(e.alarm);
    this.#source(e).raised++;
    this.#flow(e.at);
    if (this.#window.length - this.#windowFrom > this.#peak) {
      this.#peak = this.#window.length - this.#windowFrom;
      this.#peakAt = this.#window[this.#windowFrom] ?? e.at;
    }
  }

  #flow(at: Millis): void {
    this.#window.push(at);
    while ((this.#window[this.#windowFrom] as Millis) <= at - FLOOD_WINDOW) this.#windowFrom++;
    if (this.#windowFrom > 1_000) {
      this.#window = this.#window.slice(this.#windowFrom);
      this.#windowFrom = 0;
    }
    this.#calm(at);
    this.#watch = raisedAt(this.#watch, at);
  }

  #calm(now: Millis): void {
    const { since } = this.#watch;
    const end = endsAt(this.#watch);
    this.#watch = calmedBy(this.#watch, now);
    if (since !== null && end !== null && this.#watch.since === null) this.#count(since, end);
  }

  #count(since: Millis, until: Millis): void {
    const within = Math.min(until, this.#to) - Math.max(since, this.#from);
    if (within <= 0) return;
    this.#floods++;
    this.#flooded += within;
    this.#longest = Math.max(this.#longest, within);
  }

  #flip(e: BriefEvent): void {
    const source = this.#source(e);
    source.flips++;
    source.lately.push(e.at);
    while ((source.lately[0] as Millis) <= e.at - CHATTER_WINDOW) source.lately.shift();
    source.flipsInMinute = Math.max(source.flipsInMinute, source.lately.length);
  }

  #source(e: BriefEvent): Source {
    const key = `${e.rule} ${e.point}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const made: Source = { first: e, raised: 0, flips: 0, lately: [], flipsInMinute: 0 };
    if (this.#sources.size < SOURCES_AT_MOST) this.#sources.set(key, made);
    return made;
  }

  #wait(took: Duration): void {
    const s = Math.max(0, Math.round(took / seconds(1)));
    this.#waits.set(s, (this.#waits.get(s) ?? 0) + 1);
    this.#acks++;
  }

  /** Nearest rank, to the second. */
  #percentile(p: number): Duration | null {
    if (this.#acks === 0) return null;
    let left = Math.ceil(p * this.#acks);
    for (const [s, n] of [...this.#waits].sort(([a], [b]) => a - b)) {
      left -= n;
      if (left <= 0) return seconds(s);
    }
    return null;
  }
}
