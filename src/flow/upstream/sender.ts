import { type Millis, minutes, seconds } from '../../domain/time.ts';
import { LANES, type Lane, numberOf, type UpItem } from '../../domain/upstream/item.ts';
import { KEEP_ALIVE, STALLED_AFTER, type UpstreamSetup } from '../../domain/upstream/setup.ts';
import type { Core } from '../core/core.ts';
import type { UpAnswer } from '../exchange/upstream-desk.ts';
import type { Clock } from '../ports/clock.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import {
  type LineAnswer,
  LineTrouble,
  type OpenUpstreamLine,
  type UpDocument,
  type UpstreamLine,
  type UpstreamProfiles,
} from '../ports/upstream/line.ts';
import type { Turn } from '../turn.ts';
import type { Renderer } from './render.ts';

const FIRST_WAIT = seconds(1);
const LONGEST_WAIT = minutes(15);
const WITHIN = seconds(20);
const ANSWER_SAID = 500;

/** How a line to a platform above stands; of this life of the service. */
export type LineHealth = {
  readonly lastAcceptedAt: Millis | null;
  readonly lastHeardAt: Millis | null;
  /** Since when nobody answers; `null`: somebody does. */
  readonly failingSince: Millis | null;
  readonly said: string | null;
  readonly nextTryAt: Millis | null;
};

type LaneState = { busy: boolean; waitUntil: Millis; failures: number };
type LineState = {
  readonly lanes: Record<Lane, LaneState>;
  health: LineHealth;
  /** Items that were asked to come later, each for itself. */
  readonly later: Map<string, { at: Millis; tries: number }>;
  /** Turn that the history must have before a window is complete. */
  readonly needs: Map<string, number>;
};

/**
 * Carries what is owed to platforms above, in two lanes that never wait for each other. What came of it returns as a turn. An item is
 * sent under its number until there is an answer to it: a kill between sending and keeping the answer makes a repetition of the same
 * number, which the receiver knows.
 *
 *     owed ──turn──▶ queued ──▶ receiver ──▶ accepted ──turn──▶ acked
 *                      ▲  │                  rejected ──turn──▶ rejected ──a person──▶ queued · waived
 *                      └──┘ later, or nobody answers: 1 s … 15 min
 */
export class UpstreamSender {
  readonly #core: Core;
  readonly #turn: Pick<Turn, 'tell'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #open: OpenUpstreamLine;
  readonly #profiles: Pick<UpstreamProfiles, 'of'>;
  readonly #renderer: Renderer;
  readonly #stream: string;
  /** Whether the history has everything up to a turn. */
  readonly #isStored: (turn: number) => boolean;
  readonly #random: () => number;
  readonly #lines = new Map<string, LineState>();
  /** The last number of each lane that is on disk: the desk may be a turn ahead, and nobody above is told of that. */
  readonly #durable = new Map<string, number>();
  readonly #stop = new AbortController();
  #unsubscribe: () => void = () => undefined;

