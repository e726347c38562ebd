import { DOUBTED, notSpoken, type SettingClock, type Spoken, type StationCommand } from '../told.ts';
import {
  GB_CONFIRM,
  GB_CONTROL,
  GB_DENY,
  GB_SEND,
  type Gb26875Frame,
  gb26875Bytes,
  gbTimeBytes,
} from './framer.ts';

/** What a unit says of itself in each frame; who we are is what it calls its destination. */
export type Gb26875Identity = Pick<Gb26875Frame, 'source' | 'destination' | 'version'>;

const SET_CLOCK = 90;
const DUTY_CHECK = 91;
/** Type 24 用户信息传输装置操作信息, bit 5: somebody has pressed 查岗应答. */
const OPERATION = 24;
const ON_DUTY = 1 << 5;

/** How long the person on duty has, minutes: the unit sounds so long. */
const DUTY_WITHIN = 3;
const DUTY_AT_MOST = 10;

export type Gb26875Spoken = Spoken & {
  /** Minutes that a person is waited for, where the answer is a person's. */
  readonly minutes?: number;
};

/**
 * A command as a control frame (command 1): type 90 sets the clock, six bytes of time; type 91 查岗 asks whether somebody is on
 * duty, one byte of minutes. The unit confirms either (command 3, its serial); on duty is whoever presses the button, told as
 * an operation (type 24, bit 5) within those minutes (docs/plan/protocols.md §4; layout of 91 and bits of 24 V2: public code of receivers).
 */
export function gb26875Command(
  { name, params }: Pick<StationCommand, 'name' | 'params'>,
  to: Gb26875Identity,
  serial: number,
  clock: SettingClock,
): Gb26875Spoken {
  const say = (type: number, object: Uint8Array): Gb26875Spoken => ({
    is: 'bytes',
    bytes: gb26875Bytes({
      serial,
      version: to.version,
      time: gbTimeBytes(clock.now, clock.offset),
      source: to.destination,
      destination: to.source,
      command: GB_CONTROL,
      data: Uint8Array.of(type, 1, ...object),
    }),
  });
  switch (name) {
    case 'set-clock':
      return clock.now === null ? DOUBTED : say(SET_CLOCK, gbTimeBytes(clock.now, clock.offset));
    case 'duty-check': {
      const { minutes = DUTY_WITHIN } = params;
      if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 1 || minutes > DUTY_AT_MOST)
        return notSpoken(`查岗 a duty check waits 1 to ${DUTY_AT_MOST} whole minutes`);
      return { ...say(DUTY_CHECK, Uint8Array.of(minutes)), minutes };
    }
    default:
      return notSpoken(`GB/T 26875.3 has no command for "${name}" here: set-clock and duty-check are spoken`);
  }
}

/** What a frame of the unit says of our command. */
export type Gb26875Reply = 'confirmed' | 'denied' | 'on-duty' | null;

/** @param serial of our command; an operation is the unit's own frame, with a serial of its own */
export function gb26875Reply({ command, data, serial: given }: Gb26875Frame, serial: number): Gb26875Reply {
  if (command === GB_CONFIRM) return given === serial ? 'confirmed' : null;
  if (command === GB_DENY) return given === serial ? 'denied' : null;
  const isOnDuty = command === GB_SEND && data[0] === OPERATION && ((data[2] ?? 0) & ON_DUTY) !== 0;
  return isOnDuty ? 'on-duty' : null;
}
