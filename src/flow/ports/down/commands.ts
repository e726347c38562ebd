import type { KnownCommand } from '../../../domain/device-command/catalogue.ts';
import type { DeviceCommand } from '../../../domain/device-command/device-command.ts';
import type { DeviceCode, DeviceCommandId } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { Asked } from '../../../domain/response/event.ts';
import type { Result } from '../../../domain/result.ts';
import type { Duration } from '../../../domain/time.ts';
import type { Page } from '../journal.ts';

/** A command as somebody wishes it. */
export type CommandWish = Pick<DeviceCommand, 'device' | 'name' | 'params' | 'note' | 'second'> & {
  /** Left out: as its pack has it, else `command`. */
  readonly kind: DeviceCommand['kind'] | null;
  /** How long it may wait until it leaves. */
  readonly within: Duration;
};

/** What people tell devices to do 指令. Made when it is durable, and idempotent by `commandId`. */
export interface DeviceCommands {
  create(wish: CommandWish, asked: Asked): Promise<Result<DeviceCommand, Refusal>>;
  /** Takes back what has not left yet. Idempotent by `commandId`. */
  withdraw(device: DeviceCode, id: DeviceCommandId, asked: Asked): Promise<Result<DeviceCommand, Refusal>>;
  /** What the device is known to take: what the mapping of its line names, where there is one, else what its pack does. */
  known(device: DeviceCode): readonly KnownCommand[];
  /** Whether a second person must agree to it. */
  needsSecond(device: DeviceCode, name: string): boolean;
  /** Newest first; cursors as in `alarms`. */
  of(device: DeviceCode, limit: number, after: string | null): Promise<Page<DeviceCommand>>;
}
