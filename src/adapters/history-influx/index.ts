import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { as, type PointCode, type TurnNumber } from '../../domain/ids.ts';
import { type Duration, days, type Millis, seconds } from '../../domain/time.ts';
import type {
  History,
  HistoryBucket,
  HistoryItem,
  HistoryLatest,
  SeriesQuery,
  StoredFrame,
} from '../../flow/ports/history.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';
import type { LogFields } from '../../flow/ports/log.ts';
import { decodeSpool } from '../../wire/files/spool.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import { type BucketsAsked, bucketsOf, inMilliseconds } from './buckets.ts';
import { type Access, type Dialect, dialectOf } from './dialect.ts';
import { forget } from './forget.ts';
import { framesOf } from './frames.ts';
import { Hours } from './hours.ts';
import { StoreHttp } from './http.ts';
import { InfluxQl } from './influxql.ts';
import { latestOf } from './latest.ts';
import { Lines } from './lines.ts';
import { Mark, type MarkState, markAt } from './mark.ts';
import { UNPLACED } from './names.ts';
import { Past } from './past.ts';
import { type PreparedBatch, prepare } from './prepare.ts';
import { rawOf } from './raw.ts';
import { RowSet } from './rows.ts';
import type { QueryContext } from './series.ts';
import { StoreTrouble } from './trouble.ts';
import { type Rejected, Writer } from './writer.ts';

export { type Access, dialectOf } from './dialect.ts';
export { Lines } from './lines.ts';
export { codeOf, metricOfField } from './names.ts';
export { decodeQuality } from './quality-code.ts';
export type { Rejected };

export type HistoryInfluxOptions = Access & {
  readonly url: string;
  /** Every lifeline that may have readings: where `latest` looks. */
  readonly lifelines: readonly string[];
  /** From the register; null puts the readings into `unplaced`. A point's lifeline never changes. */
  readonly lifelineOf: (point: PointCode) => string | null;
  /** Which journal is drained (its epoch): a mark of another one says nothing. */
  readonly source: string;
  /** The journal's last turn at this start. A mark beyond it is of a journal that was set back to a copy. */
  readonly lastTurn: TurnNumber;
  readonly keepDays: number;
  readonly now: () => Millis;
  /** What a person should know. Never called per reading. */
  readonly onTrouble: (msg: string, fields: LogFields) => void;
  /** Lines of one write that the store will never take. Told again when the batch is repeated after a failure. */
  readonly onRejected: (rejected: readonly Rejected[]) => void | Promise<void>;
  /** One write, from its first byte to the last of the answer. */
  readonly writeWithin?: Duration;
  /** One question. */
  readonly askWithin?: Duration;
  /** Lines of one write. */
  readonly linesAWrite?: number;
  /** Hours are kept of series whose charts took longer than this. */
  readonly slow?: Duration;
};

/** A start, and the look for newest values, may not wait for long: intake is not open yet. */
const START_WITHIN = seconds(4);
const LATEST_WITHIN = seconds(20);
/** A chart that takes longer is worth the counting of its hours. */
const SLOW = 150;
/** The stage that closes the store has five seconds. */
const CLOSE_WITHIN = seconds(3);
/** Readings decoded without letting others have the thread: the one that acknowledges packets. */
const AT_A_STRETCH = 1_000;
/** Lines of one write: no slower here than 5,000, and that thread is kept for 4 ms instead of 10. */
const LINES_A_WRITE = 2_000;

/**
 * The history of readings and waveforms 历史数据 in InfluxDB 1.x, 2.x or 3 (decisions/0005). Written through the
 * client's writer in batches of prepared lines, asked in InfluxQL. Trouble with the store rejects with an error that the
 * port's `troubleOf` reads; it never keeps this from starting.
 */
export class HistoryInflux implements History {
  readonly #options: HistoryInfluxOptions;
  readonly #dialect: Dialect;
  readonly #http: StoreHttp;
  readonly #ql: InfluxQl;
  readonly #lines: Lines;
  readonly #past: Past;
  readonly #mark: Mark;
  readonly #writer: Writer;
  readonly #desk: QueryContext;
  readonly #hours: Hours;
  /** Series whose charts have been slow, and those whose hours are waiting to be counted. */
  readonly #slow = new Set<string>();
  readonly #counting = new Set<string>();
  #closed = false;
  #background: Promise<void> = Promise.resolve();
  readonly #writeWithin: Duration;
  #prepared: PreparedBatch | null = null;
  #preparing: Promise<PreparedBatch> | null = null;
  #marked: MarkState | null = null;
  /** Calls that write. */
  readonly #writing = new SerialQueue();

