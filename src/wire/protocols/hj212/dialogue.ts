import type { Millis } from '../../../domain/time.ts';
import { seconds } from '../../../domain/time.ts';
import { fromHex, fromLatin1, latin1 } from '../bytes.ts';
import { hjCrc } from '../sums.ts';
import { type Hj212Frame, hj212Bytes } from './framer.ts';

const REMEMBERED = 64;
/** Requests whose parts are waited for at once, and for how long. */
const REQUESTS_AT_MOST = 16;
const PARTS_AT_MOST = 64;
const PARTS_WITHIN = seconds(60);

/** Values now, and of a minute, an hour, a day. */
const DATA: ReadonlySet<string> = new Set(['2011', '2051', '2061', '2031']);
/** What tells nothing to be measured. */
const NOTICES: ReadonlySet<string> = new Set(['2021', '2041', '2081', '3019', '3020', '3021', '2013']);
const LOG_INS: ReadonlySet<string> = new Set(['9021']);
const HEARTBEAT = '9015';
/** What a device says of what we asked of it. */
const REPLIES: ReadonlySet<string> = new Set(['9011', '9012', '9013', '9014', '1011', '1061', '1062']);

/** What is not taken yet at both ends of a packet, by its number; `null`: nothing. */
type Edges = { readonly since: Millis; readonly edges: ReadonlyMap<number, Edge> };
type Edge = { readonly head: string | null; readonly tail: string | null };

export type Hj212Memory = {
  readonly seen: readonly string[];
  readonly requests: ReadonlyMap<string, Edges>;
};
export const HJ212_NEW: Hj212Memory = { seen: [], requests: new Map() };

export type Hj212Said = {
  readonly memory: Hj212Memory;
  readonly kind: 'report' | 'notice' | 'heartbeat' | 'reply' | 'aside';
  /** With its plain text, and of a packet in parts with what this part completes. */
  readonly frame: Hj212Frame;
  readonly isAgain: boolean;
  readonly answerWhenKept: Uint8Array | null;
  readonly answerNow: Uint8Array | null;
  /** What was cut at the edge of a packet, and waits for its neighbour. */
  readonly hasLooseEnds: boolean;
};

/**
 * Each packet is answered by itself where it wants to be (bit 0), with its own QN, and a heartbeat always. Parts of one
 * request stand by themselves; an item that was cut between two of them is put together when both are there.
 */
export function hearHj212(memory: Hj212Memory, frame: Hj212Frame, now: Millis): Hj212Said {
  const wants = (frame.flag & 1) === 1;
  const name = `${frame.mn}/${frame.cn}/${frame.qn}/${frame.part?.number ?? 0}/${frame.crc}`;
  const isAgain = frame.qn !== '' && memory.seen.includes(name);
  const seen = isAgain || frame.qn === '' ? memory.seen : [...memory.seen.slice(1 - REMEMBERED), name];
  const base = { frame, isAgain, answerWhenKept: null, answerNow: null, hasLooseEnds: false } as const;
  const kept = { ...memory, seen };
  if (frame.cn === HEARTBEAT || LOG_INS.has(frame.cn))
    return { ...base, memory: kept, kind: 'heartbeat', answerNow: answerTo(frame, '9013') };
  if (REPLIES.has(frame.cn)) return { ...base, memory: kept, kind: 'reply' };
  const answerWhenKept = wants ? answerTo(frame, '9014') : null;
  if (DATA.has(frame.cn)) {
    const joined = joinParts(kept, frame, now);
    return { ...base, ...joined, kind: 'report', answerWhenKept };
  }
  return { ...base, memory: kept, kind: NOTICES.has(frame.cn) ? 'notice' : 'aside', answerWhenKept };
}

function answerTo({ qn, pw, mn, flag }: Hj212Frame, cn: string): Uint8Array {
  return hj212Bytes({ qn, st: '91', cn, pw, mn, flag: flag & ~3, cp: '' });
}

/** An item with all its fields. */
const ITEM = /^\s*([A-Za-z0-9]+(-[A-Za-z0-9]+)?=[^;,=]*(,[A-Za-z0-9]+(-[A-Za-z0-9]+)?=[^;,=]*)*)?\s*$/;
/** What nothing can follow but the next item. */
const CLOSED = /(^|-Flag=[A-Za-z])\s*$/;

/**
 * A packet may end in the middle of a number, and what is there of it looks whole: its last item is taken with its
 * neighbour, unless it is closed by a flag. So is the first, while the packet before it has not come.
 */
function joinParts(
  memory: Hj212Memory,
  frame: Hj212Frame,
  now: Millis,
): Pick<Hj212Said, 'memory' | 'frame' | 'hasLooseEnds'> {
  const { part } = frame;
  if (part === null) return { memory, frame, hasLooseEnds: false };
  const key = `${frame.mn}/${frame.qn}`;
  const requests = new Map([...memory.requests].filter(([, r]) => now - r.since < PARTS_WITHIN));
  const edges = new Map(requests.get(key)?.edges ?? []);
  const [before, after] = [edges.get(part.number - 1), edges.get(part.number + 1)];

  const whole = frame.cp.split(';');
  const opensHere = part.number === 1 || /^\s*DataTime=/.test(whole[0] ?? '');
  const head = opensHere ? null : (whole.shift() ?? '');
  const closesHere = part.number === part.of || whole.length === 0 || CLOSED.test(whole.at(-1) ?? '');
  const tail = closesHere ? null : (whole.pop() ?? '');
  if (head !== null && before !== undefined) whole.unshift(...between(before.tail, head));
  if (tail !== null && after !== undefined) whole.push(...between(tail, after.head));

  if (edges.size < PARTS_AT_MOST) edges.set(part.number, { head, tail });
  requests.delete(key);
  requests.set(key, { since: now, edges });
  for (const old of requests.keys()) {
    if (requests.size <= REQUESTS_AT_MOST) break;
    requests.delete(old);
  }
  const hasLooseEnds = (head !== null && before === undefined) || (tail !== null && after === undefined);
  return { memory: { ...memory, requests }, frame: { ...frame, cp: whole.join(';') }, hasLooseEnds };
}

/** The end of one packet and the beginning of the next: one item that was cut, or two that were not. */
function between(tail: string | null, head: string | null): string[] {
  const joined = (tail ?? '') + (head ?? '');
  return tail === null || head === null || ITEM.test(joined) ? [joined] : [tail, head];
}

/** Deciphers 16-byte blocks with a station's key. */
export type Unseal = (blocks: Uint8Array) => Uint8Array;

/**
 * A sealed packet with its plain text; its sum, which is over that, is checked now.
 *
 * @returns `null`: it was sealed with another key, or damaged
 */
export function unsealed(frame: Hj212Frame, unseal: Unseal): Hj212Frame | null {
  const m = /^\{((?:0x[0-9a-f]{2},?)+)\}(.*)$/is.exec(frame.cp);
  if (m === null) return null;
  const sealed = fromHex((m[1] as string).replace(/0x|,/gi, ''));
  if (sealed === null || sealed.length % 16 !== 0) return null;
  const cp = latin1(unseal(sealed)) + m[2];
  const data = `${frame.data.slice(0, frame.data.lastIndexOf('CP=&&'))}CP=&&${cp}&&`;
  if (hjCrc(fromLatin1(data)) !== Number.parseInt(frame.crc, 16)) return null;
  return { ...frame, cp, data, isSealed: false, sum: 'hj' };
}
