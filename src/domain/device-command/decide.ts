import type { Actor } from '../alarm/actor.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import { type Duration, type Millis, minutes } from '../time.ts';
import {
  type CommandWay,
  type DeviceCommand,
  type DeviceCommandBirth,
  type DeviceCommandStep,
  type DeviceCommandWhy,
  isCommandOpen,
} from './device-command.ts';

/** What happens to a command. All but `create` come from the ways down and from the clock. */
export type DeviceCommandAct =
  | { readonly do: 'create'; readonly birth: DeviceCommandBirth; readonly by: Actor }
  /** It leaves now. */
  | { readonly do: 'send'; readonly way: CommandWay }
  /** The line went before the device had it, as far as is known. */
  | { readonly do: 'lose' }
  /** The device has it. */
  | { readonly do: 'deliver' }
  | {
      readonly do: 'answer';
      readonly ok: boolean;
      readonly result: unknown;
      readonly said: string | null;
    }
  /** Nobody can carry it out, or nobody knows whether it was. */
  | { readonly do: 'fail'; readonly why: DeviceCommandWhy; readonly said: string | null }
  /** A person takes it back. */
  | { readonly do: 'withdraw'; readonly by: Actor }
  | { readonly do: 'tick' };

/** A word that comes too late, or for something else: it changes nothing, and is told of. */
export type NoSuchMove = 'not-open' | 'not-sent' | 'already-there' | 'has-left';

/** How long after its end a device that has a command may still answer. */
export const ANSWERS_WITHIN: Duration = minutes(2);

/** What happened to a command; `kind` is what its history calls it. */
export type DeviceCommandEvent =
  | {
      readonly kind: 'created';
      readonly birth: DeviceCommandBirth;
      readonly by: Actor;
      readonly at: Millis;
    }
  | { readonly kind: 'moved'; readonly step: DeviceCommandStep; readonly result?: unknown };

/**
 * What becomes of a command by what happens to it. The table in `docs/device-commands.md` is printed from it.
 *
 * @param command `null` where there is none: only `create` makes sense then
 * @param now our clock
 */
export function decideDeviceCommand(
  command: DeviceCommand | null,
  act: DeviceCommandAct,
  now: Millis,
): Result<readonly DeviceCommandEvent[], NoSuchMove> {
  if (command === null)
    return act.do === 'create'
      ? ok([{ kind: 'created', birth: act.birth, by: act.by, at: now }])
      : no('not-open');
  const moved = (
    state: DeviceCommandStep['state'],
    more: Partial<DeviceCommandStep> & { readonly result?: unknown } = {},
  ): Result<readonly DeviceCommandEvent[], NoSuchMove> => {
    const { result, ...step } = more;
    const last = lastWay(command);
    return ok([
      {
        kind: 'moved',
        step: { state, at: now, way: last, why: null, said: null, ...step },
        ...(result === undefined ? {} : { result }),
      },
    ]);
  };
  switch (act.do) {
    case 'create':
      return no('already-there');
    case 'send':
      if (command.state !== 'PENDING') return no(isCommandOpen(command) ? 'already-there' : 'not-open');
      // The clock may have gone on since somebody looked: what is too late does not leave.
      return isTooLate(command, now)
        ? moved('EXPIRED', { why: whyOver(command, now), way: null })
        : moved('SENT', { way: act.way });
    case 'lose':
      return command.state === 'SENT'
        ? moved('PENDING', { why: 'link-lost' })
        : no(isCommandOpen(command) ? 'not-sent' : 'not-open');
    case 'deliver':
      if (command.state === 'DELIVERED') return no('already-there');
      return command.state === 'SENT'
        ? moved('DELIVERED')
        : no(isCommandOpen(command) ? 'not-sent' : 'not-open');
    case 'answer': {
      if (command.sends === 0) return no('not-sent');
      // After its end too: that a valve has moved after all must be known.
      const isLate = command.state === 'EXPIRED';
      if (!isCommandOpen(command) && !isLate) return no('not-open');
      return moved(act.ok ? 'SUCCESSFUL' : 'FAILED', {
        why: isLate ? 'late-answer' : 'device',
        said: act.said,
        result: act.result ?? null,
      });
    }
    case 'fail':
      if (!isCommandOpen(command)) return no('not-open');
      return moved(act.why === 'overdue' ? 'EXPIRED' : 'FAILED', { why: act.why, said: act.said });
    case 'withdraw': {
      if (!isCommandOpen(command)) return no('not-open');
      // What has left once may be with the device, also while it waits for its line again.
      if (command.state !== 'PENDING' || command.sends > 0) return no('has-left');
      const said = act.by.kind === 'operator' ? act.by.name : null;
      return moved('FAILED', { why: 'withdrawn', said, way: null });
    }
    case 'tick':
      return isOverdue(command, now) ? moved('EXPIRED', { why: whyOver(command, now) }) : ok([]);
    default:
      return unreachable(act);
  }
}

/** It must not leave any more. Our clock set back behind its making says nothing of how long it has waited: as if it were over. */
export const isTooLate = (
  { madeAt, expiresAt }: Pick<DeviceCommand, 'madeAt' | 'expiresAt'>,
  now: Millis,
): boolean => now >= expiresAt || now < madeAt;

/** When the clock has something to say, unless something else comes first. */
export const commandDueAt = (c: Pick<DeviceCommand, 'state' | 'expiresAt'>): Millis | null =>
  c.state === 'PENDING' ? c.expiresAt : isCommandOpen(c) ? c.expiresAt + ANSWERS_WITHIN : null;

function isOverdue(c: DeviceCommand, now: Millis): boolean {
  const due = commandDueAt(c);
  return due !== null && (now >= due || now < c.madeAt);
}

const whyOver = (c: DeviceCommand, now: Millis): DeviceCommandWhy =>
  now < c.madeAt ? 'clock-set' : c.state === 'PENDING' ? 'overdue' : 'no-answer';

const lastWay = (c: DeviceCommand): CommandWay | null => c.steps[c.steps.length - 1]?.way ?? null;

/** @param command `null`: the event makes it */
export function evolveDeviceCommand(command: DeviceCommand | null, event: DeviceCommandEvent): DeviceCommand {
  if (event.kind === 'created') {
    const { birth, by, at } = event;
    const step = { state: 'PENDING', at, way: null, why: null, said: null } as const;
    return {
      ...birth,
      by,
      madeAt: at,
      state: 'PENDING',
      revision: 1,
      sends: 0,
      result: null,
      steps: [step],
    };
  }
  if (command === null) throw new Error(`a command begins with "${event.kind}"`);
  const { step } = event;
  return {
    ...command,
    state: step.state,
    revision: command.revision + 1,
    sends: command.sends + (step.state === 'SENT' ? 1 : 0),
    result: event.result === undefined ? command.result : event.result,
    steps: bounded([...command.steps, step]),
  };
}

/** A device that comes and goes all day long leaves the beginning and the end of its story. */
const STEPS_AT_MOST = 40;
const bounded = (steps: readonly DeviceCommandStep[]): readonly DeviceCommandStep[] =>
  steps.length <= STEPS_AT_MOST
    ? steps
    : [...steps.slice(0, 2), ...steps.slice(steps.length - (STEPS_AT_MOST - 2))];
