import type { Alarm } from '../../domain/alarm/alarm.ts';
import { clockMoved as alarmMoved } from '../../domain/alarm/clock-moved.ts';
import type { DeskLimits, OperatorCommand } from '../../domain/alarm/commands.ts';
import { evolve } from '../../domain/alarm/evolve.ts';
import {
  type AlarmId,
  as,
  type CommandId,
  type DeviceCode,
  type EventSeq,
  type PointCode,
  type TurnNumber,
} from '../../domain/ids.ts';
import { isMeasured } from '../../domain/judge/admits.ts';
import type { Arrival } from '../../domain/judge/arrival.ts';
import { clockMoved } from '../../domain/judge/clock-moved.ts';
import { judgeSamples } from '../../domain/judge/quality.ts';
import type { Pack } from '../../domain/pack.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Decided } from '../../domain/register/commands.ts';
import { type FaultValues, faultValuesAt } from '../../domain/register/fault-values.ts';
import type { Point } from '../../domain/register/register.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { RuleCommand, RuleDraft } from '../../domain/rules/change.ts';
import { scopeOf } from '../../domain/rules/scope.ts';
import { type Duration, type Millis, seconds } from '../../domain/time.ts';
import { decodeJudged } from '../../wire/files/spool.ts';
import { Combinations, type Judging } from '../judging/combinations.ts';
import { noteFrame } from '../judging/frame-times.ts';
import { cutFeatures, judgeReading, NOBODY, type Verdicts } from '../judging/judge-point.ts';
import { Listening } from '../judging/listening.ts';
import { baselinesOf, type PointState, stateOf } from '../judging/point-state.ts';
import { replan } from '../judging/replan.ts';
import { awaitedSince, judgeSilence } from '../judging/silence.ts';
import type { Flaw, Packet } from '../ports/broker.ts';
import type { HistoryLatest } from '../ports/history.ts';
import type { Ids } from '../ports/ids.ts';
import type {
  ClockMove,
  CommandAnswer,
  DeviceStatus,
  Recovered,
  SpooledTurn,
  TurnRecord,
} from '../ports/journal.ts';
import type { Meters } from '../ports/meters.ts';
import { PROBE_DEVICE, PROBE_POINT, PROBE_TOPIC } from '../probe.ts';
import { RuleBook } from '../rules/rule-book.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { Draft } from './draft.ts';
import { type KeptQuality, QualityBook, unkeptQuality } from './quality-book.ts';
import { RegisterMap } from './register-map.ts';
import { RuleDesk } from './rule-desk.ts';
import { scopesOf } from './rule-scopes.ts';
import { takePacket } from './take-packet.ts';

/** Memories kept per turn of the clock: a rolling share, so that no single turn has to carry them all. */
const MEMORIES_PER_TICK = 20_000;
/** A memory that changes with every reading is kept this often; the turns in between are replayed at a start. */
const MEMORY_RESTS = seconds(10);
/** So much of the time in which we listened a kill may cost. */
const LISTENED_RESTS = seconds(5);

/** Twice the largest city we know of. */
const TOPICS_AT_MOST = 200_000;

export type CoreOptions = {
  readonly packs: readonly Pack[];
  readonly ids: Ids;
  readonly meters: Meters;
  readonly limits: DeskLimits;
  readonly autoRegister: boolean;
  /** Whether a second person must approve a change of a rule. Left out: one is enough. */
  readonly ruleApproval?: 'one' | 'two';
};

/** Whose a telemetry topic is. */
export type TopicTarget = {
  readonly at: PointState;
  readonly device: DeviceCode;
  readonly quality: KeptQuality;
};

/**
 * The single-writer state machine behind the turn: takes packets, commands and the clock in order, and
 * writes everything that follows from them into a draft. It does no input or output, so that what it
 * decides depends on nothing but what it was given.
 */
