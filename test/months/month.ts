import { setImmediate as nextEvent } from 'node:timers/promises';
import { chance } from '../../simulators/random.ts';
import type { Alarm } from '../../src/domain/alarm/alarm.ts';
import { as } from '../../src/domain/ids.ts';
import { type Duration, days, hours, type Millis, minutes, seconds } from '../../src/domain/time.ts';
import {
  type AnyJournaled,
  isDrilled,
  isOfAlarm,
  type JournaledEvent,
} from '../../src/flow/ports/journal.ts';
import { FlowHarness, START } from '../flow/flow-harness.ts';
import { ManualClock } from '../memory/clock.ts';
import { MemoryDisk } from '../memory/journal.ts';
import { Agenda } from './agenda.ts';
import { Course } from './course.ts';
import { Device, type Parcel, type Send, type Stamped, writeGas } from './device.ts';
import { must } from './failure.ts';
import { type Fate, fatesOf, fatesOfCrews, fatesOfDevices, fatesOfReceivers, fatesOfStore } from './fate.ts';
import { HOUSES, TOGETHER } from './house.ts';
import { asIfRestarted } from './observers/as-if-restarted.ts';
import { Derived } from './observers/derived.ts';
import { DeskRules } from './observers/desk-rules.ts';
import { FramesKept } from './observers/frames-kept.ts';
import { KeptOnce } from './observers/kept-once.ts';
import { ResponsesKept } from './observers/responses-kept.ts';
import { Rings } from './observers/rings.ts';
import { SickClocks } from './observers/sick-clocks.ts';
import { Approvers } from './people/approvers.ts';
import { CREWS } from './people/asks.ts';
import { Keepers } from './people/keepers.ts';
import { Operators } from './people/operators.ts';
import { Receivers } from './people/receivers.ts';
import { Responders } from './people/responders.ts';
import { WatchingConsole } from './people/watching-console.ts';
import { nextRound } from './rounds.ts';
import { FRAME, Shakes, type Wave, writeWave } from './shakes.ts';
import { StoreThatGoesAway } from './store.ts';
import { Story } from './story.ts';

/** The clock of the flow ticks so often; in sparse histories, that much less often. */
const TICK = { dense: seconds(20), sparse: minutes(1) } as const;
/** Where nobody has been heard for so long, and nobody waits for the clock, it ticks so much less often. */
const AT_REST = { after: minutes(3), every: 5 } as const;
/** Point-days of which every minute may be looked at; of more than that devices measure as the field's do, by the hour. */
const DENSE_AT_MOST = 50;
const PACES = {
  dense: [minutes(1), minutes(5), minutes(5), minutes(30)],
  sparse: [minutes(10), minutes(30), hours(1), hours(1)],
} as const;
const LOGGERS = ['B-1', 'B-2'];
/** A service that is killed while somebody waits for its answer is up again after this. */
const AT_ONCE: Duration = 5;
/** Second services that are rebuilt in one history, about. */
const COMPARED_ABOUT = 30;
/** Bytes that a full disk has room for still. */
const ROOM_LEFT = 5_000;

/** After so many rounds the program itself is asked whether anything else is to be done: counted in each history, which is then the same. */
const ROUNDS_OF_OURS = 4_096;

/** Everything that a history follows from. */
export type Given = {
  readonly seed: number;
  readonly lasts: Duration;
  readonly points: number;
  /** The clock of the service's own machine is set now and then while the service is down. */
  readonly ourClock?: boolean;
  /** People are told of alarms, by channels that have fates of their own. */
  readonly notices?: boolean;
  /** A new number of a rule needs a second person. */
  readonly approvals?: boolean;
  /** Orders, warnings and incidents are made and worked on. */
  readonly responses?: boolean;
  /** Two bridges, whose loggers send waveforms. */
  readonly waveforms?: boolean;
  /** Points that are in it; absent: all. The others are left out with all that befalls them, and these fare as before. */
  readonly only?: readonly string[];
  /** Ids of fates that are left out. */
  readonly without?: readonly string[];
  /** Nobody looks any further than this; absent: to the end. */
  readonly upTo?: Millis;
};

