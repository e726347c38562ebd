import type { Alarm } from '../../src/domain/alarm/alarm.ts';
import type { BriefEvent } from '../../src/domain/alarm/indicators.ts';
import { type CitizenEntry, citizenKey, isCitizenOpen } from '../../src/domain/citizen/citizen-report.ts';
import { type DeviceCommand, isCommandOpen } from '../../src/domain/device-command/device-command.ts';
import type { Drill } from '../../src/domain/drill/drill.ts';
import {
  type DrilledAs,
  type DrilledKind,
  type DrilledThing,
  drillOf,
  type JournaledDrilled,
} from '../../src/domain/drill/drilled.ts';
import {
  type AlarmId,
  as,
  type CitizenReportId,
  type DeviceCode,
  type DrillId,
  type EventSeq,
  type PointCode,
  type TurnNumber,
} from '../../src/domain/ids.ts';
import type { PointMemory } from '../../src/domain/judge/memory.ts';
import { entryAlarm, entryKey, isNeeded, type NoticeEntry } from '../../src/domain/notice/entry.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { faultKey } from '../../src/domain/quality/device.ts';
import { thingOf } from '../../src/domain/register/look.ts';
import { type Filed, filedKey } from '../../src/domain/response/filed.ts';
import {
  alarmsTaken,
  isOpenResponse,
  type JournaledResponse,
  listed,
  type ResponseStep,
  type ResponseThing,
} from '../../src/domain/response/journaled.ts';
import { hours, type Millis } from '../../src/domain/time.ts';
import { type ExchangeEntry, exchangeKey, isExchangeNeeded } from '../../src/domain/upstream/entry.ts';
import type { Warning } from '../../src/domain/warning/warning.ts';
import type {
  AlarmFilter,
  BriefFilter,
  CitizenFilter,
  ExchangePage,
  Journal,
  JournaledEvent,
  Page,
  Quarantined,
  Recovered,
  ResponseFilter,
  Sequenced,
  SpooledTurn,
  TurnRecord,
} from '../../src/flow/ports/journal.ts';
import type { Loss, LossLedger, NotedLoss } from '../../src/flow/ports/losses.ts';
import { fromExactJson } from '../../src/wire/files/exact-json.ts';
import { encodeSpool } from '../../src/wire/files/spool.ts';
import { pack } from './pack.ts';

type SpoolRow = { turn: number; at: Millis; body: string; bytes: number };
type EventRow = {
  readonly seq: number;
  readonly alarm: AlarmId;
  readonly at: Millis;
  readonly kind: JournaledEvent['event']['change']['kind'];
  readonly text: string;
};
type State = {
  readonly epoch: string;
  clean: boolean;
  lastTurn: number;
  lastAt: Millis | null;
  lastSeq: number;
  memoriesKeptUpTo: number;
  drainCursor: number;
  spool: SpoolRow[];
  /** Bytes of what the history does not have yet. */
  spoolWaiting: number;
  /** As texts: what comes back is what was written, not what its maker has made of it since. */
  events: EventRow[];
  /** Of open alarms: their events. */
  storyOf: Map<AlarmId, readonly EventRow[]>;
  alarms: Map<AlarmId, Alarm>;
  responses: { readonly seq: number; readonly id: string; readonly text: string }[];
  things: Map<
    string,
    {
      readonly made: number;
      readonly of: JournaledResponse['of'];
      readonly open: boolean;
      readonly text: string;
    }
  >;
  drilled: { readonly seq: number; readonly drill: string; readonly id: string; readonly text: string }[];
  filed: Map<string, Filed>;
  /** Rule memories are more than plain data: what the real journal writes gives them back. */
  memories: Map<string, Omit<Recovered['memories'][number], 'memory'> & { readonly packed: unknown }>;
  register: Map<string, Recovered['register'][number]>;
  ruleDrafts: Map<string, Recovered['rules'][number]>;
  ruleVersions: Map<string, Recovered['rules'][number]>;
  answers: Map<string, Recovered['answers'][number]>;
  statuses: Map<string, Recovered['statuses'][number]>;
  told: Map<string, NoticeEntry>;
  commands: Map<string, DeviceCommand>;
  citizens: Map<string, CitizenEntry>;
  exchanged: Map<string, ExchangeEntry>;
  listened: Recovered['listened'];
  clockMoves: Recovered['clockMoves'];
  quarantine: (Quarantined & { id: number })[];
  deviceEvents: TurnRecord['deviceEvents'][number][];
  losses: NotedLoss[];
};

