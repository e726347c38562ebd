import { setImmediate as nextRound } from 'node:timers/promises';
import type { Actor, Alarm } from '../../src/domain/alarm/alarm.ts';
import { as, type MetricKey } from '../../src/domain/ids.ts';
import type { Correlation } from '../../src/domain/incident/correlation.ts';
import type { Pack } from '../../src/domain/pack.ts';
import { decided } from '../../src/domain/register/decide.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';
import { hours } from '../../src/domain/time.ts';
import { LiveBoard } from '../../src/flow/board/board.ts';
import { recall } from '../../src/flow/board/recall.ts';
import { Core } from '../../src/flow/core/core.ts';
import { rebuild } from '../../src/flow/core/rebuild.ts';
import { RegisterDesk } from '../../src/flow/core/register-desk.ts';
import type { RuleApproval } from '../../src/flow/core/rule-desk.ts';
import type { Flaw } from '../../src/flow/ports/broker.ts';
import type { History } from '../../src/flow/ports/history.ts';
import type { JournaledEvent, TurnRecord } from '../../src/flow/ports/journal.ts';
import type { Log } from '../../src/flow/ports/log.ts';
import { Meters } from '../../src/flow/ports/meters.ts';
import { releaseInto } from '../../src/flow/release.ts';
import { Drain } from '../../src/flow/storage/drain.ts';
import { Turn } from '../../src/flow/turn.ts';
import { PACKS } from '../../src/packs/index.ts';
import { PLATFORM } from '../../src/packs/platform.ts';
import { PROBE } from '../../src/packs/probe.ts';
import { ManualClock } from '../memory/clock.ts';
import { MemoryHistory } from '../memory/history.ts';
import { type CommitHooks, JournalMemory, MemoryDisk } from '../memory/journal.ts';

export const START = Date.UTC(2026, 5, 1, 0, 0, 0);
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const LI: Actor = { kind: 'operator', account: 'li', name: '李值班' };

type Outcome = { readonly outcome: 'kept' | 'dropped' | 'failed'; readonly flaws: readonly Flaw[] };

/** The whole flow over in-memory ports and a clock that moves when told. */
export class FlowHarness {
  readonly clock: ManualClock;
  readonly disk: MemoryDisk;
  readonly journal: JournalMemory;
  readonly history: History;
  readonly core: Core;
  readonly turn: Turn;
  readonly registrar: RegisterDesk;
  readonly board: LiveBoard;
  readonly drain: Drain;
  readonly meters: Meters;
  readonly log: Log = SILENT;
  readonly events: JournaledEvent[] = [];
  readonly records: TurnRecord[] = [];
  /** What other systems were told over MQTT. */
  readonly told: { readonly topic: string; readonly payload: string }[] = [];
  /** Told of turns in which something became of commands to devices. */
  commanded: (record: TurnRecord) => void = () => undefined;
  /** Who else hears of a turn that is on disk. */
  readonly heard: ((record: TurnRecord) => void)[] = [];
  failure: Error | null = null;
  /** Bytes that the spool may have. */
  spoolBound = Number.POSITIVE_INFINITY;
  /** When packets began to be held, and ceased to be. */
  readonly holdings: boolean[] = [];
  #command = 0;

  private constructor(
    made: Pick<FlowHarness, 'clock' | 'disk' | 'journal' | 'history' | 'core' | 'meters'> & {
      epoch: string;
      breathe: (() => Promise<void>) | undefined;
    },
  ) {
    this.clock = made.clock;
    this.disk = made.disk;
    this.journal = made.journal;
    this.history = made.history;
    this.core = made.core;
    this.meters = made.meters;
    this.board = new LiveBoard({ epoch: made.epoch, core: made.core });
    this.drain = new Drain({
      journal: made.journal,
      history: made.history,
      clock: made.clock,
      log: SILENT,
      meters: made.meters,
    });
    const release = releaseInto({
      board: this.board,
      drain: this.drain,
      tell: (topic, payload) => this.told.push({ topic, payload }),
      commanded: (record) => this.commanded(record),
    });
    this.turn = new Turn({
      core: made.core,
      journal: made.journal,
      clock: made.clock,
      log: SILENT,
      released: (record) => {
        this.records.push(record);
        this.events.push(...record.events);
        release(record);
        for (const hear of this.heard) hear(record);
      },
      failed: (why) => {
        this.failure = why;
      },
      room: () => this.spoolBound - this.journal.spoolBytes,
      holding: (isHolding) => this.holdings.push(isHolding),
    });
    this.registrar = new RegisterDesk({
      turn: this.turn,
      register: made.core.register,
      by: made.core.surroundings,
      breathe: made.breathe ?? (() => nextRound()),
    });
  }

