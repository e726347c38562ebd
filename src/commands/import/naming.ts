import { as, type MetricKey } from '../../domain/ids.ts';
import { type Codes, faultCodesOf, NO_CODES } from '../../domain/judge/fault-codes.ts';
import { type Judged, judgeQuality } from '../../domain/judge/quality.ts';
import { toMetricUnit } from '../../domain/judge/units.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Pack } from '../../domain/pack.ts';
import { GOOD, type Quality, type Reading } from '../../domain/reading.ts';
import type { StockPoint } from '../../flow/ports/stock.ts';
import { beijing } from '../../wire/files/csv.ts';
import type { StockMapping } from '../../wire/files/stock-mapping.ts';
import { type MetricTake, scaled } from '../../wire/mapping/take.ts';
import { said as plainly } from '../terminal-text.ts';

const UNIT = /^(.*?)\s*[([（【]\s*([^)\]）】]+?)\s*[)\]）】]$/;
/** A sensor's clock may run ahead a little; a file's may not be of tomorrow. */
const AHEAD_AT_MOST = 10 * 60_000;
const DAY = 86_400_000;
/** Nothing longer names a metric, and what looks for its unit takes the square of its length. */
const NAME_AT_MOST = 200;

/** A metric as a file names it, and the unit that the file says it is in. */
type Named = {
  readonly metric: Metric;
  readonly unit: string | null;
  readonly codes: Codes;
  /** What the mapping says that their system writes for "no value", in the file's unit. */
  readonly own: readonly number[];
  /** What the mapping makes of the number before its unit counts. */
  readonly how: MetricTake | null;
};

/** What a row says of one reading. */
export type Said = {
  readonly point: string;
  readonly metric: string;
  readonly unit: string | null;
  readonly at: number;
  readonly value: number | null;
  /** As it was judged when it came in; null: the file does not say, and the pack judges. */
  readonly quality: Quality | null;
  readonly backfill: boolean | null;
};

/** Finds the register's points and the packs' metrics by the names that a file has for them, and makes readings. */
export class Naming {
  readonly unknownPoints = new Map<string, number>();
  readonly unknownMetrics = new Map<string, number>();
  readonly #mapping: StockMapping;
  readonly #points = new Map<string, StockPoint | null>();
  readonly #packs: ReadonlyMap<string, Pack>;
  readonly #named = new Map<string, Named | null | string>();
  readonly #now: number;
  readonly #oldest: number;
  readonly #keepDays: number;

  constructor(given: {
    points: readonly StockPoint[];
    packs: readonly Pack[];
    mapping: StockMapping;
    now: number;
    keepDays: number;
  }) {
    this.#mapping = given.mapping;
    this.#packs = new Map(given.packs.map((p) => [p.lifeline as string, p]));
    this.#now = given.now;
    this.#keepDays = given.keepDays;
    this.#oldest = given.now - given.keepDays * DAY;
    // By name where only one point has it, by code in any case.
    for (const p of given.points) this.#points.set(p.name, this.#points.has(p.name) ? null : p);
    for (const p of given.points) this.#points.set(p.code, p);
  }

  /** Whether any lifeline has a metric of this name: then a column of it is meant. */
  isMetric(label: string): boolean {
    return [...this.#packs.values()].some(
      (pack) => typeof this.#metric(pack, label) === 'object' && this.#metric(pack, label) !== null,
    );
  }

  /** Two of these names that mean the same metric of some lifeline. */
  twice(labels: readonly string[]): readonly [string, string, MetricKey] | null {
    for (const pack of this.#packs.values()) {
      const seen = new Map<MetricKey, string>();
      for (const label of labels) {
        const named = this.#metric(pack, label);
        if (named === null || typeof named === 'string') continue;
        const before = seen.get(named.metric.key);
        if (before !== undefined) return [before, label, named.metric.key];
        seen.set(named.metric.key, label);
      }
    }
    return null;
  }