/** A turn as it lies on the disk. */
type Written = Omit<TurnRecord, 'memories'> & {
  readonly memories: readonly { readonly point: PointCode; readonly packed: unknown }[];
  readonly spool: SpoolRow | null;
};

let disksMade = 0;

/** What outlives a crash: give it to the next `JournalMemory`, and that one recovers from it. */
export class MemoryDisk {
  readonly state: State = {
    epoch: `memory-${++disksMade}`,
    clean: true,
    lastTurn: 0,
    lastAt: null,
    lastSeq: 0,
    memoriesKeptUpTo: 0,
    drainCursor: 0,
    spool: [],
    spoolWaiting: 0,
    events: [],
    storyOf: new Map(),
    alarms: new Map(),
    responses: [],
    things: new Map(),
    drilled: [],
    filed: new Map(),
    memories: new Map(),
    register: new Map(),
    ruleDrafts: new Map(),
    ruleVersions: new Map(),
    answers: new Map(),
    statuses: new Map(),
    told: new Map(),
    commands: new Map(),
    citizens: new Map(),
    exchanged: new Map(),
    listened: [],
    clockMoves: [],
    quarantine: [],
    deviceEvents: [],
    losses: [],
  };
  /** The journal that has it now; an older one, left behind by a "crash", can do nothing more. */
  owner: JournalMemory | null = null;

  /** As a copy of the disk at this moment: what is written to either from here on is not on the other. */
  copied(): MemoryDisk {
    const copy = new MemoryDisk();
    // What was written is never changed in place, so that the containers are all there is to copy.
    for (const [part, held] of Object.entries(this.state))
      Object.assign(copy.state, {
        [part]:
          held instanceof Map
            ? new Map<unknown, unknown>(held as Map<unknown, unknown>)
            : Array.isArray(held)
              ? [...held]
              : held,
      });
    return copy;
  }
}

/** Where a test may step in. Either may throw, or take its time. */
export type CommitHooks = {
  /** Nothing of the turn is durable yet: throwing here is a failed commit. */
  readonly before?: (record: TurnRecord) => void | Promise<void>;
  /** The turn is durable but not yet acknowledged: throwing here is a crash in between. */
  readonly after?: (record: TurnRecord) => void | Promise<void>;
};

const refused = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * The journal in memory, under the same contract as the one on disk (test/contracts/journal/journal.contract.ts).
 * A crash is: leave this one where it is, and make another on the same disk.
 */
export class JournalMemory implements Journal, LossLedger {
  readonly #disk: MemoryDisk;
  readonly #hooks: CommitHooks;
  #onTheWay = 0;
  #failure: Error | null = null;
  /** Commits are made one after the other, however they are called. */
  #last: Promise<void> = Promise.resolve();

  constructor(disk: MemoryDisk = new MemoryDisk(), hooks: CommitHooks = {}) {
    this.#disk = disk;
    this.#hooks = hooks;
  }