  constructor(given: {
    core: Core;
    turn: Pick<Turn, 'tell'>;
    clock: Clock;
    log: Log;
    meters: Meters;
    open: OpenUpstreamLine;
    profiles: Pick<UpstreamProfiles, 'of'>;
    renderer: Renderer;
    stream: string;
    isStored: (turn: number) => boolean;
    /** From 0 to 1: those who come back together should not come at once. */
    random: () => number;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#open = given.open;
    this.#profiles = given.profiles;
    this.#renderer = given.renderer;
    this.#stream = given.stream;
    this.#isStored = given.isStored;
    this.#random = given.random;
    const { book } = given.core.upstream;
    for (const { name } of book.upstreams())
      for (const lane of LANES) this.#durable.set(`${name}/${lane}`, book.course(name)[lane]);
  }

  start(): void {
    this.#unsubscribe = this.#clock.every(seconds(1), () => this.kick());
    this.kick();
  }

  stop(): void {
    this.#unsubscribe();
    this.#stop.abort();
  }

  /** A turn is on disk: what it owes may go. */
  released({ exchanged }: Pick<TurnRecord, 'exchanged'>): void {
    for (const e of exchanged ?? []) {
      if (e.is !== 'item') continue;
      const of = `${e.item.upstream}/${e.item.lane}`;
      this.#durable.set(of, Math.max(this.#durable.get(of) ?? 0, e.item.n));
    }
    this.kick();
  }

  /** There may be something to send: after each turn that owes, and each second. */
  kick(): void {
    if (this.#stop.signal.aborted) return;
    for (const setup of this.#core.upstream.book.upstreams()) {
      this.#meters.set(
        `upstream_owed{upstream="${setup.name}"}`,
        this.#core.upstream.book.owedCount(setup.name),
      );
      if (!setup.enabled) continue;
      for (const lane of LANES) this.#look(setup, lane);
    }
  }

  /** A person says: now. */
  hurry(name: string): void {
    const line = this.#of(name);
    for (const lane of LANES) line.lanes[lane].waitUntil = 0;
    line.later.clear();
    this.kick();
  }

  health = (name: string): LineHealth => this.#of(name).health;

  /** The oldest that waits for its receiver. */
  oldest(name: string): UpItem | null {
    let oldest: UpItem | null = null;
    for (const lane of LANES)
      for (const item of this.#core.upstream.book.owed(name, lane).values()) {
        if (item.state !== 'queued') continue;
        if (oldest === null || item.at < oldest.at) oldest = item;
        break;
      }
    return oldest;
  }

  /** Platforms that something live has waited for too long, or that have said no to it. */
  stalled(now: Millis): readonly string[] {
    const { book } = this.#core.upstream;
    return book
      .upstreams()
      .filter(({ name, enabled }) => {
        if (!enabled) return false;
        const [first] = book.owed(name, 'live').values();
        return first !== undefined && (first.state === 'rejected' || first.at + STALLED_AFTER <= now);
      })
      .map((s) => s.name);
  }

  lineTo(setup: UpstreamSetup): UpstreamLine | string {
    const profile = this.#profiles.of(setup.profile)?.inForce ?? null;
    if (profile === null) return `there is no profile ${setup.profile} in force`;
    const secrets = this.#core.upstream.book.secretsOf(setup.name);
    return this.#open({ setup, secrets, profile, stream: this.#stream });
  }

  #look(setup: UpstreamSetup, lane: Lane): void {
    const line = this.#of(setup.name);
    const state = line.lanes[lane];
    const now = this.#clock.now();
    // After our clock was set back nobody waits for an hour that is yet to come.
    if (state.waitUntil > now + LONGEST_WAIT * 2) state.waitUntil = now;
    if (state.busy || state.waitUntil > now) return;
    const opened = this.lineTo(setup);
    if (typeof opened === 'string') {
      this.#failed(setup.name, lane, new LineTrouble(opened));
      return;
    }
    const items = this.#next(setup, lane, opened.batch);
    const heardAt = line.health.lastHeardAt ?? 0;
    const silent = lane === 'live' && opened.keepsAlive && now - heardAt >= KEEP_ALIVE;
    if (items.length === 0 && !silent) return;
    state.busy = true;
    void this.#carry({ setup, lane, line: opened }, items)
      .catch((cause) => this.#failed(setup.name, lane, cause))
      .finally(() => {
        state.busy = false;
        if (items.length > 0) queueMicrotask(() => this.kick());
      });
  }

  /** Those that may go now, in order: of one key none before the one that was owed before it. */
  #next({ name, profile }: UpstreamSetup, lane: Lane, batch: number): UpItem[] {
    const line = this.#of(name);
    const now = this.#clock.now();
    const spec = this.#profiles.of(profile)?.inForce?.objects;
    const held = new Set<string>();
    const next: UpItem[] = [];
    const durable = this.#durable.get(`${name}/${lane}`) ?? 0;
    for (const item of this.#core.upstream.book.owed(name, lane).values()) {
      if (item.n > durable) break;
      const keeps = spec?.[item.object]?.order !== 'none';
      if (keeps && held.has(item.key)) continue;
      const waits = (line.later.get(numberOf(item))?.at ?? 0) > now || !this.#isReady(line, item);
      if (item.state === 'rejected' || waits) {
        held.add(item.key);
        continue;
      }
      next.push(item);
      // One of each thing at a time: what follows a rejection must not overtake it.
      if (keeps) held.add(item.key);
      if (next.length >= batch || item.content.of === 'readings' || item.content.of === 'register') break;
    }
    return next;
  }

