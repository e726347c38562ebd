import type { Millis } from '../../domain/time.ts';
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
import { askBytes, BusFramer } from '../../wire/protocols/modbus/framer.ts';
import type { Heard, HeardFrame, Talk, TalkStep } from './talk.ts';

/** A registration packet is an IMEI, an ICCID or a short text. */
const FIRST_WORDS = 256;
const NAME = /^[\x20-\x7e]{4,64}$/;

type Asked = { readonly bus: BusLine; readonly framer: BusFramer; memory: PollMemory };

/** Modbus RTU through a DTU: it says who it is, and then we ask. */
export class BusTalk implements Talk {
  readonly #desk: FrameDesk;
  #first = new Uint8Array(0);
  #line: Asked | null = null;
  readonly #gone = new Set<number>();

  constructor(desk: FrameDesk) {
    this.#desk = desk;
  }

  hear(chunk: Uint8Array, now: Millis): readonly Heard[] {
    return this.#line === null ? this.#register(chunk, now) : this.#answers(chunk, now);
  }

  step(now: Millis, isKept: boolean): TalkStep {
    const line = this.#line;
    if (line === null) return { send: null, heard: [], again: Number.POSITIVE_INFINITY };
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
    this.#line = { bus, framer: new BusFramer(bus.heartbeat), memory: pollNew(now) };
    return [this.#idle('registration', bus.station, all)];
  }

  #answers(chunk: Uint8Array, now: Millis): Heard[] {
    const line = this.#line as Asked;
    const { bus, framer } = line;
    const ask = openAsk(line.memory, bus.plan);
    const heard: Heard[] = [];
    for (const piece of framer.push(chunk, expectedNow(line.memory, bus.plan))) {
      if ('flaw' in piece) {
        heard.push({ is: 'flaw', flaw: piece.flaw, bytes: piece.bytes });
        continue;
      }
      if (piece.is === 'heartbeat') {
        heard.push(this.#idle('keep-alive', bus.station, new Uint8Array(0)));
        continue;
      }
      line.memory = answered(line.memory, bus.plan, now);
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