  constructor(options: HistoryInfluxOptions) {
    this.#options = options;
    const { writeWithin = seconds(10), askWithin = seconds(30) } = options;
    this.#writeWithin = writeWithin;
    this.#dialect = dialectOf(options);
    this.#http = new StoreHttp({ url: options.url, dialect: this.#dialect, writeWithin, now: options.now });
    this.#ql = new InfluxQl(this.#http, this.#dialect);
    this.#lines = new Lines(options.lifelineOf);
    this.#past = new Past(options.lastTurn);
    this.#mark = new Mark(options.source);
    this.#desk = { ql: this.#ql, lifelineOf: options.lifelineOf, within: askWithin };
    this.#hours = new Hours(this.#desk, options.now);
    this.#writer = new Writer({
      http: this.#http,
      lines: this.#lines,
      onRejected: options.onRejected,
      soundLine: () => this.#mark.line(this.#marked ?? this.#noMark()),
    });
  }

  /** Resolves also where the store is away: what waits in the spool is kept when it is back. */
  async start(): Promise<void> {
    try {
      await this.#ready(START_WITHIN);
    } catch (cause) {
      const kind = cause instanceof StoreTrouble ? cause.kind : 'other';
      this.#options.onTrouble('InfluxDB is not ready; readings wait in the spool until it is', {
        kind,
        says: cause instanceof Error ? cause.message : String(cause),
      });
    }
  }

  async cursor(): Promise<TurnNumber> {
    return (await this.#ready()).turn;
  }

  keep(turns: readonly SpooledTurn[]): Promise<void> {
    return this.#inTurn(async () => {
      const { turn: cursor } = await this.#ready();
      const todo = turns.filter((t) => t.turn > cursor);
      const last = todo.at(-1);
      if (last === undefined) return;
      const newest = await this.#write(todo, 'in order');
      await this.#markUpTo(last.turn, newest);
    });
  }

  keepAhead(turns: readonly SpooledTurn[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ready();
      if (turns.length > 0) await this.#write(turns, 'ahead');
    });
  }

  moveCursor(upTo: TurnNumber): Promise<void> {
    return this.#inTurn(async () => {
      const { turn } = await this.#ready();
      if (upTo > turn) await this.#markUpTo(upTo, this.#past.ahead.newest);
    });
  }

  async raw(q: SeriesQuery & { readonly limit: number }): Promise<readonly HistoryItem[]> {
    return rawOf(this.#desk, q);
  }

  async buckets(asked: BucketsAsked): Promise<readonly HistoryBucket[]> {
    const q = inMilliseconds(asked);
    if (q === null || !this.#hours.helpWith(q)) return bucketsOf(this.#desk, asked);
    const key = JSON.stringify([q.point, q.metric]);
    const fromHours = this.#slow.has(key) ? await this.#hours.buckets(q) : null;
    if (fromHours !== null) return fromHours;
    const began = performance.now();
    const buckets = await bucketsOf(this.#desk, q);
    if (performance.now() - began >= (this.#options.slow ?? SLOW)) this.#slow.add(key);
    if (this.#slow.has(key) && !this.#counting.has(key)) {
      this.#counting.add(key);
      this.#background = this.#background
        .then(() => this.#countHours(q))
        .finally(() => this.#counting.delete(key));
    }
    return buckets;
  }

  async latest(): Promise<readonly HistoryLatest[]> {
    const { now, onTrouble } = this.#options;
    const { newest } = await this.#ready(START_WITHIN);
    const until = performance.now() + LATEST_WITHIN;
    const { latest, complete } = await latestOf(
      { ...this.#desk, within: LATEST_WITHIN },
      { lifelines: this.#lifelines, newest: newest ?? now() },
      () => performance.now() < until,
    );
    if (!complete)
      onTrouble(
        'the newest values could not all be read from InfluxDB in time; they come with the next readings',
        {
          read: latest.length,
        },
      );
    return latest;
  }

  async frames(q: SeriesQuery & { readonly limit: number }): Promise<readonly StoredFrame[]> {
    return framesOf(this.#desk, q);
  }

  /** Where the store's own retention does it, nothing is left to do here, and nothing is counted. */
  async forgetBefore(before: Millis): Promise<number> {
    await this.#ready();
    const keeps = this.#prepared?.keeps ?? null;
    if (!this.#dialect.deletes) return 0;
    if (keeps !== null && before <= this.#options.now() - keeps + days(1)) return 0;
    return forget(this.#ql, { lifelines: this.#lifelines, before, within: this.#desk.within });
  }

  /** Ends when the write in hand has been answered for; one that takes too long is cut, and stays in the spool. */
  async close(): Promise<void> {
    this.#closed = true;
    const letGo = setTimeout(() => this.#http.cut(), CLOSE_WITHIN);
    await this.idle();
    clearTimeout(letGo);
    this.#http.cut();
  }

  /** Resolves when nothing is being written, and no hours are being counted. */
  async idle(): Promise<void> {
    await this.#background;
    await this.#writing.idle();
  }

  get #lifelines(): readonly string[] {
    return [...new Set([...this.#options.lifelines, UNPLACED])];
  }

  /** In turn with what is kept, a stretch at a time: nothing comes between the counting of an hour and its line. */
  async #countHours(q: BucketsAsked): Promise<void> {
    try {
      for (const stretch of this.#closed ? [] : await this.#hours.missing(q)) {
        await this.#inTurn(async () => {
          if (!this.#closed) await this.#writer.write(await this.#hours.count(q, stretch));
        });
      }
    } catch {
      // Without them charts are slow, and right. The next slow one tries again.
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    return this.#writing.run(() =>
      work().catch((cause) => {
        // A database that was dropped, or another server behind the address: looked at anew before the next attempt.
        if (cause instanceof StoreTrouble && cause.kind === 'other') this.#prepared = null;
        throw cause;
      }),
    );
  }

  /** Whoever needs the store comes by here: the first one after a start, or an outage at the start, prepares it. */
  async #ready(within = this.#writeWithin): Promise<MarkState> {
    if (this.#prepared === null) {
      const { keepDays, onTrouble } = this.#options;
      const asked = { http: this.#http, ql: this.#ql, dialect: this.#dialect, keepDays, within, onTrouble };
      this.#preparing ??= prepare(asked).finally(() => {
        this.#preparing = null;
      });
      this.#prepared = await this.#preparing;
    }
    if (this.#marked === null) {
      const found = (await this.#mark.read(this.#ql, this.#options.now(), within)) ?? this.#noMark();
      const { lastTurn } = this.#options;
      this.#past.storeGoesTo(found.newest ?? Number.NEGATIVE_INFINITY);
      this.#marked = found.turn > lastTurn ? { ...found, turn: lastTurn } : found;
    }
    return this.#marked;
  }

  #noMark(): MarkState {
    return { turn: as.turn(0), newest: null, at: markAt(this.#options.now(), null) };
  }

  /** @returns the newest instant written */
  async #write(turns: readonly SpooledTurn[], how: 'in order' | 'ahead'): Promise<Millis | null> {
    const { linesAWrite = LINES_A_WRITE } = this.#options;
    const { ahead } = this.#past;
    const rows = new RowSet(
      this.#lines,
      (point, at, turn) => how === 'in order' && this.#past.isNew(point, at, turn),
    );
    let newest: Millis | null = null;
    let stretch = 0;
    const flush = async () => {
      const items = rows.take();
      await yieldToOthers();
      await this.#writer.write([...this.#hours.takenBack(items), ...items]);
      if (how === 'ahead') ahead.wrote(items);
      stretch = 0;
    };
    for (const { turn, body } of turns) {
      const { readings, frames } = decodeSpool(body);
      if (how === 'ahead') ahead.writing([...readings, ...frames], turn);
      for (const reading of readings) {
        newest = Math.max(newest ?? reading.observedAt, reading.observedAt);
        if (how === 'ahead' || !ahead.has(reading, 'reading', turn)) rows.add(reading, turn);
        if (rows.size >= linesAWrite) await flush();
      }
      for (const frame of frames) {
        if (how === 'ahead' || !ahead.has(frame, 'frame', turn)) rows.addFrame(frame, turn);
        if (rows.size >= linesAWrite) await flush();
      }
      stretch += readings.length;
      if (stretch >= AT_A_STRETCH) {
        stretch = 0;
        await yieldToOthers();
      }
    }
    if (rows.size > 0) await flush();
    return newest;
  }

  async #markUpTo(turn: TurnNumber, newest: Millis | null): Promise<void> {
    const before = this.#marked ?? this.#noMark();
    const mark = {
      turn,
      newest: newest === null ? before.newest : Math.max(newest, before.newest ?? newest),
      at: markAt(this.#options.now(), before.at),
    };
    await this.#http.write([this.#mark.line(mark)]);
    this.#marked = mark;
    this.#past.reached(turn);
  }
}
