import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { Drill } from '../../domain/drill/drill.ts';
import type { DrilledAs, DrilledKind, JournaledDrilled } from '../../domain/drill/drilled.ts';
import {
  type AlarmId,
  as,
  type CitizenReportId,
  type DeviceCode,
  type DrillId,
  type EventSeq,
  type TurnNumber,
} from '../../domain/ids.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { JournaledResponse, ResponseThing } from '../../domain/response/journaled.ts';
import type { Millis } from '../../domain/time.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';
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
} from '../../flow/ports/journal.ts';
import type { Loss, LossLedger, NotedLoss } from '../../flow/ports/losses.ts';
import {
  inSlices,
  recovered,
  toAlarm,
  toBrief,
  toCitizen,
  toCommand,
  toDrilled,
  toEvent,
  toResponse,
} from './decode.ts';
import { encodeTurn } from './encode.ts';
import { failed, JournalFailure } from './failure.ts';
import type { AsideState, ReaderOperations, WriterOperations } from './protocol.ts';
import { type JournalThread, journalThread } from './thread.ts';

export type JournalThreads<W, R> = {
  /** For people: where it is. */
  readonly where: string;
  readonly writer: { readonly file: URL; readonly openedWith: W };
  readonly reader: { readonly file: URL; readonly openedWith: R };
  readonly asFailure: (e: unknown) => JournalFailure;
  /** What would mend an error of the engine; it is asked by `code`, and null says that it is none of the engine's. */
  readonly help: (code: string) => string | undefined | null;
};

/** Refused calls that say nothing about the disk: they stop nothing. */
const NOT_THE_DISK = new Set(['journal-not-open', 'journal-closed', 'journal-history-ahead']);

/**
 * The journal 事件日志 with one thread that writes it and one that reads it, whatever they write to. Failures are
 * `JournalFailure`s with a stable `code`.
 */
export class ThreadedJournal<W, R> implements Journal, LossLedger {
  readonly #threads: JournalThreads<W, R>;
  #writer: JournalThread<WriterOperations<W>> | null = null;
  #reader: Promise<JournalThread<ReaderOperations<R>>> | null = null;
  /** Why no commit is accepted any more. */
  #failure: JournalFailure | null = null;
  #state: 'new' | 'open' | 'closed' = 'new';
  spoolBytes = 0;

  constructor(threads: JournalThreads<W, R>) {
    this.#threads = threads;
  }

  async recover(): Promise<Recovered> {
    if (this.#state !== 'new') {
      throw new JournalFailure('journal-not-open', 'recover() is called once, before anything else');
    }
    const { writer, asFailure } = this.#threads;
    this.#state = 'open';
    this.#writer = journalThread<WriterOperations<W>>('journal writer', writer.file, asFailure);
    try {
      const opening = this.#writer.call('open', writer.openedWith as never);
      await this.#openReader(opening);
      this.spoolBytes = (await opening).spoolBytes;
      return recovered(await opening);
    } catch (e) {
      this.#state = 'closed';
      await this.#endThreads();
      const cause = asFailure(e);
      // Ours say where by themselves.
      throw this.#threads.help(cause.code) === null
        ? cause
        : this.#failed('the journal cannot be opened', cause);
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

  async citizens(filter: CitizenFilter, limit: number, after: string | null): Promise<Page<CitizenEntry>> {
    const page = await (await this.#openReader()).call('citizens', { filter, limit, after });
    return { items: await inSlices(page.items, toCitizen), next: page.next };
  }

  async citizen(id: CitizenReportId): Promise<CitizenEntry | null> {
    const found = await (await this.#openReader()).call('citizen', id);
    return found === null ? null : toCitizen(found);
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
      throw this.#failed('the journal did not close as it should', this.#threads.asFailure(e));
    } finally {
      await this.#endThreads();
    }
  }

  #failed(what: string, cause: JournalFailure): JournalFailure {
    return failed(what, this.#threads.where, cause, this.#threads.help(cause.code) ?? undefined);
  }

  /** One change; the first that fails is the last that is tried. */
  async #write(
    what: string,
    change: (writer: JournalThread<WriterOperations<W>>) => Promise<void>,
  ): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await change(this.#openWriter());
    } catch (e) {
      const cause = this.#threads.asFailure(e);
      if (NOT_THE_DISK.has(cause.code)) throw cause;
      this.#failure ??= this.#failed(what, cause);
      throw this.#failure;
    }
  }

  #openWriter(): JournalThread<WriterOperations<W>> {
    this.#mustBeOpen();
    if (this.#writer === null) throw new JournalFailure('journal-not-open', 'recover() comes first');
    return this.#writer;
  }

  /** The reading thread holds nothing that could be lost: if it has died, the next question gets a new one. */
  async #openReader(ready?: Promise<unknown>): Promise<JournalThread<ReaderOperations<R>>> {
    this.#mustBeOpen();
    if (this.#reader === null) {
      const started = startReader(this.#threads, ready);
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

/** @param ready when the journal is there to be read; the thread comes up meanwhile */
async function startReader<R>(
  { reader: { file, openedWith }, asFailure }: Pick<JournalThreads<unknown, R>, 'reader' | 'asFailure'>,
  ready?: Promise<unknown>,
): Promise<JournalThread<ReaderOperations<R>>> {
  const reader = journalThread<ReaderOperations<R>>('journal reader', file, asFailure);
  try {
    await ready;
    await reader.call('open', openedWith as never);
    return reader;
  } catch (e) {
    await reader.terminate();
    throw e;
  }
}
