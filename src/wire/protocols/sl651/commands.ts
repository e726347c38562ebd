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
import { parametersIn, parametersText, type Sl651Parameters } from './parameters.ts';

/** What a station says of itself in each frame, and wants to hear again. */
export type Sl651Identity = Pick<Sl651Frame, 'form' | 'centre' | 'station' | 'password'>;

const SET_CONFIG = 0x40;
const READ_CONFIG = 0x41;
const SET_RUNNING = 0x42;
const READ_RUNNING = 0x43;
const SET_CLOCK = 0x4a;
const HOUR = 3_600;

/** 20H 定时报时间间隔, whole hours as one byte of BCD. */
const TIMED = '20';
/** Basic configuration that is asked for: addresses of the centre, 工作方式, 采集要素. The password is nobody's to read. */
const CONFIG: Sl651Parameters = { '01': '', '0C': '', '0D': '' };
/** With another address or password of its own it would be another station, or none. */
const ITS_OWN = new Set(['02', '03']);

/**
 * A command as a frame down: 4AH sets the clock by the time of the frame, 40H and 42H set basic configuration and running
 * parameters, 41H and 43H ask for them. The text is serial, time, parameters; a station has answered when a frame of the same
 * function comes (docs/plan/protocols.md §3; parameters V2: SL 651-2014 tables D.1 and D.4 as public stations and servers have
 * them, github xiaozhuweini/fyyp_rtu `sl651.h`, 64673a/SL651-2014 `down_builder.py`).
 */
export function sl651Command(
  { name, params }: Pick<StationCommand, 'name' | 'params'>,
  to: Sl651Identity,
  serial: number,
  clock: SettingClock,
): Spoken & { readonly fn?: number } {
  const say = (fn: number, parameters: Sl651Parameters = {}): Spoken & { readonly fn?: number } => {
    const more = parametersText(to.form, parameters);
    if (more === null)
      return notSpoken('a parameter is two hex digits, and its value pairs of them, at most 31');
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
      return clock.now === null ? DOUBTED : say(SET_CLOCK);
    case 'set-interval': {
      const seconds = secondsIn(params);
      const hours = seconds === null ? 0 : seconds / HOUR;
      return Number.isInteger(hours) && hours >= 1 && hours <= 24
        ? say(SET_RUNNING, { [TIMED]: String(hours).padStart(2, '0') })
        : notSpoken('定时报 timed reports have an interval of 1 to 24 whole hours');
    }
    case 'read-interval':
      return say(READ_RUNNING, { [TIMED]: '' });
    case 'read-config':
      return say(READ_CONFIG, CONFIG);
    case 'set-config': {
      const wanted = configIn(params);
      return typeof wanted === 'string' ? notSpoken(wanted) : say(SET_CONFIG, wanted);
    }
    default:
      return notSpoken(
        `SL 651 has no frame for "${name}" here: set-clock, set-interval, read-interval, set-config and read-config are spoken`,
      );
  }
}

/** @returns the parameters, or what is wrong with them */
function configIn(params: Readonly<Record<string, unknown>>): Sl651Parameters | string {
  const wanted: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    const guide = key.toUpperCase();
    if (!/^0[1-9A-F]$/.test(guide))
      return `基本配置 basic configuration has the parameters 01 to 0F; ${key} is none`;
    if (ITS_OWN.has(guide))
      return `${guide} is the station’s own address or password: it is set at the station`;
    if (typeof value !== 'string' || value === '') return `the value of ${guide} is text of hex digits`;
    wanted[guide] = value.toUpperCase();
  }
  return Object.keys(wanted).length === 0 ? 'set-config takes parameters such as {"0C":"02"}' : wanted;
}

/** What a station gives back with its answer; `null`: nothing that a person would want. */
export function sl651Result(
  frame: Pick<Sl651Frame, 'form' | 'text' | 'fn'>,
): Readonly<Record<string, string | number>> | null {
  const { fn } = frame;
  if (fn < SET_CONFIG || fn > READ_RUNNING) return null;
  const found = parametersIn(frame);
  const hours = found[TIMED];
  if (hours !== undefined && fn >= SET_RUNNING && /^[0-9]{2}$/.test(hours))
    return { seconds: Number(hours) * HOUR };
  return Object.keys(found).length === 0 ? null : found;
}
