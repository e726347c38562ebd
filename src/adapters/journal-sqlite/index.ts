import { setImmediate as nextRound } from 'node:timers/promises';
import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent, ChangeKind } from '../../domain/alarm/events.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { Drill } from '../../domain/drill/drill.ts';
import type { DrilledAs, DrilledKind, JournaledDrilled } from '../../domain/drill/drilled.ts';
import {
  type AlarmId,
  as,
  type DeviceCode,
  type DrillId,
  type EventSeq,
  type TurnNumber,
} from '../../domain/ids.ts';
import type { PointMemory } from '../../domain/judge/memory.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type { JournaledResponse, ResponseStep, ResponseThing } from '../../domain/response/journaled.ts';
import type { RuleBookChange } from '../../domain/rules/change.ts';
import type { Millis } from '../../domain/time.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';
import type {
  AlarmFilter,
  BriefFilter,
  CommandAnswer,
  DeviceStatus,
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
} from '../../flow/ports/journal.ts';
import type { Loss, LossLedger, NotedLoss } from '../../flow/ports/losses.ts';
import { fromExactJson } from '../../wire/files/exact-json.ts';
import { encodeTurn } from './encode.ts';
import { asFailure, failed, JournalFailure } from './failure.ts';
import { journalFile } from './files.ts';
import { ofToday } from './older-memories.ts';
import type {
  AnyEventTexts,
  AsideState,
  BriefRow,
  EventTexts,
  OpenedJournal,
  ReaderOperations,
  WriterOperations,
} from './protocol.ts';
import { type JournalThread, journalThread } from './thread.ts';

export { JournalFailure } from './failure.ts';

export type JournalSqliteOptions = {
  /** The data directory; made if it is not there. Only one running service may have it. */
  readonly dir: string;
  /** Bound of the quarantine: beyond it the oldest packets go, and are counted. */
  readonly quarantineAtMost?: { readonly rows: number; readonly bytes: number };
  /** Bound of what devices themselves alarm on, in rows. */
  readonly deviceEventsAtMost?: number;
  /** Tests only: the file may have this many pages of 4 KB, so that the disk is "full" when a test wants it. */
  readonly maxPagesForTests?: number;
};

/** Refused calls that say nothing about the disk: they stop nothing. */
const NOT_THE_DISK = new Set(['journal-not-open', 'journal-closed', 'journal-history-ahead']);

/**
 * The journal 事件日志 on SQLite: one file `journal.sqlite` in the data directory, one thread that writes it
 * and one that reads it. Failures are `JournalFailure`s with a stable `code`.
 */
export class JournalSqlite implements Journal, LossLedger {
  readonly #options: JournalSqliteOptions;
  #writer: JournalThread<WriterOperations> | null = null;
  #reader: Promise<JournalThread<ReaderOperations>> | null = null;
  /** Why no commit is accepted any more. */
  #failure: JournalFailure | null = null;
  #state: 'new' | 'open' | 'closed' = 'new';
  spoolBytes = 0;

  constructor(options: JournalSqliteOptions) {
    this.#options = options;
  }

