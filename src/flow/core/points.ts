import type { MetricKey, PointCode, TurnNumber } from '../../domain/ids.ts';
import { clockMoved } from '../../domain/judge/clock-moved.ts';
import { NOTHING_YET, owned } from '../../domain/judge/memory.ts';
import { shared } from '../../domain/judge/watcher.ts';
import { faultValuesAt } from '../../domain/register/fault-values.ts';
import type { Point } from '../../domain/register/register.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import { baselinesOf, type PointState, stateOf } from '../judging/point-state.ts';
import { replan } from '../judging/replan.ts';
import type { HistoryLatest } from '../ports/history.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Plan, RuleBook } from '../rules/rule-book.ts';
import { MemoryRests } from './memory-rests.ts';
import type { RegisterMap } from './register-map.ts';

/** Memories in one turn at most: a rolling share of a few milliseconds, so that no packet waits behind all of them. */
export const MEMORIES_PER_TURN = 128;

type KeptMemory = TurnRecord['memories'][number];

/**
 * What the flow knows of each point: the rules in force there, its memory, its open alarms. It goes with the register and with the
 * rule book, and says which memories the journal has yet to keep.
 */
export class Points {
  readonly #register: RegisterMap;
  readonly #book: RuleBook;
  readonly #lastTurn: () => TurnNumber;
  readonly #states = new Map<PointCode, PointState>();
  readonly #dirty = new Set<PointState>();
  readonly rests = new MemoryRests();

  constructor(given: { register: RegisterMap; book: RuleBook; lastTurn: () => TurnNumber }) {
    this.#register = given.register;
    this.#book = given.book;
    this.#lastTurn = given.lastTurn;
  }

  of(code: PointCode): PointState | undefined {
    return this.#states.get(code);
  }

  all(): Iterable<PointState> {
    return this.#states.values();
  }

