import type { CommandWay } from '../../domain/device-command/device-command.ts';
import type { DeviceCode } from '../../domain/ids.ts';
import type { StationCommand } from '../../wire/protocols/told.ts';
import type { CommandNews, WayDown } from '../ports/down/ways.ts';
import type { DoorHeard, DoorKey } from '../ports/frames/frame-desk.ts';

/** A door, as far as stations are told something through it. */
export type TellingDoor = {
  reaches(station: string): boolean;
  tell(command: StationCommand, tell: (news: CommandNews) => void): void;
};

/** Doors at which something can be said. */
const SPOKEN: readonly DoorKey[] = ['hj212', 'sl651', 'modbus', 'gb26875'];

/** Down through the door by which a device was last heard, on the line that its station has now. */
export function doorWay(o: {
  readonly heardOf: (device: DeviceCode) => DoorHeard | undefined;
  readonly door: (key: DoorKey) => TellingDoor | undefined;
}): WayDown {
  return {
    reaches: (device) => {
      const heard = o.heardOf(device);
      if (heard === undefined || !SPOKEN.includes(heard.door)) return null;
      return o.door(heard.door)?.reaches(heard.station) === true ? (heard.door as CommandWay) : null;
    },
    send: ({ id, device, name, params, expiresAt }, tell) => {
      const heard = o.heardOf(device);
      const door = heard === undefined ? undefined : o.door(heard.door);
      if (heard === undefined || door === undefined) tell({ is: 'gone' });
      else door.tell({ id, station: heard.station, name, params, notAfter: expiresAt }, tell);
    },
  };
}