export type Played = {
  readonly given: Given;
  readonly hash: string;
  /** What was not kept, and when; `null`: nothing. */
  readonly failure: { readonly what: string; readonly when: Millis } | null;
  /** The last of what happened, in words. */
  readonly last: readonly string[];
  readonly fates: readonly Fate[];
  readonly counts: Readonly<Record<string, number>>;
  /** How often each fate befell, each rule said something, and each thing was done to orders and the like. */
  readonly covered: ReadonlyMap<string, number>;
};

/** Plays one history to its end, or to the first promise that is not kept. The same `given`, the same history. */
export async function play(given: Given, say: ((line: string) => void) | null = null): Promise<Played> {
  const month = new Month(given, new Story(say));
  return month.play();
}

type Up = { readonly is: 'up'; readonly w: FlowHarness };

class Month {
  readonly #given: Given;
  readonly #story: Story;
  readonly #agenda = new Agenda();
  readonly #fates: readonly Fate[];
  readonly #points: readonly string[];
  readonly #until: Millis;
  readonly #grain: 'dense' | 'sparse';
  readonly #store = new StoreThatGoesAway();
  readonly #disk = new MemoryDisk();
  readonly #rings: Rings;
  readonly #desk = new DeskRules();
  readonly #kept: KeptOnce;
  readonly #operators: Operators;
  readonly #keepers: Keepers;
  readonly #consoles = [new WatchingConsole(), new WatchingConsole(), new WatchingConsole()] as const;
  readonly #derived: Derived;
  readonly #frames: FramesKept;
  readonly #covered = new Map<string, number>();
  readonly #sickClocks = new SickClocks();
  /** `null`: nobody is needed. */
  readonly #approvers: Approvers | null = null;
  /** `null`: nothing follows from alarms. */
  readonly #responders: { readonly people: Responders; readonly kept: ResponsesKept } | null = null;
  /** `null`: nobody is told. */
  readonly #receivers: Receivers | null = null;
  /** Those who wait for an acknowledgement. */
  readonly #unanswered = new Set<(kept: boolean) => void>();
  readonly #known = new Set<string>();
  readonly #acknowledged: Parcel[] = [];
  readonly #waves: Stamped<Wave>[] = [];
  #state: Up | { readonly is: 'down' } = { is: 'down' };
  #now: Millis = START;
  /** Our clock less the real time. */
  #apart: Duration = 0;
  #kill: 'before' | 'after' | null = null;
  /** How the next stop is to be followed. */
  #next: Fate & { readonly kind: 'restart' } = {
    ...{ id: 'by itself', kind: 'restart', from: 0, how: 'killed before', off: seconds(10), clockSet: 0 },
  };
  #stopping = false;
  #slow: Duration = 0;
  /** What is wrong with store and disk now. */
  readonly #troubles = new Set<Fate>();
  readonly #clockIsSet: boolean;
  #inSight: { readonly all: readonly Alarm[]; readonly by: ReadonlyMap<string, Alarm> } = {
    ...{ all: [], by: new Map() },
  };
  #broken: unknown = null;
  #restarts = 0;
  #rounds = 0;
  #ticks = 0;
  /** When something last came from outside. */
  #stirredAt: Millis = START;
  /** What the clock brought is durable, and nobody has looked at it. */
  #hasTicked = false;
  #sent = 0;
  #compared = 0;

  constructor(given: Given, story: Story) {
    this.#given = given;
    this.#story = story;
    this.#until = START + given.lasts;
    this.#grain = given.points * (given.lasts / days(1)) > DENSE_AT_MOST ? 'sparse' : 'dense';
    const without = new Set(given.without ?? []);
    const all = Array.from({ length: given.points }, (_, i) => `G-${i + 1}`);
    this.#points = all.filter((p) => given.only?.includes(p) !== false);
    const here = new Set(this.#points);
    this.#fates = [
      ...fatesOf(given.seed, all, START, given.lasts, given.ourClock === true),
      ...(given.waveforms === true ? fatesOfDevices(given.seed, LOGGERS, START, given.lasts) : []),
      ...fatesOfStore(given.seed, START, given.lasts),
      ...(given.notices === true ? fatesOfReceivers(given.seed, START, given.lasts) : []),
      ...(given.responses === true ? fatesOfCrews(given.seed, CREWS, START, given.lasts) : []),
    ].filter(
      (f) => !without.has(f.id) && (!('device' in f) || here.has(f.device) || LOGGERS.includes(f.device)),
    );
    const courses = new Map(this.#points.map((p) => [p, new Course(given.seed, p, START, given.lasts)]));
    const devices = new Map<string, Device>();
    const fatesOfDevice = Map.groupBy(this.#fates, (f) => ('device' in f ? f.device : ''));
    const paces = PACES[this.#grain];
    for (const [name, course] of courses) {
      const send: Send = (parcel, answered) => this.#arrives(parcel, answered);
      const { seed } = given;
      const from = START + seconds(5);
      const fates = fatesOfDevice.get(name) ?? [];
      const [agenda, until] = [this.#agenda, this.#until];
      devices.set(
        name,
        new Device({ seed, name, course, fates, agenda, from, until, send, paces, write: writeGas }),
      );
    }
    const bridges = given.waveforms === true ? LOGGERS : [];
    const shakes = new Map(bridges.map((p) => [p, new Shakes(given.seed, p, START, given.lasts)]));
    const loggers = new Map<string, Device<Wave>>();
    for (const [name, course] of shakes)
      loggers.set(
        name,
        new Device({
          ...{ seed: given.seed, name, course, write: writeWave, agenda: this.#agenda, paces: [FRAME.lasts] },
          ...{ fates: fatesOfDevice.get(name) ?? [], from: START + seconds(5), until: this.#until },
          send: (parcel, answered) => this.#waveArrives(parcel, answered),
        }),
      );
    this.#clockIsSet = this.#fates.some((f) => f.kind === 'restart' && f.clockSet !== 0);
    const isRight = (p: string) => !this.#clockIsSet && devices.get(p)?.isRight === true;
    this.#frames = new FramesKept(shakes, (p) => !this.#clockIsSet && loggers.get(p)?.isRight === true);
    this.#kept = new KeptOnce(isRight, this.#clockIsSet);
    this.#rings = new Rings(courses, isRight);
    this.#derived = new Derived(isRight);
    const tell = (what: string) => this.#tell(what);
    const broke = (why: unknown) => this.#breaks(why);
    if (given.approvals === true) this.#approvers = new Approvers(given.seed, tell, broke);
    if (given.notices === true)
      this.#receivers = new Receivers({
        ...{ seed: given.seed, fates: this.#fates, disk: this.#disk, tell, broke },
        ...{ from: START, lasts: given.lasts },
        kill: () => {
          this.#kill ??= 'before';
        },
        now: () => this.#now,
        at: (when, act) => this.#agenda.add(when, act),
      });
    if (given.responses === true) {
      const kept = new ResponsesKept(this.#clockIsSet);
      const people = new Responders({
        ...{ seed: given.seed, fates: this.#fates, kept, tell, broke },
        now: () => this.#now,
        kill: () => {
          if (this.#kill !== null || this.#stopping) return;
          this.#kill = 'after';
          this.#next = { ...this.#next, off: AT_ONCE };
        },
      });
      this.#responders = { people, kept };
    }
    this.#keepers = new Keepers({ seed: given.seed, points: this.#points, tell, broke });
    this.#operators = new Operators(
      given.seed,
      (what) => this.#tell(what),
      (why) => this.#breaks(why),
    );
  }

  async play(): Promise<Played> {
    for (const f of this.#fates) this.#comes(f);
    this.#everyNowAndThen();
    try {
      await this.#start(0);
      for (;;) {
        const next = this.#agenda.next();
        if (next === null || next > Math.min(this.#until + hours(2), this.#given.upTo ?? Infinity)) break;
        await this.#goOn(next);
      }
      if (this.#given.upTo === undefined) await this.#ends();
    } catch (cause) {
      this.#breaks(cause);
    }
    const what = this.#broken instanceof Error ? this.#broken : null;
    if (what !== null) this.#tell(`NOT KEPT: ${what.message}`);
    return {
      given: this.#given,
      hash: this.#story.hash(),
      failure:
        what === null
          ? null
          : { what: what.name === 'Broken' ? what.message : String(what.stack), when: this.#now },
      last: this.#story.last,
      covered: this.#covered,
      fates: this.#fates,
      counts: {
        packets: this.#sent,
        kept: this.#kept.kept,
        excursions: this.#rings.excursionsHeard,
        alarms: this.#rings.alarms,
        late: this.#rings.lateAlarms,
        orders: this.#operators.orders,
        restarts: this.#restarts,
        compared: this.#compared,
        kept_by_hand: this.#keepers.orders,
        derived: this.#derived.checked,
        by_sick_clocks: this.#sickClocks.checked,
        ...(this.#frames.frames === 0 ? {} : { frames: this.#frames.frames, shaken: this.#frames.rang }),
        ...(this.#approvers === null ? {} : { decided: this.#approvers.decided }),
        ...(this.#receivers === null
          ? {}
          : {
              ...{ told: this.#receivers.sent, told_again: this.#receivers.again },
              unmanned: this.#receivers.unmanned,
            }),
        ...(this.#responders === null ? {} : countsOf(this.#responders)),
      },
    };
  }

  // ── time ──────────────────────────────────────────────────────────────────────────────────────────

  /** Everything that falls on the next instant, and what follows from it at once. */
  async #goOn(next: Millis): Promise<void> {
    this.#now = next;
    if (this.#state.is === 'up') this.#state.w.clock.to(next + this.#apart);
    while (this.#agenda.next() === next) this.#agenda.take()();
    await nextRound();
    // An interrupt from outside must come through.
    if (++this.#rounds % ROUNDS_OF_OURS === 0) await nextEvent();
    this.#look();
  }

  /** What has been made public since, against what may be. */
  #look(): void {
    if (this.#broken !== null) throw this.#broken;
    if (this.#state.is === 'down') return;
    const { w } = this.#state;
    let isNews = false;
    let owes = false;
    for (const record of w.records.splice(0)) {
      owes ||= record.told !== undefined;
      this.#desk.record(record);
      isNews ||= record.events.length > 0 || record.responses !== undefined;
      for (const e of record.events) {
        this.#tell(inWords(e));
        this.#covers(`${e.after.ruleId}: ${e.event.change.kind}`);
        this.#rings.event(e);
        this.#derived.event(e, this.#now);
        this.#frames.event(e);
        this.#receivers?.event(e);
      }
      for (const e of record.responses ?? [])
        this.#covers(`${e.of}: ${'change' in e.event ? e.event.change.kind : 'lost'}`);
    }
    this.#receivers?.look(owes);
    if (this.#hasTicked) this.#lookAtOverlays(w);
    w.events.length = 0;
    w.told.length = 0;
    for (const parcel of this.#acknowledged.splice(0)) this.#wasAcknowledged(parcel, w);
    for (const wave of this.#waves.splice(0)) this.#frames.acknowledged(wave, this.#now, w.board.open());
    if (isNews) for (const c of this.#consoles) if (c.isThere) c.agrees(w);
    if (w.failure === null) return;
    const { cause } = w.failure;
    this.#tell(`the journal failed: ${String(cause)}`);
    must(
      cause instanceof Error && cause.message.startsWith('killed'),
      () => `the journal failed by itself: ${String(cause)}`,
    );
    this.#died();
  }

  #lookAtOverlays(w: FlowHarness): void {
    this.#hasTicked = false;
    this.#desk.overlays(w.board.open(), w.clock.now(), (is, point) => {
      if (!this.#clockIsSet) this.#keepers.mayHide(is, point, w);
    });
    if (this.#responders === null) return;
    const { incidents } = this.#responders.kept;
    this.#responders.kept.tick(w.clock.now());
    incidents.shown(w.board.open(), (alarm) => w.board.responses.incidentOf(as.alarm(alarm)));
    incidents.shown(w.board.open(), (alarm) => w.core.incidents.incidentOf(as.alarm(alarm))?.id ?? null);
  }

  #wasAcknowledged(parcel: Parcel, w: FlowHarness): void {
    const open = (point: string, rule: string) => this.#openAt(w).get(`${point} ${rule}`);
    for (const s of parcel.samples) {
      this.#kept.acknowledged(s);
      const key = `${s.point} ${s.n}`;
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#rings.acknowledged(s, this.#now, open);
      if (this.#rings.isBlind) continue;
      this.#derived.acknowledged(s, this.#now, open);
      if (!this.#clockIsSet) this.#sickClocks.acknowledged(s, parcel.samples.length === 1, this.#now, open);
    }
  }

  #rests(): boolean {
    if (this.#grain === 'dense' || this.#receivers !== null || this.#responders !== null) return false;
    return this.#now - this.#stirredAt > AT_REST.after && this.#troubles.size === 0;
  }

  /** As everybody sees them, by point and rule. */
  #openAt(w: FlowHarness): ReadonlyMap<string, Alarm> {
    const all = w.board.open();
    // The board makes another list with every event.
    if (this.#inSight.all !== all)
      this.#inSight = { all, by: new Map(all.map((a) => [`${a.pointCode} ${a.ruleId}`, a])) };
    return this.#inSight.by;
  }

  #everyNowAndThen(): void {
    const c = chance(this.#given.seed, 'now and then');
    const repeat = (period: () => Duration, act: (w: FlowHarness) => void) => {
      const again = () => {
        if (this.#state.is === 'up' && !this.#stopping) act(this.#state.w);
        if (this.#now < this.#until + hours(2)) this.#agenda.add(this.#now + period(), again);
      };
      this.#agenda.add(START + period(), again);
    };
    repeat(
      () => TICK[this.#grain],
      (w) => {
        if (this.#rests() && ++this.#ticks % AT_REST.every !== 0) return;
        w.turn
          .tick()
          .then(() => w.turn.settle())
          .then(
            () => {
              if (w.failure !== null) return;
              this.#receivers?.tick();
              this.#hasTicked = true;
            },
            (why) => {
              if (w.failure === null) throw why;
            },
          )
          .catch((why) => this.#breaks(why));
      },
    );
    repeat(
      () => (minutes(1) + c.next() * minutes(40)) / Math.max(1, this.#points.length / 4),
      (w) => this.#operators.look(w),
    );
    for (const console of this.#consoles)
      repeat(
        () => minutes(10) + c.next() * hours(3),
        (w) => {
          if (console.isThere) console.go();
          else console.come(w, false).catch((why) => this.#breaks(why));
        },
      );
    repeat(
      () => (minutes(10) + c.next() * hours(4)) / Math.max(1, this.#points.length / 4),
      (w) => this.#keepers.act(w),
    );
    repeat(
      () => minutes(1),
      (w) => this.#keepers.minute(w),
    );
    if (this.#approvers !== null)
      repeat(
        () => minutes(5) + c.next() * hours(2),
        (w) => this.#approvers?.look(w),
      );
    if (this.#responders !== null)
      repeat(
        () => minutes(1) + c.next() * minutes(8),
        (w) => this.#responders?.people.look(w),
      );
    repeat(
      () => (minutes(10) + c.next() * hours(2)) * Math.max(1, this.#given.lasts / hours(COMPARED_ABOUT)),
      (w) => this.#compare(w),
    );
  }

  #compare(w: FlowHarness): void {
    if (this.#slow > 0 || this.#troubles.size > 0 || w.holdings.at(-1) === true) return;
    w.turn
      .settle()
      .then(async () => {
        if (w.failure !== null) return;
        if (await asIfRestarted(w, this.#store)) this.#compared++;
      })
      .catch((why) => this.#breaks(why));
  }

  // ── the network ───────────────────────────────────────────────────────────────────────────────────

  #arrives(parcel: Parcel, answered: (kept: boolean) => void): void {
    for (const s of parcel.samples) {
      this.#rings.sent(s);
      this.#derived.sent(s);
      this.#kept.arrives(s, this.#now + this.#apart);
    }
    this.#posted('gas', parcel, (kept) => {
      if (kept) this.#acknowledged.push(parcel);
      answered(kept);
    });
  }

  #waveArrives(parcel: Parcel<Wave>, answered: (kept: boolean) => void): void {
    this.#posted('bridge', { ...parcel, brief: `minutes ${parcel.samples.map((s) => s.n)}` }, (kept) => {
      if (kept) this.#waves.push(...parcel.samples);
      answered(kept);
    });
  }

  #posted(
    lifeline: string,
    parcel: { readonly device: string; readonly text: string; readonly brief?: string },
    answered: (kept: boolean) => void,
  ): void {
    this.#sent++;
    this.#stirredAt = this.#now;
    if (this.#state.is === 'down' || this.#stopping) {
      answered(false);
      return;
    }
    const topic = `lifeline/v1/${lifeline}/${parcel.device}/telemetry`;
    this.#unanswered.add(answered);
    void this.#state.w.packet(topic, parcel.text).then(({ outcome, flaws }) => {
      // Its connection is gone.
      if (!this.#unanswered.delete(answered)) return;
      const kept = outcome === 'kept';
      this.#tell(
        `${parcel.device} sends ${parcel.brief ?? parcel.text}: ${flaws.length === 0 ? outcome : flaws.map((f) => f.code)}`,
      );
      answered(kept);
    });
  }

  // ── fate ──────────────────────────────────────────────────────────────────────────────────────────

  #comes(f: Fate): void {
    this.#agenda.add(f.from, () => {
      this.#tell(`* ${fateInWords(f)}`);
      this.#covers(`fate: ${kindOf(f)}`);
      if (isOfService(f)) this.#troubled(f, true);
      if (f.kind === 'restart') this.#stops(f);
    });
    if (!('to' in f)) return;
    this.#agenda.add(Math.min(f.to, this.#until), () => {
      this.#tell(`* over: ${fateInWords(f)}`);
      if (isOfService(f)) this.#troubled(f, false);
    });
  }

  #troubled(f: Fate, begins: boolean): void {
    if (begins) this.#troubles.add(f);
    else this.#troubles.delete(f);
    const all = [...this.#troubles];
    const has = (kind: Fate['kind']) => all.some((x) => x.kind === kind);
    const by = (kind: Fate['kind']) =>
      Math.max(0, ...all.map((x) => (x.kind === kind && 'by' in x ? x.by : 0)));
    this.#slow = by('slow disk');
    // A disk fills because nobody takes away what lies on it.
    this.#store.away = has('store away') || has('full disk');
    this.#store.torn = has('store torn');
    this.#store.forgets = has('store forgets');
    this.#store.repeats = has('store repeats');
    const answersAfter = by('store answers late');
    this.#store.answers = answersAfter === 0 ? null : () => this.#later(answersAfter);
    const wait = by('slow store');
    this.#store.waits = wait === 0 ? null : () => this.#later(wait);
    this.#setRoom();
  }

  /** On a full disk there is room for little more. */
  #setRoom(): void {
    if (this.#state.is === 'down') return;
    const { w } = this.#state;
    const isFull = [...this.#troubles].some((f) => f.kind === 'full disk');
    if (!isFull) w.spoolBound = Number.POSITIVE_INFINITY;
    else if (w.spoolBound === Number.POSITIVE_INFINITY) w.spoolBound = w.journal.spoolBytes + ROOM_LEFT;
    if (isFull) this.#rings.isBlind = this.#desk.isBlind = true;
  }

  #later(by: Duration): Promise<void> {
    return new Promise<void>((resolve) => this.#agenda.add(this.#now + by, resolve));
  }

  #stops(f: Fate & { readonly kind: 'restart' }): void {
    if (this.#state.is === 'down' || this.#stopping) return;
    this.#next = f;
    if (f.how !== 'stopped') {
      this.#kill = f.how === 'killed before' ? 'before' : 'after';
      return;
    }
    this.#stopping = true;
    const { w } = this.#state;
    w.turn
      .tick('all')
      .then(() => w.turn.settle())
      .then(() => w.journal.stoppedCleanly(w.clock.now()))
      .then(() => this.#died())
      .catch((why) => this.#breaks(why));
  }

  /** What was durable and not yet told is told after the start, if at all. */
  #died(): void {
    if (this.#state.is === 'down') return;
    for (const c of this.#consoles) c.go();
    this.#receivers?.ends();
    this.#responders?.people.ends();
    this.#state = { is: 'down' };
    for (const answered of [...this.#unanswered]) {
      this.#unanswered.delete(answered);
      answered(false);
    }
    this.#stopping = false;
    this.#kill = null;
    this.#restarts++;
    const { off, clockSet } = this.#next;
    this.#tell(
      `the service is down for ${off / 1_000} s${clockSet === 0 ? '' : `, and its clock is set by ${clockSet / 1_000} s`}`,
    );
    this.#next = { ...this.#next, clockSet: 0, off: seconds(10) };
    this.#apart += clockSet;
    this.#agenda.add(this.#now + Math.max(1, off), () => {
      this.#start(clockSet).catch((why) => this.#breaks(why));
    });
  }

  async #start(clockMovedBy: Duration): Promise<void> {
    const w = await FlowHarness.begin({
      clock: new ManualClock(this.#now + this.#apart),
      disk: this.#disk,
      history: this.#store,
      packs: HOUSES,
      correlations: [TOGETHER],
      clockMovedBy,
      breathe: nextRound,
      ruleApproval: this.#approvers === null ? 'one' : 'two',
      hooks: {
        before: () => this.#beforeCommit(),
        after: (record) => {
          try {
            this.#kept.durable(record);
            this.#rings.durable(record, this.#now);
            this.#frames.durable(record);
            this.#approvers?.durable(record);
            this.#responders?.kept.durable(record);
          } catch (why) {
            this.#breaks(why);
          }
          if (this.#kill === 'after') throw new Error('killed after the commit');
        },
      },
    });
    this.#tell('the service is up');
    this.#responders?.kept.begins(w.clock.now(), clockMovedBy);
    w.drain.start(w.core.lastTurn);
    // Events that were durable before a kill, and that nobody was told of.
    const all = await w.journal.eventsAfter(this.#desk.seq as never, Number.MAX_SAFE_INTEGER);
    const missed = all.filter((e): e is AnyJournaled => !isDrilled(e));
    if (missed.length > 0) this.#missed(missed);
    // As the app does it: what was moved along with our clock is on disk before anything else.
    if (clockMovedBy !== 0) await w.turn.tick('all');
    this.#state = { is: 'up', w };
    this.#stirredAt = this.#now;
    this.#setRoom();
    this.#receivers?.begins(w).catch((why) => this.#breaks(why));
    this.#responders?.people.begins(w).catch((why) => this.#breaks(why));
    if (this.#restarts === 0) for (const c of this.#consoles) await c.come(w, true);
  }

  #missed(events: readonly AnyJournaled[]): void {
    for (const e of events) {
      this.#desk.found(e);
      if (!isOfAlarm(e)) continue;
      this.#tell(`(found at the start) ${inWords(e)}`);
      this.#rings.event(e);
      this.#derived.event(e, this.#now);
      this.#receivers?.event(e);
    }
  }

  async #beforeCommit(): Promise<void> {
    if (this.#kill === 'before') throw new Error('killed before the commit');
    if (this.#slow > 0) await this.#later(this.#slow);
  }

  async #ends(): Promise<void> {
    if (this.#state.is === 'down') return;
    const { w } = this.#state;
    must(
      (await w.journal.spoolState()).turns === 0,
      () => 'the store has had two hours, and the spool is not empty',
    );
    await this.#kept.stored(this.#store, this.#points);
    await this.#frames.stored(this.#store);
    this.#receivers?.over();
  }

  #breaks(cause: unknown): void {
    // Whether it may fail is looked at where it does.
    if (cause instanceof Error && cause.name === 'JournalFailed') return;
    this.#broken ??= cause;
  }

  #covers(what: string): void {
    this.#covered.set(what, (this.#covered.get(what) ?? 0) + 1);
  }

  #tell(what: string): void {
    this.#story.tell(this.#now, what);
  }
}

const isOfService = (f: Fate): boolean =>
  'to' in f && !('device' in f) && !('channel' in f) && !('crew' in f);

const countsOf = ({ people, kept }: { people: Responders; kept: ResponsesKept }): Played['counts'] => ({
  ...{ asked: people.asked, asked_again: people.again, sent_late: people.late },
  ...{ responses: kept.events, clocks: kept.orders.clocks, verified: kept.orders.verified },
  ...{ issued: kept.warnings.issued, incidents: kept.incidents.made },
});

function kindOf(f: Fate): string {
  if (f.kind === 'clock') return `clock ${f.sickness.is}`;
  if (f.kind === 'offline') return `offline, flushed ${f.flush}`;
  return f.kind === 'restart' ? `service ${f.how}${f.clockSet === 0 ? '' : ', its clock set'}` : f.kind;
}

function inWords({ seq, event, after }: JournaledEvent): string {
  const { change } = event;
  const by =
    'breach' in change
      ? ` by ${change.breach.value}${change.breach.late ? ', late' : ''}, level ${change.breach.level}`
      : '';
  return `  event ${seq}: ${after.ruleId} at ${after.pointCode} (${after.id}) ${change.kind}${by}: ${after.phase.is}`;
}

export function fateInWords(f: Fate): string {
  const { id, kind, from, ...rest } = f;
  const lasts = 'to' in rest ? ` for ${Math.round(((rest.to - from) / days(1)) * 1_440)} min` : '';
  const { to: _, ...more } = { to: 0, ...rest };
  return `${id}: ${kind}${lasts} ${JSON.stringify(more)}`;
}