export class Core {
  readonly register = new RegisterMap();
  readonly statuses = new Map<DeviceCode, DeviceStatus>();
  readonly desk: AlarmDesk;
  readonly meters: Meters;
  readonly autoRegister: boolean;
  /** Those of the packs. */
  readonly lifelines: ReadonlySet<string>;
  readonly book: RuleBook;
  readonly rules: RuleDesk;
  /** Where the packets of a telemetry topic belong: a device says the same one all day. Forgotten with every change of the register. */
  readonly knownTopics = new Map<string, TopicTarget>();
  /** The desk's ear for the turn in hand. */
  findings: Verdicts = NOBODY;
  #judgingNow: Judging = { late: false, ahead: false, tell: NOBODY, judged: () => true };
  #judgingLate: Judging = this.#judgingNow;
  readonly combinations: Combinations;
  readonly quality: QualityBook;
  readonly #points = new Map<PointCode, PointState>();
  readonly #dirty = new Set<PointState>();
  readonly #answers = new Map<CommandId, CommandAnswer>();
  #lastTurn = as.turn(0);
  #lastSeq = as.seq(0);
  #listening = new Listening([], 0);
  #clockMoves: readonly ClockMove[] = [];
  #movesAreKept = true;
  #listenedKeptAt: Millis = 0;
  #replayedTo = as.turn(0);

  constructor(options: CoreOptions) {
    this.book = new RuleBook(options.packs);
    this.lifelines = new Set(options.packs.map((p) => p.lifeline));
    this.meters = options.meters;
    this.autoRegister = options.autoRegister;
    this.rules = new RuleDesk({
      book: this.book,
      places: scopesOf(this.register),
      approval: options.ruleApproval ?? 'one',
    });
    this.combinations = new Combinations({
      rules: options.packs.flatMap((p) => p.rules),
      register: this.register,
      state: (code) => this.#points.get(code),
    });
    this.quality = new QualityBook({
      register: this.register,
      state: (code) => this.#points.get(code),
    });
    this.desk = new AlarmDesk({
      ids: options.ids,
      limits: options.limits,
      register: this.register,
      packs: options.packs,
    });
  }

  get lastTurn(): TurnNumber {
    return this.#lastTurn;
  }

  get lastSeq(): EventSeq {
    return this.#lastSeq;
  }

  // ── a turn ────────────────────────────────────────────────────────────────────────────────────────

