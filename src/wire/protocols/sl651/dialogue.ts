import type { Duration, Millis } from '../../../domain/time.ts';
import { seconds } from '../../../domain/time.ts';
import { bcd, fromHex, fromLatin1, latin1 } from '../bytes.ts';
import { compactWall } from '../local-time.ts';
import { ACK, EOT, ESC, ETB, NAK, type Sl651Frame, sl651Bytes } from './framer.ts';

/** Serial numbers of a station remembered, to know what is sent again. */
const REMEMBERED = 64;
/** Bytes of one text in several packets: a picture. */
const TEXT_AT_MOST = 256 * 1024;
/** A text whose next packet does not come is forgotten. */
const PART_WITHIN = seconds(60);

/** 2F: only that the line is alive. It has no answer, ever. */
export const KEEP_ALIVE = 0x2f;
/** Functions that carry measurements. */
const REPORTS: ReadonlySet<number> = new Set([0x31, 0x32, 0x33, 0x34]);
/** Answers to what the centre has asked, by function: told to whoever asked. */
const REPLIES_FROM = 0x37;

type Parts = {
  readonly of: number;
  readonly fn: number;
  readonly got: ReadonlyMap<number, Uint8Array>;
  readonly since: Millis;
};

/** What is remembered of one line. */
export type Sl651Memory = { readonly seen: readonly string[]; readonly parts: Parts | null };
export const SL651_NEW: Sl651Memory = { seen: [], parts: null };

/** What a frame is to us. `whole`: with its whole text, where it came in several packets. */
export type Sl651Said = {
  readonly memory: Sl651Memory;
  readonly kind: 'keep-alive' | 'report' | 'test' | 'aside' | 'reply' | 'part';
  readonly whole: Sl651Frame;
  readonly serial: number | null;
  /** It was here before: its answer was lost, and it is answered again. */
  readonly isAgain: boolean;
  /** The bytes that say "kept", given our clock at that moment; `null`: nothing is answered. */
  readonly answerWhenKept: ((clock: Sl651Clock) => Uint8Array) | null;
  /** The same, at once: nothing hangs on it. */
  readonly answerNow: ((clock: Sl651Clock) => Uint8Array) | null;
};

/** By what clock an answer is written; many stations set theirs by it. */
export type Sl651Clock = {
  /** `null`: it is doubted, and sets nobody's: zeros. */
  readonly now: Millis | null;
  readonly offset: Duration;
  /** The station may end the line and sleep; otherwise it stays. */
  readonly mayRest?: boolean;
};

/**
 * M1 to M4 in one: every good report is answered with its own serial; that an M1 station does not wait for it does
 * no harm. Of a text in several packets (M3) the last is answered for all, or the first that is missing is asked for.
 */
export function hearSl651(memory: Sl651Memory, frame: Sl651Frame, now: Millis): Sl651Said {
  const { fn, part } = frame;
  const serial = serialOf(frame);
  if (fn === KEEP_ALIVE)
    return {
      memory,
      kind: 'keep-alive',
      whole: frame,
      serial,
      isAgain: false,
      answerWhenKept: null,
      answerNow: null,
    };
  if (part !== null && part.of > 1) return hearPart(memory, frame, now);
  return hearWhole(memory, frame, null);
}

function hearWhole(memory: Sl651Memory, whole: Sl651Frame, last: Sl651Frame | null): Sl651Said {
  const { fn } = whole;
  const serial = serialOf(whole);
  const kind = REPORTS.has(fn) ? 'report' : fn === 0x30 ? 'test' : fn >= REPLIES_FROM ? 'reply' : 'aside';
  const name = `${whole.station}/${fn}/${serial}/${textTime(whole)}`;
  const isAgain = memory.seen.includes(name);
  const seen = isAgain ? memory.seen : [...memory.seen.slice(1 - REMEMBERED), name];
  return {
    memory: { seen, parts: last === null ? memory.parts : null },
    kind,
    whole,
    serial,
    isAgain,
    answerWhenKept:
      kind === 'reply'
        ? null
        : (clock) => {
            const end = whole.end === ETB ? ACK : clock.mayRest === true ? EOT : ESC;
            return answer(whole, { serial: serial ?? 0, end, part: last?.part ?? null, clock });
          },
    answerNow: null,
  };
}

function hearPart(memory: Sl651Memory, frame: Sl651Frame, now: Millis): Sl651Said {
  const { of, number } = frame.part as NonNullable<Sl651Frame['part']>;
  const known = memory.parts;
  const goesOn =
    known !== null &&
    known.of === of &&
    known.fn === frame.fn &&
    now - known.since < PART_WITHIN &&
    number !== 1;
  const got = new Map(goesOn ? known.got : []).set(number, frame.text);
  const parts: Parts = { of, fn: frame.fn, got, since: now };
  let bytes = 0;
  for (const text of parts.got.values()) bytes += text.length;
  const waiting = { whole: frame, serial: null, isAgain: false, answerWhenKept: null } as const;
  if (bytes > TEXT_AT_MOST) return hearWhole(memory, { ...frame, part: null }, frame);
  const first = parts.got.get(1);
  if (number < of) return { ...waiting, memory: { ...memory, parts }, kind: 'part', answerNow: null };
  const missing = firstMissing(parts);
  if (missing !== null) {
    const serial = first === undefined ? 0 : (serialOf({ ...frame, text: first }) ?? 0);
    return {
      ...waiting,
      memory: { ...memory, parts },
      kind: 'part',
      answerNow: (clock) => answer(frame, { serial, end: NAK, part: { of, number: missing }, clock }),
    };
  }
  const text = new Uint8Array(bytes);
  let at = 0;
  for (let n = 1; n <= of; n++) {
    const piece = parts.got.get(n) as Uint8Array;
    text.set(piece, at);
    at += piece.length;
  }
  return hearWhole(memory, { ...frame, part: null, text }, frame);
}

function firstMissing({ of, got }: Parts): number | null {
  for (let n = 1; n <= of; n++) if (!got.has(n)) return n;
  return null;
}

/** The number that the answer repeats; `null`: the text is too short to have one. */
export function serialOf(frame: Sl651Frame): number | null {
  if (frame.form === 'hex')
    return frame.text.length < 2 ? null : ((frame.text[0] as number) << 8) | (frame.text[1] as number);
  const n = Number.parseInt(latin1(frame.text.subarray(0, 4)), 16);
  return frame.text.length < 4 || Number.isNaN(n) ? null : n;
}

const textTime = (frame: Sl651Frame): string =>
  frame.form === 'hex' ? String(bcd(frame.text.subarray(2, 8))) : latin1(frame.text.subarray(4, 16));

type Answer = {
  readonly serial: number;
  readonly end: number;
  readonly part: Sl651Frame['part'];
  readonly clock: Sl651Clock;
};

function answer(to: Sl651Frame, { serial, end, part, clock }: Answer): Uint8Array {
  const time = clock.now === null ? '0'.repeat(12) : compactWall(clock.now, clock.offset);
  const hex = serial.toString(16).toUpperCase().padStart(4, '0');
  return sl651Bytes({
    form: to.form,
    direction: 'down',
    centre: to.centre,
    station: to.station,
    password: to.password,
    fn: to.fn,
    part,
    text: to.form === 'hex' ? (fromHex(hex + time) as Uint8Array) : fromLatin1(hex + time),
    end,
  });
}
