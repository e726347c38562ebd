import type { CommandWay, DeviceCommand } from '../../../domain/device-command/device-command.ts';
import type { DeviceCode } from '../../../domain/ids.ts';

/** A command that leaves. */
export type LeavingCommand = Pick<
  DeviceCommand,
  'id' | 'device' | 'lifeline' | 'kind' | 'name' | 'params' | 'expiresAt'
> & {
  /** It has left before, and may have arrived. */
  readonly isRepeated: boolean;
};

/** What is heard of a command that has left. `gone`: its line has ended, and nobody knows. */
export type CommandNews =
  | { readonly is: 'delivered' }
  | { readonly is: 'gone' }
  /** The protocol has no frame that says this. */
  | { readonly is: 'not-spoken'; readonly said: string }
  | { readonly is: 'no-answer'; readonly said: string }
  /** It did not leave in time. */
  | { readonly is: 'overdue'; readonly said: string | null }
  | { readonly is: 'answered'; readonly ok: boolean; readonly result: unknown; readonly said: string | null };

/** A way down to devices: our broker, or the lines of a door. */
export interface WayDown {
  /** By which way it can be told now; `null`: it is not there. */
  reaches(device: DeviceCode, kind: DeviceCommand['kind']): CommandWay | null;
  /** Sends at once; whatever is heard of it is told, within this call or later. */
  send(command: LeavingCommand, tell: (news: CommandNews) => void): void;
}