  begin(at: Millis): Draft {
    const draft = new Draft(as.turn(this.#lastTurn + 1), at, this.#lastSeq);
    this.findings = this.desk.findings(draft);
    const judged = (anchor: PointState) => {
      this.touched(anchor, draft.turn, draft.at);
      return true;
    };
    this.#judgingNow = { late: false, ahead: false, tell: this.findings, judged };
    this.#judgingLate = { ...this.#judgingNow, late: true };
    return draft;
  }

  take(packet: Packet, draft: Draft): readonly Flaw[] {
    return takePacket(this, packet, draft);
  }

  act(id: AlarmId, command: OperatorCommand, durable: Alarm | null, draft: Draft): Result<Alarm, Refusal> {
    const account = command.by.kind === 'operator' ? command.by.account : '';
    const given = this.#answers.get(command.commandId);
    if (given !== undefined) {
      // Answers of an older program do not say what was asked.
      const asked = given.content === undefined || given.content === contentOf(command);
      const same = given.alarmId === id && given.verb === command.do && given.account === account && asked;
      const alarm = this.desk.find(id, durable);
      return same && alarm !== null ? ok(alarm) : no({ code: 'command-reused', detail: null });
    }
    const done = this.desk.order(id, command, durable, draft);
    if (!done.ok) return done;
    this.#answer(
      {
        commandId: command.commandId,
        alarmId: id,
        verb: command.do,
        at: draft.at,
        account,
        revision: done.value.revision,
        content: contentOf(command),
      },
      draft,
    );
    return ok(done.value);
  }

  /** Takes over what was decided. */
  change(changes: Decided, draft: Draft): void {
    this.#forgetTopics();
    this.combinations.forget();
    for (const change of changes) {
      const before = change.kind === 'point' ? this.register.point(change.point.code) : undefined;
      const moved = change.kind === 'device' ? this.register.device(change.device.code)?.point : undefined;
      this.register.apply(change);
      draft.register.push(change);
      if (change.kind === 'device' && change.device.point !== null && change.device.point !== moved)
        this.#deviceCame(change.device.point, draft);
      if (change.kind === 'device')
        for (const code of [moved, change.device.point]) this.#deviceChanged(code);
      if (change.kind === 'model')
        for (const d of this.register.devices())
          if (d.model === change.model.code) this.#deviceChanged(d.point);
      if (change.kind === 'point') this.#pointChanged(before, change.point, draft);
      const worked = change.kind === 'work' ? this.#points.get(change.work.point) : undefined;
      if (worked !== undefined) this.desk.works(worked, draft);
    }
    // An area may have gone into another one whose rules differ.
    if (changes.some((c) => c.kind === 'area')) this.#replanAll(this.#lastTurn);
  }

  /** A rule's draft goes on its way. What comes into force by it holds from the end of the turn. */
  ruleAct(command: RuleCommand, draft: Draft): Result<RuleDraft, Refusal> {
    return this.rules.order(command, draft);
  }

  /** The clock moves on: shelves, re-alarms, silence. */
  tick(draft: Draft): void {
    this.desk.tick(
      (alarm) => this.book.planOf(alarm.lifeline)?.rules.get(alarm.ruleId)?.reAlarmAfter ?? null,
      draft,
    );
    for (const at of this.#points.values()) this.#listenForSilence(at, draft);
    draft.register.push(...this.quality.tick(draft.at));
  }

  /** Closes the draft into what the journal keeps. @param keepMemories true on turns of the clock and at a stop */
  finish(draft: Draft, keepMemories: 'none' | 'share' | 'all'): TurnRecord {
    this.#lastTurn = draft.turn;
    this.#lastSeq = draft.lastSeq;
    if (draft.rules.some((r) => r.kind === 'version')) this.#replanAll(draft.turn);
    const most = keepMemories === 'none' ? 0 : keepMemories === 'share' ? MEMORIES_PER_TICK : Infinity;
    const memories: TurnRecord['memories'][number][] = [];
    for (const at of this.#dirty) {
      if (memories.length >= most || (keepMemories === 'share' && draft.at - at.dirtyAt < MEMORY_RESTS))
        break;
      this.#dirty.delete(at);
      at.dirtySince = null;
      memories.push({ point: at.code, memory: at.memory });
    }
    if (keepMemories === 'all') draft.register.push(...this.quality.keepAll(draft.at));
    const oldest = this.#dirty.values().next().value?.dirtySince;
    const listens =
      keepMemories === 'all' ||
      (keepMemories === 'share' && draft.at - this.#listenedKeptAt >= LISTENED_RESTS);
    if (listens) this.#listenedKeptAt = draft.at;
    const hasMoved = !this.#movesAreKept;
    this.#movesAreKept = true;
    return {
      turn: draft.turn,
      at: draft.at,
      readings: draft.readings,
      frames: draft.frames,
      ...(draft.stock.length > 0 ? { stock: draft.stock } : {}),
      ...(draft.clocks.size > 0 ? { clocks: [...draft.clocks] } : {}),
      ...(draft.shown.length > 0 ? { shown: draft.shown } : {}),
      ...(draft.owedReadings.length + draft.owedFrames.length > 0
        ? { owed: { readings: draft.owedReadings, frames: draft.owedFrames } }
        : {}),
      quarantined: draft.quarantined,
      statuses: draft.statuses,
      deviceEvents: draft.deviceEvents,
      register: draft.register,
      rules: draft.rules,
      events: draft.events,
      answers: draft.answers,
      ...(draft.probe.length > 0 ? { probe: draft.probe } : {}),
      memories,
      ...(listens ? { listened: this.#listening.upTo(draft.at) } : {}),
      ...(hasMoved ? { clockMoves: this.#clockMoves } : {}),
      memoriesKeptUpTo: oldest == null ? draft.turn : as.turn(oldest - 1),
    };
  }

  // ── what the turn's parts need ────────────────────────────────────────────────────────────────────

  /** State of a registered point; made on first use. */
  at(point: Point): PointState | undefined {
    const known = this.#points.get(point.code);
    if (known !== undefined) return known;
    const plan = this.#planOf(point, this.#lastTurn);
    if (plan === undefined) return undefined;
    const made = stateOf(point, plan, this.#faultValuesAt(point));
    this.#points.set(point.code, made);
    return made;
  }

  point(code: PointCode): PointState | undefined {
    return this.#points.get(code);
  }

  /** The rules in force at a point. */
  planNow(point: Point): PointState['plan'] | undefined {
    return this.#planOf(point, this.#lastTurn);
  }

  rememberTopic(topic: string, at: PointState, device: DeviceCode): TopicTarget {
    if (this.knownTopics.size >= TOPICS_AT_MOST) this.#forgetTopics();
    const belongs = { at, device, quality: this.quality.record(device, at.code) };
    this.knownTopics.set(topic, belongs);
    return belongs;
  }

  /** The probe stays known, which stands in no register. */
  #forgetTopics(): void {
    this.knownTopics.clear();
    const at = this.at(PROBE_POINT);
    if (at === undefined) return;
    const quality = unkeptQuality(PROBE_DEVICE, PROBE_POINT.code);
    this.knownTopics.set(PROBE_TOPIC, { at, device: PROBE_DEVICE, quality });
  }

  touched(at: PointState, turn: TurnNumber, now: Millis): void {
    if (at.dirtySince !== null) return;
    at.dirtySince = turn;
    at.dirtyAt = now;
    this.#dirty.add(at);
  }

  /** Brings a reading that was judged at its own point to the rules that look at several. */
  toCombinations(at: PointState, reading: Reading, stands: Arrival | null): void {
    if (stands === null || stands === 'backfill') return;
    this.combinations.judge(at, reading, stands === 'late' ? this.#judgingLate : this.#judgingNow);
  }

  /** Something was heard from a point that was silent. */
  heard(at: PointState, receivedAt: Millis, draft: Draft): void {
    at.memory.heardAt = Math.max(at.memory.heardAt, receivedAt);
    if (at.alarms.size === 0) return;
    for (const rule of at.plan.silence) if (at.alarms.has(rule.id)) this.#judgeSilence(at, rule, draft);
  }

  // ── a start ───────────────────────────────────────────────────────────────────────────────────────

  /** Puts everything back as it was at the last durable turn, but for the turns still to be replayed. */
  restore(from: Recovered, now: Millis): void {
    this.#listening = new Listening(from.listened, now);
    this.#lastTurn = from.lastTurn;
    this.#lastSeq = from.lastSeq;
    for (const change of from.register) {
      if (change.kind === 'fault' || change.kind === 'quality') this.quality.take(change);
      else this.register.apply(change);
    }
    for (const point of this.register.points()) this.at(point);
    this.#forgetTopics();
    // Memories come back under the rules of their time, and go on to today's as the turns are replayed.
    for (const change of from.rules) this.book.take(change);
    for (const { point, turn, memory } of from.memories) this.#putBack(point, turn, memory);
    const alarms = new Map<AlarmId, Alarm>();
    // Of moves before the first of these events nothing is left.
    const moves = from.clockMoves.filter((m) => m.afterSeq >= (from.openAlarmEvents[0]?.seq ?? Infinity));
    this.#clockMoves = moves;
    let moved = 0;
    const moveUpTo = (seq: number) => {
      for (; (moves[moved]?.afterSeq ?? Infinity) < seq; moved++)
        for (const [id, a] of alarms) alarms.set(id, alarmMoved(a, moves[moved]?.by ?? 0));
    };
    for (const { seq, event } of from.openAlarmEvents) {
      moveUpTo(seq);
      alarms.set(event.alarmId, evolve(alarms.get(event.alarmId) ?? null, event));
    }
    moveUpTo(Infinity);
    for (const alarm of alarms.values()) {
      const at = this.#points.get(alarm.pointCode);
      if (at !== undefined && alarm.phase.is !== 'closed') this.desk.restore(alarm, at);
    }
    for (const answer of from.answers) this.#answers.set(answer.commandId, answer);
    for (const status of from.statuses) this.saidOfLink(status);
  }

  /** What a device says of its own link, or that it takes back what it said. */
  saidOfLink(status: DeviceStatus): void {
    if (status.online === null) this.statuses.delete(status.device);
    else this.statuses.set(status.device, status);
  }

  /** Runs one kept turn through the memories that do not know it yet. @param keptAt turn each memory was taken at */
  replay(turn: SpooledTurn, keptAt: ReadonlyMap<PointCode, TurnNumber>): void {
    const { readings, frames, clocks } = decodeJudged(turn.body);
    const before = as.turn(turn.turn - 1);
    if (this.book.changedBetween(this.#replayedTo, before))
      this.#replanAll(before, (code) => turn.turn > (keptAt.get(code) ?? 0));
    this.#replayedTo = before;
    const news = (point: PointCode): PointState | undefined => {
      const at = this.#points.get(point);
      if (at !== undefined && turn.turn > (keptAt.get(point) ?? 0)) return at;
      return undefined;
    };
    for (const frame of frames) {
      const at = news(frame.point);
      const plan = at?.plan.metrics.get(frame.metric);
      if (at === undefined || plan === undefined) continue;
      noteFrame(at.memory, plan, frame);
      // Closed windows are in the turn as readings already: only the open window is rebuilt here.
      cutFeatures(at, plan, { ...frame, samples: judgeSamples(plan.metric, plan.codes, frame.samples) });
      this.touched(at, turn.turn, this.#listening.startedAt);
    }
    for (const reading of readings) {
      const at = news(reading.point);
      const plan = at?.plan.metrics.get(reading.metric);
      if (at === undefined || plan === undefined) continue;
      judgeReading(at, plan, reading, NOBODY);
      this.touched(at, turn.turn, this.#listening.startedAt);
    }
    for (const [point, clock] of clocks) {
      const at = news(point);
      if (at !== undefined) at.memory.clock = clock ?? undefined;
    }
    for (const reading of readings) this.#replayToCombinations(reading, turn.turn, keptAt);
  }

  /** A point whose memory is newer than this reading may still be one that another's combination has to hear of. */
  #replayToCombinations(
    reading: Reading,
    turn: TurnNumber,
    keptAt: ReadonlyMap<PointCode, TurnNumber>,
  ): void {
    const at = this.#points.get(reading.point);
    if (at === undefined || !isMeasured(reading) || reading.backfill) return;
    const judged = (anchor: PointState) => {
      if (turn <= (keptAt.get(anchor.code) ?? 0)) return false;
      this.touched(anchor, turn, this.#listening.startedAt);
      return true;
    };
    const ahead = turn <= (keptAt.get(reading.point) ?? 0);
    this.combinations.judge(at, reading, { late: false, ahead, tell: NOBODY, judged });
  }

  /** After the last replayed turn: from here on everything is judged by the rules in force now. */
  replayed(): void {
    this.#replanAll(this.#lastTurn);
  }

  /**
   * When all is as it was written: our clock may have been set since, while nothing ran.
   *
   * @param by how far, where that is known; 0: not
   */
  onTodaysClock(by: Duration): void {
    if (by !== 0) this.#clockMoved(by);
    if (this.#listening.wasSetBack) this.#heardOnTodaysClock();
  }

  /** Everything lies as long before now as it did: readings, silences, shelves, acknowledgements. */
  #clockMoved(by: Duration): void {
    this.#clockMoves = [...this.#clockMoves, { afterSeq: this.#lastSeq, by }];
    this.#movesAreKept = false;
    this.#listening = this.#listening.moved(by);
    for (const at of this.#points.values()) {
      clockMoved(at.memory, by);
      for (const reading of at.latest.values()) {
        reading.observedAt += by;
        reading.receivedAt += by;
      }
      this.touched(at, this.#lastTurn, this.#listening.startedAt);
    }
    this.quality.clockMoved(by);
    this.desk.clockMoved(by);
  }

  /** What was heard in a time that is to come again would pass for heard until then. */
  #heardOnTodaysClock(): void {
    const listening = this.#listening;
    for (const at of this.#points.values()) {
      const { memory } = at;
      if (memory.heardAt > 0) memory.heardAt = listening.silentSince(memory.heardAt);
      if (memory.awaitedSince !== undefined) memory.awaitedSince = listening.silentSince(memory.awaitedSince);
      this.touched(at, this.#lastTurn, listening.startedAt);
    }
    this.#listening = listening.inTodaysClock();
  }

  /** Turns are numbered on from here, where that is further than the journal itself has come. */
  continueAfter(turn: TurnNumber): void {
    if (turn > this.#lastTurn) this.#lastTurn = turn;
  }

  /** Newest readings as the history store has them, for what the replayed turns did not bring. */
  remind(latest: readonly HistoryLatest[]): void {
    for (const x of latest) {
      const at = this.#points.get(x.point);
      if (at === undefined || at.latest.has(x.metric)) continue;
      at.latest.set(x.metric, { ...x, backfill: false });
    }
  }

  #planOf(point: Point, asOf: TurnNumber): PointState['plan'] | undefined {
    return this.book.planAt(point.lifeline, scopeOf(this.register, point), asOf);
  }

  #replanAll(asOf: TurnNumber, which: (code: PointCode) => boolean = () => true): void {
    if (this.book.isPlain) return;
    const ofArea = new Map<string, PointState['plan']>();
    for (const at of this.#points.values()) {
      const point = this.register.point(at.code);
      if (point === undefined || !which(at.code)) continue;
      // A city has far more points than areas: those without a number of their own share their area's plan.
      const isNamed = this.book.names(at.code);
      const area = `${point.lifeline} ${point.area}`;
      const plan = (isNamed ? undefined : ofArea.get(area)) ?? this.#planOf(point, asOf);
      if (plan === undefined) continue;
      if (!isNamed) ofArea.set(area, plan);
      replan(at, plan);
    }
  }

  #putBack(point: PointCode, turn: TurnNumber, memory: PointState['memory']): void {
    const at = this.#points.get(point);
    const registered = this.register.point(point);
    if (at === undefined || registered === undefined) return;
    at.plan = this.#planOf(registered, turn) ?? at.plan;
    at.memory.heardAt = memory.heardAt;
    if (memory.awaitedSince !== undefined) at.memory.awaitedSince = memory.awaitedSince;
    else if (memory.series.size === 0 && memory.windows.size === 0) {
      // Kept when a point counted as heard with its registration.
      at.memory.awaitedSince = memory.heardAt;
      at.memory.heardAt = 0;
    }
    for (const [k, v] of memory.series) at.memory.series.set(k, v);
    for (const [k, v] of memory.windows) at.memory.windows.set(k, v);
    at.memory.recent = memory.recent ?? new Map();
    at.memory.backlog = memory.backlog;
    at.memory.told = memory.told ?? new Map();
    at.memory.clock = memory.clock;
    for (const [k, v] of memory.worst) at.memory.worst.set(k, v);
    for (const [of, to] of [
      [memory.rules, at.memory.rules],
      [memory.late, at.memory.late],
    ] as const) {
      for (const [id, m] of of) {
        // A rule whose steps changed since begins afresh: its old watchers mean something else now.
        if (at.plan.rules.get(id)?.steps.length === m.watchers.length) to.set(id, m);
      }
    }
  }

  #answer(answer: CommandAnswer, draft: Draft): void {
    draft.answers.push(answer);
    this.#answers.set(answer.commandId, answer);
    if (this.#answers.size > 10_000) this.#answers.delete(this.#answers.keys().next().value as CommandId);
  }

  #pointChanged(before: Point | undefined, point: Point, draft: Draft): void {
    const at = this.at(point);
    if (at === undefined) return;
    at.baselines = baselinesOf(point);
    at.faultValues = this.#faultValuesAt(point);
    if (before !== undefined && before.area !== point.area)
      replan(at, this.#planOf(point, this.#lastTurn) ?? at.plan);
    if (before === undefined) at.memory.awaitedSince = draft.at;
    if (((before?.outOfService ?? null) !== null) !== (point.outOfService !== null))
      this.desk.service(at, point.outOfService, draft);
    this.touched(at, draft.turn, draft.at);
  }

  /** A device takes its fault values with it. */
  #deviceChanged(code: PointCode | null | undefined): void {
    const point = code == null ? undefined : this.register.point(code);
    const at = point === undefined ? undefined : this.#points.get(point.code);
    if (point !== undefined && at !== undefined) at.faultValues = this.#faultValuesAt(point);
  }

  #faultValuesAt(point: Point): FaultValues {
    return faultValuesAt(point, this.register.devicesAt(point.code), this.register.model);
  }

  /** As long as a point has never spoken, it is awaited from its newest device's coming on. */
  #deviceCame(point: PointCode, draft: Draft): void {
    const at = this.#points.get(point);
    if (at === undefined || at.memory.heardAt > 0) return;
    at.memory.awaitedSince = draft.at;
    this.touched(at, draft.turn, draft.at);
  }

  #listenForSilence(at: PointState, draft: Draft): void {
    const since = this.#listening.silentSince(awaitedSince(at));
    const maybe = (draft.at - since) / 60_000 >= at.plan.silentAfter;
    if (!maybe && !at.plan.silence.some((r) => at.alarms.has(r.id))) return;
    for (const rule of at.plan.silence) this.#judgeSilence(at, rule, draft);
  }

  #judgeSilence(at: PointState, rule: PointState['plan']['silence'][number], draft: Draft): void {
    const found = judgeSilence(at, rule, draft.at, this.#listening, this.findings);
    if (found === null) return;
    if (found.changed) this.touched(at, draft.turn, draft.at);
    if (rule.metric === null) this.desk.interruption(at, found.level !== null, at.plan.silenceIds, draft);
  }
}

/** What a command says, whoever gave it and whatever they had seen: the same again is a retry, anything else another command. */
function contentOf(command: OperatorCommand): string {
  const said = Object.entries(command).filter(([key]) => !NOT_SAID.has(key));
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const NOT_SAID: ReadonlySet<string> = new Set(['do', 'by', 'commandId', 'seenRevision', 'second']);