  /** A window is complete when the history has what came before it was asked for. */
  #isReady(line: LineState, item: UpItem): boolean {
    if (item.content.of !== 'readings') return true;
    const number = numberOf(item);
    const needs = line.needs.get(number);
    if (needs === undefined) {
      line.needs.set(number, this.#core.lastTurn);
      return this.#isStored(this.#core.lastTurn);
    }
    return this.#isStored(needs);
  }

  async #carry(
    on: { readonly setup: UpstreamSetup; readonly lane: Lane; readonly line: UpstreamLine },
    items: readonly UpItem[],
  ): Promise<void> {
    const { setup, lane, line } = on;
    const documents: UpDocument[] = [];
    const answers: UpAnswer[] = [];
    const going: UpItem[] = [];
    for (const item of items) {
      const document = await this.#renderer.documentOf(item, setup);
      if (document === null)
        answers.push({ item, is: 'rejected', said: 'its event is not in the journal', receipt: null });
      else {
        documents.push(document);
        going.push(item);
      }
    }
    const until = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(WITHIN)]);
    const began = this.#clock.now();
    const said = await line.send(documents, until);
    const state = this.#of(setup.name);
    const now = this.#clock.now();
    let accepted = false;
    said.forEach((answer, i) => {
      const item = going[i];
      if (item === undefined) return;
      if (answer.is === 'later') this.#later(state, item, answer, now);
      else {
        accepted ||= answer.is === 'accepted';
        answers.push({
          item,
          is: answer.is,
          said: answer.said.slice(0, ANSWER_SAID),
          receipt: answer.receipt,
        });
      }
    });
    state.lanes[lane].failures = 0;
    state.lanes[lane].waitUntil = 0;
    state.health = {
      lastAcceptedAt: accepted ? now : state.health.lastAcceptedAt,
      lastHeardAt: now,
      failingSince: null,
      said: said.find((a) => a.is !== 'accepted')?.said ?? null,
      nextTryAt: null,
    };
    for (const { is } of answers)
      this.#meters.count(`upstream_items_total{upstream="${setup.name}",is="${is}"}`);
    if (lane === 'live' && accepted)
      this.#meters
        .histogram('upstream_accepted_seconds', '')
        .took((now - Math.min(began, items[0]?.at ?? now)) / 1_000);
    if (answers.length === 0) return;
    await this.#turn.tell((draft) => this.#core.upstream.answered(answers, draft));
    for (const { item } of answers) {
      state.later.delete(numberOf(item));
      state.needs.delete(numberOf(item));
    }
  }

  #later(state: LineState, item: UpItem, answer: LineAnswer, now: Millis): void {
    const tries = (state.later.get(numberOf(item))?.tries ?? 0) + 1;
    state.later.set(numberOf(item), { at: now + this.#wait(tries), tries });
    state.health = { ...state.health, said: answer.said };
  }

  #failed(name: string, lane: Lane, cause: unknown): void {
    if (this.#stop.signal.aborted) return;
    const line = this.#of(name);
    const state = line.lanes[lane];
    const now = this.#clock.now();
    state.failures++;
    const asked = cause instanceof LineTrouble ? cause.retryAfter : null;
    state.waitUntil = now + Math.min(asked ?? this.#wait(state.failures), LONGEST_WAIT);
    const said = cause instanceof LineTrouble ? cause.message : String(cause);
    if (line.health.failingSince === null)
      this.#log.warn('a platform above cannot be told', { upstream: name, why: said });
    line.health = {
      ...line.health,
      failingSince: line.health.failingSince ?? now,
      said,
      nextTryAt: Math.min(line.lanes.live.waitUntil || state.waitUntil, state.waitUntil),
    };
    this.#meters.count(`upstream_failures_total{upstream="${name}"}`);
  }

  /** 1 s, 2 s, 4 s … 15 min, each up to a quarter longer. */
  #wait = (failures: number): number =>
    Math.round(Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT) * (1 + this.#random() / 4));

  #of(name: string): LineState {
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const lane = (): LaneState => ({ busy: false, waitUntil: 0, failures: 0 });
    const made: LineState = {
      lanes: { live: lane(), bulk: lane() },
      health: { lastAcceptedAt: null, lastHeardAt: null, failingSince: null, said: null, nextTryAt: null },
      later: new Map(),
      needs: new Map(),
    };
    this.#lines.set(name, made);
    return made;
  }
}
