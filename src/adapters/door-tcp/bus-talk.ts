import type { Millis } from '../../domain/time.ts';
import type { CommandNews } from '../../flow/ports/down/ways.ts';
import type { BusLine, FrameDesk } from '../../flow/ports/frames/frame-desk.ts';
import { toHex } from '../../wire/protocols/bytes.ts';
import {
  answered,
  expectedNow,
  openAsk,
  type PollMemory,
  pollNew,
  stepPoll,
} from '../../wire/protocols/modbus/dialogue.ts';
import { dissectModbus } from '../../wire/protocols/modbus/dissector.ts';
import { askBytes, BusFramer, type BusPiece } from '../../wire/protocols/modbus/framer.ts';
import { exceptionWords, isEcho, type ModbusWrite, writeBytes } from '../../wire/protocols/modbus/write.ts';
import { notSpoken, type StationCommand } from '../../wire/protocols/told.ts';
import type { Heard, HeardFrame, Talk, TalkStep, ToldStation } from './talk.ts';

/** A registration packet is an IMEI, an ICCID or a short text. */
const FIRST_WORDS = 256;
const NAME = /^[\x20-\x7e]{4,64}$/;

type Asked = {
  readonly bus: BusLine;
  readonly framer: BusFramer;
  memory: PollMemory;
  /** When the bus was last used. */
  lastAt: Millis;
};

/** A command on its way; `since`: it has left, and its echo is waited for. */
type Writing = {
  readonly id: string;
  readonly notAfter: Millis;
  readonly write: ModbusWrite;
  readonly bytes: Uint8Array;
  readonly since: Millis | null;
};

/** Modbus RTU through a DTU: it says who it is, and then we ask. */
export class BusTalk implements Talk {
  readonly #desk: FrameDesk;
  #first = new Uint8Array(0);
  #line: Asked | null = null;
  readonly #gone = new Set<number>();
  #write: Writing | null = null;

  constructor(desk: FrameDesk) {
    this.#desk = desk;
  }

  hear(chunk: Uint8Array, now: Millis): readonly Heard[] {
    return this.#line === null ? this.#register(chunk, now) : this.#answers(chunk, now);
  }

  step(now: Millis, isKept: boolean): TalkStep {
    const line = this.#line;
    if (line === null) return { send: null, heard: [], again: Number.POSITIVE_INFINITY };
    const writing = this.#stepWrite(line, now);
    if (writing !== null) return writing;
    const step = stepPoll(line.memory, line.bus.plan, now, isKept);
    line.memory = step.memory;
    if (step.ask !== null) line.framer.forget();
    const heard: Heard[] = [];
    if (step.gone !== null && line.bus.tellsGone) {
      this.#gone.add(step.gone);
      heard.push(this.#frame('gone', new Uint8Array(0), [gone(step.gone, 1)]));
    }
    return { send: step.ask === null ? null : askBytes(step.ask), heard, again: step.again };
  }

  tell({ id, name, params, notAfter }: StationCommand): ToldStation {
    const write = this.#line?.bus.writes.find((w) => w.name === name);
    if (this.#line === null || write === undefined) {
      const names = this.#line?.bus.writes.map((w) => w.name).join(', ') || '–';
      return notSpoken(`the mapping of this line has no "${name}" in poll.write: ${names}`);
    }
    const spoken = writeBytes(write, params);
    if (spoken.is === 'not-spoken') return spoken;
    const { timeout, gap } = this.#line.bus.plan;
    this.#write = { id, notAfter, write, bytes: spoken.bytes, since: null };
    // The question that is open comes to its end first.
    return { is: 'sent', bytes: null, within: 2 * (timeout + gap) + 1_000 };
  }

  forget(id: string): void {
    if (this.#write?.id === id) this.#write = null;
  }

  /** A command goes between two questions, before the next. @returns `null`: there is none, or a question is open */
  #stepWrite(line: Asked, now: Millis): TalkStep | null {
    const writing = this.#write;
    if (writing === null || openAsk(line.memory, line.bus.plan) !== null) return null;
    const { timeout, gap } = line.bus.plan;
    if (writing.since !== null) {
      if (now < writing.since + timeout) return { send: null, heard: [], again: writing.since + timeout };
      this.#endWrite(line, now);
      const said = `slave ${writing.write.slave} did not answer within ${timeout / 1_000} s`;
      return this.#wrote(writing, { is: 'no-answer', said }, now + gap);
    }
    if (now >= writing.notAfter) {
      this.#endWrite(line, now);
      return this.#wrote(writing, { is: 'overdue', said: null }, now + gap);
    }
    // Not at the end of a round, whose pause is long: after an answer the bus rests for the gap.
    const from = line.lastAt + gap;
    if (now < from) return { send: null, heard: [], again: from };
    line.framer.forget();
    this.#write = { ...writing, since: now };
    return { send: writing.bytes, heard: [], again: now + timeout };
  }

  #endWrite(line: Asked, now: Millis): void {
    this.#write = null;
    line.lastAt = now;
    const { gap } = line.bus.plan;
    line.memory = { ...line.memory, notBefore: Math.max(line.memory.notBefore, now + gap) };
  }

