import type { Level } from '../level.ts';
import { unreachable } from '../result.ts';
import type { Duration, Millis } from '../time.ts';
import { type AlarmCommand, type DeskLimits, mayOneHide } from './commands.ts';
import { becomes, type Decision, isBlank, NOTHING, nameOf, refused } from './decision.ts';
import type { StandingAlarm } from './order.ts';
import { unseen } from './seen.ts';

type Hiding = Extract<
  AlarmCommand,
  {
    readonly do: 'shelve' | 'unshelve' | 'suppress' | 'unsuppress' | 'takeOutOfService' | 'returnToService';
  }
>;

/**
 * Hiding and showing. One overlay at a time; the stronger replaces the weaker: out of service, suppressed,
 * shelved. What was replaced does not come back: an alarm seen too early is the lesser harm.
 */
export function hide(alarm: StandingAlarm, command: Hiding, now: Millis, limits: DeskLimits): Decision {
  const { overlay } = alarm;
  switch (command.do) {
    case 'shelve':
      return shelve(alarm, command, now, limits);
    case 'unshelve':
      return overlay.is === 'shelved'
        ? becomes({ kind: 'unshelved', because: 'operator' })
        : refused('not-shelved');
    case 'suppress':
      if (overlay.is === 'outOfService') return NOTHING;
      if (overlay.is === 'suppressed' && overlay.because === command.because) return NOTHING;
      return becomes({ kind: 'suppressed', because: command.because });
    case 'unsuppress':
      return overlay.is === 'suppressed' ? becomes({ kind: 'unsuppressed' }) : NOTHING;
    case 'takeOutOfService':
      if (!mayOneHide(alarm.level, limits)) return NOTHING;
      if (overlay.is === 'outOfService' && overlay.reason === command.reason) return NOTHING;
      return becomes({ kind: 'outOfService', reason: command.reason });
    case 'returnToService':
      return overlay.is === 'outOfService' ? becomes({ kind: 'returnedToService' }) : NOTHING;
    default:
      return unreachable(command);
  }
}

function shelve(
  alarm: StandingAlarm,
  command: Extract<Hiding, { readonly do: 'shelve' }>,
  now: Millis,
  limits: DeskLimits,
): Decision {
  const { overlay } = alarm;
  switch (overlay.is) {
    case 'shelved': {
      const who = nameOf(overlay.by);
      return refused('already-shelved', { zh: `已由 ${who.zh} 搁置`, en: `Shelved by ${who.en}.` });
    }
    case 'suppressed':
      return refused('already-hidden', { zh: overlay.because, en: overlay.because });
    case 'outOfService':
      return refused('already-hidden', { zh: overlay.reason, en: overlay.reason });
    case 'none':
      break;
    default:
      return unreachable(overlay);
  }
  if (isBlank(command.reason)) return refused('reason-missing');
  const notSeen = command.seenRevision === undefined ? null : unseen(alarm, command.seenRevision);
  if (notSeen !== null) return refused(notSeen);
  if (alarm.level === 1 && !limits.shelveLevel1) return refused('shelve-level-1');
  // Here and not at the edge: the level may have risen since the request was read.
  const two = alarm.level === 1 && limits.secondPersonForLevel1 === true;
  if (two && command.second === undefined) return refused('second-person-needed');
  // Asked in the positive, so that NaN is refused too.
  if (!(command.until > now)) return refused('shelve-in-past');
  if (!(command.until - now <= limits.shelveAtMost)) {
    return refused('shelve-too-long', atMost(limits.shelveAtMost));
  }
  const reason =
    command.second === undefined ? command.reason : `${command.reason}（复核：${command.second}）`;
  return becomes({ kind: 'shelved', until: command.until, reason });
}

/**
 * A shelf ends at its time; and when more of it is left than the house allows, which is so when the clock
 * was stepped back or the limit lowered: nothing stays hidden longer than anybody may hide it.
 */
export function shelfIsOver(alarm: StandingAlarm, now: Millis, limits: DeskLimits): boolean {
  if (alarm.overlay.is !== 'shelved') return false;
  const left = alarm.overlay.until - now;
  return left <= 0 || left > limits.shelveAtMost;
}

/** Hidden with its point, and of a level that the house does not let one person hide: risen, or the house changed. */
export const isHiddenByOne = (
  alarm: Pick<StandingAlarm, 'overlay'>,
  level: Level,
  limits: DeskLimits,
): boolean => alarm.overlay.is === 'outOfService' && !mayOneHide(level, limits);

function atMost(limit: Duration): { zh: string; en: string } {
  const minutes = Math.floor(limit / 60_000);
  return minutes % 60 === 0
    ? { zh: `最长 ${minutes / 60} 小时`, en: `At most ${minutes / 60} h.` }
    : { zh: `最长 ${minutes} 分钟`, en: `At most ${minutes} min.` };
}