  async recover(): Promise<Recovered> {
    if (this.#state !== 'new') {
      throw new JournalFailure('journal-not-open', 'recover() is called once, before anything else');
    }
    const { dir, quarantineAtMost, deviceEventsAtMost, maxPagesForTests } = this.#options;
    this.#state = 'open';
    this.#writer = journalThread('journal writer', new URL('./writer-thread.ts', import.meta.url));
    try {
      const opening = this.#writer.call('open', {
        dir,
        quarantineAtMost: quarantineAtMost ?? { rows: 200_000, bytes: 256 * 1024 * 1024 },
        deviceEventsAtMost: deviceEventsAtMost ?? 200_000,
        maxPagesForTests: maxPagesForTests ?? null,
      });
      await this.#openReader(opening);
      this.spoolBytes = (await opening).spoolBytes;
      return recovered(await opening);
    } catch (e) {
      this.#state = 'closed';
      await this.#endThreads();
      const cause = asFailure(e);
      // Ours say where by themselves.
      throw cause.code.startsWith('SQLITE_')
        ? failed('the journal cannot be opened', this.#where, cause)
        : cause;
    }
  }

  commit(record: TurnRecord): Promise<void> {
    // No await before this: the record is encoded as it is now, whatever its makers do to it next.
    return this.#write(`turn ${record.turn} is not on disk`, (writer) => {
      const turn = encodeTurn(record);
      if (turn.body !== null) this.spoolBytes += Buffer.byteLength(turn.body);
      // To hand over what is empty costs as much as all the rest of a small turn.
      const handed = turn.quarantineBytes === null ? [] : [turn.quarantineBytes.buffer as ArrayBuffer];
      return writer.call('commit', turn, handed);
    });
  }

  drained(upTo: TurnNumber): Promise<void> {
    return this.#write(`the drain's cursor ${upTo} is not kept`, async (writer) => {
      this.spoolBytes -= await writer.call('drained', upTo);
    });
  }

  stoppedCleanly(at: Millis): Promise<void> {
    return this.#write('the clean stop is not kept', (writer) => writer.call('stoppedCleanly', at));
  }

  async spoolState(): Promise<{ bytes: number; turns: number; oldest: Millis | null }> {
    return this.#openWriter().call('spoolState', null);
  }

  /** What lies in quarantine and among the devices' own events, and how much had to go because of the bounds. */
  async asideState(): Promise<AsideState> {
    return this.#openWriter().call('asideState', null);
  }

  async spooled(after: TurnNumber, maxBytes: number): Promise<readonly SpooledTurn[]> {
    const turns = await (await this.#openReader()).call('spooled', { after, maxBytes });
    return turns.map(({ turn, body }) => ({ turn: as.turn(turn), body }));
  }

  async eventsAfter(after: EventSeq, limit: number): Promise<readonly Sequenced[]> {
    return inSlices(await (await this.#openReader()).call('eventsAfter', { after, limit }), (e) =>
      e.kind === undefined ? toEvent(e) : toDrilled(e),
    );
  }

  async lastBefore(at: Millis): Promise<EventSeq> {
    return as.seq(await (await this.#openReader()).call('lastBefore', at));
  }

  async response(id: string): Promise<ResponseThing | null> {
    const found = await (await this.#openReader()).call('response', id);
    if (found === null || found.kind === 'alarm' || found.kind === 'drill') return null;
    return { of: found.kind, after: JSON.parse(found.text) } as ResponseThing;
  }

  async responseEvents(id: string): Promise<readonly JournaledResponse[]> {
    return inSlices(await (await this.#openReader()).call('responseEvents', id), toResponse);
  }

  async responses(filter: ResponseFilter, limit: number, after: string | null): Promise<Page<ResponseThing>> {
    const page = await (await this.#openReader()).call('responses', { filter, limit, after });
    const { kind } = filter;
    const toThing = (t: string) => ({ of: kind, after: JSON.parse(t) }) as ResponseThing;
    return { items: await inSlices(page.items, toThing), next: page.next };
  }

  async drills(limit: number, after: string | null): Promise<Page<Drill>> {
    const page = await (await this.#openReader()).call('drilled', {
      drill: null,
      kind: 'drill',
      limit,
      after,
    });
    return { items: await inSlices(page.items, (t) => JSON.parse(t) as Drill), next: page.next };
  }

  async drill(id: DrillId): Promise<Drill | null> {
    const found = await (await this.#openReader()).call('response', id);
    return found?.kind === 'drill' ? (JSON.parse(found.text) as Drill) : null;
  }

  async drilled<K extends DrilledKind>(
    drill: DrillId,
    kind: K,
    limit: number,
    after: string | null,
  ): Promise<Page<DrilledAs[K]>> {
    const page = await (await this.#openReader()).call('drilled', { drill, kind, limit, after });
    return { items: await inSlices(page.items, (t) => JSON.parse(t) as DrilledAs[K]), next: page.next };
  }

  async drilledEvents(drill: DrillId, after: EventSeq, limit: number): Promise<readonly JournaledDrilled[]> {
    return inSlices(
      await (await this.#openReader()).call('drilledEvents', { drill, after, limit }),
      toDrilled,
    );
  }

  async toldOf(subject: string): Promise<readonly NoticeEntry[]> {
    const texts = await (await this.#openReader()).call('toldOf', subject);
    return inSlices(texts, (text) => JSON.parse(text) as NoticeEntry);
  }

  async commandsOf(device: DeviceCode, limit: number, after: string | null): Promise<Page<DeviceCommand>> {
    const page = await (await this.#openReader()).call('commandsOf', { device, limit, after });
    return { items: await inSlices(page.items, toCommand), next: page.next };
  }

  async exchangedUnder(prefix: string, how: ExchangePage): Promise<readonly ExchangeEntry[]> {
    const { limit, after = null, newestFirst: backwards = false } = how;
    const texts = await (await this.#openReader()).call('exchangedUnder', {
      prefix,
      limit,
      after,
      backwards,
    });
    return inSlices(texts, (text) => JSON.parse(text) as ExchangeEntry);
  }

  async eventsOf(alarm: AlarmId): Promise<readonly JournaledEvent[]> {
    return inSlices(await (await this.#openReader()).call('eventsOf', alarm), toEvent);
  }

  async alarm(id: AlarmId): Promise<Alarm | null> {
    const text = await (await this.#openReader()).call('alarm', id);
    return text === null ? null : toAlarm(text);
  }

  async alarms(filter: AlarmFilter, limit: number, after: string | null): Promise<Page<Alarm>> {
    const page = await (await this.#openReader()).call('alarms', { filter, limit, after });
    return { items: await inSlices(page.items, toAlarm), next: page.next };
  }

  async briefEvents(filter: BriefFilter, limit: number, after: string | null): Promise<Page<BriefEvent>> {
    const page = await (await this.#openReader()).call('briefEvents', { filter, limit, after });
    return { items: await inSlices(page.items, toBrief), next: page.next };
  }

  async quarantinedDevices(limit: number): ReturnType<Journal['quarantinedDevices']> {
    const rows = await (await this.#openReader()).call('quarantinedDevices', { limit });
    const at = (text: string): Millis => (JSON.parse(text) as Quarantined).receivedAt;
    return rows.map(({ device, packets, first, last }) => ({
      device: as.device(device),
      packets,
      firstAt: at(first),
      lastAt: at(last),
    }));
  }

  async quarantine(
    device: DeviceCode | null,
    limit: number,
    after: string | null,
  ): Promise<Page<Quarantined & { readonly id: number }>> {
    const page = await (await this.#openReader()).call('quarantine', { device, limit, after });
    const items = await inSlices(page.items, ({ id, text, bytes }) => ({
      ...(JSON.parse(text) as Omit<Quarantined, 'bytes'>),
      bytes,
      id,
    }));
    return { items, next: page.next };
  }

  noteLosses(losses: readonly Loss[]): Promise<void> {
    const rows = losses.map(({ key, at, until, n, ...rest }) => ({
      key,
      at,
      until,
      n,
      text: JSON.stringify(rest),
    }));
    return this.#write('the loss ledger is not kept', (writer) => writer.call('noteLosses', rows));
  }

  async losses(
    range: { readonly from?: Millis | undefined; readonly to?: Millis | undefined },
    limit: number,
    after: string | null,
  ): Promise<Page<NotedLoss>> {
    const page = await (await this.#openReader()).call('losses', {
      from: range.from ?? null,
      to: range.to ?? null,
      limit,
      after,
    });
    const items = page.items.map(({ text, ...columns }) => ({
      ...(JSON.parse(text) as Omit<Loss, 'key' | 'at' | 'until' | 'n'>),
      ...columns,
    }));
    return { items, next: page.next };
  }

  /** Lets go of everything: files, lock, threads. Requests in hand are answered first. Safe to repeat. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    try {
      const reader = await this.#reader?.catch(() => null);
      if (reader && !reader.isGone) await reader.call('close', null);
      if (this.#writer && !this.#writer.isGone) await this.#writer.call('close', null);
    } catch (e) {
      // Everything acknowledged is in the WAL, flushed: the next start brings it home.
      throw failed('the journal did not close as it should', this.#where, asFailure(e));
    } finally {
      await this.#endThreads();
    }
  }

  get #where(): string {
    return journalFile(this.#options.dir);
  }

  /** One change; the first that fails is the last that is tried. */
  async #write(
    what: string,
    change: (writer: JournalThread<WriterOperations>) => Promise<void>,
  ): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await change(this.#openWriter());
    } catch (e) {
      const cause = asFailure(e);
      if (NOT_THE_DISK.has(cause.code)) throw cause;
      this.#failure ??= failed(what, this.#where, cause);
      throw this.#failure;
    }
  }

  #openWriter(): JournalThread<WriterOperations> {
    this.#mustBeOpen();
    if (this.#writer === null) throw new JournalFailure('journal-not-open', 'recover() comes first');
    return this.#writer;
  }

  /** The reading thread holds nothing that could be lost: if it has died, the next question gets a new one. */
  async #openReader(ready?: Promise<unknown>): Promise<JournalThread<ReaderOperations>> {
    this.#mustBeOpen();
    if (this.#reader === null) {
      const started = startReader(this.#options.dir, ready);
      const forget = (): void => {
        if (this.#reader === started) this.#reader = null;
      };
      void started.then((reader) => reader.ended).then(forget, forget);
      this.#reader = started;
    }
    return this.#reader;
  }

  #mustBeOpen(): void {
    if (this.#state === 'new') throw new JournalFailure('journal-not-open', 'recover() comes first');
    if (this.#state === 'closed') throw new JournalFailure('journal-closed', 'the journal is closed');
  }

  async #endThreads(): Promise<void> {
    const reader = await this.#reader?.catch(() => null);
    await Promise.all([reader?.terminate(), this.#writer?.terminate()]);
  }
}

/** @param ready when the file is there to be read; the thread comes up meanwhile */
async function startReader(dir: string, ready?: Promise<unknown>): Promise<JournalThread<ReaderOperations>> {
  const reader = journalThread<ReaderOperations>(
    'journal reader',
    new URL('./reader-thread.ts', import.meta.url),
  );
  try {
    await ready;
    await reader.call('open', { dir });
    return reader;
  } catch (e) {
    await reader.terminate();
    throw e;
  }
}

function recovered(opened: OpenedJournal): Recovered {
  return {
    epoch: opened.epoch,
    cleanStop: opened.cleanStop,
    lastTurn: as.turn(opened.lastTurn),
    lastAt: opened.lastAt,
    lastSeq: as.seq(opened.lastSeq),
    register: opened.register.map((r) => JSON.parse(r.text) as RegisterChange),
    rules: opened.rules.map((text) => JSON.parse(text) as RuleBookChange),
    openAlarmEvents: opened.openAlarmEvents.map(toEvent),
    openDrilled: opened.openDrilled.map(toDrilled),
    openResponses: opened.openResponses.map(
      (r) => ({ seq: as.seq(r.seq), of: r.kind, event: JSON.parse(r.event) }) as ResponseStep,
    ),
    lastOrderNo: opened.lastOrder === null ? null : (JSON.parse(opened.lastOrder) as { no: string }).no,
    messageIds: opened.messageIds,
    filed: opened.filed.map((text) => JSON.parse(text) as Filed),
    memories: opened.memories.map((m) => ({
      point: as.point(m.point),
      turn: as.turn(m.turn),
      memory: ofToday(fromExactJson(m.text) as PointMemory),
    })),
    answers: opened.answers.map((text) => JSON.parse(text) as CommandAnswer),
    statuses: opened.statuses.map((text) => JSON.parse(text) as DeviceStatus),
    openCommands: opened.openCommands.map(toCommand),
    told: opened.told.map((text) => JSON.parse(text) as NoticeEntry),
    exchanged: opened.exchanged.map((text) => JSON.parse(text) as ExchangeEntry),
    listened: opened.listened.flatMap((text) => JSON.parse(text) as Recovered['listened']),
    clockMoves: opened.clockMoves.flatMap((text) => JSON.parse(text) as Recovered['clockMoves']),
  };
}

const toCommand = (text: string): DeviceCommand => JSON.parse(text) as DeviceCommand;
const toAlarm = (text: string): Alarm => JSON.parse(text) as Alarm;

const toBrief = (r: BriefRow): BriefEvent => ({
  at: r.at,
  kind: r.kind as ChangeKind,
  alarm: r.alarm,
  hidden: r.hidden === 1,
  raisedAt: r.raisedAt,
  level: r.level as Alarm['level'],
  lifeline: as.lifeline(r.lifeline),
  area: r.area,
  point: as.point(r.point),
  pointName: r.pointName,
  asset: r.asset === null ? null : as.asset(r.asset),
  assetName: r.assetName,
  rule: as.rule(r.rule),
  ruleName: JSON.parse(r.ruleName) as Alarm['ruleName'],
  verdict: r.verdict as BriefEvent['verdict'],
});

const toEvent = (e: EventTexts): JournaledEvent => ({
  seq: as.seq(e.seq),
  event: JSON.parse(e.event) as AlarmEvent,
  after: toAlarm(e.after),
});

const toResponse = (e: AnyEventTexts): JournaledResponse =>
  ({
    seq: as.seq(e.seq),
    of: e.kind,
    event: JSON.parse(e.event),
    after: JSON.parse(e.after),
  }) as JournaledResponse;

const toDrilled = (e: AnyEventTexts): JournaledDrilled => toResponse(e) as JournaledDrilled;

/** A long answer is parsed a piece at a time: this thread is the one that judges readings. */
async function inSlices<A, B>(items: readonly A[], parse: (item: A) => B): Promise<B[]> {
  const parsed: B[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % 200 === 0) await nextRound();
    parsed.push(parse(item));
  }
  return parsed;
}