  /** Of a registered point: made on first use. */
  at(registered: Point): PointState | undefined {
    const known = this.#states.get(registered.code);
    if (known !== undefined) return known;
    const plan = this.planNow(registered);
    if (plan === undefined) return undefined;
    const made = stateOf(registered, plan, this.#faultValuesAt(registered));
    this.#states.set(registered.code, made);
    return made;
  }

  /** The rules in force at a point. */
  planNow(registered: Point): Plan | undefined {
    return this.#planOf(registered, this.#lastTurn());
  }

  // ── what the journal keeps ────────────────────────────────────────────────────────────────────────

  /** Its memory is another one since this turn. @param now our clock, of that turn */
  touched(point: PointState, turn: TurnNumber, now: Millis): void {
    if (point.dirtySince !== null) return;
    point.dirtySince = turn;
    point.dirtyAt = now;
    this.#dirty.add(point);
  }

  /** Memories that go into the journal with this turn: those that have waited longest. */
  keep(which: 'none' | 'share' | 'all', now: Millis): readonly KeptMemory[] {
    if (which === 'none') return [];
    const [most, due] =
      which === 'share' ? [MEMORIES_PER_TURN, this.rests.dueUpTo(now)] : [Infinity, Infinity];
    const kept: KeptMemory[] = [];
    for (const point of this.#dirty) {
      if (kept.length >= most || point.dirtyAt > due) break;
      this.#dirty.delete(point);
      point.dirtySince = null;
      kept.push({ point: point.code, memory: point.memory });
    }
    return kept;
  }

  /** The first turn of which some memory is not kept; `null`: all are. */
  get unkeptSince(): TurnNumber | null {
    return this.#dirty.values().next().value?.dirtySince ?? null;
  }

  /** A memory comes back under the rules of its time, and goes on to today's as the turns are replayed. */
  putBack({ point: code, turn, memory }: KeptMemory & { readonly turn: TurnNumber }): void {
    const point = this.#states.get(code);
    const registered = this.#register.point(code);
    if (point === undefined || registered === undefined) return;
    const mine = point.memory;
    point.plan = this.#planOf(registered, turn) ?? point.plan;
    mine.heardAt = memory.heardAt;
    if (memory.awaitedSince !== undefined) mine.awaitedSince = memory.awaitedSince;
    else if (memory.series.size === 0 && memory.windows.size === 0) {
      // Kept when a point counted as heard with its registration.
      mine.awaitedSince = memory.heardAt;
      mine.heardAt = 0;
    }
    for (const [k, v] of memory.series) mine.series.set(ownKey(point, k), v);
    for (const [k, v] of memory.windows) owned(mine, 'windows').set(k, v);
    mine.recent = new Map();
    for (const [k, v] of memory.recent ?? []) {
      v.base = v.base.map(shared);
      v.next = v.next?.map(shared) ?? null;
      mine.recent.set(ownKey(point, k), v);
    }
    mine.backlog = memory.backlog;
    mine.told = memory.told === undefined || memory.told.size === 0 ? NOTHING_YET : memory.told;
    mine.clock = memory.clock;
    for (const [k, v] of memory.worst) owned(mine, 'worst').set(k, v);
    for (const which of ['rules', 'late'] as const) {
      for (const [id, m] of memory[which]) {
        // A rule whose steps changed since begins afresh: its old watchers mean something else now.
        const rule = point.plan.rules.get(id);
        if (rule?.steps.length === m.watchers.length) owned(mine, which).set(rule.id, shared(m));
      }
    }
  }

  /** Newest readings as the history store has them, for what the replayed turns did not bring. */
  remind(latest: readonly HistoryLatest[]): void {
    for (const x of latest) {
      const point = this.#states.get(x.point);
      // What is no quantity of its pack (what was forecast of one) is no newest value.
      if (point === undefined || point.latest.has(x.metric) || !point.plan.metrics.has(x.metric)) continue;
      point.latest.set(x.metric, { ...x, backfill: false });
    }
  }

  /** Everything lies as long before now as it did. @param now our clock, as it is set now */
  clockMoved(by: Duration, now: Millis): void {
    for (const point of this.#states.values()) {
      clockMoved(point.memory, by);
      for (const reading of point.latest.values()) {
        reading.observedAt += by;
        reading.receivedAt += by;
      }
      this.touched(point, this.#lastTurn(), now);
    }
  }

  // ── the rules and the register change ─────────────────────────────────────────────────────────────

  /** @param asOf the rules in force at the end of this turn */
  replan(asOf: TurnNumber, which: (code: PointCode) => boolean = () => true): void {
    if (this.#book.isPlain) return;
    const ofArea = new Map<string, Plan>();
    for (const point of this.#states.values()) {
      const registered = this.#register.point(point.code);
      if (registered === undefined || !which(point.code)) continue;
      // A city has far more points than areas: those without a number of their own share their area's plan.
      const isNamed = this.#book.names(point.code);
      const area = `${registered.lifeline} ${registered.area}`;
      const plan = (isNamed ? undefined : ofArea.get(area)) ?? this.#planOf(registered, asOf);
      if (plan === undefined) continue;
      if (!isNamed) ofArea.set(area, plan);
      replan(point, plan);
    }
  }

  /** A point is registered, or is another one than before. */
  changed(
    before: Point | undefined,
    registered: Point,
    turn: TurnNumber,
    now: Millis,
  ): PointState | undefined {
    const point = this.at(registered);
    if (point === undefined) return undefined;
    point.baselines = baselinesOf(registered);
    point.faultValues = this.#faultValuesAt(registered);
    if (before !== undefined && before.area !== registered.area)
      replan(point, this.planNow(registered) ?? point.plan);
    if (before === undefined) point.memory.awaitedSince = now;
    this.touched(point, turn, now);
    return point;
  }

  /** As long as a point has never spoken, it is awaited from its newest device's coming on. */
  deviceCame(code: PointCode, turn: TurnNumber, now: Millis): void {
    const point = this.#states.get(code);
    if (point === undefined || point.memory.heardAt > 0) return;
    point.memory.awaitedSince = now;
    this.touched(point, turn, now);
  }

  /** What is installed at a point is another device, or of another model: it brings fault values of its own. */
  devicesChanged(code: PointCode | null | undefined): void {
    const registered = code == null ? undefined : this.#register.point(code);
    const point = registered === undefined ? undefined : this.#states.get(registered.code);
    if (registered !== undefined && point !== undefined) point.faultValues = this.#faultValuesAt(registered);
  }

  #planOf(registered: Point, asOf: TurnNumber): Plan | undefined {
    return this.#book.planAt(registered.lifeline, scopeOf(this.#register, registered), asOf);
  }

  #faultValuesAt(registered: Point): PointState['faultValues'] {
    return faultValuesAt(registered, this.#register.devicesAt(registered.code), this.#register.model);
  }
}

/** The very string that the plan has: what is looked up with each reading is then compared by its address. */
const ownKey = ({ plan }: PointState, key: MetricKey): MetricKey => plan.metrics.get(key)?.metric.key ?? key;