  async recover(): Promise<Recovered> {
    if (this.#disk.owner === this) throw refused('journal-not-open', 'recover() is called once');
    this.#disk.owner = this;
    const s = this.#disk.state;
    const cleanStop = s.clean;
    s.clean = false;
    const order = ['area', 'asset', 'point', 'device', 'work', 'quality', 'fault'];
    return {
      epoch: s.epoch,
      cleanStop,
      lastTurn: as.turn(s.lastTurn),
      lastAt: s.lastAt,
      lastSeq: as.seq(s.lastSeq),
      register: [...s.register.entries()]
        .sort(([a, x], [b, y]) => order.indexOf(x.kind) - order.indexOf(y.kind) || (a < b ? -1 : 1))
        .map(([, change]) => change),
      rules: [
        ...s.ruleDrafts.values(),
        ...[...s.ruleVersions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change),
      ],
      openAlarmEvents: [...s.storyOf.values()]
        .flat()
        .sort((a, b) => a.seq - b.seq)
        .map(toEvent),
      openResponses: s.responses
        .filter((r) => s.things.get(r.id)?.open === true)
        .map((r) => JSON.parse(r.text) as JournaledResponse)
        .map(({ seq, of, event }) => ({ seq, of, event }) as ResponseStep),
      openDrilled: s.drilled
        .map((d) => JSON.parse(d.text) as JournaledDrilled)
        .filter((d) => drillsIn(s).some((x) => x.id === drillOf(d) && x.state === 'running')),
      lastOrderNo: lastOrderIn(s)?.no ?? null,
      messageIds: messageIdsIn(s),
      filed: [...s.filed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, f]) => f),
      memories: [...s.memories.values()]
        .sort((a, b) => (a.point < b.point ? -1 : 1))
        .map(({ packed, ...m }) => ({ ...m, memory: fromExactJson(JSON.stringify(packed)) as PointMemory })),
      answers: [...s.answers.values()].sort((a, b) => a.at - b.at),
      statuses: [...s.statuses.values()].sort((a, b) => (a.device < b.device ? -1 : 1)),
      openCitizens: [...s.citizens.values()]
        .filter((c) => isCitizenOpen(c.report))
        .sort((a, b) => (a.report.id < b.report.id ? -1 : 1)),
      openCommands: [...s.commands.values()].filter(isCommandOpen).sort((a, b) => (a.id < b.id ? -1 : 1)),
      told: toldIn(s).filter(isNeeded),
      exchanged: exchangedIn(s).filter(isExchangeNeeded),
      listened: s.listened,
      clockMoves: s.clockMoves,
    };
  }

  commit(record: TurnRecord): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    // Taken now, written when its turn comes: what changes meanwhile is not in it.
    const memories = record.memories.map((m) => ({ point: m.point, packed: pack(m.memory) }));
    const row = { ...record, memories, spool: spoolRow(record) };
    const bytes = row.spool?.bytes ?? 0;
    this.#onTheWay += bytes;
    const done = this.#last
      .then(() => this.#write(record, row))
      .finally(() => {
        this.#onTheWay -= bytes;
      });
    this.#last = done.catch(() => {});
    return done;
  }

  async drained(upTo: TurnNumber): Promise<void> {
    const s = this.#open();
    if (this.#failure !== null) throw this.#failure;
    if (upTo > s.lastTurn) {
      throw refused('journal-history-ahead', `turn ${upTo} is ahead of this journal's ${s.lastTurn}`);
    }
    for (const r of s.spool) {
      if (r.turn > upTo) break;
      if (r.turn > s.drainCursor) s.spoolWaiting -= r.bytes;
    }
    s.drainCursor = Math.max(s.drainCursor, upTo);
    retire(s);
  }

  async spooled(after: TurnNumber, maxBytes: number): Promise<readonly SpooledTurn[]> {
    const turns: SpooledTurn[] = [];
    let bytes = 0;
    for (const row of this.#open().spool) {
      if (row.turn <= after) continue;
      bytes += row.bytes;
      if (turns.length > 0 && bytes > maxBytes) break;
      turns.push({ turn: as.turn(row.turn), body: row.body });
    }
    return turns;
  }

  /** Can be asked at any time, as the real one's can. */
  get spoolBytes(): number {
    return this.#disk.state.spoolWaiting + this.#onTheWay;
  }

  async spoolState(): Promise<{ bytes: number; turns: number; oldest: Millis | null }> {
    const s = this.#open();
    const waiting = s.spool.filter((r) => r.turn > s.drainCursor);
    return {
      bytes: waiting.reduce((n, r) => n + r.bytes, 0),
      turns: waiting.length,
      oldest: waiting[0]?.at ?? null,
    };
  }

  async eventsAfter(after: EventSeq, limit: number): Promise<readonly Sequenced[]> {
    const s = this.#open();
    const missed = [...from(s.events, after), ...from(s.responses, after), ...from(s.drilled, after)].sort(
      (a, b) => a.seq - b.seq,
    );
    return missed.slice(0, limit).map((e) => JSON.parse(e.text) as Sequenced);
  }

  async lastBefore(at: Millis): Promise<EventSeq> {
    const s = this.#open();
    const newest = (list: readonly { readonly seq: number; readonly text: string }[]) =>
      list
        .map((e) => ({ seq: e.seq, at: (JSON.parse(e.text) as { event: { at: Millis } }).event.at }))
        .filter((e) => e.at < at)
        .sort((a, b) => a.at - b.at || a.seq - b.seq)
        .at(-1)?.seq ?? 0;
    return as.seq(Math.max(newest(s.events), newest(s.responses)));
  }

  async response(id: string): Promise<ResponseThing | null> {
    const s = this.#open();
    if (s.things.has(id)) return thingIn(s, id);
    const drilled = drilledIn(s).find((d) => d.after.id === id);
    return drilled === undefined || drilled.of === 'alarm' || drilled.of === 'drill'
      ? null
      : (drilled as ResponseThing);
  }

  async responseEvents(id: string): Promise<readonly JournaledResponse[]> {
    const s = this.#open();
    return [...s.responses, ...s.drilled]
      .filter((r) => r.id === id)
      .map((r) => JSON.parse(r.text) as JournaledResponse);
  }

  async drills(limit: number, after: string | null): Promise<Page<Drill>> {
    const page = pageOf(madeIn(this.#open(), null, 'drill'), limit, after);
    return { items: page.items.map((d) => d.after as Drill), next: page.next };
  }

  async drill(id: DrillId): Promise<Drill | null> {
    return drillsIn(this.#open()).find((d) => d.id === id) ?? null;
  }

  async drilled<K extends DrilledKind>(
    drill: DrillId,
    kind: K,
    limit: number,
    after: string | null,
  ): Promise<Page<DrilledAs[K]>> {
    const page = pageOf(madeIn(this.#open(), drill, kind), limit, after);
    return { items: page.items.map((d) => d.after as DrilledAs[K]), next: page.next };
  }

  async drilledEvents(drill: DrillId, after: EventSeq, limit: number): Promise<readonly JournaledDrilled[]> {
    return from(this.#open().drilled, after)
      .filter((d) => d.drill === drill)
      .slice(0, limit)
      .map((d) => JSON.parse(d.text) as JournaledDrilled);
  }

  async responses(f: ResponseFilter, limit: number, after: string | null): Promise<Page<ResponseThing>> {
    if (after !== null && !/^[1-9]\d*$/.test(after))
      throw refused('bad-cursor', `"${after}" is not a cursor`);
    const about = new Set(
      this.#open()
        .responses.filter((r) =>
          (alarmsTaken(JSON.parse(r.text) as JournaledResponse) as readonly string[]).includes(f.alarm ?? ''),
        )
        .map((r) => r.id),
    );
    const found = thingsIn(this.#open()).filter((t) => {
      const by = listed(t);
      return (
        by.kind === f.kind &&
        (f.open === null || by.open === f.open) &&
        (f.states === undefined || f.states.includes(by.state)) &&
        (f.level === undefined || by.level === f.level) &&
        (f.lifeline === undefined || by.lifeline === f.lifeline) &&
        (f.area === undefined || by.area.startsWith(f.area)) &&
        (f.unit === undefined || by.unit === f.unit) &&
        (f.alarm === undefined || about.has(by.id)) &&
        (after === null || t.made < Number(after))
      );
    });
    const shown = found.slice(0, limit);
    return {
      items: shown.map(({ of, after: thing }) => ({ of, after: thing }) as ResponseThing),
      next: found.length > limit ? String(shown.at(-1)?.made) : null,
    };
  }

  async toldOf(subject: string): Promise<readonly NoticeEntry[]> {
    return toldIn(this.#open()).filter((e) => entryAlarm(e) === subject);
  }

  async commandsOf(device: DeviceCode, limit: number, after: string | null): Promise<Page<DeviceCommand>> {
    const all = [...this.#open().commands.values()]
      .filter((c) => c.device === device && (after === null || c.id < after))
      .sort((a, b) => (a.id > b.id ? -1 : 1));
    return { items: all.slice(0, limit), next: all.length > limit ? (all[limit - 1]?.id ?? null) : null };
  }

  async citizens(f: CitizenFilter, limit: number, after: string | null): Promise<Page<CitizenEntry>> {
    const all = [...this.#open().citizens.values()]
      .filter(
        ({ report: r, words }) =>
          (after === null || r.id < after) &&
          (f.states === undefined || f.states.includes(r.state)) &&
          (f.lifeline === undefined || f.lifeline === r.lifeline) &&
          (f.area === undefined || r.area.startsWith(f.area)) &&
          (f.key === undefined || f.key === citizenKey(r)) &&
          (f.order === undefined || f.order === r.order) &&
          (f.incident === undefined || f.incident === r.incident) &&
          (f.overBefore === undefined || (words !== null && r.overAt !== null && r.overAt < f.overBefore)),
      )
      .sort((a, b) => (a.report.id > b.report.id ? -1 : 1));
    const items = structuredClone(all.slice(0, limit));
    return { items, next: all.length > limit ? (items.at(-1)?.report.id ?? null) : null };
  }

  async citizen(id: CitizenReportId): Promise<CitizenEntry | null> {
    return structuredClone(this.#open().citizens.get(id) ?? null);
  }

  async exchangedUnder(
    prefix: string,
    { limit, after, newestFirst }: ExchangePage,
  ): Promise<readonly ExchangeEntry[]> {
    const all = exchangedIn(this.#open()).filter((e) => exchangeKey(e).startsWith(prefix));
    if (newestFirst === true) all.reverse();
    const beyond = (key: string) => after === undefined || (newestFirst === true ? key < after : key > after);
    return structuredClone(all.filter((e) => beyond(exchangeKey(e))).slice(0, limit));
  }

  async eventsOf(alarm: AlarmId): Promise<readonly JournaledEvent[]> {
    const s = this.#open();
    const drilled = s.drilled
      .filter((d) => d.id === alarm)
      .map((d) => JSON.parse(d.text) as JournaledDrilled);
    return [
      ...s.events.filter((e) => e.alarm === alarm).map(toEvent),
      ...drilled.flatMap(({ seq, event, after, of }) =>
        of === 'alarm' ? [{ seq, event, after } as JournaledEvent] : [],
      ),
    ];
  }

  async alarm(id: AlarmId): Promise<Alarm | null> {
    const s = this.#open();
    const drilled = drilledIn(s).find((d) => d.of === 'alarm' && d.after.id === id);
    return s.alarms.get(id) ?? (drilled?.after as Alarm | undefined) ?? null;
  }

  async briefEvents(f: BriefFilter, limit: number, after: string | null): Promise<Page<BriefEvent>> {
    const [, at, seq] = /^(-?[\d.e+]+)~(\d+)$/.exec(after ?? '') ?? [];
    if (after !== null && at === undefined) throw refused('bad-cursor', `"${after}" is not a cursor`);
    const s = this.#open();
    const found = s.events
      .filter((e) => e.at >= f.from && e.at < f.to && f.kinds.includes(e.kind))
      .map(toEvent)
      .map(({ seq, event, after: then }) => ({ seq, event, a: s.alarms.get(event.alarmId) ?? then }))
      .filter(
        ({ a }) =>
          (f.lifeline === undefined || a.lifeline === f.lifeline) &&
          (f.area === undefined || a.areaCode.startsWith(f.area)),
      )
      .sort((a, b) => a.event.at - b.event.at || a.seq - b.seq)
      .filter(
        (e) =>
          at === undefined || e.event.at > Number(at) || (e.event.at === Number(at) && e.seq > Number(seq)),
      );
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const items = shown.map(({ event, a }) => ({
      at: event.at,
      kind: event.change.kind,
      alarm: a.id,
      hidden: event.change.kind === 'raised' && event.change.hidden !== undefined,
      raisedAt: a.raisedAt,
      level: a.level,
      lifeline: a.lifeline,
      area: a.areaCode,
      point: a.pointCode,
      pointName: a.pointName,
      asset: a.assetCode,
      assetName: a.assetName,
      rule: a.ruleId,
      ruleName: a.ruleName,
      verdict: a.assessment?.verdict ?? null,
      from: a.from ?? null,
    }));
    return { items, next: found.length > limit && last ? `${last.event.at}~${last.seq}` : null };
  }

  async alarms(f: AlarmFilter, limit: number, after: string | null): Promise<Page<Alarm>> {
    const cut = after === null ? null : parseCursor(after);
    const found = [...this.#open().alarms.values()]
      .filter((a) => f.state === 'all' || matchesState(a, f.state))
      .filter((a) => f.level === undefined || a.level === f.level)
      .filter(
        (a) =>
          f.overlay === undefined ||
          (f.overlay === 'hidden' ? a.overlay.is !== 'none' : a.overlay.is === f.overlay),
      )
      .filter((a) => f.lifeline === undefined || a.lifeline === f.lifeline)
      .filter((a) => f.area === undefined || a.areaCode.startsWith(f.area))
      .filter((a) => f.point === undefined || a.pointCode === f.point)
      .filter(
        (a) => (f.from === undefined || a.raisedAt >= f.from) && (f.to === undefined || a.raisedAt < f.to),
      )
      .sort((a, b) => (older(a, b) ? 1 : -1))
      .filter((a) => cut === null || older(a, cut));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: found.length > limit && last ? `${last.raisedAt}~${last.id}` : null };
  }

  async quarantinedDevices(limit: number): ReturnType<Journal['quarantinedDevices']> {
    const found = new Map<DeviceCode, { packets: number; firstAt: number; lastAt: number }>();
    for (const { device, receivedAt } of this.#open().quarantine) {
      if (device === null) continue;
      const before = found.get(device);
      found.delete(device);
      found.set(device, {
        packets: (before?.packets ?? 0) + 1,
        firstAt: before?.firstAt ?? receivedAt,
        lastAt: receivedAt,
      });
    }
    return Array.from(found, ([device, rest]) => ({ device, ...rest }))
      .reverse()
      .slice(0, limit);
  }

  async quarantine(
    device: DeviceCode | null,
    limit: number,
    after: string | null,
  ): Promise<Page<Quarantined & { readonly id: number }>> {
    if (after !== null && !/^[1-9]\d*$/.test(after))
      throw refused('bad-cursor', `"${after}" is not a cursor`);
    const found = this.#open()
      .quarantine.filter((q) => device === null || q.device === device)
      .filter((q) => after === null || q.id < Number(after))
      .reverse();
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? String(items.at(-1)?.id) : null };
  }

  async noteLosses(losses: readonly Loss[]): Promise<void> {
    const s = this.#open();
    if (this.#failure !== null) throw this.#failure;
    for (const loss of losses)
      if (!s.losses.some((l) => l.key === loss.key)) s.losses.push({ ...loss, id: s.losses.length + 1 });
  }

  async losses(
    range: { readonly from?: Millis | undefined; readonly to?: Millis | undefined },
    limit: number,
    after: string | null,
  ): Promise<Page<NotedLoss>> {
    const [, at, id] = /^([\d.]+)~(\d+)$/.exec(after ?? '') ?? [];
    if (after !== null && at === undefined) throw refused('bad-cursor', `"${after}" is not a cursor`);
    const found = this.#open()
      .losses.filter((l) => range.from === undefined || l.at >= range.from)
      .filter((l) => range.to === undefined || l.at < range.to)
      .sort((a, b) => b.at - a.at || b.id - a.id)
      .filter((l) => at === undefined || l.at < Number(at) || (l.at === Number(at) && l.id < Number(id)));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: found.length > limit && last ? `${last.at}~${last.id}` : null };
  }

  async asideState(): Promise<{ quarantineDropped: number; deviceEventsDropped: number }> {
    return { quarantineDropped: 0, deviceEventsDropped: 0 };
  }

  async stoppedCleanly(at: Millis): Promise<void> {
    await this.#last;
    const s = this.#open();
    if (this.#failure !== null) throw this.#failure;
    s.clean = true;
    s.lastAt = at;
  }

  async close(): Promise<void> {
    await this.#last;
    if (this.#disk.owner === this) this.#disk.owner = null;
  }

  async #write(record: TurnRecord, row: Written): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await this.#hooks.before?.(record);
      write(this.#open(), row);
      await this.#hooks.after?.(record);
    } catch (cause) {
      this.#failure = cause instanceof Error ? cause : new Error(String(cause));
      throw this.#failure;
    }
  }

  #open(): State {
    if (this.#disk.owner !== this) throw refused('journal-closed', 'this journal no longer has its disk');
    return this.#disk.state;
  }
}

/** Checks first, writes then: all of it or nothing. */
function write(s: State, r: Written): void {
  if (r.turn <= s.lastTurn)
    throw refused('journal-order', `turn ${r.turn} was given after turn ${s.lastTurn}`);
  if (r.memoriesKeptUpTo > r.turn)
    throw refused('journal-order', 'memories are kept up to a turn yet to come');
  [...r.events, ...(r.responses ?? []), ...(r.drilled ?? [])]
    .sort((a, b) => a.seq - b.seq)
    .forEach((e, i) => {
      if (e.seq !== s.lastSeq + 1 + i) throw refused('journal-order', `event ${e.seq} is out of order`);
    });
  r.events.forEach((e) => {
    const known = s.alarms.get(e.event.alarmId)?.revision ?? 0;
    if (e.event.revision <= known) throw refused('journal-order', `event ${e.seq} is of an old revision`);
  });
  for (const c of r.rules)
    if (c.kind === 'version' && s.ruleVersions.has(versionKey(c.version)))
      throw refused('journal-order', `${versionKey(c.version)} is there already`);
  s.clean = false;
  s.lastTurn = r.turn;
  s.lastAt = r.at;
  s.lastSeq += r.events.length + (r.responses?.length ?? 0) + (r.drilled?.length ?? 0);
  s.memoriesKeptUpTo = Math.max(s.memoriesKeptUpTo, r.memoriesKeptUpTo);
  if (r.spool !== null) {
    s.spool.push(r.spool);
    if (r.spool.turn > s.drainCursor) s.spoolWaiting += r.spool.bytes;
  }
  for (const e of r.events) {
    const { alarmId: alarm, at, change } = e.event;
    const row: EventRow = { seq: e.seq, alarm, at, kind: change.kind, text: JSON.stringify(e) };
    s.events.push(row);
    if (e.after.phase.is === 'closed') s.storyOf.delete(alarm);
    else s.storyOf.set(alarm, [...(s.storyOf.get(alarm) ?? []), row]);
    s.alarms.set(e.event.alarmId, e.after);
  }
  for (const x of r.responses ?? []) {
    const text = JSON.stringify(x);
    s.responses.push({ seq: x.seq, id: x.event.id, text });
    const made = s.things.get(x.event.id)?.made ?? x.seq;
    s.things.set(x.event.id, { made, of: x.of, open: isOpenResponse(x), text });
  }
  for (const d of r.drilled ?? [])
    s.drilled.push({ seq: d.seq, drill: drillOf(d), id: d.after.id, text: JSON.stringify(d) });
  for (const f of r.filed ?? []) s.filed.set(filedKey(f), structuredClone(f));
  for (const m of r.memories) s.memories.set(m.point, { ...m, turn: r.turn });
  for (const c of r.register) s.register.set(registerKey(c), c);
  for (const given of r.rules) {
    const c = structuredClone(given);
    if (c.kind === 'draft') s.ruleDrafts.set(c.draft.id, c);
    else s.ruleVersions.set(versionKey(c.version), c);
  }
  for (const x of r.statuses) s.statuses.set(x.device, x);
  for (const c of r.citizens ?? []) s.citizens.set(c.report.id, structuredClone(c));
  for (const c of r.commands ?? []) s.commands.set(c.id, structuredClone(c));
  for (const e of r.told ?? []) s.told.set(entryKey(e), structuredClone(e));
  for (const e of r.exchanged ?? []) s.exchanged.set(exchangeKey(e), structuredClone(e));
  s.listened = r.listened ?? s.listened;
  s.clockMoves = r.clockMoves ?? s.clockMoves;
  for (const [id, a] of s.answers) {
    // In order of their coming.
    if (a.at >= r.at - hours(24)) break;
    s.answers.delete(id);
  }
  for (const a of r.answers) s.answers.set(a.commandId, a);
  for (const q of r.quarantined) {
    s.quarantine.push({ ...q, bytes: q.bytes.slice(), id: s.quarantine.length + 1 });
  }
  s.deviceEvents.push(...r.deviceEvents);
  retire(s);
}

function retire(s: State): void {
  const upTo = Math.min(s.drainCursor, s.memoriesKeptUpTo);
  const kept = s.spool.findIndex((r) => r.turn > upTo);
  s.spool.splice(0, kept === -1 ? s.spool.length : kept);
}

function spoolRow(r: TurnRecord): SpoolRow | null {
  const readings = [...(r.owed?.readings ?? []), ...r.readings];
  const frames = [...(r.owed?.frames ?? []), ...r.frames];
  if (readings.length === 0 && frames.length === 0 && r.stock === undefined && r.clocks === undefined)
    return null;
  const body = encodeSpool(readings, frames, r.stock, r.clocks);
  return { turn: r.turn, at: r.at, body, bytes: Buffer.byteLength(body) };
}

const thingIn = (s: State, id: string): ResponseThing => {
  const { of, after } = JSON.parse(s.things.get(id)?.text ?? '') as JournaledResponse;
  return { of, after } as ResponseThing;
};

type Made = DrilledThing & { readonly made: number };

/** Each as of its last event, newest first. */
function drilledIn(s: State): Made[] {
  const things = new Map<string, Made>();
  for (const d of s.drilled) {
    const { of, after } = JSON.parse(d.text) as JournaledDrilled;
    things.set(d.id, { of, after, made: things.get(d.id)?.made ?? d.seq } as Made);
  }
  return [...things.values()].sort((a, b) => b.made - a.made);
}

const madeIn = (s: State, drill: DrillId | null, kind: DrilledThing['of']): readonly Made[] =>
  drilledIn(s).filter((d) => d.of === kind && (drill === null || drillOf(d) === drill));

const drillsIn = (s: State): readonly Drill[] => madeIn(s, null, 'drill').map((d) => d.after as Drill);

function pageOf(found: readonly Made[], limit: number, after: string | null): Page<Made> {
  if (after !== null && !/^[1-9]\d*$/.test(after)) throw refused('bad-cursor', `"${after}" is not a cursor`);
  const rest = found.filter((d) => after === null || d.made < Number(after));
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? String(items.at(-1)?.made) : null };
}

function lastOrderIn(s: State): Order | null {
  let newest: { readonly made: number; readonly text: string } | null = null;
  for (const t of s.things.values())
    if (
      t.of === 'order' &&
      !t.text.includes('"kind":"reported"') &&
      (newest === null || t.made > newest.made)
    )
      newest = t;
  return newest === null ? null : (JSON.parse(newest.text) as { after: Order }).after;
}

const messageIdsIn = (s: State): string[] =>
  [...s.things.values()]
    .filter((t) => t.of === 'warning')
    .flatMap((t) => (JSON.parse(t.text) as { after: Warning }).after.messages.map((m) => m.identifier));

/** Newest first. */
const thingsIn = (s: State): (ResponseThing & { readonly made: number })[] =>
  [...s.things.values()]
    .sort((a, b) => b.made - a.made)
    .map(({ made, text }) => ({ ...(JSON.parse(text) as ResponseThing), made }));

const exchangedIn = (s: State): ExchangeEntry[] =>
  [...s.exchanged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e);

const toldIn = (s: State): NoticeEntry[] =>
  [...s.told].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e);

function registerKey(c: Recovered['register'][number]): string {
  if (c.kind === 'work') return `work/${c.work.id}`;
  if (c.kind === 'quality') return `quality/${c.quality.device}`;
  if (c.kind === 'fault') return `fault/${faultKey(c.fault)}`;
  return `${c.kind}/${thingOf(c).code}`;
}

const versionKey = (v: { readonly rule: string; readonly version: number }): string =>
  `${v.rule} ${String(v.version).padStart(9, '0')}`;

/** In order of their number: those after this one. */
function from<T extends { readonly seq: number }>(all: readonly T[], after: number): readonly T[] {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as T).seq > after) high = middle;
    else low = middle + 1;
  }
  return all.slice(low);
}

const toEvent = (e: { readonly text: string }): JournaledEvent => JSON.parse(e.text) as JournaledEvent;

function matchesState(a: Alarm, state: 'open' | 'unacked' | 'closed'): boolean {
  if (state === 'closed') return a.phase.is === 'closed';
  return state === 'open' ? a.phase.is !== 'closed' : a.phase.is.endsWith('-unacked');
}

const older = (a: { raisedAt: number; id: string }, b: { raisedAt: number; id: string }): boolean =>
  a.raisedAt < b.raisedAt || (a.raisedAt === b.raisedAt && a.id < b.id);

function parseCursor(text: string): { raisedAt: number; id: string } {
  const cut = text.indexOf('~');
  const raisedAt = Number(text.slice(0, cut));
  if (cut < 1 || !Number.isFinite(raisedAt)) throw refused('bad-cursor', `"${text}" is not a cursor`);
  return { raisedAt, id: text.slice(cut + 1) };
}