  static async begin(
    given: {
      clock?: ManualClock;
      disk?: MemoryDisk;
      hooks?: CommitHooks;
      history?: History;
      autoRegister?: boolean;
      ruleApproval?: RuleApproval;
      shelveLevel1?: boolean;
      secondPersonForLevel1?: boolean;
      secondPersonToAssess?: boolean;
      packs?: readonly Pack[];
      correlations?: readonly Correlation[];
      /** How far the clock was set since what is on the disk was written. */
      clockMovedBy?: number;
      /** Left out: other work of the program comes first. */
      breathe?: () => Promise<void>;
    } = {},
  ): Promise<FlowHarness> {
    const clock = given.clock ?? new ManualClock(START);
    const disk = given.disk ?? new MemoryDisk();
    const journal = new JournalMemory(disk, given.hooks);
    const history = given.history ?? new MemoryHistory();
    await history.start();
    const meters = new Meters();
    let n = 0;
    const core = new Core({
      packs: [...(given.packs ?? PACKS), PLATFORM, PROBE],
      ids: {
        alarm: (now) => as.alarm(`A${now.toString(36)}${(++n).toString(36).padStart(4, '0')}`),
      },
      meters,
      limits: {
        shelveAtMost: hours(8),
        shelveLevel1: given.shelveLevel1 ?? true,
        secondPersonForLevel1: given.secondPersonForLevel1 ?? false,
        secondPersonToAssess: given.secondPersonToAssess ?? false,
      },
      autoRegister: given.autoRegister ?? true,
      ...(given.correlations ? { correlations: given.correlations } : {}),
      ...(given.ruleApproval ? { ruleApproval: given.ruleApproval } : {}),
    });
    const recovered = await journal.recover();
    await rebuild({
      core,
      recovered,
      journal,
      history,
      now: clock.now(),
      log: SILENT,
      clockMovedBy: given.clockMovedBy ?? 0,
    });
    const { epoch } = recovered;
    const flow = new FlowHarness({
      ...{ clock, disk, journal, history, core, meters, epoch },
      breathe: given.breathe,
    });
    await recall(flow.board, journal, clock.now());
    return flow;
  }

  /** Publishes bytes as a device would; resolves when the acknowledgement would leave. */
  packet(topic: string, payload: string | Uint8Array, qos: 0 | 1 | 2 = 1): Promise<Outcome> {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    return new Promise((resolve) => {
      this.turn.intake(
        { topic, payload: bytes, qos, retain: false, receivedAt: this.clock.now() },
        (outcome, flaws) => resolve({ outcome, flaws }),
      );
    });
  }

  telemetry(lifeline: string, device: string, body: unknown): Promise<Outcome> {
    return this.packet(`lifeline/v1/${lifeline}/${device}/telemetry`, JSON.stringify(body));
  }

  /** One value, observed now unless said otherwise. */
  value(
    lifeline: string,
    device: string,
    metric: string,
    value: unknown,
    ts: number = this.clock.now(),
  ): Promise<Outcome> {
    return this.telemetry(lifeline, device, { ts, values: { [metric]: value } });
  }

  /** The register is so from now on, whatever it would have decided: for what is judged by it. */
  change(changes: readonly RegisterChange[]): Promise<void> {
    return this.turn.register(() => ({ changes: decided(changes), answer: undefined }));
  }

  /** The clock moves on by whole seconds, with a tick of the flow at the end. */
  async pass(ms: number): Promise<void> {
    this.clock.forward(ms);
    await this.turn.tick();
  }

  open(device?: string): readonly Alarm[] {
    return this.board.open().filter((a) => device === undefined || a.pointCode === device);
  }

  kinds(device?: string): string[] {
    return this.events
      .filter((e) => device === undefined || e.after.pointCode === device)
      .map((e) => e.event.change.kind);
  }

  acknowledge(alarm: Alarm, by: Actor = LI) {
    return this.turn.act(
      alarm.id,
      {
        do: 'acknowledge',
        by,
        seenRevision: alarm.revision,
        note: null,
        commandId: as.command(`c${++this.#command}`),
      },
      null,
    );
  }

  /** As after a kill: nothing is carried over but what the ports hold. */
  async restart(clockMovedBy = 0): Promise<FlowHarness> {
    this.clock.killed();
    return FlowHarness.begin({ clock: this.clock, disk: this.disk, history: this.history, clockMovedBy });
  }

  async stored(device: string, metric: string) {
    await this.turn.settle();
    const after = await this.history.cursor();
    const turns = await this.journal.spooled(after, Number.MAX_SAFE_INTEGER);
    if (turns.length > 0) await this.history.keep(turns);
    const now = this.clock.now();
    return this.history.raw({
      point: as.point(device),
      metric: metric as MetricKey,
      from: 0,
      to: now + hours(1),
      limit: 100_000,
    });
  }
}
