import type { Duration, Millis } from '../../../domain/time.ts';
import type { Dissected } from '../../mapping/frames.ts';
import {
  GB_ANSWER,
  GB_CONFIRM,
  GB_DENY,
  GB_SEND,
  type Gb26875Frame,
  gb26875Bytes,
  gbTimeBytes,
} from './framer.ts';

const REMEMBERED = 64;
/** Parts of a unit whose fire bit is remembered, for the reset that ends it. */
const PARTS_AT_MOST = 1_024;
const FIRE = 1 << 1;
const RESET = 1 << 13;
const RUNNING = 1;

export type Gb26875Memory = {
  readonly seen: readonly string[];
  /** Parts that said fire, by station, with their code. */
  readonly burning: ReadonlyMap<string, string>;
};
export const GB26875_NEW: Gb26875Memory = { seen: [], burning: new Map() };

export type Gb26875Said = {
  readonly memory: Gb26875Memory;
  readonly kind: 'report' | 'reply' | 'aside';
  readonly isAgain: boolean;
  /** By what clock: many units set theirs by it; `null`: it is doubted. */
  readonly answerWhenKept: ((now: Millis | null, offset: Duration) => Uint8Array) | null;
};

/** Each send frame is confirmed with its own serial, source and destination exchanged; nothing else stops its repeats. */
export function hearGb26875(memory: Gb26875Memory, frame: Gb26875Frame): Gb26875Said {
  const { command } = frame;
  if (command === GB_CONFIRM || command === GB_DENY || command === GB_ANSWER)
    return { memory, kind: 'reply', isAgain: false, answerWhenKept: null };
  const name = `${frame.source}/${frame.serial}/${frame.at}/${frame.data.slice(0, 16).join('.')}`;
  const isAgain = memory.seen.includes(name);
  const seen = isAgain ? memory.seen : [...memory.seen.slice(1 - REMEMBERED), name];
  return {
    memory: { ...memory, seen },
    kind: command === GB_SEND ? 'report' : 'aside',
    isAgain,
    answerWhenKept: (now, offset) => confirm(frame, command === GB_SEND ? GB_CONFIRM : GB_DENY, now, offset),
  };
}

/** Said to a frame that is good and whose data are not: the unit sends the next. */
export const denyGb26875 = (frame: Gb26875Frame, now: Millis | null, offset: Duration): Uint8Array =>
  confirm(frame, GB_DENY, now, offset);

function confirm(to: Gb26875Frame, command: number, now: Millis | null, offset: Duration): Uint8Array {
  return gb26875Bytes({
    serial: to.serial,
    version: to.version,
    time: gbTimeBytes(now, offset),
    source: to.destination,
    destination: to.source,
    command,
    data: new Uint8Array(0),
  });
}

/**
 * A reset of the system ends the fire of its parts, which say nothing themselves then: each gets a state of its own
 * from it. Until one of both comes a fire stays, as it should.
 */
export function endedByReset(
  memory: Gb26875Memory,
  said: readonly Dissected[],
): { readonly memory: Gb26875Memory; readonly said: readonly Dissected[] } {
  const burning = new Map(memory.burning);
  const ended: Dissected[] = [];
  for (const { station, at, items } of said)
    for (const item of items) {
      const { code, channel, raw } = item;
      if (typeof raw !== 'number') continue;
      if (code.startsWith('2/')) {
        if ((raw & FIRE) === 0) burning.delete(station);
        else if (burning.size < PARTS_AT_MOST) burning.set(station, code);
      } else if (code.startsWith('1/') && (raw & RESET) !== 0) {
        for (const [part, partCode] of burning) {
          if (!part.startsWith(`${station}-${channel}-`)) continue;
          burning.delete(part);
          const state = { code: partCode, raw: RUNNING, valid: true, flag: null, at: item.at ?? null };
          ended.push({ station: part, command: '2', at, items: [state] });
        }
      }
    }
  return { memory: { ...memory, burning }, said: [...said, ...ended] };
}