  #wrote({ id }: Writing, news: CommandNews, again: Millis): TalkStep {
    return { send: null, heard: [this.#reply(id, news, new Uint8Array(0))], again };
  }

  #reply(id: string, news: CommandNews, bytes: Uint8Array): HeardFrame {
    const { station } = (this.#line as Asked).bus;
    return { ...this.#idle('write', station, bytes), replies: [{ id, news }] };
  }

  #register(chunk: Uint8Array, now: Millis): Heard[] {
    const all = new Uint8Array(this.#first.length + chunk.length);
    all.set(this.#first);
    all.set(chunk, this.#first.length);
    const bus = this.#desk.busLine(all);
    if (bus === 'more' && all.length < FIRST_WORDS) {
      this.#first = all;
      return [];
    }
    this.#first = new Uint8Array(0);
    if (bus === null || bus === 'more') {
      const text = new TextDecoder('latin1').decode(all.slice(0, 64)).trim();
      const station = NAME.test(text) ? text : toHex(all.slice(0, 32));
      return all.length > FIRST_WORDS
        ? [{ is: 'flaw', flaw: 'noise', bytes: all }]
        : [{ ...this.#idle('registration', station, all), isIdle: false }];
    }
    this.#line = { bus, framer: new BusFramer(bus.heartbeat), memory: pollNew(now), lastAt: 0 };
    return [this.#idle('registration', bus.station, all)];
  }

  #answers(chunk: Uint8Array, now: Millis): Heard[] {
    const line = this.#line as Asked;
    const { bus, framer } = line;
    const ask = openAsk(line.memory, bus.plan);
    const writing = ask === null && this.#write !== null && this.#write.since !== null ? this.#write : null;
    const expected =
      writing === null
        ? expectedNow(line.memory, bus.plan)
        : { slave: writing.write.slave, fn: writing.write.fn, dataBytes: 0 };
    const heard: Heard[] = [];
    for (const piece of framer.push(chunk, expected)) {
      if ('flaw' in piece) {
        heard.push({ is: 'flaw', flaw: piece.flaw, bytes: piece.bytes });
        continue;
      }
      if (piece.is === 'heartbeat') {
        heard.push(this.#idle('keep-alive', bus.station, new Uint8Array(0)));
        continue;
      }
      if (writing !== null) {
        this.#endWrite(line, now);
        heard.push(this.#reply(writing.id, newsOf(piece, writing), piece.bytes));
        continue;
      }
      line.memory = answered(line.memory, bus.plan, now);
      line.lastAt = now;
      if (ask === null) continue;
      if (piece.is === 'exception') {
        const why = `Slave ${ask.slave} refused function ${ask.fn} at register ${ask.addr} (exception ${piece.code}): the mapping's table asks for what it has not.`;
        heard.push({
          ...this.#frame('exception', piece.bytes, []),
          flaws: [{ code: 'slave-refused', detail: why }],
        });
        continue;
      }
      const items = dissectModbus(ask, piece.data);
      if (this.#gone.delete(ask.slave)) items.push(gone(ask.slave, 0));
      heard.push(this.#frame('answer', piece.bytes, items));
    }
    return heard;
  }

  #idle(kind: string, station: string, bytes: Uint8Array): HeardFrame {
    return {
      is: 'frame',
      kind,
      station,
      bytes,
      said: [],
      flaws: [],
      isIdle: true,
      isAgain: false,
      answerWhenKept: null,
      answerNow: null,
    };
  }

  #frame(kind: string, bytes: Uint8Array, items: HeardFrame['said'][number]['items']): HeardFrame {
    const station = (this.#line as Asked).bus.station;
    return { ...this.#idle(kind, station, bytes), isIdle: false, said: [{ station, at: null, items }] };
  }
}

/** Twice in a row without an answer, or back again. */
const gone = (slave: number, raw: 0 | 1) => ({ code: 'gone', channel: slave, raw, valid: true });

function newsOf(
  piece: Extract<BusPiece, { readonly bytes: Uint8Array; readonly is: string }>,
  { write, bytes }: Writing,
): CommandNews {
  if (piece.is === 'exception')
    return {
      is: 'answered',
      ok: false,
      result: null,
      said: `slave ${write.slave} function ${write.fn}: ${exceptionWords(piece.code)}`,
    };
  return isEcho(bytes, piece.data)
    ? { is: 'answered', ok: true, result: null, said: null }
    : { is: 'answered', ok: false, result: null, said: `slave ${write.slave} echoes something else` };
}