  isLeftOut(label: string): boolean {
    return Object.hasOwn(this.#mapping.metrics, label) && this.#mapping.metrics[label] === null;
  }

  /** @returns the reading, or what is wrong in one sentence */
  reading(said: Said): Reading | string {
    const theirs = this.#mapping.point ?? said.point;
    const code = Object.hasOwn(this.#mapping.points, theirs)
      ? (this.#mapping.points[theirs] as string)
      : theirs;
    const point = this.#points.get(code);
    if (point == null) {
      count(this.unknownPoints, theirs);
      if (theirs === '') return 'the row names no point';
      return point === null
        ? `several points are called "${plainly(theirs)}"; its code would be right`
        : `"${plainly(theirs)}" is no point of the register: register it first, or name it in "points" of the mapping`;
    }
    const pack = this.#packs.get(point.lifeline);
    const named = pack === undefined ? null : this.#metric(pack, said.metric);
    if (named === null) {
      count(this.unknownMetrics, `${said.metric} (${point.lifeline})`);
      return `"${plainly(said.metric)}" is no metric of ${point.lifeline}: a key or name of its pack would be right, or "metrics" of the mapping`;
    }
    if (typeof named === 'string') return named;
    return this.#judged(point, named, said);
  }

  #judged(point: StockPoint, { metric, unit, codes, own, how }: Named, said: Said): Reading | string {
    const wrongTime = this.#wrongTime(said.at);
    if (wrongTime !== null) return wrongTime;
    const of = said.unit ?? unit;
    const scale = said.value === null || how === null ? said.value : scaled(how, said.value);
    const value = scale === null || of === null || of === '' ? scale : toMetricUnit(metric, scale, of);
    if (value === undefined) {
      const known = [metric.unit, ...(metric.conversions ?? []).map((c) => c.from)].join(', ');
      return `${metric.key} cannot be converted from "${plainly(of ?? '')}"; known are ${known}`;
    }
    // Of a jump nothing is said: a file may be in any order, and the same row must always become the same reading.
    const judged =
      said.quality !== null && said.quality.grade !== 'good'
        ? { value, quality: said.quality }
        : judgedAsGiven(metric, codes, {
            raw: how?.bit === undefined ? said.value : scale,
            value,
            own: [...own, ...(point.faultValues?.[metric.key] ?? [])],
            at: said.at,
          });
    return {
      point: point.code,
      metric: metric.key,
      value: judged.value,
      quality: judged.quality.grade === 'good' ? GOOD : judged.quality,
      observedAt: said.at,
      receivedAt: this.#now,
      backfill: said.backfill ?? true,
    };
  }

  #wrongTime(at: number): string | null {
    if (at > this.#now + AHEAD_AT_MOST)
      return `${dateOf(at)} lies in the future: is the time's unit, format or zone right?`;
    if (at < this.#oldest)
      return `${dateOf(at)} is older than the ${this.#keepDays} days that are kept: raise LIFELINE_KEEP_DAYS first`;
    return null;
  }

  #metric(pack: Pack, label: string): Named | null | string {
    const key = `${pack.lifeline}|${label}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const found = this.#findMetric(pack, label);
    if (this.#named.size < 10_000) this.#named.set(key, found);
    return found;
  }

  #findMetric(pack: Pack, label: string): Named | null | string {
    if (label.length > NAME_AT_MOST) return null;
    const mapped = Object.hasOwn(this.#mapping.metrics, label) ? this.#mapping.metrics[label] : undefined;
    const name = typeof mapped === 'string' ? mapped : (mapped?.metric ?? label);
    const givenUnit = typeof mapped === 'object' && mapped !== null ? (mapped.unit ?? null) : null;
    const [, bare, unit] = UNIT.exec(name) ?? [];
    const metric = byName(pack, name) ?? (bare === undefined ? undefined : byName(pack, bare));
    if (metric === undefined) return null;
    if (metric.kind === 'waveform') return `${metric.key} is a waveform: import takes single values`;
    const said = byName(pack, name) === undefined ? (unit ?? null) : null;
    const own = typeof mapped === 'object' && mapped !== null ? (mapped.sentinels ?? []) : [];
    const how = typeof mapped === 'object' ? mapped : null;
    return { metric, unit: givenUnit ?? said, codes: faultCodesOf(metric, pack.rules), own, how };
  }
}

/** Beyond the last day that a date can be, its number. */
const dateOf = (at: number): string =>
  Math.abs(at) < LAST_DATE ? `${beijing(at)} (Beijing)` : `a time of ${at} ms since 1970`;
/** A day less than the last one of all, ±8.64e15: it is written in Beijing's time. */
const LAST_DATE = 8.64e15 - DAY;

/** A code for a fault is one as the file has it: 65535 ppm is none of 131 %LEL. */
function judgedAsGiven(
  metric: Metric,
  codes: Codes,
  {
    raw,
    value,
    own,
    at,
  }: {
    readonly raw: number | null;
    readonly value: number | null;
    readonly own: readonly number[];
    readonly at: number;
  },
): Judged {
  if (raw !== null && value !== null && raw !== value) {
    // The register has them as the device sends them, in our unit: a file that was converted before has them converted.
    const isOwn = own.some((code) => code === raw || isAlike(code, value));
    const suspicion = isOwn ? 'fault' : codes.of(raw, value);
    const judged = judgeQuality(metric, NO_CODES, value, undefined, at);
    if (suspicion === 'fault') return { value: null, quality: { grade: 'bad', why: 'sentinel' } };
    return suspicion === 'perhaps' && judged.quality.grade === 'good'
      ? { value, quality: { grade: 'doubtful', why: 'sentinel' } }
      : judged;
  }
  return judgeQuality(metric, codes, value, undefined, at, own);
}

/** But for what a conversion does to the last digit. */
const isAlike = (code: number, value: number): boolean => Math.abs(code - value) <= 1e-9 * Math.abs(code);

function byName(pack: Pack, name: string): Metric | undefined {
  return (
    pack.metrics.find((m) => m.key === as.metric(name)) ??
    pack.metrics.find((m) => m.name.zh === name || m.name.en.toLowerCase() === name.toLowerCase())
  );
}

function count(of: Map<string, number>, name: string): void {
  const n = of.get(name);
  if (n !== undefined) of.set(name, n + 1);
  else if (of.size < 10_000) of.set(name, 1);
}
