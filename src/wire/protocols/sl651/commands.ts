import { fromHex, fromLatin1 } from '../bytes.ts';
import { compactWall } from '../local-time.ts';
import {
  DOUBTED,
  notSpoken,
  type SettingClock,
  type Spoken,
  type StationCommand,
  secondsIn,
} from '../told.ts';
import { ENQ, type Sl651Frame, sl651Bytes } from './framer.ts';

/** What a station says of itself in each frame, and wants to hear again. */
export type Sl651Identity = Pick<Sl651Frame, 'form' | 'centre' | 'station' | 'password'>;

const SET_RUNNING = 0x42;
const SET_CLOCK = 0x4a;
const HOUR = 3_600;

/**
 * A command as a frame down: 4AH sets the clock by the time of the frame, 42H the interval of timed reports (parameter 20H, whole
 * hours as one byte of BCD). The text is serial, time, parameters; a station has answered when a frame of the same function comes
 * (docs/plan/protocols.md §3; parameters V2: SL 651-2014 table D.4 as public stations have it, github xiaozhuweini/fyyp_rtu `sl651.h`).
 */
export function sl651Command(
  { name, params }: Pick<StationCommand, 'name' | 'params'>,
  to: Sl651Identity,
  serial: number,
  clock: SettingClock,
): Spoken & { readonly fn?: number } {
  const say = (fn: number, more: string): Spoken & { readonly fn?: number } => {
    // A station may set its clock by the time of any frame.
    const time = clock.now === null ? '0'.repeat(12) : compactWall(clock.now, clock.offset);
    const text = serial.toString(16).toUpperCase().padStart(4, '0') + time + more;
    return {
      is: 'bytes',
      fn,
      bytes: sl651Bytes({
        ...to,
        direction: 'down',
        fn,
        part: null,
        text: to.form === 'hex' ? (fromHex(text) as Uint8Array) : fromLatin1(text),
        end: ENQ,
      }),
    };
  };
  switch (name) {
    case 'set-clock':
      return clock.now === null ? DOUBTED : say(SET_CLOCK, '');
    case 'set-interval': {
      if (to.form !== 'hex') return notSpoken('the text of 42H in ASCII is not known to us');
      const seconds = secondsIn(params);
      const hours = seconds === null ? 0 : seconds / HOUR;
      return Number.isInteger(hours) && hours >= 1 && hours <= 24
        ? say(SET_RUNNING, `2008${String(hours).padStart(2, '0')}`)
        : notSpoken('定时报 timed reports have an interval of 1 to 24 whole hours');
    }
    default:
      return notSpoken(`SL 651 has no frame for "${name}" here: set-clock and set-interval are spoken`);
  }
}
