import {
  commandDueAt,
  type DeviceCommandAct,
  decideDeviceCommand,
  evolveDeviceCommand,
  type NoSuchMove,
} from '../../domain/device-command/decide.ts';
import { type DeviceCommand, isCommandOpen } from '../../domain/device-command/device-command.ts';
import type { DeviceCode, DeviceCommandId } from '../../domain/ids.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import { DueTimes } from './due-times.ts';

/** Those that are over and may still be answered late, or asked for again. */
const REMEMBERED = 1_000;

/** A turn, as far as commands are concerned. */
export type CommandDraft = { readonly at: Millis; command(after: DeviceCommand): void };

/** The commands that are open, in memory; every change of one is written into the turn. */
export class CommandDesk {
  readonly #open = new Map<DeviceCommandId, DeviceCommand>();
  readonly #byDevice = new Map<DeviceCode, Set<DeviceCommandId>>();
  readonly #over = new Map<DeviceCommandId, DeviceCommand>();
  readonly #due = new DueTimes();

  get open(): ReadonlyMap<DeviceCommandId, DeviceCommand> {
    return this.#open;
  }

  find(id: DeviceCommandId): DeviceCommand | null {
    return this.#open.get(id) ?? this.#over.get(id) ?? null;
  }

  /** Open ones of a device, the oldest first. */
  ofDevice(device: DeviceCode): readonly DeviceCommand[] {
    return [...(this.#byDevice.get(device) ?? [])].flatMap((id) => this.#open.get(id) ?? []);
  }

  /** Devices that something is open for. */
  devices(): Iterable<DeviceCode> {
    return this.#byDevice.keys();
  }

  act(
    command: DeviceCommand | null,
    act: DeviceCommandAct,
    draft: CommandDraft,
  ): Result<DeviceCommand, NoSuchMove> {
    const decided = decideDeviceCommand(command, act, draft.at);
    if (!decided.ok) return decided;
    let now = command;
    for (const event of decided.value) now = evolveDeviceCommand(now, event);
    if (now === null) return no('not-open');
    if (now !== command) {
      this.#seat(now);
      draft.command(now);
    }
    return ok(now);
  }

  /** The word of a device. Whoever answers for another is not listened to. */
  answer(
    device: DeviceCode,
    id: string,
    answer: Omit<Extract<DeviceCommandAct, { do: 'answer' }>, 'do'>,
    draft: CommandDraft,
  ): Result<DeviceCommand, NoSuchMove | 'unknown'> {
    const command = this.find(id as DeviceCommandId);
    if (command === null || command.device !== device) return no('unknown');
    return this.act(command, { do: 'answer', ...answer }, draft);
  }

  tick(draft: CommandDraft): void {
    // Our clock may lie behind what was made before it was set: those are over as well.
    for (const id of this.#due.take(draft.at)) {
      const command = this.#open.get(id as DeviceCommandId);
      if (command !== undefined) this.act(command, { do: 'tick' }, draft);
    }
  }

  /** Puts back an open command as the journal has it. Whether what was on its way has arrived nobody knows: it may leave again. */
  restore(command: DeviceCommand, now: Millis): void {
    this.#seat(command);
    // Made in what is the future now: the next tick ends it.
    if (now < command.madeAt) this.#due.set(command.id, now);
  }

  #seat(command: DeviceCommand): void {
    const { id, device } = command;
    this.#due.set(id, commandDueAt(command));
    if (isCommandOpen(command)) {
      this.#open.set(id, command);
      const others = this.#byDevice.get(device) ?? new Set();
      this.#byDevice.set(device, others.add(id));
      return;
    }
    this.#open.delete(id);
    const others = this.#byDevice.get(device);
    others?.delete(id);
    if (others?.size === 0) this.#byDevice.delete(device);
    this.#over.delete(id);
    this.#over.set(id, command);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as DeviceCommandId);
  }
}
